import { CancelledError } from '../core/errors';

/**
 * At most `limit` tasks at once; the rest wait in order. AWS IoT allows some control-plane calls only ten times a
 * second (https://docs.aws.amazon.com/general/latest/gr/iot-core.html), and a queue inside the HTTP agent would let
 * the SDK's connect timeout run while a request only waits for its turn.
 */
export class Limiter {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limit: number) {}

  /** True while a task runs. */
  get busy(): boolean {
    return this.running > 0;
  }

  /** Runs the task when its turn comes. Throws CancelledError when the signal fires before that. */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await this.turn(signal);
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  private async turn(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw new CancelledError();
    if (this.running < this.limit) {
      this.running++;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = (): void => {
        this.waiting.splice(this.waiting.indexOf(start), 1);
        reject(new CancelledError());
      };
      this.waiting.push(start);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }
}
