import type { IPublishPacket } from 'mqtt-packet';
import { covers } from './topics';

export interface Message {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: 0 | 1;
  readonly retain: boolean;
  /** MQTT 5: what goes on to the receivers. */
  readonly properties?: NonNullable<IPublishPacket['properties']>;
}

export interface Subscription {
  readonly filter: string;
  readonly qos: 0 | 1;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  readonly identifier?: number;
}

/** Where a session's messages go while its client is connected. */
export interface Receiver {
  /** QoS 1 messages that may be unacknowledged. */
  readonly window: number;
  write(packet: IPublishPacket): void;
}

/** What AWS keeps of a client beyond its connection: subscriptions and QoS 1 messages on their way. */
export class Session {
  readonly subscriptions = new Map<string, Subscription>();
  receiver: Receiver | undefined;
  private readonly inflight = new Map<number, Message>();
  private readonly queue: Message[] = [];
  private lastId = 0;

  constructor(
    readonly clientId: string,
    private readonly maxQueued: number,
  ) {}

  /** The subscriptions that cover a topic: a message is delivered once, with the highest QoS of these. */
  matching(topic: string): readonly Subscription[] {
    return [...this.subscriptions.values()].filter(({ filter }) => covers(filter, topic));
  }

  deliver(message: Message): void {
    if (message.qos === 0) {
      this.receiver?.write({ cmd: 'publish', dup: false, ...message });
      return;
    }
    if (this.queue.length >= this.maxQueued) return;
    this.queue.push(message);
    this.flush();
  }

  acknowledged(messageId: number): void {
    if (this.inflight.delete(messageId)) this.flush();
  }

  /** What was sent but not acknowledged on the last connection goes first, marked as a duplicate. */
  resume(receiver: Receiver): void {
    this.receiver = receiver;
    for (const [messageId, message] of this.inflight) receiver.write({ cmd: 'publish', dup: true, messageId, ...message });
    this.flush();
  }

  private flush(): void {
    while (this.receiver !== undefined && this.inflight.size < this.receiver.window) {
      const message = this.queue.shift();
      if (message === undefined) return;
      const messageId = this.nextId();
      this.inflight.set(messageId, message);
      this.receiver.write({ cmd: 'publish', dup: false, messageId, ...message });
    }
  }

  private nextId(): number {
    do this.lastId = (this.lastId % 65_535) + 1;
    while (this.inflight.has(this.lastId));
    return this.lastId;
  }
}
