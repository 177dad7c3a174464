import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What comes of a request: an answer of this status and error name, or none at all. */
export type Verdict = { readonly status: number; readonly error?: string; readonly message?: string; readonly body?: string } | 'cut';

export const ok: Verdict = { status: 200 };
export const throttled: Verdict = { status: 429, error: 'ThrottlingException', message: 'Rate exceeded' };

/** An AWS IoT that says to each request what the test wants. */
export class ThrottlingAws {
  readonly requests: { readonly path: string; readonly at: number; readonly verdict: Verdict }[] = [];

  private constructor(private readonly server: Server) {}

  /** `verdict` is asked with the number of the request, from 0. */
  static async start(verdict: (request: number, path: string) => Verdict): Promise<ThrottlingAws> {
    const server = createServer();
    const aws = new ThrottlingAws(server);
    server.on('request', (incoming, outgoing) => {
      incoming.resume();
      const path = incoming.url ?? '';
      const said = verdict(aws.requests.length, path);
      aws.requests.push({ path, at: Date.now(), verdict: said });
      if (said === 'cut') {
        incoming.socket.destroy();
        return;
      }
      outgoing.writeHead(said.status, { 'content-type': 'application/json', ...(said.error !== undefined && { 'x-amzn-errortype': said.error }) });
      outgoing.end(said.body ?? JSON.stringify({ message: said.message ?? 'm' }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return aws;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}
