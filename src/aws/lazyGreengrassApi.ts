import type { CoreDevice, CoreDeviceSummary, EffectiveDeployment, GreengrassApi, InstalledComponent } from '../core/ports/greengrassApi';
import type { CallOptions } from '../core/ports/iotApi';
import type { AwsClients } from './clients';

/** Reads the Greengrass client on the first call: most windows never look at a core device. */
export class LazyGreengrassApi implements GreengrassApi {
  private loaded: Promise<GreengrassApi> | undefined;

  constructor(private readonly aws: AwsClients) {}

  async *listCoreDevices(...args: Parameters<GreengrassApi['listCoreDevices']>): AsyncGenerator<CoreDeviceSummary> {
    yield* (await this.api()).listCoreDevices(...args);
  }

  async getCoreDevice(name: string, options?: CallOptions): Promise<CoreDevice | undefined> {
    return (await this.api()).getCoreDevice(name, options);
  }

  async *listInstalledComponents(name: string, options?: CallOptions): AsyncGenerator<InstalledComponent> {
    yield* (await this.api()).listInstalledComponents(name, options);
  }

  async *listEffectiveDeployments(name: string, options?: CallOptions): AsyncGenerator<EffectiveDeployment> {
    yield* (await this.api()).listEffectiveDeployments(name, options);
  }

  async deleteCoreDevice(name: string, options?: CallOptions): Promise<void> {
    return (await this.api()).deleteCoreDevice(name, options);
  }

  private async api(): Promise<GreengrassApi> {
    this.loaded ??= import(/* webpackChunkName: "greengrass" */ './greengrassApi').then(({ AwsGreengrassApi }) => new AwsGreengrassApi(this.aws));
    return this.loaded;
  }
}
