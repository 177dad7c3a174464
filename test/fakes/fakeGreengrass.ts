import { FleetError } from '../../src/core/errors';
import type { CoreDevice, CoreDeviceStatus, CoreDeviceSummary, EffectiveDeployment, GreengrassApi, InstalledComponent } from '../../src/core/ports/greengrassApi';

/** Core devices of one account, as they reported. */
export class FakeGreengrass implements GreengrassApi {
  readonly devices = new Map<string, CoreDevice>();
  readonly components = new Map<string, readonly InstalledComponent[]>();
  readonly deployments = new Map<string, readonly EffectiveDeployment[]>();

  report(name: string, status: CoreDeviceStatus, reportedAt: Date, more: Partial<CoreDevice> = {}): void {
    this.devices.set(name, { name, status, reportedAt, version: '2.12.0', platform: 'linux', architecture: 'amd64', runtime: 'aws_nucleus_classic', ...more });
  }

  async *listCoreDevices(filter: { status?: CoreDeviceStatus } = {}): AsyncIterable<CoreDeviceSummary> {
    yield* [...this.devices.values()].filter(({ status }) => filter.status === undefined || status === filter.status);
  }

  async getCoreDevice(name: string): Promise<CoreDevice | undefined> {
    return this.devices.get(name);
  }

  async *listInstalledComponents(name: string): AsyncIterable<InstalledComponent> {
    this.mustExist(name);
    yield* this.components.get(name) ?? [];
  }

  async *listEffectiveDeployments(name: string): AsyncIterable<EffectiveDeployment> {
    this.mustExist(name);
    yield* this.deployments.get(name) ?? [];
  }

  async deleteCoreDevice(name: string): Promise<void> {
    this.devices.delete(name);
  }

  private mustExist(name: string): void {
    if (!this.devices.has(name)) throw new FleetError(`no core device ${name}`, { category: 'notFound', code: 'ResourceNotFoundException' });
  }
}
