/** Time as the services see it, so that a test never waits. */
export interface Clock {
  now(): Date;
  /** Resolves after `milliseconds`; rejects with CancelledError as soon as the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
