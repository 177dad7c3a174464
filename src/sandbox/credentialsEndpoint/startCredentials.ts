import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket, type SecureContext } from 'node:tls';
import { Fault, type BackgroundScope } from '../kernel/types';
import type { SandboxKernel } from '../kernel/kernel';
import type { Listener, ListenerHost } from '../listeners';
import { certificateId } from '../pki/certificateAuthority';
import { serverContexts } from '../pki/serverContexts';
import { endpointAddress } from '../services/iot/endpoints';
import { credentialsFor, invalidCertificate } from './credentials';

/** "The HTTP header to match": https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html */
const THING_HEADER = 'x-amzn-iot-thingname';
const HEADERS_TIMEOUT_MS = 10_000;

/**
 * AWS IoT's credentials provider: HTTPS with client certificates on 127.0.0.1. AWS wants the endpoint's name by SNI; here
 * an address or localhost is good as well. Port 0 takes a free one.
 */
export async function startCredentials(host: ListenerHost, port = 0): Promise<Listener> {
  const contexts = await serverContexts(host.ca, host);
  const sockets = new Set<Socket>();
  const server = createServer(
    {
      key: contexts.key,
      cert: contexts.cert,
      SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) => contexts.select(name, done),
      requestCert: true,
      // Whom to let in is not a matter of who signed the certificate but of whether it is registered.
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      handshakeTimeout: HEADERS_TIMEOUT_MS,
      headersTimeout: HEADERS_TIMEOUT_MS,
    },
    (request, response) => {
      answer(host, request)
        .catch((error: unknown) => {
          if (error instanceof Fault) return error;
          if (!(error instanceof Error && error.name === 'AbortError')) host.logError(error);
          return new Fault('InternalFailureException', 'Internal failure', {}, 500);
        })
        .then((result) => send(response, result, host.kernel().now()))
        .catch((error: unknown) => {
          host.logError(error);
          response.destroy();
        });
    },
  );
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  // A failed handshake is the client's matter.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  server.removeAllListeners('error').on('error', host.logError);
  return { port: (server.address() as AddressInfo).port, reset: () => undefined, close: () => close(server, sockets) };
}

async function close(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const giveUp = setTimeout(() => sockets.forEach((socket) => socket.destroy()), 500);
  await closed;
  clearTimeout(giveUp);
}

async function answer(host: ListenerHost, request: IncomingMessage): Promise<object> {
  const path = (request.url ?? '/').split('?')[0] ?? '/';
  if (path.startsWith('/greengrass/')) throw new Fault('UnknownOperationException', `The sandbox does not serve the Greengrass data plane: ${path}`, {}, 404);
  const alias = /^\/role-aliases\/([^/]+)\/credentials$/.exec(path)?.[1];
  // unverified: what AWS answers to another path or method.
  if (alias === undefined || request.method !== 'GET') throw new Fault('UnknownOperationException', `The credentials provider does not serve ${request.method ?? ''} ${path}`, {}, 404);
  const { socket } = request;
  const der = socket instanceof TLSSocket ? socket.getPeerX509Certificate()?.raw : undefined;
  if (der === undefined || !(socket instanceof TLSSocket)) throw invalidCertificate();
  const kernel = host.kernel();
  const id = certificateId(der);
  const scope = await scopeOf(kernel, id, typeof socket.servername === 'string' ? socket.servername : undefined);
  if (scope === undefined) throw invalidCertificate();
  const thingName = request.headers[THING_HEADER];
  return { credentials: await kernel.run(scope, (call) => credentialsFor(call, { certificateId: id, roleAlias: decoded(alias), thingName: typeof thingName === 'string' ? thingName : undefined })) };
}

/** The account and region of the endpoint that the client named, or without such a name those that know the certificate. */
async function scopeOf(kernel: SandboxKernel, id: string, serverName: string | undefined): Promise<BackgroundScope | undefined> {
  const scopes = await kernel.scopesWith('iot.certificate');
  const named = serverName !== undefined && serverName.includes('.credentials.iot.');
  for (const scope of scopes) {
    if (named && endpointAddress(scope, 'iot:CredentialProvider') !== serverName.toLowerCase()) continue;
    if (await kernel.view(scope, async (call) => (await call.tx.get('iot.certificate', id)) !== undefined)) return scope;
  }
  return undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function send(response: ServerResponse, result: object, now: Date): void {
  const failed = result instanceof Fault;
  const body = JSON.stringify(failed ? { message: result.message } : result);
  response.writeHead(failed ? result.httpStatus : 200, {
    date: now.toUTCString(),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': randomUUID(),
    ...(failed ? { 'x-amzn-errortype': result.name } : {}),
  });
  response.end(body);
}
