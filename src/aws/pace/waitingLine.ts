import { CancelledError } from '../../core/errors';

/** Who waits for a turn, in order of coming. Who gives up leaves the line and takes no turn. */
export class WaitingLine {
  private readonly waiting: (() => void)[] = [];

  get empty(): boolean {
    return this.waiting.length === 0;
  }

  /** Resolves when it is this one's turn; rejects with CancelledError as soon as the signal aborts. */
  async join(signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) throw new CancelledError();
    await new Promise<void>((resolve, reject) => {
      const start = (): void => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(start), 1);
        reject(new CancelledError());
      };
      this.waiting.push(start);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** False when nobody waits. */
  letOneGo(): boolean {
    const start = this.waiting.shift();
    start?.();
    return start !== undefined;
  }
}
