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
    const { session } = this;
    if (packet.cmd === 'connect') {
      if (session === undefined) await this.connect(packet);
      else this.end(reason.protocolError);
    } else if (session === undefined) {
      // What comes before a CONNECT is no MQTT.
      this.connection.destroy();
    } else {
      await this.inSession(packet, session);
    }
  }

  private async inSession(packet: Packet, session: Session): Promise<void> {
    switch (packet.cmd) {
      case 'publish':
        return this.publish(packet);
      case 'puback':
        session.acknowledged(packet.messageId ?? 0);
        return;
      case 'subscribe':
        return this.subscribe(packet, session);
      case 'unsubscribe':
        this.unsubscribe(packet, session);
        return;
      case 'pingreq':
        this.connection.send({ cmd: 'pingresp' });
        return;
      case 'disconnect':
        this.disconnect(packet);
        return;
      default:
        this.end(reason.protocolError);
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
    const { will, properties } = packet;
    this.connection.version = packet.protocolVersion === 5 ? 5 : 4;
    const fault = await this.connectFault(packet);
    if (fault !== undefined) {
      this.refuse(fault);
      return;
    }
    if (!this.connection.open) return;
    const clean = packet.clean !== false;
    if (will !== undefined) {
      this.will = { topic: will.topic, payload: Buffer.from(will.payload), qos: will.qos === 1 ? 1 : 0, retain: will.retain === true, ...forwarded(will.properties) };
    }
    const wanted = this.connection.version === 5 ? (properties?.sessionExpiryInterval ?? 0) * 1000 : clean ? 0 : limits.sessionExpiry;
    this.expiry = Math.min(wanted, limits.sessionExpiry);
    this.maxPacket = properties?.maximumPacketSize ?? Infinity;
    const asked = (packet.keepalive ?? 0) * 1000;
    const keepAlive = asked === 0 ? limits.maxKeepAlive : Math.min(Math.max(asked, limits.minKeepAlive), limits.maxKeepAlive);
    this.connection.keepAlive(keepAlive);
    const { session, present } = this.broker.openSession(this, clean);
    this.session = session;
    this.connection.send(this.connack(present, packet, keepAlive));
    session.resume({
      window: Math.min(properties?.receiveMaximum ?? limits.inflight, limits.inflight),
      write: (message) => this.write(message),
    });
  }

  /** Why this CONNECT is refused: a reason code of MQTT 5. Gives a client without an id one. */
  private async connectFault(packet: IConnectPacket): Promise<number | undefined> {
    const { limits } = this.broker;
    const { will, protocolVersion } = packet;
    if (protocolVersion === 3) return reason.unsupportedVersion;
    if (packet.properties?.authenticationMethod !== undefined) return reason.badAuthMethod;
    const persistent = packet.clean === false;
    // MQTT 3.1.1 lets a client without an id have no session: https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/os/mqtt-v3.1.1-os.html#_Toc398718031
    if (packet.clientId === '' && persistent && protocolVersion !== 5) return reason.badClientId;
    this.clientId = packet.clientId === '' ? `$GEN/${randomUUID()}` : packet.clientId;
    if (Buffer.byteLength(this.clientId) > limits.clientId) return reason.badClientId;
    if (will !== undefined && (!isTopic(will.topic, limits) || will.payload.length > limits.payload)) return reason.badTopic;
    if (will?.qos === 2) return reason.qosNotSupported;
    const allowed = await this.may({ kind: 'connect', clientId: this.clientId, persistent, ...(will === undefined ? {} : { lastWillTopic: will.topic }) });
    return allowed === true ? undefined : reason.notAuthorized;
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
    const topic = this.resolveAlias(packet);
    const fault = await this.publishFault(packet, topic);
    if (fault !== undefined || topic === undefined) {
      this.end(fault ?? reason.badTopic);
      return;
    }
    const payload = Buffer.from(packet.payload);
    if (packet.qos === 1) this.connection.send({ cmd: 'puback', ...numbered(packet), ...(this.connection.version === 5 ? { reasonCode: reason.success } : {}) });
    const { scope } = this.identity;
    // What is too much at once goes unanswered; a device asks again. AWS throttles: fleet-provisioning limits.
    const answer = this.serving < limits.inflight ? services.serve({ identity: this.identity, clientId: this.clientId, topic, payload }) : undefined;
    if (answer !== undefined) {
      this.answerWith(answer);
      return;
    }
    this.broker.publish(scope, { topic, payload, qos: packet.qos === 1 ? 1 : 0, retain: packet.retain, ...forwarded(packet.properties) }, this.session);
    const thingName = healthThing(topic);
    if (thingName !== undefined) services.onHealth(scope, thingName, payload).catch((error: unknown) => this.failed(error));
  }

  /** Why this message ends the connection: a reason code of MQTT 5. */
  private async publishFault(packet: IPublishPacket, topic: string | undefined): Promise<number | undefined> {
    const { limits } = this.broker;
    if (packet.qos === 2) return reason.qosNotSupported;
    if (topic === undefined || !isTopic(topic, limits) || isUnsupportedReserved(topic)) return reason.badTopic;
    if (packet.payload.length > limits.payload) return reason.packetTooLarge;
    return (await this.may({ kind: 'publish', topic, retain: packet.retain })) === true ? undefined : reason.notAuthorized;
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
    if (packet.subscriptions.length > this.broker.limits.subscriptionsPerRequest) {
      this.end(reason.quotaExceeded);
      return;
    }
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
  const rest = { ...properties };
  delete rest.topicAlias;
  delete rest.subscriptionIdentifier;
  return Object.keys(rest).length === 0 ? {} : { properties: rest };
}

function withoutProperties(packet: IPublishPacket): IPublishPacket {
  const plain = { ...packet };
  delete plain.properties;
  return plain;
}

function numbered(packet: { readonly messageId?: number }): { messageId?: number } {
  return packet.messageId === undefined ? {} : { messageId: packet.messageId };
}
