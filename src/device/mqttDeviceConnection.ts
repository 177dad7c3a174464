import type { TLSSocket } from 'node:tls';
import { ErrorWithSubackPacket, type MqttClient } from 'mqtt';
import { CancelledError } from '../core/errors';
import { DeviceFault } from '../core/device/deviceFault';
import type { DeviceAnswer, DeviceCall, DeviceConnection } from '../core/ports/deviceTransport';
import { laterFault } from './tlsFaults';

const goodbyeMs = 1_000;

/** An MQTT session of a device. */
export class MqttDeviceConnection implements DeviceConnection {
  /** Why the connection ended; undefined while it lives. */
  private fault: DeviceFault | undefined;
  private readonly waiting = new Set<(fault: DeviceFault) => void>();
  private reasonCode: number | undefined;

  constructor(
    private readonly client: MqttClient,
    private readonly socket: TLSSocket,
  ) {
    client.on('disconnect', (packet) => {
      this.reasonCode = packet.reasonCode;
    });
    client.on('error', (error) => this.ended(laterFault(error, this.cutOff())));
    client.on('close', () => this.ended(this.cutOff()));
  }

  async subscribe(filters: readonly string[], call: DeviceCall): Promise<void> {
    await Promise.all(
      filters.map((filter) =>
        this.during<undefined>(call, 'suback', (resolve, reject) => {
          this.client.subscribe(filter, { qos: 1 }, (error) => {
            if (error === null) resolve(undefined);
            else if (this.fault === undefined) reject(new DeviceFault({ kind: 'subscribeRefused', filter, reasonCode: reasonOf(error) }, { cause: error }));
          });
        }),
      ),
    );
  }

  async publish(topic: string, payload: string, call: DeviceCall): Promise<void> {
    await this.during<undefined>(call, 'puback', (resolve, reject) => {
      this.client.publish(topic, payload, { qos: 1 }, (error) => {
        if (!(error instanceof Error)) resolve(undefined);
        else if (this.fault === undefined) reject(new DeviceFault({ kind: 'cutOff', reasonCode: reasonOf(error) }, { cause: error }));
      });
    });
  }

  async request(topic: string, payload: string, call: DeviceCall): Promise<DeviceAnswer> {
    let acknowledged = false;
    let remove = (): void => undefined;
    const answered = this.during<DeviceAnswer>(
      call,
      () => (acknowledged ? new DeviceFault({ kind: 'noAnswer', topic, milliseconds: call.timeout }) : new DeviceFault({ kind: 'timeout', waitedFor: 'puback', milliseconds: call.timeout })),
      (resolve) => {
        const listen = (name: string, body: Buffer): void => {
          if (name !== `${topic}/accepted` && name !== `${topic}/rejected`) return;
          resolve({ accepted: name.endsWith('/accepted'), payload: body.toString('utf8') });
        };
        this.client.on('message', listen);
        remove = () => this.client.off('message', listen);
        this.client.publish(topic, payload, { qos: 1 }, (error) => {
          acknowledged = !(error instanceof Error);
        });
      },
    );
    try {
      return await answered;
    } finally {
      remove();
    }
  }

  async end(): Promise<void> {
    if (this.fault !== undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, goodbyeMs);
      this.client.end(false, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.destroy();
  }

  destroy(): void {
    this.client.end(true);
    this.socket.destroy();
  }

  /** Waits for what `start` brings, but no longer than the connection lives, the time lasts and the person wants. */
  private during<T>(
    { signal, timeout }: DeviceCall,
    late: 'suback' | 'puback' | (() => DeviceFault),
    start: (resolve: (value: T) => void, reject: (fault: DeviceFault) => void) => void,
  ): Promise<T> {
    if (signal.aborted) return Promise.reject(new CancelledError());
    if (this.fault !== undefined) return Promise.reject(this.fault);
    return new Promise<T>((resolve, reject) => {
      const done = (act: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.waiting.delete(fail);
        act();
      };
      const fail = (fault: DeviceFault): void => done(() => reject(fault));
      const abort = (): void => done(() => reject(new CancelledError()));
      const timer = setTimeout(() => fail(typeof late === 'string' ? new DeviceFault({ kind: 'timeout', waitedFor: late, milliseconds: timeout }) : late()), timeout);
      signal.addEventListener('abort', abort, { once: true });
      this.waiting.add(fail);
      start((value) => done(() => resolve(value)), fail);
    });
  }

  private cutOff(): DeviceFault {
    return new DeviceFault({ kind: 'cutOff', ...(this.reasonCode === undefined ? {} : { reasonCode: this.reasonCode }) });
  }

  private ended(fault: DeviceFault): void {
    this.fault ??= fault;
    for (const fail of [...this.waiting]) fail(this.fault);
  }
}

function reasonOf(error: Error): number {
  const granted: unknown = error instanceof ErrorWithSubackPacket ? error.packet.granted[0] : undefined;
  if (typeof granted === 'number') return granted;
  return 'code' in error && typeof error.code === 'number' ? error.code : 0x80;
}
