import type { SandboxKernel } from '../kernel/kernel';
import type { BackgroundScope } from '../kernel/types';
import { Authorities, type Identity } from './authority';
import type { Client } from './client';
import type { BrokerLimits } from './limits';
import { Session, type Message } from './session';
import { covers } from './topics';

/** What the broker does not do itself. */
export interface BrokerServices {
  /** The answer to a request on a service's topic; undefined: the topic is a plain one. */
  serve(request: ServiceRequest): Promise<Reply> | undefined;
  /** A Greengrass core reports its state. */
  onHealth(scope: BackgroundScope, thingName: string, payload: Buffer): Promise<void>;
  /** A client came or went. */
  onConnectivity(scope: BackgroundScope, clientId: string, connected: boolean): Promise<void>;
}

export interface ServiceRequest {
  readonly identity: Identity;
  readonly clientId: string;
  readonly topic: string;
  readonly payload: Buffer;
}

export interface Reply {
  readonly topic: string;
  readonly payload: Buffer;
}

/** Client ids are unique in an account and region. */
type Key = string;

const keyOf = (scope: BackgroundScope, clientId: string): Key => `${scope.account} ${scope.region} ${clientId}`;
const accountOf = (scope: BackgroundScope): string => `${scope.account} ${scope.region}`;

interface Kept {
  readonly session: Session;
  readonly account: string;
  /** Of the last connection: whose rights count for what waits. */
  readonly identity: Identity;
  client: Client | undefined;
  expiry: NodeJS.Timeout | undefined;
}

/** Sessions, fan-out and retained messages of all accounts, in memory: what is on its way is lost when the sandbox stops. */
export class Broker {
  readonly authorities: Authorities;
  private readonly sessions = new Map<Key, Kept>();
  private readonly clients = new Set<Client>();
  private readonly retained = new Map<string, Map<string, Message>>();
  private readonly unwatch: () => void;

  constructor(
    kernel: SandboxKernel,
    readonly limits: BrokerLimits,
    readonly services: BrokerServices,
    readonly logError: (error: unknown) => void,
  ) {
    this.authorities = new Authorities(kernel);
    this.unwatch = kernel.watchCommits((keys) => this.committed(keys));
  }

  entered(client: Client): void {
    this.clients.add(client);
  }

  left(client: Client): void {
    this.clients.delete(client);
    this.authorities.forget(client.identity, client.clientId);
  }

  /** Ends the connection that has this client id, if one has; gives the session to go on with. */
  openSession(client: Client, clean: boolean): { readonly session: Session; readonly present: boolean } {
    const { scope } = client.identity;
    const key = keyOf(scope, client.clientId);
    const old = this.sessions.get(key);
    clearTimeout(old?.expiry);
    old?.client?.takenOver();
    const session = clean || old === undefined ? new Session(client.clientId, this.limits.queued) : old.session;
    this.sessions.set(key, { session, account: accountOf(scope), identity: client.identity, client, expiry: undefined });
    this.connectivity(client, true);
    return { session, present: session === old?.session };
  }

  /** The connection is gone. Its session stays for `expiry` milliseconds. */
  closeSession(client: Client, expiry: number): void {
    const key = keyOf(client.identity.scope, client.clientId);
    const kept = this.sessions.get(key);
    if (kept?.client !== client) return;
    kept.client = undefined;
    this.connectivity(client, false);
    kept.session.receiver = undefined;
    if (expiry <= 0) this.sessions.delete(key);
    else kept.expiry = setTimeout(() => this.sessions.delete(key), expiry).unref();
  }

  /** To everyone of this account and region who subscribed and may receive it. */
  publish(scope: BackgroundScope, message: Message, from?: Session): void {
    const account = accountOf(scope);
    if (message.retain) this.retain(account, message);
    for (const kept of this.sessions.values()) {
      if (kept.account !== account) continue;
      const matching = kept.session.matching(message.topic).filter(({ noLocal }) => !(noLocal && kept.session === from));
      if (matching.length === 0) continue;
      const qos = message.qos === 1 && matching.some((subscription) => subscription.qos === 1) ? 1 : 0;
      const identifiers = matching.flatMap(({ identifier }) => identifier ?? []);
      const retain = message.retain && matching.some(({ retainAsPublished }) => retainAsPublished);
      const copy: Message = { ...message, qos, retain, ...(identifiers.length > 0 ? { properties: { ...message.properties, subscriptionIdentifier: identifiers } } : {}) };
      if (kept.client !== undefined) kept.client.deliver(copy);
      else if (qos === 1) this.keep(kept, copy);
    }
  }

  retainedFor(scope: BackgroundScope, filter: string): readonly Message[] {
    return [...(this.retained.get(accountOf(scope))?.values() ?? [])].filter(({ topic }) => covers(filter, topic));
  }

  close(reasonCode: number): void {
    this.unwatch();
    for (const client of this.clients) client.end(reasonCode);
    for (const { expiry } of this.sessions.values()) clearTimeout(expiry);
    this.sessions.clear();
    this.retained.clear();
  }

  destroyAll(): void {
    for (const client of this.clients) client.destroy();
  }

  private connectivity(client: Client, connected: boolean): void {
    this.services.onConnectivity(client.identity.scope, client.clientId, connected).catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'AbortError')) this.logError(error);
    });
  }

  /** For a client that is away. */
  private keep({ session, identity }: Kept, message: Message): void {
    this.authorities.allows(identity, session.clientId, { kind: 'receive', topic: message.topic }).then(
      (allowed) => {
        if (allowed === true) session.deliver(message);
      },
      (error: unknown) => {
        if (!(error instanceof Error && error.name === 'AbortError')) this.logError(error);
      },
    );
  }

  /** An empty payload takes a retained message away. */
  private retain(account: string, message: Message): void {
    const ofAccount = this.retained.get(account) ?? new Map<string, Message>();
    this.retained.set(account, ofAccount);
    if (message.payload.length === 0) ofAccount.delete(message.topic);
    else if (ofAccount.has(message.topic) || ofAccount.size < this.limits.retained) ofAccount.set(message.topic, message);
  }

  private committed(keys: readonly string[]): void {
    this.authorities.committed(keys);
    const certificates = new Set(keys.filter((key) => /^iot\.(certificate|provisioningClaim)\0/.test(key)).map((key) => key.slice(key.lastIndexOf('\0') + 1)));
    if (certificates.size === 0) return;
    for (const client of this.clients) if (certificates.has(client.identity.certificateId)) client.recheck();
  }
}
