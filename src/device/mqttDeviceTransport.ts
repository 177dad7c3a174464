import { generateKeyPair } from 'node:crypto';
import { request } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { MqttClient } from 'mqtt';
import { CancelledError } from '../core/errors';
import { DeviceFault } from '../core/device/deviceFault';
import type { DeviceConnection, DeviceConnectOptions, DeviceTransport, HttpsAnswer } from '../core/ports/deviceTransport';
import { certificateRequest } from './certificateRequest';
import { MqttDeviceConnection } from './mqttDeviceConnection';
import { openTls, tlsOptions } from './openTls';
import { laterFault, openingFault } from './tlsFaults';

/** "a keep-alive interval … between 30 and 1,200 seconds": https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html#mqtt-keep-alive */
const keepAliveSeconds = 30;

/** A device's network: MQTT.js over a TLS connection of our own, so that each failure is told apart. */
export class MqttDeviceTransport implements DeviceTransport {
  async connect(options: DeviceConnectOptions): Promise<DeviceConnection> {
    const socket = await openTls(options.server, options.identity, options);
    return connectOver(socket, options);
  }

  async get(options: Parameters<DeviceTransport['get']>[0]): Promise<HttpsAnswer> {
    const { server, identity, path, headers, signal, timeout } = options;
    if (signal.aborted) throw new CancelledError();
    const address = `${server.address ?? server.name}:${String(server.port)}`;
    let secured = false;
    return new Promise<HttpsAnswer>((resolve, reject) => {
      const call = request({ ...tlsOptions(server, identity), agent: false, method: 'GET', path, headers: { host: server.name, ...headers } });
      const timer = setTimeout(() => {
        reject(new DeviceFault({ kind: 'timeout', waitedFor: 'http', milliseconds: timeout }));
        call.destroy();
      }, timeout);
      const abort = (): void => {
        reject(new CancelledError());
        call.destroy();
      };
      signal.addEventListener('abort', abort, { once: true });
      call.on('close', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        reject(new DeviceFault({ kind: 'cutOff' }));
      });
      call.on('socket', (socket) => socket.once('secureConnect', () => (secured = true)));
      call.on('error', (error) => reject(secured ? laterFault(error, new DeviceFault({ kind: 'cutOff' }, { cause: error })) : openingFault(error, address)));
      call.on('response', (response) => {
        const chunks: Buffer[] = [];
        let size = 0;
        response.on('data', (chunk: Buffer) => {
          size += chunk.length;
          // The credentials are some 2 KB; whatever sends a megabyte is not the endpoint.
          if (size <= 1_000_000) chunks.push(chunk);
          else call.destroy();
        });
        response.on('end', () => {
          const type = response.headers['x-amzn-errortype'];
          const date = new Date(response.headers.date ?? Number.NaN);
          resolve({
            status: response.statusCode ?? 0,
            errorType: (typeof type === 'string' ? type : '').replace(/:.*$/, ''),
            ...(Number.isNaN(date.getTime()) ? {} : { date }),
            body: Buffer.concat(chunks).toString('utf8'),
          });
        });
      });
      call.end();
    });
  }

  async makeKeys(commonName: string): Promise<{ readonly privateKeyPem: string; readonly csrPem: string }> {
    const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
    return { privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), csrPem: await certificateRequest(privateKey, commonName) };
  }
}

async function connectOver(socket: TLSSocket, { clientId, protocolVersion, signal, timeout }: DeviceConnectOptions): Promise<DeviceConnection> {
  const client = new MqttClient(() => socket, {
    protocol: 'mqtts',
    protocolVersion,
    protocolId: 'MQTT',
    clientId,
    clean: true,
    keepalive: keepAliveSeconds,
    reconnectPeriod: 0,
    // Ours is the time-out, so that it is told apart from a refusal.
    connectTimeout: timeout + 60_000,
    resubscribe: false,
    reschedulePings: true,
  });
  const connection = new MqttDeviceConnection(client, socket);
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new DeviceFault({ kind: 'timeout', waitedFor: 'connack', milliseconds: timeout })), timeout);
      const abort = (): void => reject(new CancelledError());
      signal.addEventListener('abort', abort, { once: true });
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        act();
      };
      client.once('connect', () => settle(resolve));
      client.once('error', (error) => settle(() => reject(refusal(error))));
      client.once('close', () => settle(() => reject(new DeviceFault({ kind: 'connectRefused' }))));
    });
  } catch (error) {
    connection.destroy();
    throw error;
  }
  return connection;
}

/** MQTT.js gives the reason of a CONNACK as a number in `code`; system and TLS errors have a text there. */
function refusal(error: Error): DeviceFault {
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'number') return new DeviceFault({ kind: 'connectRefused', reasonCode: code }, { cause: error });
  return laterFault(error, new DeviceFault({ kind: 'connectRefused' }, { cause: error }));
}
