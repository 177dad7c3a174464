import assert from 'node:assert/strict';
import { AddThingToThingGroupCommand, CreateThingCommand, CreateThingGroupCommand, CreateThingTypeCommand, GetIndexingConfigurationCommand, IoTClient, UpdateIndexingConfigurationCommand, type ThingIndexingConfiguration } from '@aws-sdk/client-iot';
import type { SdkAwsGateway } from '../../../src/aws/gateway';
import { FleetError } from '../../../src/core/errors';
import type { Connection } from '../../../src/core/ports/connection';
import type { IotApi } from '../../../src/core/ports/iotApi';
import { completions } from '../../../src/core/search/completions';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { FleetSearch, type Findings } from '../../../src/services/search/fleetSearch';
import { connectTo } from '../../helpers/provisionedFleet';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

describe('searching things through the product\'s own connection', () => {
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let api: IotApi;
  let connection: Connection;
  const failure = async (work: Promise<unknown>): Promise<readonly string[]> => {
    const error = await work.then(() => undefined, (thrown: unknown) => thrown);
    assert.ok(error instanceof FleetError, String(error));
    return [error.category, error.code];
  };

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService] });
    ({ gateway, connection } = await connectTo(sandbox));
    api = connection.iot;
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
    assert.equal((await all(api.listThings())).find(({ name }) => name === 'Typed')?.typeName, 'Motor');
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

  it('a value that was completed finds its thing, whatever it holds', async () => {
    const iot = new IoTClient(sandbox.client);
    const values = ['a[1]/b:c', 'x=y,z@w', '#1', '-7', 'AND', 'v.1_2'];
    for (const [index, value] of values.entries()) await iot.send(new CreateThingCommand({ thingName: `Odd-${String(index)}`, attributePayload: { attributes: { odd: value } } }));
    iot.destroy();
    await api.updateIndexing({ things: 'REGISTRY', connectivity: false });
    const indexing = await api.getIndexing();
    const search = new FleetSearch(connection);
    const found = async (text: string): Promise<Findings> => {
      let last: Findings | undefined;
      await search.search(text, (findings) => (last = findings), new AbortController().signal);
      assert.ok(last);
      return last;
    };
    try {
      assert.equal((await found('Odd-')).hits.length, values.length);
      const ways = completions('attributes.odd:', { indexing, attributes: (await found('attributes.odd:')).attributes, values: [] });
      assert.equal(ways.length, values.length);
      for (const { text } of ways) {
        const { hits, problems } = await found(text);
        assert.deepEqual([hits.length, problems], [1, []], text);
      }
    } finally {
      search.dispose();
    }
  });
});
