import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ConnectionTrouble } from './faults/injection';
import type { Dispatcher } from './wire/dispatcher';
import type { WireRequest, WireResponse } from './wire/http';

export interface ServerOptions {
  readonly dispatcher: Pick<Dispatcher, 'handle'>;
  /** Milliseconds added to each answer. */
  readonly latency: number;
  readonly caPem: string;
  /** The clock that signatures are checked against: SDKs learn it from the Date header when theirs is off. */
  readonly now: () => Date;
  /** What GET /_sandbox/ tells. Holds no keys. */
  readonly info: () => Readonly<Record<string, string | number>>;
  readonly reset: () => Promise<void>;
  readonly logError: (error: unknown) => void;
}

/** The greatest request of these services is a stack template of 51,200 bytes, percent-encoded; the rest is room. */
const MAX_BODY_BYTES = 1024 * 1024;
const ADMIN = '/_sandbox/';

/** HTTP on the loopback interface: host check, body limit, admin routes; everything else is AWS. */
export class SandboxServer {
  private readonly server: Server;
  /** Answers that are never given. */
  private readonly silent = new Set<ServerResponse>();

  constructor(private readonly options: ServerOptions) {
    this.server = createServer((request, response) => {
      this.answer(request)
        .catch((error: unknown) => {
          if (error instanceof ConnectionTrouble) throw error;
          // A client that went away in the middle of its request is nobody's error.
          if (request.complete || !request.destroyed) this.options.logError(error);
          return plain(500, 'Internal error');
        })
        .then((answer) => send(response, answer, this.options.now()))
        .catch((error: unknown) => {
          if (error instanceof ConnectionTrouble && error.connection === 'silent') {
            this.silent.add(response.once('close', () => this.silent.delete(response)));
            return;
          }
          if (!(error instanceof ConnectionTrouble)) this.options.logError(error);
          response.destroy();
        });
    });
    // Idle keep-alive connections of SDK agents would hold a graceful stop.
    this.server.keepAliveTimeout = 30_000;
  }

  /** Returns the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, '127.0.0.1', () => {
        this.server.off('error', reject);
        // For example out of file handles: one connection is lost, the others go on.
        this.server.on('error', this.options.logError);
        resolve((this.server.address() as AddressInfo).port);
      });
    });
  }

  /** Answers what has begun, then closes. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.server.closeIdleConnections();
    for (const response of this.silent) response.destroy();
    const giveUp = setTimeout(() => this.server.closeAllConnections(), 5000);
    await closed;
    clearTimeout(giveUp);
  }

  private async answer(incoming: IncomingMessage): Promise<WireResponse> {
    if (!isLocalHost(incoming.headers.host)) return plain(403, 'This sandbox answers only to local host names.');
    const [path, query] = splitTarget(incoming.url ?? '/');
    if (path.startsWith(ADMIN)) return this.admin(incoming, path.slice(ADMIN.length));
    const body = await readBody(incoming);
    if (body === undefined) return plain(413, 'Request body too large');
    if (this.options.latency > 0) await delay(this.options.latency);
    const request: WireRequest = { method: incoming.method ?? 'GET', path, query, headers: readHeaders(incoming), body };
    return this.options.dispatcher.handle(request);
  }

  private async admin(incoming: IncomingMessage, route: string): Promise<WireResponse> {
    const action = `${incoming.method ?? ''} ${route}`;
    if (action === 'GET ') return { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(this.options.info()) };
    if (action === 'GET ca.pem') return { status: 200, headers: { 'content-type': 'application/x-pem-file' }, body: this.options.caPem };
    if (action === 'POST reset') {
      // A web page can send this request across origins, though it cannot read the answer.
      if (incoming.headers.origin !== undefined) return plain(403, 'Not from a web page.');
      await this.options.reset();
      return plain(200, 'The sandbox is empty.');
    }
    return plain(404, 'Not found');
  }
}

function splitTarget(url: string): readonly [string, string] {
  // Absolute form is allowed in requests: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
  const target = url.replace(/^https?:\/\/[^/?]*/i, '') || '/';
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** Against DNS rebinding: a page at a foreign name that resolves to 127.0.0.1 sends that name. */
export function isLocalHost(header: string | undefined): boolean {
  if (header === undefined) return false;
  const host = header.replace(/:\d+$/, '').toLowerCase();
  return host === '127.0.0.1' || host === 'localhost' || host === '[::1]' || host.endsWith('.localhost');
}

function readHeaders(incoming: IncomingMessage): ReadonlyMap<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
    const name = (incoming.rawHeaders[i] ?? '').toLowerCase();
    const value = incoming.rawHeaders[i + 1] ?? '';
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

/** Undefined: too large. */
async function readBody(incoming: IncomingMessage): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read to its end and dropped: a client that is still sending would not see an earlier answer.
    if (size > MAX_BODY_BYTES) chunks.length = 0;
    else chunks.push(chunk);
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}

function plain(status: number, text: string): WireResponse {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${text}\n` };
}

function send(response: ServerResponse, answer: WireResponse, now: Date): void {
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body, 'utf8') : answer.body;
  const bodyless = answer.status === 204 || answer.status === 304;
  response.writeHead(answer.status, { date: now.toUTCString(), ...answer.headers, ...(bodyless ? {} : { 'content-length': body.length }) });
  response.end(bodyless ? undefined : body);
}
