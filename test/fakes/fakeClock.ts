import { CancelledError } from '../../src/core/errors';
import type { Clock } from '../../src/core/util/clock';

/** Time that passes only when somebody sleeps, and then at once. */
export class FakeClock implements Clock {
  private time = Date.parse('2026-11-23T10:00:00Z');
  readonly pauses: number[] = [];
  onSleep: (() => void) | undefined;

  now(): Date {
    return new Date(this.time);
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    this.pauses.push(milliseconds);
    this.time += milliseconds;
    this.onSleep?.();
    await Promise.resolve();
    if (signal?.aborted) throw new CancelledError();
  }
}
