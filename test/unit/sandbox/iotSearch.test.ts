import assert from 'node:assert/strict';
import {
  AddThingToThingGroupCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  CreateThingTypeCommand,
  DeleteThingCommand,
  DescribeIndexCommand,
  GetIndexingConfigurationCommand,
  ListIndicesCommand,
  RemoveThingFromThingGroupCommand,
  SearchIndexCommand,
  UpdateIndexingConfigurationCommand,
  UpdateThingCommand,
  type ThingIndexingConfiguration,
} from '@aws-sdk/client-iot';
import type { CallContext } from '../../../src/sandbox/kernel/types';
import { disconnectAll, noteConnectivity } from '../../../src/sandbox/services/iot/connectivity';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { startSandbox } from '../../helpers/sandbox';
import { refuses, startIot, type IotFixture } from './iotFixture';

const registry: ThingIndexingConfiguration = { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' };

describe('sandbox IoT: fleet indexing', () => {
  let fixture: IotFixture;
  const index = (thingIndexingConfiguration: ThingIndexingConfiguration) => fixture.iot.send(new UpdateIndexingConfigurationCommand({ thingIndexingConfiguration }));
  const search = (queryString: string, more: object = {}) => fixture.iot.send(new SearchIndexCommand({ queryString, ...more }));
  const names = async (queryString: string): Promise<readonly string[]> => ((await search(queryString)).things ?? []).map(({ thingName }) => thingName ?? '').sort();
  const connect = (thing: string, connected: boolean) => fixture.inside(async (call: CallContext) => noteConnectivity(call, thing, connected, 'CONNECTION_LOST'));

  before(async () => {
    fixture = await startIot();
    const { iot } = fixture;
    await iot.send(new CreateThingTypeCommand({ thingTypeName: 'Sensor' }));
    for (const thingGroupName of ['North', 'South']) await iot.send(new CreateThingGroupCommand({ thingGroupName }));
    const thing = (thingName: string, attributes: Record<string, string>, thingTypeName?: string) => iot.send(new CreateThingCommand({ thingName, thingTypeName, attributePayload: { attributes } }));
    await thing('Alpha-1', { site: 'Berlin', floor: '7' }, 'Sensor');
    await thing('Alpha-2', { site: 'Bonn', floor: '12' });
    await thing('Beta-1', { site: 'Berlin' }, 'Sensor');
    await thing('Gamma', {});
    await thing('ns:Delta', {});
    for (const [thingGroupName, thingName] of [['North', 'Alpha-1'], ['North', 'Alpha-2'], ['South', 'Alpha-2']]) await iot.send(new AddThingToThingGroupCommand({ thingGroupName, thingName }));
  });
  after(async () => fixture.close());

  it('is off at first, and says how to turn it on', async () => {
    const { thingIndexingConfiguration } = await fixture.iot.send(new GetIndexingConfigurationCommand({}));
    assert.deepEqual(thingIndexingConfiguration, { thingIndexingMode: 'OFF', thingConnectivityIndexingMode: 'OFF', deviceDefenderIndexingMode: 'OFF', namedShadowIndexingMode: 'OFF' });
    await refuses(search('*'), 'ResourceNotFoundException', 404, 'Please enable index by calling UpdateIndexingConfiguration');
    await refuses(fixture.iot.send(new DescribeIndexCommand({ indexName: 'AWS_Things' })), 'ResourceNotFoundException', 404);
    await refuses(fixture.iot.send(new DescribeIndexCommand({ indexName: 'Nope' })), 'InvalidRequestException', 400, 'Unrecognized indexName Nope');
    await refuses(index({ thingIndexingMode: 'OFF', thingConnectivityIndexingMode: 'STATUS' }), 'InvalidRequestException', 400);
    assert.deepEqual((await fixture.iot.send(new ListIndicesCommand({}))).indexNames, []);
  });

  describe('while it is on', () => {
    before(async () => {
      await index(registry);
    });

    it('describes itself', async () => {
      const { indexStatus, schema } = await fixture.iot.send(new DescribeIndexCommand({ indexName: 'AWS_Things' }));
      assert.deepEqual([indexStatus, schema], ['ACTIVE', 'REGISTRY_AND_CONNECTIVITY_STATUS']);
      const { thingIndexingConfiguration, thingGroupIndexingConfiguration } = await fixture.iot.send(new GetIndexingConfigurationCommand({}));
      assert.equal(thingIndexingConfiguration?.thingIndexingMode, 'REGISTRY');
      assert.ok(thingIndexingConfiguration.managedFields?.some(({ name, type }) => name === 'connectivity.connected' && type === 'Boolean'));
      assert.equal(thingGroupIndexingConfiguration?.thingGroupIndexingMode, 'OFF', 'what is not given stays');
      assert.deepEqual((await fixture.iot.send(new ListIndicesCommand({}))).indexNames, ['AWS_Things']);
    });

    const all = ['Alpha-1', 'Alpha-2', 'Beta-1', 'Gamma', 'ns:Delta'];
    const table: readonly (readonly [query: string, found: readonly string[]])[] = [
      ['*', all],
      ['thingName:alpha-1', ['Alpha-1']],
      ['thingName:"ALPHA-1"', ['Alpha-1']],
      ['thingName:alpha', []],
      ['thingName:alpha*', ['Alpha-1', 'Alpha-2']],
      ['thingName:*A', ['Gamma', 'ns:Delta']],
      ['thingName:*lph*', ['Alpha-1', 'Alpha-2']],
      ['thingName:b?ta-1', ['Beta-1']],
      ['thingName:alpha\\*', []],
      ['thingName:"alpha*"', []],
      ['thingName:ns\\:delta', ['ns:Delta']],
      ['thingTypeName:SENSOR', ['Alpha-1', 'Beta-1']],
      ['thingTypeName:*', ['Alpha-1', 'Beta-1']],
      ['thingGroupNames:north', ['Alpha-1', 'Alpha-2']],
      ['thingGroupNames:*', ['Alpha-1', 'Alpha-2']],
      ['thingGroupNames:*outh OR thingGroupNames:north', ['Alpha-1', 'Alpha-2']],
      ['attributes.site:berlin', ['Alpha-1', 'Beta-1']],
      ['attributes.site:b*', ['Alpha-1', 'Alpha-2', 'Beta-1']],
      ['attributes.Site:berlin', []],
      ['attributes.floor:[7 TO 11]', ['Alpha-1']],
      ['attributes.floor:{7 TO *]', ['Alpha-2']],
      ['attributes.floor>7', ['Alpha-2']],
      ['attributes.floor<=12', ['Alpha-1', 'Alpha-2']],
      ['berlin', ['Alpha-1', 'Beta-1']],
      ['be*', ['Alpha-1', 'Beta-1']],
      ['sensor bonn', []],
      ['sensor berlin', ['Alpha-1', 'Beta-1']],
      ['attributes.site:(berlin OR bonn)', ['Alpha-1', 'Alpha-2', 'Beta-1']],
      ['thingName:(alpha* AND -alpha-2)', ['Alpha-1']],
      ['thingName:gamma OR attributes.site:berlin AND thingName:alpha*', ['Alpha-1', 'Gamma']],
      ['thingName:gamma OR attributes.site:berlin thingName:alpha*', ['Alpha-1']],
      ['NOT thingTypeName:sensor', ['Alpha-2', 'Gamma', 'ns:Delta']],
      ['-thingTypeName:sensor', ['Alpha-2', 'Gamma', 'ns:Delta']],
      ['!thingTypeName:sensor && thingName:alpha*', ['Alpha-2']],
      ['thingName:gamma || thingName:beta-1', ['Beta-1', 'Gamma']],
      ['connectivity.connected:true', []],
      ['connectivity.connected:false', all],
    ];
    for (const [query, found] of table) it(`finds ${query}`, async () => assert.deepEqual(await names(query), found));

    const badQueries: readonly (readonly [query: string, problem: string])[] = [
      ...['thingName:', 'thingName:(a', 'thingName:a AND', 'OR thingName:a', 'NOT', '()', 'thingName:a)', 'NOT NOT thingName:a', 'thingName:"a', 'thingName:[a TO', 'thingName:a]', 'a AND OR b', ' '].map((query) => [query, 'invalid syntax'] as const),
      ['ThingName:a', 'invalid field name, field name: ThingName'],
      ['attributes:a', 'invalid field name, field name: attributes'],
      ['+thingName:a', 'unsupported operator - "+"'],
      ['thingName:a~2', 'unsupported query type - fuzzy'],
      ['thingName:a^2', 'unsupported query type - boost'],
      ['thingName:/a/', 'unsupported query type - regular expression'],
      ['thingName:*a*b*', 'too many wildcards (*)'],
      ['thingName:?a', 'not allowed at the start of the value'],
      ['thingName:*a AND thingTypeName:*b', 'leading wildcard'],
      [Array.from({ length: 13 }, () => 'a').join(' '), 'number of terms cannot exceed 12, terms found: 13'],
    ];
    for (const [query, problem] of badQueries) it(`refuses ${query}`, async () => {
      await refuses(search(query), 'InvalidQueryException', 400, problem);
    });

    it('refuses fields that are not indexed', async () => {
      await refuses(search('shadow.reported.x:1'), 'InvalidRequestException', 400, 'Shadow indexing is not enabled');
      await refuses(search('deviceDefender.violationCount:1'), 'InvalidRequestException', 400, 'Devicedefender');
      await refuses(search('*', { indexName: 'Nope' }), 'InvalidRequestException', 400, 'Unrecognized indexName Nope');
    });

    it('gives the document of a thing', async () => {
      const { things } = await search('thingName:Alpha-2');
      assert.equal(things?.length, 1);
      const thingId = things[0]?.thingId;
      assert.match(thingId ?? '', /^[0-9a-f-]{36}$/);
      assert.deepEqual(things, [
        { thingId, thingName: 'Alpha-2', thingGroupNames: ['North', 'South'], attributes: { site: 'Bonn', floor: '12' }, connectivity: { connected: false, timestamp: 0 } },
      ]);
    });

    it('pages, each thing once, also over several fields', async () => {
      for (const query of ['*', 'thingGroupNames:*', 'a* OR b*', 'be* OR thingName:*']) {
        const seen: string[] = [];
        let nextToken: string | undefined;
        do {
          const page = await search(query, { maxResults: 1, nextToken });
          seen.push(...(page.things ?? []).map(({ thingName }) => thingName ?? ''));
          nextToken = page.nextToken;
        } while (nextToken !== undefined);
        assert.deepEqual(seen.sort(), await names(query), query);
      }
      const { nextToken } = await search('*', { maxResults: 1 });
      await refuses(search('thingName:*', { nextToken }), 'InvalidRequestException', 400, 'different parameters');
      await refuses(search('*', { nextToken: 'bogus' }), 'InvalidRequestException', 400, 'Invalid nextToken');
    });

    it('follows what becomes of things', async () => {
      const { iot } = fixture;
      await iot.send(new CreateThingCommand({ thingName: 'Epsilon', attributePayload: { attributes: { site: 'Rome' } } }));
      assert.deepEqual(await names('rome'), ['Epsilon']);
      await iot.send(new UpdateThingCommand({ thingName: 'Epsilon', attributePayload: { attributes: { site: 'Oslo' } } }));
      assert.deepEqual([await names('rome'), await names('oslo')], [[], ['Epsilon']]);
      await iot.send(new AddThingToThingGroupCommand({ thingName: 'Epsilon', thingGroupName: 'South' }));
      assert.deepEqual(await names('thingGroupNames:south'), ['Alpha-2', 'Epsilon']);
      await iot.send(new RemoveThingFromThingGroupCommand({ thingName: 'Epsilon', thingGroupName: 'South' }));
      assert.deepEqual(await names('thingGroupNames:south'), ['Alpha-2']);
      await iot.send(new DeleteThingCommand({ thingName: 'Epsilon' }));
      assert.deepEqual([await names('oslo'), await names('epsilon')], [[], []]);
    });

    it('knows who is connected', async () => {
      await connect('Gamma', true);
      await connect('Nobody', true);
      assert.deepEqual(await names('connectivity.connected:true'), ['Gamma']);
      assert.equal((await names('NOT connectivity.connected:true')).length, all.length - 1);
      await connect('Gamma', false);
      assert.deepEqual(await names('connectivity.connected:true'), []);
      assert.deepEqual(await names('connectivity.disconnectReason:connection_lost'), ['Gamma']);
      await connect('Gamma', true);
      await disconnectAll(fixture.started.sandbox.kernel);
      assert.deepEqual(await names('connectivity.connected:true'), []);
    });
  });

  it('refuses queries on connectivity that is not indexed, and notes none', async () => {
    await index({ thingIndexingMode: 'REGISTRY' });
    await refuses(search('connectivity.connected:true'), 'InvalidRequestException', 400, 'Connectivity indexing is not enabled');
    await connect('Gamma', true);
    await index(registry);
    assert.deepEqual(await names('connectivity.connected:true'), []);
  });

  it('is not ready while it is built', async () => {
    let now = new Date();
    const started = await startSandbox({ services: [createIotService], resourceDelay: 60_000, now: () => now });
    const { iot } = fixture;
    const client = new (iot.constructor as new (options: object) => typeof iot)({ ...started.client, maxAttempts: 1 });
    try {
      await client.send(new UpdateIndexingConfigurationCommand({ thingIndexingConfiguration: registry }));
      assert.equal((await client.send(new DescribeIndexCommand({ indexName: 'AWS_Things' }))).indexStatus, 'BUILDING');
      await refuses(client.send(new SearchIndexCommand({ queryString: '*' })), 'IndexNotReadyException', 400);
      now = new Date(now.getTime() + 60_000);
      assert.deepEqual((await client.send(new SearchIndexCommand({ queryString: '*' }))).things, []);
    } finally {
      client.destroy();
      await started.close();
    }
  });
});
