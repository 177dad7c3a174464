import type { CallOptions } from './iotApi';

/**
 * What the domain needs of AWS IoT Greengrass V2. As with `IotApi`: `undefined` from a `get…` means "not found",
 * every other failure throws FleetError or CancelledError, lists read page by page as the consumer goes on.
 */
export type CoreDeviceStatus = 'HEALTHY' | 'UNHEALTHY';

export interface CoreDeviceSummary {
  /** The name of the core device is the name of its thing. */
  readonly name: string;
  /**
   * What the device said last, which may no longer be so: nobody says that a device has gone.
   * https://docs.aws.amazon.com/greengrass/v2/developerguide/device-status.html
   */
  readonly status: CoreDeviceStatus;
  /** When it said so. */
  readonly reportedAt?: Date;
  /** For example `linux`. */
  readonly platform?: string;
  /** For example `amd64`. */
  readonly architecture?: string;
  /** `aws_nucleus_classic` or `aws_nucleus_lite`; old nuclei do not tell. */
  readonly runtime?: string;
}

export interface CoreDevice extends CoreDeviceSummary {
  /** Version of the nucleus. */
  readonly version?: string;
}

export interface InstalledComponent {
  readonly name: string;
  readonly version: string;
  /** NEW, INSTALLED, STARTING, RUNNING, STOPPING, ERRORED, BROKEN, FINISHED, or what AWS adds to these. */
  readonly state: string;
  readonly details?: string;
  /** Named by a deployment; false for what came as a dependency. */
  readonly isRoot: boolean;
  readonly changedAt?: Date;
}

export interface EffectiveDeployment {
  readonly id: string;
  readonly name: string;
  /** QUEUED, IN_PROGRESS, SUCCEEDED, FAILED, TIMED_OUT, CANCELED, REJECTED, COMPLETED, or what AWS adds to these. */
  readonly status: string;
  /** ARN of the thing or thing group that it was made for. */
  readonly targetArn: string;
  readonly reason?: string;
  readonly modifiedAt?: Date;
}

export interface GreengrassApi {
  /** All, or those of a status or of a thing group (by ARN). In the order of AWS, which is eventually consistent. */
  listCoreDevices(filter?: { status?: CoreDeviceStatus; thingGroupArn?: string }, options?: CallOptions): AsyncIterable<CoreDeviceSummary>;
  /** Undefined until the core has reported for the first time. */
  getCoreDevice(name: string, options?: CallOptions): Promise<CoreDevice | undefined>;
  /** All components, dependencies too. Fails with `notFound` when there is no such core device. */
  listInstalledComponents(name: string, options?: CallOptions): AsyncIterable<InstalledComponent>;
  /** Deployments sent to this device. Fails with `notFound` when there is no such core device. */
  listEffectiveDeployments(name: string, options?: CallOptions): AsyncIterable<EffectiveDeployment>;
  /** Forgets the core device; its thing and certificate stay, and it is back when it reports again. Not found: done. */
  deleteCoreDevice(name: string, options?: CallOptions): Promise<void>;
}
