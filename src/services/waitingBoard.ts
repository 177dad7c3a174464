import type { WaitReason, WaitReporter, Waiting, WaitingCalls } from '../core/ports/waiting';
import type { Clock } from '../core/util/clock';
import { Emitter } from '../core/util/emitter';

interface Wait {
  readonly action: string;
  readonly reason: WaitReason;
  readonly since: number;
}

const lookEveryMs = 250;
/** A turn comes within moments as a rule; AWS's asking to slow down is told almost at once, but no wait that ends as it begins. */
const shownAfterMs: Readonly<Record<WaitReason, number>> = { turn: 1000, throttled: 300 };
/** Between two waits of one slow-down the call is under way for a moment: what is shown does not flicker, and can be read. */
const staysMs = 1500;

/** Which calls of AWS wait, and for how long: what the status bar, the running command and the log tell of it. */
export class WaitingBoard implements WaitReporter, WaitingCalls {
  private readonly open = new Set<Wait>();
  private readonly changed = new Emitter<Waiting | undefined>();
  private shown: Waiting | undefined;
  /** When the first of the waits that are shown as one began, and when one was last seen. */
  private span = { from: 0, seen: 0 };
  private looking = false;

  readonly onDidChange = this.changed.event;

  constructor(private readonly clock: Clock) {}

  get current(): Waiting | undefined {
    return this.shown;
  }

  waits(action: string, reason: WaitReason): () => void {
    const wait: Wait = { action, reason, since: this.now() };
    this.open.add(wait);
    void this.look();
    return () => this.open.delete(wait);
  }

  private now(): number {
    return this.clock.now().getTime();
  }

  /** Looks from time to time, for as long as somebody waits or something is shown. */
  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      while (this.open.size > 0 || this.shown !== undefined) {
        await this.clock.sleep(lookEveryMs);
        this.show(this.seen());
      }
    } finally {
      this.looking = false;
    }
  }

  private seen(): Waiting | undefined {
    const now = this.now();
    const long = [...this.open].filter((wait) => now - wait.since >= shownAfterMs[wait.reason]);
    // What AWS says matters more than what we do so that it need not.
    const worst = long.find((wait) => wait.reason === 'throttled') ?? long[0];
    if (worst !== undefined) {
      if (this.shown === undefined) this.span.from = worst.since;
      this.span.seen = now;
      return { reason: worst.reason, action: worst.action, seconds: this.seconds(now) };
    }
    return this.shown !== undefined && now - this.span.seen < staysMs ? { ...this.shown, seconds: this.seconds(now) } : undefined;
  }

  private seconds(now: number): number {
    return Math.max(1, Math.floor((now - this.span.from) / 1000));
  }

  private show(next: Waiting | undefined): void {
    const { shown } = this;
    if (shown?.reason === next?.reason && shown?.action === next?.action && shown?.seconds === next?.seconds) return;
    this.shown = next;
    this.changed.fire(next);
  }
}
