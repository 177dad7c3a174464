import type { Invocation, LambdaApi } from '../../src/core/ports/lambdaApi';

/** Functions of one account, by ARN. */
export class FakeLambda implements LambdaApi {
  readonly policies = new Map<string, string>();
  readonly functions = new Map<string, (event: unknown) => Invocation>();

  async getPolicy(functionArn: string): Promise<string | undefined> {
    return this.policies.get(functionArn);
  }

  async invoke(functionArn: string, payload: string): Promise<Invocation> {
    const run = this.functions.get(functionArn);
    if (run === undefined) throw new Error(`no function ${functionArn}`);
    return run(JSON.parse(payload));
  }
}
