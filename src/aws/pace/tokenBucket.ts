import { throwIfAborted } from '../../core/errors';
import type { PaceClock } from './paceClock';
import { WaitingLine } from './waitingLine';

export interface Rate {
  readonly perSecond: number;
  /** So many at once after a pause. */
  readonly burst: number;
}

/** Lets through `burst` at once and `perSecond` over time, in order of coming. */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;
  private readonly line = new WaitingLine();
  private serving = false;

  constructor(
    private readonly rate: Rate,
    private readonly clock: PaceClock,
  ) {
    this.tokens = rate.burst;
    this.filledAt = this.now();
  }

  /** Resolves when one more may pass; rejects with CancelledError as soon as the signal aborts. */
  async take(signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    // Nobody overtakes those who wait.
    if (this.line.empty && this.spend()) return;
    const turn = this.line.join(signal);
    void this.serve();
    await turn;
  }

  private now(): number {
    return this.clock.now().getTime();
  }

  private spend(): boolean {
    const now = this.now();
    // A clock that was set back fills nothing, and takes nothing away.
    this.tokens = Math.min(this.rate.burst, this.tokens + (Math.max(0, now - this.filledAt) / 1000) * this.rate.perSecond);
    this.filledAt = now;
    if (this.tokens < 1) return false;
    this.tokens--;
    return true;
  }

  private async serve(): Promise<void> {
    if (this.serving) return;
    this.serving = true;
    try {
      while (!this.line.empty) {
        if (this.spend()) this.line.letOneGo();
        // Rounded up: a timer that fires a hair too early would only come again.
        else await this.clock.sleep(Math.ceil(((1 - this.tokens) / this.rate.perSecond) * 1000));
      }
    } finally {
      this.serving = false;
    }
  }
}
