import type { TLSSocket } from 'node:tls';
import { generate, parser, type Packet } from 'mqtt-packet';
import { reason, type BrokerLimits } from './limits';

/** A client that reads too slowly is dropped before its messages fill the memory. */
const MAX_UNSENT_BYTES = 8 * 1024 * 1024;

export interface ConnectionEvents {
  /** One after the other: the next packet waits for the promise. */
  packet(packet: Packet): Promise<void>;
  /** Once. */
  closed(): void;
  failed(error: unknown): void;
}

/** One MQTT connection: packets in order, the keep-alive timer, sizes. Nothing of what packets mean. */
export class Connection {
  /** Of the CONNECT packet; decides how packets are written. */
  version: 4 | 5 = 4;
  private readonly parser = parser();
  private readonly waiting: Packet[] = [];
  private pumping = false;
  private ended = false;
  private timer: NodeJS.Timeout;

  constructor(
    private readonly socket: TLSSocket,
    private readonly limits: BrokerLimits,
    private readonly events: ConnectionEvents,
  ) {
    this.timer = setTimeout(() => socket.destroy(), limits.connectTimeout);
    this.parser.on('packet', (packet) => this.waiting.push(packet));
    this.parser.on('error', () => this.end(reason.malformed));
    socket.on('data', (chunk: Buffer) => this.received(chunk));
    socket.on('end', () => socket.destroy());
    socket.on('close', () => {
      this.ended = true;
      clearTimeout(this.timer);
      events.closed();
    });
  }

  get sourceIp(): string {
    return this.socket.remoteAddress ?? '';
  }

  get open(): boolean {
    return !this.ended;
  }

  /** From now on silence for 1.5 times this interval ends the connection. Milliseconds. */
  keepAlive(interval: number): void {
    clearTimeout(this.timer);
    if (this.ended) return;
    this.timer = setTimeout(() => this.end(reason.keepAliveTimeout), interval * 1.5);
  }

  send(packet: Packet): void {
    if (this.ended || !this.socket.writable) return;
    this.socket.write(generate(packet, { protocolVersion: this.version }));
    if (this.socket.writableLength > MAX_UNSENT_BYTES) this.socket.destroy();
  }

  /** MQTT 5 says why; MQTT 3.1.1 just closes. */
  end(reasonCode?: number): void {
    if (this.ended) return;
    if (reasonCode !== undefined && this.version === 5) this.send({ cmd: 'disconnect', reasonCode });
    this.ended = true;
    clearTimeout(this.timer);
    // A peer that is gone does not answer the end: the socket must not wait for it.
    this.timer = setTimeout(() => this.socket.destroy(), 1000);
    this.socket.end();
  }

  destroy(): void {
    this.socket.destroy();
  }

  private received(chunk: Buffer): void {
    if (this.ended) return;
    this.timer.refresh();
    try {
      // What is left is a packet that has not come whole.
      if (this.parser.parse(chunk) > this.limits.packet) this.end(reason.packetTooLarge);
      else if (!this.pumping) void this.pump();
    } catch {
      this.end(reason.malformed);
    }
  }

  private async pump(): Promise<void> {
    this.pumping = true;
    // What the client sends meanwhile stays in the kernel's buffers, so a fast client cannot fill ours.
    this.socket.pause();
    try {
      for (let packet = this.waiting.shift(); packet !== undefined && !this.ended; packet = this.waiting.shift()) await this.events.packet(packet);
    } catch (error) {
      this.events.failed(error);
      this.end(reason.unspecified);
    }
    this.pumping = false;
    this.socket.resume();
  }
}
