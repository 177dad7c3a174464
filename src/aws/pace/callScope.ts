import { AsyncLocalStorage } from 'node:async_hooks';
import type { WaitReason } from '../../core/ports/waiting';

/** What a retry strategy cannot be told by the SDK: which call it works for. */
export interface CallScope {
  readonly signal: AbortSignal | undefined;
  /** AWS asked to slow down and the call waits, until the function that comes back is called. */
  throttled(): () => void;
}

/** The SDK shares a strategy among all calls of a client and hands it neither the call nor its abort signal. */
export class CallScopes extends AsyncLocalStorage<CallScope> {}

/** What is told of one call's waits. A cancelled call is over at once, though the SDK still sleeps for it. */
export class WaitsOfCall {
  private readonly ends: (() => void)[] = [];

  constructor(private readonly tell: (reason: WaitReason) => (() => void) | undefined) {}

  begin(reason: WaitReason): () => void {
    const end = this.tell(reason) ?? (() => undefined);
    this.ends.push(end);
    return end;
  }

  end(): void {
    for (const end of this.ends) end();
  }
}
