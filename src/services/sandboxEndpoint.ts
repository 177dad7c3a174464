import { open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { toSandboxDevices } from '../core/util/sandboxDevices';
import type { ConnectionChoice } from '../core/ports/identity';

export type SandboxChoice = Extract<ConnectionChoice, { kind: 'sandbox' }>;

const product = 'greengrass-fleet-sandbox';
const answerTimeoutMs = 2_000;

/** What a sandbox tells once it listens; undefined when the value is something else. Only loopback is believed. */
export function toSandboxChoice(value: unknown): SandboxChoice | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { endpoint, region, accessKeyId, secretAccessKey } = value as Record<string, unknown>;
  if (typeof endpoint !== 'string' || !/^http:\/\/127\.0\.0\.1:\d{1,5}$/.test(endpoint)) return undefined;
  if (typeof region !== 'string' || typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') return undefined;
  // Flat in the sandbox's own line, under `devices` in our record.
  const devices = toSandboxDevices('devices' in value ? value.devices : value);
  return { kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey, ...(devices === undefined ? {} : { devices }) };
}

/** True when a sandbox of this product answers there. */
export async function isSandboxAlive(endpoint: string): Promise<boolean> {
  try {
    const answer = await fetch(`${endpoint}/_sandbox/`, { signal: AbortSignal.timeout(answerTimeoutMs), redirect: 'error' });
    const told: unknown = answer.ok ? await answer.json() : undefined;
    return typeof told === 'object' && told !== null && 'product' in told && told.product === product;
  } catch {
    return false;
  }
}

/** Where the sandbox of a state folder can be reached, for the other windows of the same person. Holds keys: 0600. */
export class EndpointRecord {
  private readonly file: string;

  constructor(private readonly stateFolder: string) {
    this.file = path.join(stateFolder, 'endpoint.json');
  }

  /** The recorded sandbox if it still answers. */
  async readAlive(): Promise<SandboxChoice | undefined> {
    const choice = toSandboxChoice(await this.read());
    return choice && (await isSandboxAlive(choice.endpoint)) ? choice : undefined;
  }

  async write(choice: SandboxChoice): Promise<void> {
    const { endpoint, region, accessKeyId, secretAccessKey, devices } = choice;
    const temporary = path.join(this.stateFolder, `endpoint.${String(process.pid)}.tmp`);
    await rm(temporary, { force: true });
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify({ endpoint, region, accessKeyId, secretAccessKey, devices })}\n`);
    } finally {
      await handle.close();
    }
    await rename(temporary, this.file);
  }

  /** Removes the record, unless it is by now another sandbox's. */
  async remove(choice: SandboxChoice): Promise<void> {
    const recorded = toSandboxChoice(await this.read());
    if (recorded?.endpoint === choice.endpoint) await rm(this.file, { force: true });
  }

  private async read(): Promise<unknown> {
    try {
      return JSON.parse(await readFile(this.file, 'utf8')) as unknown;
    } catch {
      return undefined;
    }
  }
}
