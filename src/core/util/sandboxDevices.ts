import type { SandboxDevices } from '../ports/identity';

/** The servers for devices that a local AWS tells of; undefined when it has none, or tells something else. */
export function toSandboxDevices(value: unknown): SandboxDevices | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { mqttPort, credentialsPort, proxyPort, caFile } = value as Record<string, unknown>;
  if (!isPort(mqttPort) || !isPort(credentialsPort) || !isPort(proxyPort) || typeof caFile !== 'string') return undefined;
  return { mqttPort, credentialsPort, proxyPort, caFile };
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < 65_536;
}
