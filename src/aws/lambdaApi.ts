import { GetPolicyCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { CallOptions } from '../core/ports/iotApi';
import type { Invocation, LambdaApi } from '../core/ports/lambdaApi';
import type { AwsClients } from './clients';
import { undefinedIfNotFound } from './notFound';
import { defined } from './objects';

/** Loaded by `LazyLambdaApi`: the client has a chunk of its own. */
export class AwsLambdaApi implements LambdaApi {
  private readonly client: LambdaClient;
  /** A function may have done its work before an answer is lost: not asked again. */
  private readonly once: LambdaClient;

  constructor(private readonly aws: AwsClients) {
    this.client = aws.lazyClient('lambda', (config) => new LambdaClient(config));
    this.once = aws.lazyClient('lambda', (config) => new LambdaClient(config), { attempts: 1 });
  }

  async getPolicy(functionArn: string, options?: CallOptions): Promise<string | undefined> {
    const answer = await undefinedIfNotFound(
      this.aws.call({ action: 'lambda:GetPolicy', resource: functionArn }, options, (http) => this.client.send(new GetPolicyCommand({ FunctionName: functionArn }), http)),
    );
    return answer?.Policy;
  }

  async invoke(functionArn: string, payload: string, options?: CallOptions): Promise<Invocation> {
    const answer = await this.aws.call({ action: 'lambda:InvokeFunction', resource: functionArn }, options, (http) =>
      this.once.send(new InvokeCommand({ FunctionName: functionArn, Payload: Buffer.from(payload) }), http),
    );
    return { payload: Buffer.from(answer.Payload ?? []).toString('utf8'), ...defined({ failed: answer.FunctionError }) };
  }
}
