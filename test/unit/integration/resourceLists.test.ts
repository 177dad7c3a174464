import assert from 'node:assert/strict';
import { AddThingToThingGroupCommand, CreateThingCommand, CreateThingGroupCommand, IoTClient } from '@aws-sdk/client-iot';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import type { FleetError } from '../../../src/core/errors';
import type { Connection } from '../../../src/core/ports/connection';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

describe('what stands below a resource, by the real SDK and the local AWS', () => {
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let connection: Connection;

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService] });
    gateway = new SdkAwsGateway({ env: {}, userAgent: 'test/1', amazonRootCa: async () => 'unused' });
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
  });
  after(async () => {
    gateway.dispose();
    await sandbox.close();
  });

  const all = async <T>(list: AsyncIterable<T>): Promise<readonly T[]> => {
    const found: T[] = [];
    for await (const item of list) found.push(item);
    return found;
  };
  const notFound = (error: FleetError): boolean => error.category === 'notFound';

  it('groups directly below a group, and its direct members, over pages', async () => {
    const client = new IoTClient(sandbox.client);
    await client.send(new CreateThingGroupCommand({ thingGroupName: 'Plant' }));
    await client.send(new CreateThingGroupCommand({ thingGroupName: 'Hall', parentGroupName: 'Plant' }));
    await client.send(new CreateThingGroupCommand({ thingGroupName: 'Room', parentGroupName: 'Hall' }));
    for (let index = 0; index < 251; index += 1) {
      const thingName = `T${String(index).padStart(3, '0')}`;
      await client.send(new CreateThingCommand({ thingName }));
      await client.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: 'Hall' }));
    }
    client.destroy();
    const { iot } = connection;
    assert.deepEqual((await all(iot.listChildThingGroups('Plant'))).map(({ name }) => name), ['Hall']);
    assert.match((await all(iot.listChildThingGroups('Plant')))[0]?.arn ?? '', /:thinggroup\/Hall$/);
    assert.deepEqual(await all(iot.listThingsInThingGroup('Plant')), [], 'those of groups below are not its own');
    assert.equal((await all(iot.listThingsInThingGroup('Hall'))).length, 251);
    await assert.rejects(all(iot.listThingsInThingGroup('Nowhere')), notFound);
    await assert.rejects(all(iot.listChildThingGroups('Nowhere')), notFound);
  });

  it('another version of a policy becomes the default', async () => {
    const { iot } = connection;
    const document = (topic: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Publish', Resource: `arn:aws:iot:us-east-1:111122223333:topic/${topic}` }] });
    await iot.createPolicy({ name: 'P', document: document('1') });
    await iot.createPolicyVersion({ name: 'P', document: document('2'), setAsDefault: false });
    await iot.setDefaultPolicyVersion('P', '2');
    assert.equal((await iot.getPolicy('P'))?.defaultVersionId, '2');
    await assert.rejects(iot.setDefaultPolicyVersion('P', '9'), notFound);
  });
});
