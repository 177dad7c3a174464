import type { Connection } from '../../core/ports/connection';
import type { DeviceLedger } from '../../core/ports/deviceLedger';
import type { DeviceTransport } from '../../core/ports/deviceTransport';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import type { FleetNames } from '../../core/provisioning/steps';
import type { Clock } from '../../core/util/clock';

export interface TestDeviceDeps {
  readonly clock: Clock;
  /** Milliseconds, only ever growing: for durations. */
  readonly monotonic: () => number;
  /** Loaded when the first device starts. */
  readonly transport: () => Promise<DeviceTransport>;
  readonly ledger: DeviceLedger;
  /** A device's id in its names: 8 hexadecimal digits. */
  readonly newId: () => string;
  /** Milliseconds per wait of a device. Default 30,000, as the FleetProvisioningByClaim plugin waits. */
  readonly timeout?: number;
}

/** What a run is made with. */
export interface TestDeviceInput {
  readonly connection: Connection;
  readonly files: WorkspaceFiles;
  readonly names: FleetNames;
  readonly signal: AbortSignal;
}

export interface TestDeviceOptions {
  readonly way: 'keys' | 'csr';
  readonly port: 443 | 8883;
  readonly protocolVersion: 4 | 5;
  /** `file`: the claim certificate of the folder, as devices in the field have it; `temporary`: one for five minutes. */
  readonly claim: 'file' | 'temporary';
  /** Values of the template's parameters; `{id}` becomes the device's own id. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Keep certificate, thing and key. */
  readonly keep: boolean;
}

/** https://github.com/aws-greengrass/aws-greengrass-fleet-provisioning-by-claim: each step waits half a minute. */
export const stepTimeoutMs = 30_000;

/** How long a new certificate may be refused before that counts: it is spread with a delay (how long is unverified). */
export const settleMs = 20_000;
