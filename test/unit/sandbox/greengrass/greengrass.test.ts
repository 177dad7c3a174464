import assert from 'node:assert/strict';
import {
  DeleteCoreDeviceCommand,
  GetCoreDeviceCommand,
  GreengrassV2Client,
  ListCoreDevicesCommand,
  ListDeploymentsCommand,
  ListEffectiveDeploymentsCommand,
  ListInstalledComponentsCommand,
  ListTagsForResourceCommand,
  ResourceNotFoundException,
  TagResourceCommand,
  UntagResourceCommand,
  ValidationException,
  paginateListCoreDevices,
} from '@aws-sdk/client-greengrassv2';
import { AddThingToThingGroupCommand, CreateThingCommand, CreateThingGroupCommand, IoTClient } from '@aws-sdk/client-iot';
import { rootScope } from '../../../../src/sandbox/kernel/kernel';
import { createCertificateAuthority } from '../../../../src/sandbox/pki/certificateAuthority';
import { createGreengrassService } from '../../../../src/sandbox/services/greengrass/greengrassService';
import { recordHealth } from '../../../../src/sandbox/services/greengrass/health';
import { createIotService } from '../../../../src/sandbox/services/iot/iotService';
import { startSandbox, type StartedSandbox } from '../../../helpers/sandbox';

const launch = {
  ggcVersion: '2.12.0',
  platform: 'linux',
  architecture: 'amd64',
  runtime: 'aws_nucleus_classic',
  sequenceNumber: 1,
  messageType: 'COMPLETE',
  trigger: 'NUCLEUS_LAUNCH',
  overallDeviceStatus: 'HEALTHY',
  components: [
    { componentName: 'aws.greengrass.Nucleus', version: '2.12.0', status: 'FINISHED', isRoot: true },
    { componentName: 'com.example.Pump', version: '1.0.0', status: 'RUNNING', isRoot: false },
  ],
};

describe('sandbox: Greengrass V2', () => {
  let started: StartedSandbox;
  let greengrass: GreengrassV2Client;
  let now: Date;

  beforeEach(async () => {
    now = new Date();
    started = await startSandbox({ services: [createIotService, createGreengrassService], certificateAuthority: createCertificateAuthority, now: () => now });
    greengrass = new GreengrassV2Client(started.client);
  });
  afterEach(async () => {
    greengrass.destroy();
    await started.close();
  });

  const report = async (thing: string, document: unknown): Promise<void> => {
    const { kernel } = started.sandbox;
    const payload = Buffer.from(typeof document === 'string' ? document : JSON.stringify(document));
    await kernel.run(rootScope(started.account, started.region), (call) => recordHealth(call, thing, payload));
  };
  const names = async (filter: object = {}): Promise<readonly (string | undefined)[]> =>
    ((await greengrass.send(new ListCoreDevicesCommand(filter))).coreDevices ?? []).map(({ coreDeviceThingName }) => coreDeviceThingName);

  it('knows no core device until one reports; then says what it said', async () => {
    assert.deepEqual(await names(), []);
    await report('Core-1', launch);
    const { $metadata, ...device } = await greengrass.send(new GetCoreDeviceCommand({ coreDeviceThingName: 'Core-1' }));
    assert.equal($metadata.httpStatusCode, 200);
    assert.deepEqual(device, {
      coreDeviceThingName: 'Core-1',
      coreVersion: '2.12.0',
      platform: 'linux',
      architecture: 'amd64',
      runtime: 'aws_nucleus_classic',
      status: 'HEALTHY',
      lastStatusUpdateTimestamp: device.lastStatusUpdateTimestamp,
      tags: {},
    });
    assert.equal(Math.round((device.lastStatusUpdateTimestamp?.getTime() ?? 0) / 1000), Math.round(now.getTime() / 1000));
    assert.deepEqual(await names(), ['Core-1']);
  });

  it('filters by status, runtime and thing group, and pages', async () => {
    const iot = new IoTClient(started.client);
    const group = await iot.send(new CreateThingGroupCommand({ thingGroupName: 'Cores' }));
    await iot.send(new CreateThingCommand({ thingName: 'B' }));
    await iot.send(new AddThingToThingGroupCommand({ thingGroupName: 'Cores', thingName: 'B' }));
    iot.destroy();
    await report('A', { ...launch, overallDeviceStatus: 'UNHEALTHY' });
    await report('B', launch);
    await report('C', { ...launch, runtime: 'aws_nucleus_lite' });
    assert.deepEqual(await names({ status: 'UNHEALTHY' }), ['A']);
    assert.deepEqual(await names({ runtime: 'aws_nucleus_lite' }), ['C']);
    assert.deepEqual(await names({ thingGroupArn: group.thingGroupArn }), ['B']);
    const pages = [];
    for await (const page of paginateListCoreDevices({ client: greengrass, pageSize: 2 }, {})) pages.push(page.coreDevices?.length);
    assert.deepEqual(pages, [2, 1]);
    await assert.rejects(names({ nextToken: 'nonsense' }), ValidationException);
    await assert.rejects(names({ maxResults: 101 }), ValidationException);
  });

  it('keeps components: a partial report changes what it names, a complete one replaces all', async () => {
    const list = async (topologyFilter?: 'ALL'): Promise<readonly unknown[]> => {
      const answer = await greengrass.send(new ListInstalledComponentsCommand({ coreDeviceThingName: 'Core', topologyFilter }));
      return (answer.installedComponents ?? []).map(({ componentName, lifecycleState, lifecycleStateDetails }) => [componentName, lifecycleState, lifecycleStateDetails]);
    };
    await report('Core', launch);
    assert.deepEqual(await list(), [['aws.greengrass.Nucleus', 'FINISHED', undefined]]);
    const broken = { componentName: 'com.example.Pump', version: '1.0.0', status: 'BROKEN', statusDetails: 'exit 1', isRoot: false };
    await report('Core', { ...launch, messageType: 'PARTIAL', overallDeviceStatus: 'UNHEALTHY', components: [broken] });
    assert.deepEqual(await list('ALL'), [['aws.greengrass.Nucleus', 'FINISHED', undefined], ['com.example.Pump', 'BROKEN', 'exit 1']]);
    assert.deepEqual(await names({ status: 'UNHEALTHY' }), ['Core']);
    await report('Core', { ...launch, components: [] });
    assert.deepEqual(await list('ALL'), []);
  });

  it('drops reports that are none, and takes what nucleus lite sends', async () => {
    for (const bad of ['', 'no json', '[]', '{"overallDeviceStatus":"FINE"}', { ...launch, overallDeviceStatus: 7 }]) await report('X', bad);
    assert.deepEqual(await names(), []);
    await report('Lite', { ggcVersion: '2.6.0', platform: 'Linux', architecture: 'x86_64', runtime: 'aws_nucleus_lite', sequenceNumber: 1, messageType: 'COMPLETE', trigger: 'NUCLEUS_LAUNCH', overallDeviceStatus: 'HEALTHY' });
    assert.deepEqual(await names(), ['Lite']);
  });

  it('deletes and tags; a core that is not there is a 404 that names it', async () => {
    await report('Core', launch);
    const resourceArn = `arn:aws:greengrass:${started.region}:${started.account}:coreDevices:Core`;
    await greengrass.send(new TagResourceCommand({ resourceArn, tags: { site: 'Berlin', line: '1' } }));
    await greengrass.send(new UntagResourceCommand({ resourceArn, tagKeys: ['line'] }));
    assert.deepEqual((await greengrass.send(new ListTagsForResourceCommand({ resourceArn }))).tags, { site: 'Berlin' });
    assert.deepEqual((await greengrass.send(new ListDeploymentsCommand({}))).deployments, []);
    assert.deepEqual((await greengrass.send(new ListEffectiveDeploymentsCommand({ coreDeviceThingName: 'Core' }))).effectiveDeployments, []);
    await greengrass.send(new DeleteCoreDeviceCommand({ coreDeviceThingName: 'Core' }));
    const missing = (error: unknown): boolean => error instanceof ResourceNotFoundException && error.resourceId === 'Core';
    await assert.rejects(greengrass.send(new DeleteCoreDeviceCommand({ coreDeviceThingName: 'Core' })), missing);
    await assert.rejects(greengrass.send(new GetCoreDeviceCommand({ coreDeviceThingName: 'Core' })), missing);
    await assert.rejects(greengrass.send(new TagResourceCommand({ resourceArn, tags: { a: 'b' } })), ResourceNotFoundException);
  });
});
