import type { ServiceId } from '../profiles';
import type { PaceClock } from './paceClock';
import type { Rates } from './rates';
import { TokenBucket, type Rate } from './tokenBucket';

/** Holds each service's calls of one connection to its rate; one that is asked too often keeps no other one waiting. */
export class Pace {
  private readonly buckets = new Map<string, TokenBucket>();

  /** Without rates, nothing ever waits. */
  constructor(
    private readonly rates: Rates | undefined,
    private readonly clock: PaceClock,
  ) {}

  /** Resolves when the call may go, in order of coming; rejects with CancelledError. `action` is as IAM names it. */
  async turn(action: string, signal?: AbortSignal): Promise<void> {
    if (this.rates === undefined) return;
    const [prefix = '', api = ''] = action.split(':');
    const service = serviceOf(prefix);
    const rate = this.rates[service];
    await ('whole' in rate ? this.bucket(service, rate.whole) : this.bucket(action, rate.apis[api] ?? rate.each)).take(signal);
  }

  private bucket(name: string, rate: Rate): TokenBucket {
    const known = this.buckets.get(name);
    if (known) return known;
    const made = new TokenBucket(rate, this.clock);
    this.buckets.set(name, made);
    return made;
  }
}

/** Services under the prefixes that their actions have in IAM. */
const services: Readonly<Record<string, ServiceId>> = {
  iot: 'iot',
  cloudformation: 'cloudformation',
  iam: 'iam',
  sts: 'sts',
  greengrass: 'greengrassv2',
  lambda: 'lambda',
};

function serviceOf(prefix: string): ServiceId {
  const service = services[prefix];
  if (service === undefined) throw new Error(`No service has actions that begin with ${prefix}:`);
  return service;
}
