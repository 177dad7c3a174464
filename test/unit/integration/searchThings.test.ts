import assert from 'node:assert/strict';
import { AddThingToThingGroupCommand, CreateThingCommand, CreateThingGroupCommand, CreateThingTypeCommand, GetIndexingConfigurationCommand, IoTClient, UpdateIndexingConfigurationCommand, type ThingIndexingConfiguration } from '@aws-sdk/client-iot';
import type { SdkAwsGateway } from '../../../src/aws/gateway';
import { FleetError } from '../../../src/core/errors';
import type { IotApi } from '../../../src/core/ports/iotApi';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { connectTo } from '../../helpers/provisionedFleet';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

describe('searching things through the product\'s own connection', () => {
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let api: IotApi;
  const failure = async (work: Promise<unknown>): Promise<readonly string[]> => {
    const error = await work.then(() => undefined, (thrown: unknown) => thrown);
    assert.ok(error instanceof FleetError, String(error));
    return [error.category, error.code];
  };

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService] });
    ({ gateway, connection: { iot: api } } = await connectTo(sandbox));
    const iot = new IoTClient(sandbox.client);
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'Pumps' }));
    for (const number of [1, 2, 3]) await iot.send(new CreateThingCommand({ thingName: `Pump-${String(number)}`, attributePayload: { attributes: { site: `Berlin-${String(number)}` } } }));
    await iot.send(new AddThingToThingGroupCommand({ thingName: 'Pump-1', thingGroupName: 'Pumps' }));
    iot.destroy();
  });
  after(async () => {
    gateway.dispose();
    await sandbox.close();
  });

  it('off: tells so by category, and still finds by attribute', async () => {
    assert.deepEqual(await api.getIndexing(), { things: 'OFF', connectivity: false });
    assert.equal(await api.describeThingIndex(), undefined);
    assert.deepEqual(await failure(api.searchThings({ query: '*', maxResults: 10 })), ['notFound', 'ResourceNotFoundException']);
    const named = async (value: string, prefix: boolean): Promise<readonly string[]> => {
      const found: string[] = [];
      for await (const thing of api.listThingsByAttribute({ name: 'site', value, prefix })) found.push(`${thing.name} ${thing.attributes['site'] ?? ''}`);
      return found;
    };
    assert.deepEqual(await named('Berlin-2', false), ['Pump-2 Berlin-2']);
    assert.deepEqual(await named('Berlin', true), ['Pump-1 Berlin-1', 'Pump-2 Berlin-2', 'Pump-3 Berlin-3']);
    assert.deepEqual(await named('Berlin', false), []);
  });

  it('lists things of a type, names of types, and names of groups by how they begin', async () => {
    const iot = new IoTClient(sandbox.client);
    await iot.send(new CreateThingTypeCommand({ thingTypeName: 'Motor' }));
    await iot.send(new CreateThingCommand({ thingName: 'Typed', thingTypeName: 'Motor' }));
    for (const thingGroupName of ['Motors', 'Motors-Old', 'Fans']) await iot.send(new CreateThingGroupCommand({ thingGroupName }));
    const all = async <T>(list: AsyncIterable<T>): Promise<readonly T[]> => {
      const items: T[] = [];
      for await (const item of list) items.push(item);
      return items;
    };
    assert.deepEqual((await all(api.listThingsOfType('Motor'))).map(({ name, typeName }) => [name, typeName]), [['Typed', 'Motor']]);
    assert.deepEqual(await all(api.listThingsOfType('Never')), []);
    assert.ok((await all(api.listThingTypeNames())).includes('Motor'));
    assert.deepEqual(await all(api.listThingGroupNames('Motor')), ['Motors', 'Motors-Old']);
    assert.ok((await all(api.listThingGroupNames(''))).includes('Fans'));
    iot.destroy();
  });

  it('keeps whatever else is indexed; turned off, nothing is', async () => {
    const iot = new IoTClient(sandbox.client);
    const theirs: ThingIndexingConfiguration = {
      thingIndexingMode: 'REGISTRY_AND_SHADOW',
      thingConnectivityIndexingMode: 'OFF',
      deviceDefenderIndexingMode: 'VIOLATIONS',
      namedShadowIndexingMode: 'ON',
      customFields: [{ name: 'attributes.version', type: 'Number' }],
      filter: { namedShadowNames: ['config'], geoLocations: [{ name: 'shadow.reported.place', order: 'LonLat' }] },
    };
    await iot.send(new UpdateIndexingConfigurationCommand({ thingIndexingConfiguration: theirs, thingGroupIndexingConfiguration: { thingGroupIndexingMode: 'ON' } }));
    const held = async (): Promise<object> => {
      const { thingIndexingConfiguration, thingGroupIndexingConfiguration } = await iot.send(new GetIndexingConfigurationCommand({}));
      return { ...thingIndexingConfiguration, managedFields: undefined, groups: thingGroupIndexingConfiguration?.thingGroupIndexingMode };
    };
    assert.deepEqual(await api.getIndexing(), { things: 'REGISTRY_AND_SHADOW', connectivity: false, more: true });
    await api.updateIndexing({ things: 'REGISTRY_AND_SHADOW', connectivity: true });
    assert.deepEqual(await held(), { ...theirs, thingConnectivityIndexingMode: 'STATUS', managedFields: undefined, groups: 'ON' });
    await api.updateIndexing({ things: 'OFF', connectivity: false });
    assert.deepEqual(await api.getIndexing(), { things: 'OFF', connectivity: false });
    iot.destroy();
  });

  it('on: pages of hits, with all that is known of a thing', async () => {
    await api.updateIndexing({ things: 'REGISTRY', connectivity: true });
    assert.deepEqual(await api.getIndexing(), { things: 'REGISTRY', connectivity: true });
    assert.equal(await api.describeThingIndex(), 'ACTIVE');
    const first = await api.searchThings({ query: 'thingName:pump*', maxResults: 2 });
    assert.deepEqual(first.hits, [
      { name: 'Pump-1', groups: ['Pumps'], attributes: { site: 'Berlin-1' }, connected: false },
      { name: 'Pump-2', groups: [], attributes: { site: 'Berlin-2' }, connected: false },
    ]);
    assert.ok(first.nextToken);
    const second = await api.searchThings({ query: 'thingName:pump*', maxResults: 2, nextToken: first.nextToken });
    assert.deepEqual([second.hits.map(({ name }) => name), second.nextToken], [['Pump-3'], undefined]);
    assert.deepEqual(await failure(api.searchThings({ query: 'thingName:', maxResults: 2 })), ['validation', 'InvalidQueryException']);
  });
});
