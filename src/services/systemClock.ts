import { setTimeout as delay } from 'node:timers/promises';
import { CancelledError } from '../core/errors';
import type { Clock } from '../core/util/clock';

/** The computer's own time. */
export class SystemClock implements Clock {
  now(): Date {
    return new Date();
  }

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    try {
      await delay(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch {
      throw new CancelledError();
    }
  }
}
