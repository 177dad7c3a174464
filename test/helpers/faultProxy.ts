import { once } from 'node:events';
import { createServer, request as send, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What happens to a call: `throttled`, `broken` (5xx) and `denied` are answered without reaching AWS; `cut` ends the
 * connection before the call, `lostAnswer` after it took effect; `killed` and `killedAfter` are the end of the extension
 * host before and after it: no answer ever comes to anything again.
 */
export const callFaults = ['throttled', 'broken', 'denied', 'cut', 'lostAnswer', 'killed', 'killedAfter'] as const;
export type CallFault = (typeof callFaults)[number];

export interface FaultPlan {
  /** As `calls` names it. */
  readonly call: string;
  readonly fault: CallFault;
}

/** Between the SDK and the local AWS: names each call, and lets a planned one go wrong, with all its repetitions. */
export class FaultProxy {
  /** `GET /policies/Name#2`, `CreateStack#1`: the operation, and which call of it this was. */
  readonly calls: string[] = [];
  readonly killed: Promise<void>;
  hit = false;
  dead = false;
  private plan: FaultPlan | undefined;
  private readonly counts = new Map<string, number>();
  private kill: () => void = () => undefined;

  private constructor(private readonly server: Server) {
    this.killed = new Promise((resolve) => (this.kill = resolve));
  }

  static async start(target: string): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server);
    server.on('request', (incoming, outgoing) => {
      proxy.serve(new URL(target), incoming, outgoing).catch(() => incoming.socket.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  /** Calls are named and counted from here on. */
  arm(plan: FaultPlan | undefined): void {
    this.calls.length = 0;
    this.counts.clear();
    this.plan = plan;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(target: URL, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await read(incoming);
    // The SDK may still try; a program that ended does not.
    if (this.dead) return;
    const fault = this.faultOf(incoming, body);
    if (fault === 'throttled' || fault === 'broken' || fault === 'denied') {
      answer(outgoing, fault, isQuery(incoming.headers));
      return;
    }
    const done = fault === 'killed' || fault === 'cut' ? undefined : await forward(target, incoming, body);
    if (fault === 'killed' || fault === 'killedAfter') this.end();
    else if (done === undefined || fault === 'lostAnswer') incoming.socket.destroy();
    else outgoing.writeHead(done.status, done.headers).end(done.text);
  }

  private end(): void {
    this.dead = true;
    this.kill();
  }

  private faultOf(incoming: IncomingMessage, body: Buffer): CallFault | undefined {
    const operation = operationOf(incoming, body);
    if (operation === undefined) return undefined;
    const count = (this.counts.get(operation) ?? 0) + 1;
    this.counts.set(operation, count);
    const call = `${operation}#${String(count)}`;
    this.calls.push(call);
    if (call === this.plan?.call) this.hit = true;
    return this.hit && this.plan?.call.startsWith(`${operation}#`) === true ? this.plan.fault : undefined;
  }
}

/** Undefined for what is no AWS call. */
function operationOf({ method = '', url = '', headers }: IncomingMessage, body: Buffer): string | undefined {
  if (url.startsWith('/_sandbox')) return undefined;
  if (isQuery(headers)) return new URLSearchParams(body.toString()).get('Action') ?? 'unknown';
  const { pathname } = new URL(url, 'http://localhost');
  return `${method} ${decodeURIComponent(pathname).replaceAll(/[0-9a-f]{64}/g, 'ID')}`;
}

const isQuery = (headers: IncomingHttpHeaders): boolean => (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');

async function read(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function forward(target: URL, incoming: IncomingMessage, body: Buffer): Promise<{ status: number; headers: IncomingHttpHeaders; text: Buffer }> {
  const { method, url, headers } = incoming;
  const outgoing = send({ host: target.hostname, port: target.port, method, path: url, headers, agent: false });
  outgoing.end(body);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const text = await read(response);
  // What belongs to this hop does not go on to the next.
  const kept = Object.entries(response.headers).filter(([name]) => name !== 'transfer-encoding' && name !== 'connection');
  return { status: response.statusCode ?? 500, headers: Object.fromEntries(kept), text };
}

const answers = {
  throttled: { status: 429, queryStatus: 400, rest: 'ThrottlingException', query: 'Throttling' },
  broken: { status: 500, queryStatus: 503, rest: 'InternalFailureException', query: 'ServiceUnavailable' },
  denied: { status: 403, queryStatus: 403, rest: 'AccessDeniedException', query: 'AccessDenied' },
} as const;

function answer(outgoing: ServerResponse, fault: keyof typeof answers, query: boolean): void {
  const { status, queryStatus, rest, query: code } = answers[fault];
  if (query) {
    outgoing.writeHead(queryStatus, { 'content-type': 'text/xml' });
    outgoing.end(`<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>injected</Message></Error><RequestId>0</RequestId></ErrorResponse>`);
  } else {
    outgoing.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': rest });
    outgoing.end(JSON.stringify({ message: 'injected' }));
  }
}
