import type { StepId } from './provisioning/steps';

/**
 * What kind of trouble a failed operation met. The command boundary chooses the buttons of the message by it.
 */
export type ErrorCategory =
  | 'credentials' // none, expired, or refused by the service
  | 'network' // name not found, refused, timed out, TLS
  | 'region' // the service or the resource is not in this region
  | 'permissions' // the identity may not do this
  | 'throttling'
  | 'notFound'
  | 'conflict' // exists already, in use, changed meanwhile
  | 'limit' // a service quota
  | 'validation' // the service or we refused the input
  | 'service' // 5xx, or an answer we do not understand
  | 'file' // workspace files
  | 'internal';

/** What a person can do about it; each becomes a button of the message. */
export type Remedy =
  | { readonly kind: 'chooseProfile' }
  | { readonly kind: 'chooseRegion' }
  | { readonly kind: 'switchRegion'; readonly region: string }
  | { readonly kind: 'signIn'; readonly profile: string }
  | { readonly kind: 'startSandbox' }
  | { readonly kind: 'runStep'; readonly step: StepId }
  | { readonly kind: 'openFile'; readonly file: string; readonly offset?: number }
  | { readonly kind: 'showStackOutputs' }
  | { readonly kind: 'copy'; readonly label: string; readonly text: string }
  | { readonly kind: 'openDocumentation'; readonly url: string }
  | { readonly kind: 'manageTrust' }
  | { readonly kind: 'openFolder' }
  | { readonly kind: 'deleteStuckStack'; readonly stackId: string; readonly name: string }
  | { readonly kind: 'retry' };

export interface FleetErrorOptions {
  readonly category: ErrorCategory;
  /** Stable code for logs and tests: the AWS error name where there is one, else camelCase of ours. */
  readonly code: string;
  readonly remedies?: readonly Remedy[];
  /** Second sentence: what to do next. Localized. */
  readonly advice?: string;
  /** AWS request id, for the log. */
  readonly requestId?: string;
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/** The one error type that reaches people. `message` is localized and says what failed and why. */
export class FleetError extends Error {
  readonly category: ErrorCategory;
  readonly code: string;
  readonly remedies: readonly Remedy[];
  readonly advice: string | undefined;
  readonly requestId: string | undefined;
  readonly retryable: boolean;

  constructor(message: string, options: FleetErrorOptions) {
    super(message, { cause: options.cause });
    this.name = 'FleetError';
    this.category = options.category;
    this.code = options.code;
    this.remedies = options.remedies ?? [];
    this.advice = options.advice;
    this.requestId = options.requestId;
    this.retryable = options.retryable ?? false;
  }
}

/** The person closed a prompt or pressed Cancel. Never shown. */
export class CancelledError extends Error {
  constructor() {
    super('cancelled');
    this.name = 'CancelledError';
  }
}

export function isFleetError(error: unknown): error is FleetError {
  return error instanceof FleetError;
}

export function isCancelled(error: unknown): boolean {
  return error instanceof CancelledError || (error instanceof Error && error.name === 'AbortError');
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new CancelledError();
}
