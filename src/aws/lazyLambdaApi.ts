import type { CallOptions } from '../core/ports/iotApi';
import type { Invocation, LambdaApi } from '../core/ports/lambdaApi';
import type { AwsClients } from './clients';

/** Reads the Lambda client on the first call: few templates have a hook, and fewer are looked into. */
export class LazyLambdaApi implements LambdaApi {
  private loaded: Promise<LambdaApi> | undefined;

  constructor(private readonly aws: AwsClients) {}

  async getPolicy(functionArn: string, options?: CallOptions): Promise<string | undefined> {
    return (await this.api()).getPolicy(functionArn, options);
  }

  async invoke(functionArn: string, payload: string, options?: CallOptions): Promise<Invocation> {
    return (await this.api()).invoke(functionArn, payload, options);
  }

  private async api(): Promise<LambdaApi> {
    this.loaded ??= import(/* webpackChunkName: "lambda" */ './lambdaApi').then(({ AwsLambdaApi }) => new AwsLambdaApi(this.aws));
    return this.loaded;
  }
}
