import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { IAMClient } from '@aws-sdk/client-iam';
import { IoTClient } from '@aws-sdk/client-iot';
import { STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentityProvider } from '@smithy/types';
import type { CallOptions } from '../core/ports/iotApi';
import type { WaitReporter } from '../core/ports/waiting';
import { throwIfAborted } from '../core/errors';
import { mapError, type Call, type Caller } from './errorMapper';
import { Limiter } from './limiter';
import { defined } from './objects';
import { AdaptiveRate, unlimitedRate, type SendingRate } from './pace/adaptiveRate';
import { CallScopes, WaitsOfCall } from './pace/callScope';
import { Pace } from './pace/pace';
import type { PaceClock } from './pace/paceClock';
import { PatientRetry, type RetryOptions } from './pace/patientRetry';
import type { Rates } from './pace/rates';
import type { ServiceId } from './profiles';

export interface ClientOptions {
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
  /** Overridden endpoints; undefined for AWS's own. */
  readonly endpoint: (service: ServiceId) => string | undefined;
  /** Product name and version for the user agent, for example `greengrass-fleet-provisioning/0.1.0`. */
  readonly userAgent: string;
  readonly caller: Caller;
  readonly clock: PaceClock;
  /** How often each service is asked; undefined for as often as one likes, as at the sandbox. */
  readonly rates: Rates | undefined;
  /** Told when calls wait. */
  readonly waiting?: WaitReporter;
  readonly log?: (line: string) => void;
}

/** What an SDK call needs of ours: pass it as the second argument of `send`. */
export interface HttpOptions {
  readonly abortSignal?: AbortSignal;
}

const connectTimeoutMs = 5_000;
const requestTimeoutMs = 30_000;
const attempts = 4;
const requestsAtOnce = 6;

/** The SDK clients of one connection: same credentials, region, retries and limits; made once and shared by the adapters. */
export class AwsClients {
  readonly iot: IoTClient;
  /** For IoT calls that are not idempotent and take no token. */
  readonly iotOnce: IoTClient;
  readonly cloudFormation: CloudFormationClient;
  readonly iam: IAMClient;
  readonly sts: STSClient;
  private readonly lazy: { destroy(): void }[] = [];
  private readonly limiter = new Limiter(requestsAtOnce);
  private readonly pace: Pace;
  private readonly scopes = new CallScopes();
  private readonly adaptive = new Map<ServiceId, AdaptiveRate>();
  private closing = false;

  constructor(private readonly options: ClientOptions) {
    this.pace = new Pace(options.rates, options.clock);
    this.iot = new IoTClient(this.config('iot'));
    this.iotOnce = new IoTClient(this.config('iot', { onlyUnread: true }));
    this.cloudFormation = new CloudFormationClient(this.config('cloudformation'));
    this.iam = new IAMClient(this.config('iam'));
    // The first call of a connection: a wrong network should be told at once, not after four attempts.
    this.sts = new STSClient(this.config('sts', { attempts: 2 }));
  }

  /** One more client, made by who needs it first; freed with the others. */
  lazyClient<T extends { destroy(): void }>(service: ServiceId, make: (config: ReturnType<AwsClients['config']>) => T, retry: Partial<RetryOptions> = {}): T {
    const client = make(this.config(service, retry));
    this.lazy.push(client);
    return client;
  }

  /** Runs one SDK call when its turn comes: cancellable, errors mapped. Throws FleetError or CancelledError. */
  async call<T>(call: Call, options: CallOptions | undefined, send: (http: HttpOptions) => Promise<T>): Promise<T> {
    const started = Date.now();
    const signal = options?.signal;
    const waits = new WaitsOfCall((reason) => this.options.waiting?.waits(call.action, reason));
    const itsTurn = waits.begin('turn');
    try {
      await this.pace.turn(call.action, signal);
      const result = await this.limiter.run(async () => {
        itsTurn();
        return this.scopes.run({ signal, throttled: () => waits.begin('throttled') }, async () => send(defined({ abortSignal: signal })));
      }, signal);
      this.log(call, started, 'ok');
      return result;
    } catch (error) {
      throwIfAborted(signal);
      const mapped = mapError(error, call, this.options.caller);
      this.log(call, started, 'code' in mapped ? `${mapped.code}${mapped.requestId === undefined ? '' : ` request ${mapped.requestId}`}` : 'cancelled');
      throw mapped;
    } finally {
      waits.end();
      // Until it is told to rest, Node carries its store along with every promise of the extension host, those of others too.
      if (!this.limiter.busy) this.scopes.disable();
      if (this.closing) this.close();
    }
  }

  /** Pages of a list, asked for one by one as the consumer goes on. `next` undefined ends it. */
  async *pages<T>(
    call: Call,
    options: CallOptions | undefined,
    page: (token: string | undefined, http: HttpOptions) => Promise<{ items: readonly T[] | undefined; next: string | undefined }>,
  ): AsyncGenerator<T> {
    let token: string | undefined;
    do {
      const current = token;
      const { items, next } = await this.call(call, options, (http) => page(current, http));
      yield* items ?? [];
      token = next === '' ? undefined : next;
    } while (token !== undefined);
  }

  /** Frees idle sockets; running calls end undisturbed. The clients stay usable. */
  close(): void {
    this.closing = true;
    if (this.limiter.busy) return;
    for (const client of [this.iot, this.iotOnce, this.cloudFormation, this.iam, this.sts, ...this.lazy]) client.destroy();
  }

  private log(call: Call, started: number, outcome: string): void {
    this.options.log?.(`${call.action} ${String(Date.now() - started)} ms ${outcome}`);
  }

  /** One for all clients of a service: what one of them is told counts for the other. */
  private sendingRate(service: ServiceId): SendingRate {
    if (this.options.rates === undefined) return unlimitedRate;
    const rate = this.adaptive.get(service) ?? new AdaptiveRate(this.scopes, this.options.clock);
    this.adaptive.set(service, rate);
    return rate;
  }

  private config(service: ServiceId, retry: Partial<RetryOptions> = {}) {
    const { region, credentials, userAgent } = this.options;
    const agent = { keepAlive: true, maxSockets: requestsAtOnce };
    return {
      region,
      credentials,
      // Without this the SDK would take the endpoint of the default profile when we pass none.
      ignoreConfiguredEndpointUrls: true,
      ...defined({ endpoint: this.options.endpoint(service) }),
      retryStrategy: new PatientRetry({ attempts, onlyUnread: false, ...retry }, this.sendingRate(service), this.scopes),
      customUserAgent: userAgent,
      requestHandler: {
        connectionTimeout: connectTimeoutMs,
        requestTimeout: requestTimeoutMs,
        throwOnRequestTimeout: true,
        httpAgent: new HttpAgent(agent),
        httpsAgent: new HttpsAgent(agent),
      },
    };
  }
}
