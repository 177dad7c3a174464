import {
  DeleteCoreDeviceCommand,
  GetCoreDeviceCommand,
  GreengrassV2Client,
  ListCoreDevicesCommand,
  ListEffectiveDeploymentsCommand,
  ListInstalledComponentsCommand,
} from '@aws-sdk/client-greengrassv2';
import type { CoreDevice, CoreDeviceStatus, CoreDeviceSummary, EffectiveDeployment, GreengrassApi, InstalledComponent } from '../core/ports/greengrassApi';
import type { CallOptions } from '../core/ports/iotApi';
import type { AwsClients } from './clients';
import { undefinedIfNotFound } from './notFound';
import { defined, required } from './objects';

/** The most that every list call of Greengrass gives at once: https://docs.aws.amazon.com/greengrass/v2/APIReference/API_ListCoreDevices.html */
const maxResults = 100;

/** Loaded by `LazyGreengrassApi`: the client has a chunk of its own. */
export class AwsGreengrassApi implements GreengrassApi {
  private readonly client: GreengrassV2Client;

  constructor(private readonly aws: AwsClients) {
    this.client = aws.lazyClient('greengrassv2', (config) => new GreengrassV2Client(config));
  }

  listCoreDevices(filter: { status?: CoreDeviceStatus; thingGroupArn?: string } = {}, options?: CallOptions): AsyncIterable<CoreDeviceSummary> {
    const action = 'greengrass:ListCoreDevices';
    return this.aws.pages({ action }, options, async (nextToken, http) => {
      const answer = await this.client.send(new ListCoreDevicesCommand({ ...filter, maxResults, nextToken }), http);
      return { items: answer.coreDevices?.map((device) => summary(device.coreDeviceThingName ?? '', device, action)), next: answer.nextToken };
    });
  }

  async getCoreDevice(name: string, options?: CallOptions): Promise<CoreDevice | undefined> {
    const action = 'greengrass:GetCoreDevice';
    const answer = await undefinedIfNotFound(
      this.aws.call({ action, resource: name }, options, (http) => this.client.send(new GetCoreDeviceCommand({ coreDeviceThingName: name }), http)),
    );
    return answer && { ...summary(name, answer, action), ...defined({ version: answer.coreVersion }) };
  }

  listInstalledComponents(name: string, options?: CallOptions): AsyncIterable<InstalledComponent> {
    return this.aws.pages({ action: 'greengrass:ListInstalledComponents', resource: name }, options, async (nextToken, http) => {
      // Without the filter only what a deployment names comes: https://docs.aws.amazon.com/greengrass/v2/APIReference/API_ListInstalledComponents.html
      const answer = await this.client.send(new ListInstalledComponentsCommand({ coreDeviceThingName: name, topologyFilter: 'ALL', maxResults, nextToken }), http);
      return {
        items: answer.installedComponents?.map((component) => ({
          name: component.componentName ?? '',
          version: component.componentVersion ?? '',
          state: component.lifecycleState ?? '',
          isRoot: component.isRoot ?? false,
          ...defined({ details: component.lifecycleStateDetails, changedAt: component.lastStatusChangeTimestamp }),
        })),
        next: answer.nextToken,
      };
    });
  }

  listEffectiveDeployments(name: string, options?: CallOptions): AsyncIterable<EffectiveDeployment> {
    return this.aws.pages({ action: 'greengrass:ListEffectiveDeployments', resource: name }, options, async (nextToken, http) => {
      const answer = await this.client.send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: name, maxResults, nextToken }), http);
      return {
        items: answer.effectiveDeployments?.map((deployment) => ({
          id: deployment.deploymentId ?? '',
          name: deployment.deploymentName ?? '',
          status: deployment.coreDeviceExecutionStatus ?? '',
          targetArn: deployment.targetArn ?? '',
          ...defined({ reason: deployment.reason, modifiedAt: deployment.modifiedTimestamp }),
        })),
        next: answer.nextToken,
      };
    });
  }

  async deleteCoreDevice(name: string, options?: CallOptions): Promise<void> {
    await undefinedIfNotFound(
      this.aws.call({ action: 'greengrass:DeleteCoreDevice', resource: name }, options, (http) =>
        this.client.send(new DeleteCoreDeviceCommand({ coreDeviceThingName: name }), http),
      ),
    );
  }
}

interface Told {
  readonly status?: CoreDeviceStatus | undefined;
  readonly lastStatusUpdateTimestamp?: Date | undefined;
  readonly platform?: string | undefined;
  readonly architecture?: string | undefined;
  readonly runtime?: string | undefined;
}

function summary(name: string, { status, lastStatusUpdateTimestamp, platform, architecture, runtime }: Told, action: string): CoreDeviceSummary {
  return { name, status: required(status, 'status', action), ...defined({ reportedAt: lastStatusUpdateTimestamp, platform, architecture, runtime }) };
}
