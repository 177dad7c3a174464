import { isIP } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { CancelledError } from '../core/errors';
import { DeviceFault } from '../core/device/deviceFault';
import type { DeviceCall, DeviceIdentity, DeviceServer } from '../core/ports/deviceTransport';
import { openingFault } from './tlsFaults';

/** "TLS 1.2 or later": https://docs.aws.amazon.com/iot/latest/developerguide/transport-security.html */
const minVersion = 'TLSv1.2';

/** How node:tls and node:https are told about a device and its server. */
export function tlsOptions(server: DeviceServer, identity: DeviceIdentity): object {
  return {
    host: server.address ?? server.name,
    port: server.port,
    ca: server.rootCaPem,
    cert: identity.certificatePem,
    key: identity.privateKeyPem,
    minVersion,
    // An address is no name for SNI: https://datatracker.ietf.org/doc/html/rfc6066#section-3
    ...(isIP(server.name) === 0 ? { servername: server.name } : {}),
    ...(server.alpn === undefined ? {} : { ALPNProtocols: [server.alpn] }),
  };
}

/** A TLS connection whose handshake is done. Throws DeviceFault or CancelledError; leaves no socket behind then. */
export async function openTls(server: DeviceServer, identity: DeviceIdentity, { signal, timeout }: DeviceCall): Promise<TLSSocket> {
  if (signal.aborted) throw new CancelledError();
  let socket: TLSSocket;
  try {
    socket = connect(tlsOptions(server, identity));
  } catch (error) {
    // A key or certificate that the library cannot read.
    throw new DeviceFault({ kind: 'certificateRefused', code: error instanceof Error && 'code' in error ? String(error.code) : 'UNREADABLE' }, { cause: error });
  }
  let connected = false;
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new DeviceFault({ kind: 'timeout', waitedFor: connected ? 'handshake' : 'connection', milliseconds: timeout })), timeout);
      const abort = (): void => reject(new CancelledError());
      signal.addEventListener('abort', abort, { once: true });
      const settle = (act: () => void): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        act();
      };
      socket.once('connect', () => (connected = true));
      socket.once('secureConnect', () => settle(resolve));
      socket.once('error', (error) => settle(() => reject(openingFault(error, `${server.address ?? server.name}:${String(server.port)}`))));
      socket.once('close', () => settle(() => reject(new DeviceFault({ kind: 'unreachable', code: 'CLOSED', address: server.name }))));
    });
  } catch (error) {
    socket.on('error', () => undefined);
    socket.destroy();
    throw error;
  }
  return socket;
}
