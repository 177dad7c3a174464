import { throwIfAborted } from '../errors';
import type { Clock } from './clock';

export interface BackOff {
  /** Milliseconds of the first pause. */
  readonly first: number;
  /** Milliseconds that no pause exceeds. */
  readonly longest: number;
  readonly factor: number;
}

/** Length of the pause after the given number of tries (0 for the first), in milliseconds. */
export function pauseAfter(tries: number, { first, longest, factor }: BackOff): number {
  return Math.min(longest, Math.round(first * factor ** tries));
}

export interface RetryOptions extends BackOff {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** No try starts later than this many milliseconds after the first. */
  readonly total: number;
  /** Says whether another try makes sense. */
  readonly again: (error: unknown) => boolean | Promise<boolean>;
  /** Told before each pause: seconds since the first try. */
  readonly onPause?: (elapsedSeconds: number) => void;
}

/** Tries until it works, `again` says no, or the time is over; then throws the last error. */
export async function retry<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const started = options.clock.now().getTime();
  for (let tries = 0; ; tries += 1) {
    throwIfAborted(options.signal);
    try {
      return await work();
    } catch (error) {
      const pause = pauseAfter(tries, options);
      const elapsed = options.clock.now().getTime() - started;
      if (options.signal.aborted || elapsed + pause > options.total || !(await options.again(error))) throw error;
      options.onPause?.(Math.round(elapsed / 1000));
      await options.clock.sleep(pause, options.signal);
    }
  }
}
