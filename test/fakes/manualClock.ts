import { CancelledError } from '../../src/core/errors';
import type { Clock } from '../../src/core/util/clock';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only when the test says so; who sleeps wakes in the order of time. */
export class ManualClock implements Clock {
  private time = Date.parse('2026-11-23T10:00:00Z');
  private readonly sleepers: Sleeper[] = [];

  now(): Date {
    return new Date(this.time);
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.sleepers.push({ at: this.time + milliseconds, wake: resolve });
      signal?.addEventListener('abort', () => reject(new CancelledError()), { once: true });
    });
  }

  /** Sets the time without anybody noticing, as when the computer's clock is corrected. */
  set(change: number): void {
    this.time += change;
  }

  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      await settled();
      const next = this.sleepers.filter((sleeper) => sleeper.at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.sleepers.splice(this.sleepers.indexOf(next), 1);
      this.time = Math.max(this.time, next.at);
      next.wake();
    }
    this.time = end;
    await settled();
  }
}

/** What follows from a promise has happened. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
