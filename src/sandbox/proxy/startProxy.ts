import { createServer } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { partitionOf } from '../kernel/partitions';
import type { Listener, ListenerHost, ListenerPorts } from '../listeners';
import { endpointAddress } from '../services/iot/endpoints';

const HEADERS_TIMEOUT_MS = 10_000;

/**
 * HTTP proxy on 127.0.0.1 for devices whose ports cannot be set (nucleus lite: 8883 only): CONNECT to the endpoint names
 * that DescribeEndpoint gives and to AWS's ports leads to the sandbox's own servers. Never to any other place.
 */
export async function startProxy(host: ListenerHost, port = 0): Promise<Listener> {
  const sockets = new Set<Duplex>();
  const keep = <T extends Duplex>(socket: T): T => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer({ headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: HEADERS_TIMEOUT_MS }, (_request, response) => {
    const text = 'This proxy takes CONNECT only.\n';
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', 'content-length': Buffer.byteLength(text), connection: 'close' }).end(text);
  });
  server.on('connection', (socket: Socket) => void keep(socket));
  server.on('connect', (request, client, head) => {
    client.on('error', () => client.destroy());
    const target = request.url ?? '';
    const local = localPort(target, host, host.ports);
    if (local === undefined) {
      refuse(client, '403 Forbidden', `The sandbox does not lead to ${target.slice(0, 300)}.`);
      return;
    }
    const upstream = keep(connect({ host: '127.0.0.1', port: local, allowHalfOpen: true }));
    let open = false;
    upstream.once('connect', () => {
      open = true;
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      if (head.length > 0) upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => {
      if (open) client.destroy();
      else refuse(client, '502 Bad Gateway', 'The server behind this name does not run.');
    });
    // A side that is gone takes the other one along: no half of a tunnel stays.
    upstream.on('close', () => (open ? client.destroy() : undefined));
    client.on('close', () => upstream.destroy());
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  server.removeAllListeners('error').on('error', host.logError);
  const drop = (): void => sockets.forEach((socket) => void socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    reset: drop,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      drop();
      await closed;
    },
  };
}

/**
 * Where `name:port` leads: MQTT on 8883 and 443, credentials on 443, the Greengrass data plane on 8443 and 443.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/allow-device-traffic.html. Undefined: nowhere.
 */
export function localPort(target: string, { account }: { readonly account: string }, ports: ListenerPorts): number | undefined {
  const [, name = '', port = ''] = /^([^:/@]+):(\d{1,5})$/.exec(target.toLowerCase()) ?? [];
  const region = /\.iot\.([a-z0-9-]+)\./.exec(name)?.[1];
  if (region === undefined) return undefined;
  const scope = { account, region, partition: partitionOf(region) };
  const data = endpointAddress(scope, 'iot:Data-ATS');
  // Everything behind the first label is the same for all accounts of a region.
  const regional = data.slice(data.indexOf('.'));
  const routes: Readonly<Record<string, number | undefined>> = {
    [`${data}:8883`]: ports.mqttPort,
    [`${data}:443`]: ports.mqttPort,
    [`${endpointAddress(scope, 'iot:CredentialProvider')}:443`]: ports.credentialsPort,
    [`greengrass-ats${regional}:8443`]: ports.credentialsPort,
    [`greengrass-ats${regional}:443`]: ports.credentialsPort,
  };
  return routes[`${name}:${port}`];
}

function refuse(client: Duplex, status: string, text: string): void {
  const body = `${text}\n`;
  client.end(`HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`);
}
