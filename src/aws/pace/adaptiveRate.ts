import { DefaultRateLimiter, type RateLimiter } from '@smithy/core/retry';
import type { CallScopes } from './callScope';
import type { PaceClock } from './paceClock';
import { WaitingLine } from './waitingLine';

export interface SendingRate extends RateLimiter {
  /** AWS asked to slow down a short time ago. */
  readonly slowed: boolean;
}

/** For the sandbox, which is as fast as this computer: throttled there is only what a test wants so. */
export const unlimitedRate: SendingRate = { slowed: false, getSendToken: async () => undefined, updateClientSendingRate: () => undefined };

const forgottenAfterMs = 60_000;

/**
 * The SDK's adaptive rate of one service, made fit for a program with pauses: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 *
 * The SDK's own lets everybody who waits try for the next token at the same time, goes on waiting for calls that were
 * cancelled, and gives them tokens. Here they wait in line, and who is cancelled leaves it. It also never forgets: measured
 * over a pause the rate is near zero, so that one throttled call would slow down the start of everything for the rest of
 * the session. A minute after AWS last asked to slow down, it counts no more. As the SDK never goes below one call in two
 * seconds, the first in line waits no longer than that.
 */
export class AdaptiveRate implements SendingRate {
  private sdk = new DefaultRateLimiter();
  private readonly line = new WaitingLine();
  private throttledAt: number | undefined;
  private serving = false;

  constructor(
    private readonly scopes: CallScopes,
    private readonly clock: PaceClock,
  ) {}

  get slowed(): boolean {
    if (this.throttledAt !== undefined && this.now() - this.throttledAt >= forgottenAfterMs) {
      this.throttledAt = undefined;
      this.sdk = new DefaultRateLimiter();
    }
    return this.throttledAt !== undefined;
  }

  readonly getSendToken = async (): Promise<void> => {
    if (!this.slowed && this.line.empty) return;
    const turn = this.line.join(this.scopes.getStore()?.signal);
    void this.serve();
    await turn;
  };

  readonly updateClientSendingRate = (answer: { readonly errorType?: string }): void => {
    if (answer.errorType === 'THROTTLING') this.throttledAt = this.now();
    this.sdk.updateClientSendingRate(answer);
  };

  private now(): number {
    return this.clock.now().getTime();
  }

  private async serve(): Promise<void> {
    if (this.serving) return;
    this.serving = true;
    try {
      while (!this.line.empty) {
        await this.sdk.getSendToken();
        this.line.letOneGo();
      }
    } finally {
      this.serving = false;
    }
  }
}
