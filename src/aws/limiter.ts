import { throwIfAborted } from '../core/errors';
import { WaitingLine } from './pace/waitingLine';

/**
 * At most `limit` tasks at once; the rest wait in order. A queue inside the HTTP agent would let the SDK's connect
 * timeout run while a request only waits for its turn.
 */
export class Limiter {
  private running = 0;
  private readonly line = new WaitingLine();

  constructor(private readonly limit: number) {}

  /** True while a task runs. */
  get busy(): boolean {
    return this.running > 0;
  }

  /** Runs the task when its turn comes. Throws CancelledError when the signal fires before that. */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    throwIfAborted(signal);
    if (this.running < this.limit) this.running++;
    else await this.line.join(signal);
    try {
      return await task();
    } finally {
      // The place goes to the next one in line; it is free only when nobody waits.
      if (!this.line.letOneGo()) this.running--;
    }
  }
}
