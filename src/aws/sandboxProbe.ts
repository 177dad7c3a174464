import * as l10n from '@vscode/l10n';
import type { SandboxDevices } from '../core/ports/identity';
import { toSandboxDevices } from '../core/util/sandboxDevices';
import { CancelledError, FleetError, throwIfAborted } from '../core/errors';

const probeTimeoutMs = 2_000;

/** Only an endpoint on this computer can be our sandbox; nothing else is ever asked. */
export function isLoopback(endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { hostname, protocol } = new URL(endpoint);
  return (protocol === 'http:' || protocol === 'https:') && (hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname));
}

/** What the local sandbox of this product tells of itself; undefined for any other answer, or none in two seconds. */
export async function probeSandbox(endpoint: string | undefined, signal?: AbortSignal): Promise<{ readonly devices?: SandboxDevices } | undefined> {
  if (endpoint === undefined || !isLoopback(endpoint)) return undefined;
  try {
    const answer = await fetch(new URL('/_sandbox/', endpoint), { signal: withTimeout(signal), redirect: 'error' });
    if (!answer.ok) return undefined;
    const told: unknown = await answer.json();
    if (typeof told !== 'object' || told === null || !('product' in told) || told.product !== 'greengrass-fleet-sandbox') return undefined;
    const devices = toSandboxDevices(told);
    return devices === undefined ? {} : { devices };
  } catch {
    throwIfAborted(signal);
    return undefined;
  }
}

/** PEM of the authority that signs what the sandbox's devices see. Throws FleetError `network`. */
export async function sandboxRootCa(endpoint: string, signal?: AbortSignal): Promise<string> {
  try {
    const answer = await fetch(new URL('/_sandbox/ca.pem', endpoint), { signal: withTimeout(signal), redirect: 'error' });
    const pem = await answer.text();
    if (answer.ok && pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
    throw new Error(`${String(answer.status)} ${answer.statusText}`);
  } catch (error) {
    if (signal?.aborted) throw new CancelledError();
    throw new FleetError(l10n.t('The local sandbox did not give its CA certificate: {0}', error instanceof Error ? error.message : String(error)), {
      category: 'network',
      code: 'sandboxCa',
      advice: l10n.t('Start the sandbox again.'),
      remedies: [{ kind: 'startSandbox' }],
      cause: error,
    });
  }
}

function withTimeout(signal: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(probeTimeoutMs);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}
