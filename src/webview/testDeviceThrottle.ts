/** Timers, so that a test never waits. */
export interface Timers {
  /** Calls once after `milliseconds`; the answer takes it back. */
  after(milliseconds: number, call: () => void): () => void;
}

const realTimers: Timers = {
  after: (milliseconds, call) => {
    const timer = setTimeout(call, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Sends the first value at once and then at most one per interval, the newest. The last value always arrives. */
export class NewestThrottle<T> {
  private waiting: { readonly value: T } | undefined;
  private stop: (() => void) | undefined;

  constructor(
    private readonly milliseconds: number,
    private readonly send: (value: T) => void,
    private readonly timers: Timers = realTimers,
  ) {}

  push(value: T): void {
    this.waiting = { value };
    if (this.stop === undefined) this.flush();
  }

  /** Forgets what was not sent. */
  clear(): void {
    this.stop?.();
    this.stop = undefined;
    this.waiting = undefined;
  }

  private flush(): void {
    this.stop = undefined;
    const next = this.waiting;
    if (next === undefined) return;
    this.waiting = undefined;
    this.stop = this.timers.after(this.milliseconds, () => this.flush());
    this.send(next.value);
  }
}
