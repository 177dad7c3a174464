import { AdaptiveRetryStrategy } from '@smithy/core/retry';
import type { RetryErrorInfo, RetryToken, StandardRetryToken } from '@smithy/types';
import type { SendingRate } from './adaptiveRate';
import type { CallScopes } from './callScope';

export interface RetryOptions {
  readonly attempts: number;
  /** True for calls whose repetition could make a second resource: only what AWS turned away unread is repeated. */
  readonly onlyUnread: boolean;
}

/** The SDK's adaptive retries, exponential with full jitter, of which one hears when a call waits because AWS asked to slow down. */
export class PatientRetry extends AdaptiveRetryStrategy {
  constructor(
    private readonly options: RetryOptions,
    private readonly rate: SendingRate,
    private readonly scopes: CallScopes,
  ) {
    super(options.attempts, { maxAttempts: options.attempts, rateLimiter: rate });
  }

  override async acquireInitialRetryToken(scope: string): Promise<RetryToken> {
    return this.told(this.rate.slowed, async () => super.acquireInitialRetryToken(scope));
  }

  override async refreshRetryTokenForRetry(token: StandardRetryToken, info: RetryErrorInfo): Promise<RetryToken> {
    const throttled = info.errorType === 'THROTTLING';
    if (this.options.onlyUnread && !throttled) throw new Error('not repeated');
    if (throttled && isQuota(info.error)) throw new Error('a quota does not grow by waiting');
    return this.told(throttled, async () => super.refreshRetryTokenForRetry(token, info));
  }

  private async told<T>(throttled: boolean, wait: () => Promise<T>): Promise<T> {
    const over = throttled ? this.scopes.getStore()?.throttled() : undefined;
    try {
      return await wait();
    } finally {
      over?.();
    }
  }
}

/**
 * The SDK takes every LimitExceededException for throttling. AWS IoT, CloudFormation and IAM mean by it that there are as
 * many resources as may be, and have other names for too many requests.
 * https://docs.aws.amazon.com/iot/latest/apireference/API_LimitExceededException.html
 */
function isQuota(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith('LimitExceeded') && !/rate exceeded/i.test(error.message);
}
