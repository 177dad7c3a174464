import { randomUUID } from 'node:crypto';
import type { IConnackPacket, IConnectPacket, IDisconnectPacket, IPublishPacket, ISubscribePacket, ISubscription, IUnsubscribePacket, Packet } from 'mqtt-packet';
import type { Question } from '../../core/policy/request';
import type { Identity } from './authority';
import type { Broker } from './broker';
import type { Connection } from './connection';
import { reason, returnCode } from './limits';
import type { Message, Session } from './session';
import { healthThing, isFilter, isTopic, isUnsupportedReserved } from './topics';

/** One client: what each of its packets does, as far as its certificate's policies let it. */
export class Client {
  clientId = '';
  private session: Session | undefined;
  private will: Message | undefined;
  private expiry = 0;
  private readonly aliases = new Map<number, string>();
  /** Deliveries wait for the check of rights; in order. */
  private outbox: Promise<void> = Promise.resolve();
  private pending = 0;
  private serving = 0;
  /** Greatest packet that the client takes; MQTT 5. */
  private maxPacket = Infinity;

  constructor(
    private readonly connection: Connection,
    private readonly broker: Broker,
    readonly identity: Identity,
  ) {}

  async packet(packet: Packet): Promise<void> {
    if (packet.cmd === 'connect') return this.session === undefined ? this.connect(packet) : this.end(reason.protocolError);
    if (this.session === undefined) return this.connection.destroy();
    switch (packet.cmd) {
      case 'publish':
        return this.publish(packet);
      case 'puback':
        return this.session.acknowledged(packet.messageId ?? 0);
      case 'subscribe':
        return this.subscribe(packet, this.session);
      case 'unsubscribe':
        return this.unsubscribe(packet, this.session);
      case 'pingreq':
        return this.connection.send({ cmd: 'pingresp' });
      case 'disconnect':
        return this.disconnect(packet);
      default:
        return this.end(reason.protocolError);
    }
  }

  closed(): void {
    this.broker.left(this);
    const { will } = this;
    this.will = undefined;
    if (this.session === undefined) return;
    this.broker.closeSession(this, this.expiry);
    if (will !== undefined) void this.publishWill(will);
  }

  end(reasonCode: number): void {
    this.connection.end(reasonCode);
  }

  destroy(): void {
    this.connection.destroy();
  }

  takenOver(): void {
    this.end(reason.sessionTakenOver);
  }

  /** The certificate was changed: cut off unless it is still ACTIVE. The reason code is unverified. */
  recheck(): void {
    this.may({ kind: 'connect', clientId: this.clientId }).then(
      (allowed) => {
        if (allowed === undefined) this.end(reason.notAuthorized);
      },
      (error: unknown) => this.failed(error),
    );
  }

  /** A message for this client, checked against iot:Receive; what it may not receive is dropped without a word. */
  deliver(message: Message): void {
    if (message.qos === 0 && this.pending > this.broker.limits.queued) return;
    this.pending++;
    this.outbox = this.outbox
      .then(async () => {
        if (await this.may({ kind: 'receive', topic: message.topic })) this.session?.deliver(message);
      })
      .catch((error: unknown) => this.failed(error))
      .finally(() => this.pending--);
  }

  private async connect(packet: IConnectPacket): Promise<void> {
    const { limits } = this.broker;
    const version = packet.protocolVersion ?? 4;
    this.connection.version = version === 5 ? 5 : 4;
    if (version === 3) return this.refuse(reason.unsupportedVersion);
    if (packet.properties?.authenticationMethod !== undefined) return this.refuse(reason.badAuthMethod);
    const clean = packet.clean !== false;
    this.clientId = packet.clientId;
    if (packet.clientId === '') {
      // MQTT 3.1.1 lets a client without an id have no session: https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718031
      if (!clean && version !== 5) return this.refuse(reason.badClientId);
      this.clientId = `$GEN/${randomUUID()}`;
    }
    if (Buffer.byteLength(this.clientId) > limits.clientId) return this.refuse(reason.badClientId);
    const { will } = packet;
    if (will !== undefined && (!isTopic(will.topic, limits) || will.payload.length > limits.payload)) return this.refuse(reason.badTopic);
    if (will?.qos === 2) return this.refuse(reason.qosNotSupported);
    const allowed = await this.may({ kind: 'connect', clientId: this.clientId, persistent: !clean, ...(will === undefined ? {} : { lastWillTopic: will.topic }) });
    if (allowed !== true) return this.refuse(reason.notAuthorized);

    if (will !== undefined) this.will = { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos === 1 ? 1 : 0, retain: will.retain === true, ...forwarded(will.properties) };
    const wanted = version === 5 ? (packet.properties?.sessionExpiryInterval ?? 0) * 1000 : clean ? 0 : limits.sessionExpiry;
    this.expiry = Math.min(wanted, limits.sessionExpiry);
    this.maxPacket = packet.properties?.maximumPacketSize ?? Infinity;
    const asked = (packet.keepalive ?? 0) * 1000;
    const keepAlive = asked === 0 ? limits.maxKeepAlive : Math.min(Math.max(asked, limits.minKeepAlive), limits.maxKeepAlive);
    this.connection.keepAlive(keepAlive);
    const { session, present } = this.broker.openSession(this, clean);
    this.session = session;
    this.connection.send(this.connack(present, packet, keepAlive));
    session.resume({
      window: Math.min(packet.properties?.receiveMaximum ?? limits.inflight, limits.inflight),
      write: (message) => this.write(message),
    });
  }

  /** The limits that AWS states: https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html#mqtt5 */
  private connack(sessionPresent: boolean, packet: IConnectPacket, keepAlive: number): IConnackPacket {
    if (this.connection.version === 4) return { cmd: 'connack', returnCode: 0, sessionPresent };
    const { limits } = this.broker;
    const properties: IConnackPacket['properties'] = {
      sessionExpiryInterval: this.expiry / 1000,
      receiveMaximum: limits.inflight,
      maximumQoS: 1,
      retainAvailable: true,
      maximumPacketSize: limits.packet,
      topicAliasMaximum: limits.topicAliases,
      wildcardSubscriptionAvailable: true,
      subscriptionIdentifiersAvailable: true,
      sharedSubscriptionAvailable: false,
      serverKeepAlive: keepAlive / 1000,
      ...(packet.clientId === '' ? { assignedClientIdentifier: this.clientId } : {}),
    };
    return { cmd: 'connack', reasonCode: reason.success, sessionPresent, properties };
  }

  private refuse(reasonCode: number): void {
    const code = this.connection.version === 5 ? { reasonCode } : { returnCode: returnCode(reasonCode) };
    this.connection.send({ cmd: 'connack', sessionPresent: false, ...code });
    this.connection.end();
  }

  private async publish(packet: IPublishPacket): Promise<void> {
    const { limits, services } = this.broker;
    if (packet.qos === 2) return this.end(reason.qosNotSupported);
    const topic = this.resolveAlias(packet);
    if (topic === undefined || !isTopic(topic, limits) || isUnsupportedReserved(topic)) return this.end(reason.badTopic);
    const payload = Buffer.from(packet.payload);
    if (payload.length > limits.payload) return this.end(reason.packetTooLarge);
    if ((await this.may({ kind: 'publish', topic, retain: packet.retain })) !== true) return this.end(reason.notAuthorized);
    if (packet.qos === 1 && packet.messageId !== undefined) {
      this.connection.send({ cmd: 'puback', messageId: packet.messageId, ...(this.connection.version === 5 ? { reasonCode: reason.success } : {}) });
    }
    const answer = this.serving < limits.inflight ? services.serve({ identity: this.identity, clientId: this.clientId, topic, payload }) : undefined;
    if (answer !== undefined) return this.answerWith(answer);
    this.broker.publish(this.identity.scope, { topic, payload, qos: packet.qos, retain: packet.retain, ...forwarded(packet.properties) }, this.session);
    const thingName = healthThing(topic);
    if (thingName !== undefined) services.onHealth(this.identity.scope, thingName, payload).catch((error: unknown) => this.failed(error));
  }

  /** "through the same MQTT connection used to publish the API request", with or without a subscription: fleet-provision-api.html */
  private answerWith(answer: ReturnType<Broker['services']['serve']>): void {
    this.serving++;
    Promise.resolve(answer)
      .then((reply) => {
        if (reply === undefined) return;
        const matching = this.session?.matching(reply.topic) ?? [];
        const identifiers = matching.flatMap(({ identifier }) => identifier ?? []);
        const qos = matching.some((subscription) => subscription.qos === 1) ? 1 : 0;
        this.deliver({ ...reply, qos, retain: false, ...(identifiers.length > 0 ? { properties: { subscriptionIdentifier: identifiers } } : {}) });
      })
      .catch((error: unknown) => this.failed(error))
      .finally(() => this.serving--);
  }

  private async subscribe(packet: ISubscribePacket, session: Session): Promise<void> {
    if (packet.subscriptions.length > this.broker.limits.subscriptionsPerRequest) return this.end(reason.quotaExceeded);
    const granted: number[] = [];
    const retained: Message[] = [];
    for (const wanted of packet.subscriptions) {
      const known = session.subscriptions.has(wanted.topic);
      const failure = await this.subscriptionFault(wanted, session, known);
      if (failure !== undefined) {
        granted.push(this.connection.version === 5 ? failure : reason.unspecified);
        continue;
      }
      const qos = wanted.qos === 0 ? 0 : 1;
      const identifier = packet.properties?.subscriptionIdentifier;
      session.subscriptions.set(wanted.topic, {
        filter: wanted.topic,
        qos,
        noLocal: wanted.nl === true,
        retainAsPublished: wanted.rap === true,
        ...(identifier === undefined ? {} : { identifier }),
      });
      granted.push(qos);
      if (wanted.rh === 2 || (wanted.rh === 1 && known)) continue;
      for (const message of this.broker.retainedFor(this.identity.scope, wanted.topic)) retained.push({ ...message, qos: message.qos === 1 ? qos : 0 });
    }
    this.connection.send({ cmd: 'suback', ...numbered(packet), granted });
    for (const message of retained) this.deliver(message);
  }

  private async subscriptionFault({ topic }: ISubscription, session: Session, known: boolean): Promise<number | undefined> {
    const { limits } = this.broker;
    if (topic.startsWith('$share/')) return reason.sharedNotSupported; // AWS has them; this sandbox does not
    if (!isFilter(topic, limits)) return reason.badFilter;
    if (!known && session.subscriptions.size >= limits.subscriptionsPerConnection) return reason.quotaExceeded;
    return (await this.may({ kind: 'subscribe', topicFilter: topic })) === true ? undefined : reason.notAuthorized;
  }

  private unsubscribe(packet: IUnsubscribePacket, session: Session): void {
    const granted = packet.unsubscriptions.map((filter) => (session.subscriptions.delete(filter) ? reason.success : reason.noSubscriptionExisted));
    this.connection.send({ cmd: 'unsuback', ...numbered(packet), granted: this.connection.version === 5 ? granted : [] });
  }

  private disconnect(packet: IDisconnectPacket): void {
    if (packet.reasonCode !== reason.disconnectWithWill) this.will = undefined;
    const expiry = packet.properties?.sessionExpiryInterval;
    if (expiry !== undefined && this.expiry > 0) this.expiry = Math.min(expiry * 1000, this.broker.limits.sessionExpiry);
    this.connection.end();
  }

  private async publishWill(will: Message): Promise<void> {
    try {
      if (await this.may({ kind: 'publish', topic: will.topic, retain: will.retain })) this.broker.publish(this.identity.scope, will);
    } catch (error) {
      this.failed(error);
    }
  }

  private resolveAlias(packet: IPublishPacket): string | undefined {
    const alias = packet.properties?.topicAlias;
    if (alias === undefined) return packet.topic;
    if (alias < 1 || alias > this.broker.limits.topicAliases) return undefined;
    if (packet.topic !== '') this.aliases.set(alias, packet.topic);
    return this.aliases.get(alias);
  }

  private write(packet: IPublishPacket): void {
    const size = packet.payload.length + Buffer.byteLength(packet.topic) + 16;
    if (size <= this.maxPacket) this.connection.send(this.connection.version === 5 ? packet : withoutProperties(packet));
  }

  private may(question: Question): Promise<boolean | undefined> {
    return this.broker.authorities.allows(this.identity, this.clientId, question);
  }

  private failed(error: unknown): void {
    // The sandbox is stopping: nobody waits for the answer.
    if (!(error instanceof Error && error.name === 'AbortError')) this.broker.logError(error);
  }
}

/** What a broker hands on: https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901109 */
function forwarded(properties: IPublishPacket['properties']): { properties?: NonNullable<IPublishPacket['properties']> } {
  if (properties === undefined) return {};
  const { topicAlias: _alias, subscriptionIdentifier: _identifier, ...rest } = properties;
  return Object.keys(rest).length === 0 ? {} : { properties: rest };
}

function withoutProperties({ properties: _properties, ...packet }: IPublishPacket): IPublishPacket {
  return packet;
}

function numbered(packet: { readonly messageId?: number }): { messageId?: number } {
  return packet.messageId === undefined ? {} : { messageId: packet.messageId };
}
