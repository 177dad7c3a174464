import type {
  DeleteCoreDeviceRequest,
  GetCoreDeviceRequest,
  GetCoreDeviceResponse,
  ListCoreDevicesRequest,
  ListCoreDevicesResponse,
  ListDeploymentsResponse,
  ListEffectiveDeploymentsRequest,
  ListEffectiveDeploymentsResponse,
  ListInstalledComponentsRequest,
  ListInstalledComponentsResponse,
} from '@aws-sdk/client-greengrassv2';
import { Fault, type CallContext, type ServiceFactory } from '../../kernel/types';
import type { Input } from '../iot/inputs';
import { composite, pageOf, readPage } from '../iot/paging';
import { CORE_DEVICES, TAGS, coreDeviceArn, invalid, notFound, type CoreDeviceRecord } from './records';
import { tagHandlers } from './tags';

/** The most that `maxResults` takes; unverified: that it is the default as well. https://docs.aws.amazon.com/greengrass/v2/APIReference/API_ListCoreDevices.html */
const PAGE = 100;

const handlers = {
  async ListCoreDevices(input: Input<ListCoreDevicesRequest>, call: CallContext): Promise<ListCoreDevicesResponse> {
    const { status, runtime } = input;
    const group = input.thingGroupArn === undefined ? undefined : groupName(input.thingGroupArn, call);
    const page = await paged(() =>
      readPage<CoreDeviceRecord>(call.tx, {
        list: `coreDevices ${status ?? ''} ${runtime ?? ''} ${group ?? ''}`,
        table: CORE_DEVICES,
        token: input.nextToken,
        size: input.maxResults ?? PAGE,
        accept: async (name, device) =>
          (status === undefined || device.status === status) &&
          (runtime === undefined || device.runtime === runtime) &&
          (group === undefined || (await call.tx.get('iot.groupByThing', composite(name, group))) !== undefined),
      }),
    );
    return { coreDevices: page.entries.map(([name, device]) => ({ coreDeviceThingName: name, status: device.status, lastStatusUpdateTimestamp: new Date(device.updatedAt), ...build(device) })), nextToken: page.nextToken };
  },

  async GetCoreDevice(input: Input<GetCoreDeviceRequest>, call: CallContext): Promise<GetCoreDeviceResponse> {
    const device = await required(call, input.coreDeviceThingName);
    return {
      coreDeviceThingName: input.coreDeviceThingName,
      coreVersion: device.version,
      status: device.status,
      lastStatusUpdateTimestamp: new Date(device.updatedAt),
      tags: (await call.tx.get<Record<string, string>>(TAGS, coreDeviceArn(call, input.coreDeviceThingName))) ?? {},
      ...build(device),
    };
  },

  /** "This operation does not delete the core device's thing": API_DeleteCoreDevice.html. A core that reports again is there again. */
  async DeleteCoreDevice(input: Input<DeleteCoreDeviceRequest>, call: CallContext): Promise<void> {
    await required(call, input.coreDeviceThingName);
    call.tx.delete(CORE_DEVICES, input.coreDeviceThingName);
    call.tx.delete(TAGS, coreDeviceArn(call, input.coreDeviceThingName));
  },

  /** Without a filter only components that a deployment names: API_ListInstalledComponents.html ("Default: ROOT"). */
  async ListInstalledComponents(input: Input<ListInstalledComponentsRequest>, call: CallContext): Promise<ListInstalledComponentsResponse> {
    const device = await required(call, input.coreDeviceThingName);
    const filter = input.topologyFilter ?? 'ROOT';
    const rows = Object.entries(device.components).filter(([, { isRoot }]) => filter === 'ALL' || isRoot);
    const page = await paged(() => pageOf(rows, `components ${filter} ${input.coreDeviceThingName}`, input.nextToken, input.maxResults ?? PAGE));
    return {
      installedComponents: page.items.map(([componentName, { version, state, details, isRoot, changedAt, reportedAt }]) => ({
        componentName,
        componentVersion: version,
        lifecycleState: state as 'RUNNING',
        lifecycleStateDetails: details,
        isRoot,
        lastStatusChangeTimestamp: new Date(changedAt),
        lastReportedTimestamp: new Date(reportedAt),
      })),
      nextToken: page.nextToken,
    };
  },

  /** The sandbox makes no deployments. */
  async ListEffectiveDeployments(input: Input<ListEffectiveDeploymentsRequest>, call: CallContext): Promise<ListEffectiveDeploymentsResponse> {
    await required(call, input.coreDeviceThingName);
    return { effectiveDeployments: [] };
  },

  ListDeployments: (): ListDeploymentsResponse => ({ deployments: [] }),
  ...tagHandlers,
};

/** AWS IoT Greengrass V2: core devices as their health messages tell of them. */
export const createGreengrassService: ServiceFactory = () => ({ service: 'greengrass', handlers });

function build({ platform, architecture, runtime }: CoreDeviceRecord) {
  return { platform, architecture, runtime };
}

async function required(call: CallContext, thingName: string): Promise<CoreDeviceRecord> {
  const device = await call.tx.get<CoreDeviceRecord>(CORE_DEVICES, thingName);
  if (device === undefined) throw notFound(thingName);
  return device;
}

/** Direct members only (unverified). A group that is not there has none. */
function groupName(arn: string, call: CallContext): string {
  const head = `arn:${call.partition}:iot:${call.region}:${call.account}:thinggroup/`;
  const name = arn.startsWith(head) ? arn.slice(head.length) : '';
  if (!/^[a-zA-Z0-9:_-]{1,128}$/.test(name)) throw invalid(`Invalid thing group ARN: ${arn}`);
  return name;
}

/** A bad token is another error here than in AWS IoT. */
async function paged<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof Fault ? invalid(error.message) : error;
  }
}
