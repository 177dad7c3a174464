import type { CallOptions } from './iotApi';

export interface Invocation {
  /** What the function answered, or of what it failed, as JSON text. */
  readonly payload: string;
  /** The function failed of itself: "Unhandled" or "Handled". */
  readonly failed?: string;
}

/** As much of Lambda as a pre-provisioning hook needs. */
export interface LambdaApi {
  /**
   * The resource-based policy of a function (JSON text): who may invoke it. `functionArn` may end in a version or alias,
   * which has a policy of its own. `undefined`: the function has no policy or does not exist; AWS answers both with
   * ResourceNotFoundException. https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html
   */
  getPolicy(functionArn: string, options?: CallOptions): Promise<string | undefined>;

  /**
   * Runs a function and waits for its answer; never twice. Only for functions of the local AWS: in an account a hook may
   * change what it keeps. Throws `notFound` without the function. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
   */
  invoke(functionArn: string, payload: string, options?: CallOptions): Promise<Invocation>;
}
