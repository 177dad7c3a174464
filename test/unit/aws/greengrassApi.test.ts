import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AddThingToThingGroupCommand, CreateThingCommand, CreateThingGroupCommand, IoTClient } from '@aws-sdk/client-iot';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import { CancelledError, FleetError } from '../../../src/core/errors';
import type { Connection } from '../../../src/core/ports/connection';
import { rootScope } from '../../../src/sandbox/kernel/kernel';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createGreengrassService } from '../../../src/sandbox/services/greengrass/greengrassService';
import { recordHealth } from '../../../src/sandbox/services/greengrass/health';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { healthReport } from '../../helpers/coreHealth';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('core devices through the gateway, against the local AWS', () => {
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  const log: string[] = [];

  const report = async (thing: string, more: Parameters<typeof healthReport>[0] = {}): Promise<void> =>
    sandbox.sandbox.kernel.run(rootScope(sandbox.account, sandbox.region), (call) => recordHealth(call, thing, Buffer.from(healthReport(more))));

  beforeEach(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIotService, createGreengrassService], certificateAuthority: createCertificateAuthority });
    gateway = new SdkAwsGateway({ env: {}, userAgent: 'test/1', amazonRootCa: async () => 'AMAZON', log: (line) => log.push(line) });
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
    log.length = 0;
  });
  afterEach(async () => {
    gateway.dispose();
    await sandbox.close();
  });

  it('says what a core reported, and undefined before it did', async () => {
    const { greengrass } = connection;
    assert.equal(await greengrass.getCoreDevice('Core-1'), undefined);
    assert.deepEqual(await all(greengrass.listCoreDevices()), []);
    const before = Date.now();
    await report('Core-1');
    const device = await greengrass.getCoreDevice('Core-1');
    const { reportedAt, ...rest } = device ?? {};
    assert.deepEqual(rest, { name: 'Core-1', status: 'HEALTHY', platform: 'linux', architecture: 'amd64', runtime: 'aws_nucleus_classic', version: '2.12.0' });
    // Greengrass tells time in seconds with a fraction.
    assert.ok(reportedAt !== undefined && Math.abs(reportedAt.getTime() - before) < 30_000, String(reportedAt));
    const { version, ...summary } = device ?? {};
    assert.equal(version, '2.12.0');
    assert.deepEqual(await all(greengrass.listCoreDevices()), [summary]);
  });

  it('filters by status and thing group', async () => {
    const iot = new IoTClient(sandbox.client);
    const { thingGroupArn = '' } = await iot.send(new CreateThingGroupCommand({ thingGroupName: 'Cores' }));
    await iot.send(new CreateThingCommand({ thingName: 'B' }));
    await iot.send(new AddThingToThingGroupCommand({ thingGroupName: 'Cores', thingName: 'B' }));
    iot.destroy();
    await report('A', { overallDeviceStatus: 'UNHEALTHY' });
    await report('B');
    const names = async (filter: Parameters<typeof connection.greengrass.listCoreDevices>[0]): Promise<string[]> => (await all(connection.greengrass.listCoreDevices(filter))).map(({ name }) => name);
    assert.deepEqual(await names({ status: 'UNHEALTHY' }), ['A']);
    assert.deepEqual(await names({ thingGroupArn }), ['B']);
    await assert.rejects(names({ thingGroupArn: 'nonsense' }), (error: unknown) => error instanceof FleetError && error.category === 'validation');
  });

  it('reads a long list by the largest pages, and no further than somebody looks', async () => {
    for (let index = 0; index < 205; index += 1) await report(`Core-${String(index).padStart(3, '0')}`);
    const iterator = connection.greengrass.listCoreDevices()[Symbol.asyncIterator]();
    for (let index = 0; index < 100; index += 1) assert.equal((await iterator.next()).done, false);
    assert.equal(log.length, 1, log.join('\n'));
    const rest = await all({ [Symbol.asyncIterator]: () => iterator });
    assert.equal(rest.length, 105);
    assert.equal(log.length, 3, log.join('\n'));
  });

  it('lists components with their dependencies, and deployments', async () => {
    await report('Core-1');
    const { greengrass } = connection;
    const components = await all(greengrass.listInstalledComponents('Core-1'));
    assert.deepEqual(
      components.map(({ name, version, state, isRoot }) => [name, version, state, isRoot]),
      [
        ['aws.greengrass.Nucleus', '2.12.0', 'FINISHED', true],
        ['com.example.Pump', '1.0.0', 'RUNNING', false],
      ],
    );
    assert.deepEqual(await all(greengrass.listEffectiveDeployments('Core-1')), []);
    for (const list of [greengrass.listInstalledComponents('None'), greengrass.listEffectiveDeployments('None')]) {
      await assert.rejects(all<unknown>(list), (error: unknown) => error instanceof FleetError && error.category === 'notFound');
    }
  });

  it('deletes; deleting twice is no failure; a report brings it back', async () => {
    const { greengrass } = connection;
    await report('Core-1');
    await greengrass.deleteCoreDevice('Core-1');
    await greengrass.deleteCoreDevice('Core-1');
    assert.equal(await greengrass.getCoreDevice('Core-1'), undefined);
    await report('Core-1', { overallDeviceStatus: 'UNHEALTHY' });
    assert.equal((await greengrass.getCoreDevice('Core-1'))?.status, 'UNHEALTHY');
  });

  it('ends when it is cancelled, and maps what fails', async () => {
    const abort = new AbortController();
    abort.abort();
    await assert.rejects(connection.greengrass.getCoreDevice('Core-1', { signal: abort.signal }), CancelledError);
    await sandbox.close();
    const error: unknown = await connection.greengrass.getCoreDevice('Core-1').catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FleetError && error.category === 'network', String(error));
    assert.deepEqual(error.remedies, [{ kind: 'startSandbox' }]);
    sandbox = await startSandbox();
  });

  it('takes the endpoint that a profile sets for Greengrass alone', async () => {
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'greengrass-'));
    const config = path.join(folder, 'config');
    await fs.writeFile(
      config,
      `[profile box]\nregion = ${region}\nendpoint_url = ${endpoint}\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nservices = mine\n
[services mine]\ngreengrassv2 =\n  endpoint_url = http://127.0.0.1:1\n`,
    );
    const env = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials') };
    const other = new SdkAwsGateway({ env, userAgent: 'test/1', amazonRootCa: async () => 'AMAZON' });
    try {
      const { iot, greengrass } = await other.connect({ kind: 'profile', profile: 'box' }, { mfaCode: async () => '' });
      assert.equal(await iot.getPolicy('none'), undefined);
      await assert.rejects(greengrass.getCoreDevice('none'), (error: unknown) => error instanceof FleetError && error.category === 'network');
    } finally {
      other.dispose();
      await fs.rm(folder, { recursive: true });
    }
  });
});
