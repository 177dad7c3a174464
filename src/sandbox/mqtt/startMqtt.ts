import { createServer, type SecureContext, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import type { Listener, ListenerHost } from '../listeners';
import { certificateId } from '../pki/certificateAuthority';
import { serverContexts } from '../pki/serverContexts';
import { noteConnectivity } from '../services/iot/connectivity';
import { connectivityIsIndexed } from '../services/iot/indexingConfiguration';
import { OWNERSHIP_TABLE, denied, removeExpired } from '../services/iot/fleetProvisioning';
import type { SandboxKernel } from '../kernel/kernel';
import { Broker, type BrokerServices } from './broker';
import { Client } from './client';
import { Connection } from './connection';
import { awsLimits, reason, type BrokerLimits } from './limits';
import { serveProvisioning, type RunHook } from './provisioningTopics';

export interface MqttOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  readonly limits?: Partial<BrokerLimits>;
  /** Without it, a template with a hook refuses every device, as AWS does when the function cannot be called. */
  readonly runHook?: RunHook;
  readonly onHealth?: (kernel: SandboxKernel, ...args: Parameters<BrokerServices['onHealth']>) => Promise<void>;
}

/** "requires devices to send the SNI extension" with 443 and this protocol: https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html */
const ALPN = 'x-amzn-mqtt-ca';
const SWEEP_MS = 60_000;

/**
 * AWS IoT's message broker: MQTT 3.1.1 and 5 over TLS with client certificates, on 127.0.0.1. The peer's certificate says
 * who it is; whose is not known or not ACTIVE is cut off after the TLS handshake.
 */
export async function startMqtt(host: ListenerHost, options: MqttOptions = {}): Promise<Listener> {
  const server = new MqttServer(host, options);
  await server.listen(options.port ?? 0);
  return server;
}

class MqttServer implements Listener {
  port = 0;
  private broker: Broker;
  private server: ReturnType<typeof createServer> | undefined;
  private readonly limits: BrokerLimits;
  private readonly sockets = new Set<TLSSocket>();
  private sweeper: NodeJS.Timeout | undefined;

  constructor(
    private readonly host: ListenerHost,
    private readonly options: MqttOptions,
  ) {
    this.limits = { ...awsLimits, ...options.limits };
    this.broker = this.newBroker();
  }

  async listen(port: number): Promise<void> {
    const contexts = await serverContexts(this.host.ca, this.host);
    const server = createServer(
      {
        key: contexts.key,
        cert: contexts.cert,
        SNICallback: (name: string, done: (error: Error | null, context?: SecureContext) => void) => contexts.select(name, done),
        requestCert: true,
        // Whom to let in is not a matter of who signed the certificate but of whether it is registered.
        rejectUnauthorized: false,
        minVersion: 'TLSv1.2',
        ALPNProtocols: [ALPN],
        handshakeTimeout: this.limits.connectTimeout,
      },
      (socket) => {
        this.accept(socket).catch((error: unknown) => {
          if (!(error instanceof Error && error.name === 'AbortError')) this.host.logError(error);
          socket.destroy();
        });
      },
    );
    // A failed handshake is the client's matter.
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    server.removeAllListeners('error').on('error', this.host.logError);
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
    this.sweeper = setInterval(() => this.sweep(), SWEEP_MS).unref();
    this.sweep();
  }

  reset(): void {
    this.broker.close(reason.serverShuttingDown);
    this.broker.destroyAll();
    this.broker = this.newBroker();
  }

  async close(): Promise<void> {
    clearInterval(this.sweeper);
    this.broker.close(reason.serverShuttingDown);
    const { server } = this;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    const giveUp = setTimeout(() => this.sockets.forEach((socket) => socket.destroy()), 500);
    await closed;
    clearTimeout(giveUp);
  }

  private newBroker(): Broker {
    const kernel = this.host.kernel();
    const { logError, ca } = this.host;
    // AWS answers 403 AccessDenied when the function cannot be called: pre-provisioning-hook.html
    const runHook: RunHook = this.options.runHook ?? (() => Promise.reject(denied()));
    let lastNote: Promise<void> = Promise.resolve();
    const broker: Broker = new Broker(
      kernel,
      this.limits,
      {
        serve: (request) => serveProvisioning(request, { kernel, ca, runHook, logError, claimOf: ({ identity }) => broker.authorities.claimOf(identity) }),
        onHealth: async (...args) => this.options.onHealth?.(kernel, ...args),
        onConnectivity: async (scope, clientId, connected) => {
          const note = async (): Promise<void> => {
            // Where it is not indexed, nobody waits for a writer's turn.
            if (await kernel.view(scope, connectivityIsIndexed)) await kernel.run(scope, async (call) => noteConnectivity(call, clientId, connected, 'CLIENT_INITIATED_DISCONNECT'));
          };
          // One after the other: who comes and goes at once must not be noted as there.
          const noted = lastNote.then(note);
          lastNote = noted.catch(() => undefined);
          return noted;
        },
      },
      logError,
    );
    return broker;
  }

  private async accept(socket: TLSSocket): Promise<void> {
    const { broker } = this;
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setNoDelay();
    const der = socket.getPeerX509Certificate()?.raw;
    const serverName = typeof socket.servername === 'string' ? socket.servername : undefined;
    const identity = der === undefined ? undefined : await broker.authorities.identify(der, certificateId(der), serverName);
    if (identity === undefined || socket.destroyed || broker !== this.broker) {
      socket.destroy();
      return;
    }
    const connection: Connection = new Connection(socket, broker.limits, {
      packet: (packet) => client.packet(packet),
      closed: () => client.closed(),
      failed: (error) => broker.logError(error),
    });
    const client = new Client(connection, broker, identity);
    broker.entered(client);
  }

  /** Certificates that no device took in time are removed. */
  private sweep(): void {
    const kernel = this.host.kernel();
    const work = async (): Promise<void> => {
      for (const scope of await kernel.scopesWith(OWNERSHIP_TABLE)) await kernel.run(scope, removeExpired);
    };
    work().catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'AbortError')) this.host.logError(error);
    });
  }
}
