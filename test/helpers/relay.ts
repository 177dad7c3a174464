import { once } from 'node:events';
import { connect as dial, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Between a device and the broker: passes everything on until it is told not to. */
export class Relay {
  private quiet = false;
  private readonly sockets = new Set<Socket>();
  private constructor(private readonly server: Server) {}

  static async start(target: number): Promise<Relay> {
    const server = createServer();
    const relay = new Relay(server);
    server.on('connection', (near) => {
      const far = dial(target, '127.0.0.1');
      for (const [from, to] of [[near, far], [far, near]] as const) {
        relay.sockets.add(from);
        from.on('error', () => undefined);
        from.on('data', (data) => {
          if (!relay.quiet) to.write(data);
        });
        from.on('close', () => to.destroy());
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  mute(): void {
    this.quiet = true;
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
