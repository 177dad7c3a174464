import type { SandboxKernel } from './kernel/kernel';
import type { ServerCertificateAuthority } from './kernel/types';

/** Ports on 127.0.0.1 of the servers for devices; those that run are named in the sandbox's info line. */
export interface ListenerPorts {
  /** MQTT over TLS with client certificates: AWS's port 8883, or 443 with ALPN. */
  readonly mqttPort?: number;
  /** HTTPS with client certificates: the credentials endpoint and the Greengrass data plane. */
  readonly credentialsPort?: number;
  /** HTTP CONNECT proxy that maps AWS endpoint names to the ports above. */
  readonly proxyPort?: number;
}

export interface ListenerHost {
  /** The present kernel: a new one after each reset. */
  readonly kernel: () => SandboxKernel;
  readonly ca: ServerCertificateAuthority;
  readonly account: string;
  /** Default region. */
  readonly region: string;
  readonly controlPlanePort: number;
  /** Of the listeners started before this one. */
  readonly ports: ListenerPorts;
  readonly logError: (error: unknown) => void;
}

export interface Listener {
  readonly port: number;
  /** The store is being emptied: drop all connections and what was kept in memory. */
  reset(): void;
  close(): Promise<void>;
}

export type ListenerFactory = (host: ListenerHost) => Promise<Listener>;
export type ListenerFactories = Readonly<Partial<Record<keyof ListenerPorts, ListenerFactory>>>;

/** Starts the servers one after the other: a later one may need the port of an earlier one. All or none. */
export async function startListeners(
  factories: ListenerFactories,
  host: Omit<ListenerHost, 'ports'>,
): Promise<{ readonly ports: ListenerPorts; readonly listeners: readonly Listener[] }> {
  const listeners: Listener[] = [];
  let ports: ListenerPorts = {};
  try {
    for (const name of ['mqttPort', 'credentialsPort', 'proxyPort'] as const) {
      const listener = await factories[name]?.({ ...host, ports });
      if (listener === undefined) continue;
      listeners.push(listener);
      ports = { ...ports, [name]: listener.port };
    }
  } catch (error) {
    await closeListeners(listeners);
    throw error;
  }
  return { ports, listeners };
}

export async function closeListeners(listeners: readonly Listener[]): Promise<void> {
  await Promise.all(listeners.map((listener) => listener.close()));
}
