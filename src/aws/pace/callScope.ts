import { AsyncLocalStorage } from 'node:async_hooks';

/** What a retry strategy cannot be told by the SDK: which call it works for. */
export interface CallScope {
  readonly signal: AbortSignal | undefined;
  /** AWS asked to slow down and the call waits, until the function that comes back is called. */
  throttled(): () => void;
}

/** The SDK shares a strategy among all calls of a client and hands it neither the call nor its abort signal. */
export class CallScopes extends AsyncLocalStorage<CallScope> {}
