import assert from 'node:assert/strict';
import { FleetError, isCancelled } from '../../../../src/core/errors';
import { FleetSearch, type Findings } from '../../../../src/services/search/fleetSearch';
import { FleetWorld } from '../../../fakes/fleetWorld';

const signal = new AbortController().signal;

describe('FleetSearch', () => {
  let world: FleetWorld;
  let search: FleetSearch;
  beforeEach(() => {
    world = new FleetWorld();
    search = new FleetSearch(world.connection);
  });
  afterEach(() => search.dispose());

  const last = async (text: string): Promise<Findings> => {
    let findings: Findings | undefined;
    await search.search(text, (found) => (findings = found), signal);
    assert.ok(findings);
    return findings;
  };
  const shown = ({ hits }: Findings): readonly string[] => hits.map(({ kind, name }) => `${kind} ${name}`);
  const policies = async (count: number): Promise<void> => {
    for (let number = 0; number < count; number += 1) await world.iot.createPolicy({ name: `Policy-${String(number).padStart(4, '0')}`, document: '{}' });
  };
  const calls = (name: string): number => world.faults.calls.filter((call) => call === `iot.${name}`).length;

  it('off: whole names of all kinds, parts of names of policies, and no list of things', async () => {
    world.iot.things.add('Pump');
    world.greengrass.report('Pump', 'HEALTHY', world.clock.now());
    await policies(3);
    await world.iot.createPolicy({ name: 'MyPumpPolicy', document: '{}' });
    const found = await last('Pump');
    assert.deepEqual([...shown(found)].sort(), ['coreDevice Pump', 'policy MyPumpPolicy', 'thing Pump']);
    assert.deepEqual([found.needsIndexing, found.idle, found.problems], [true, false, []]);
    assert.deepEqual([calls('listThings'), calls('searchThings')], [0, 0]);
  });

  it('asks for the indexing configuration once, and reads names of policies once', async () => {
    await policies(600);
    for (const text of ['pol', 'poli', 'policy-05']) await last(text);
    assert.deepEqual([calls('getIndexing'), calls('listPolicies')], [1, 1]);
    assert.equal((await last('policy-059')).hits.length, 10);
  });

  it('looks through the first two thousand policies, says so, and finds another by its whole name', async () => {
    await policies(2_300);
    const found = await last('policy-22');
    assert.deepEqual([found.hits, [...found.partly]], [[], [['policy', 2_000]]]);
    assert.deepEqual(shown(await last('Policy-2299')), ['policy Policy-2299']);
  });

  it('on: asks the index; failing that, for what holds the text; the whole name stands first', async () => {
    world.iot.indexing = { things: 'REGISTRY', connectivity: true };
    world.iot.indexed.push(...['Pump-10', 'Pump-1'].map((name) => ({ name, groups: ['Pumps'], attributes: { site: 'Berlin' }, connected: true })));
    const queries: string[] = [];
    world.iot.indexMatches = (_, query) => {
      queries.push(query);
      return query.startsWith('thingName:pump');
    };
    world.iot.things.add('pump-1');
    assert.deepEqual(shown(await last('pump-1')), ['thing pump-1', 'thing Pump-1', 'thing Pump-10']);
    const nothing = await last('ump');
    assert.deepEqual([nothing.hits, nothing.needsIndexing], [[], false]);
    assert.deepEqual([...new Set(queries)], ['thingName:pump-1*', 'thingName:ump*', 'thingName:*ump*']);
  });

  it('shows a hundred things, as many as one call gives, and that there are more', async () => {
    for (let number = 0; number < 110; number += 1) world.iot.indexed.push({ name: `Pump-${String(number)}`, groups: [], attributes: { site: 'Berlin' } });
    const found = await last('attr:site=Ber*');
    assert.deepEqual([found.hits.length, found.more], [100, true]);
    assert.deepEqual((await last('attr:site=Bonn')).hits, []);
  });

  it('finds a certificate by its id and by how that begins, and a core device by a part of its name', async () => {
    world.greengrass.report('Factory-Core-7', 'UNHEALTHY', world.clock.now());
    const { id } = await world.iot.createCertificateFromCsr({ csrPem: 'CSR x', setAsActive: true });
    for (const text of [id, id.slice(0, 12).toUpperCase()]) {
      const found = await last(text);
      assert.deepEqual(found.hits.map((hit) => (hit.kind === 'certificate' ? `${hit.name} ${hit.status}` : '')), [`${id} ACTIVE`], text);
    }
    assert.deepEqual((await last(id.slice(4, 16))).hits, []);
    assert.deepEqual(shown(await last('core-')), ['coreDevice Factory-Core-7']);
  });

  it('lists anew what could not be listed', async () => {
    await policies(3);
    const listPolicies = world.iot.listPolicies.bind(world.iot);
    world.iot.listPolicies = async function* () {
      yield { name: 'Policy-half', arn: 'half' };
      throw new FleetError('throttled', { category: 'throttling', code: 'Throttling' });
    };
    assert.deepEqual((await last('policy')).problems, ['throttled']);
    world.iot.listPolicies = listPolicies;
    const again = await last('policy');
    assert.deepEqual([again.problems, again.hits.length], [[], 3]);
  });

  it('tells what it may not ask, and still finds what it may', async () => {
    world.iot.things.add('Pump');
    const refused = (action: string) => async (): Promise<never> => {
      throw new FleetError(`no ${action}`, { category: 'permissions', code: 'AccessDenied' });
    };
    world.iot.getIndexing = refused('indexing');
    world.iot.getPolicy = refused('policy');
    const found = await last('Pump');
    assert.deepEqual([shown(found), [...found.problems].sort()], [['thing Pump'], ['no indexing', 'no policy']]);
    world.iot.indexing = { things: 'REGISTRY', connectivity: false };
    world.iot.getIndexing = async () => world.iot.indexing;
    world.iot.searchThings = async () => {
      throw new FleetError('IndexNotReady', { category: 'conflict', code: 'IndexNotReadyException' });
    };
    const building = await last('Pump');
    assert.deepEqual(shown(building), ['thing Pump']);
    assert.match(building.problems.join(), /still building the fleet index/);
  });

  it('tells as it goes, and nothing once it is superseded', async () => {
    await policies(300);
    const abort = new AbortController();
    const told: number[] = [];
    const done = search.search('policy', ({ hits }) => {
      told.push(hits.length);
      abort.abort();
    }, abort.signal);
    await assert.rejects(done, isCancelled);
    assert.equal(told.length, 1);
    assert.equal((await last('policy')).hits.length, 300, 'the next search goes on');
  });

  it('asks nothing for nothing', async () => {
    for (const text of ['', 'thingName:']) {
      const found = await last(text);
      assert.deepEqual([found.hits, found.idle], [[], true]);
    }
    assert.deepEqual(world.faults.calls, ['iot.getIndexing']);
  });

  it('values of a query are completed: groups and types by a call each, once; attributes as hits had them, without a call', async () => {
    for (const name of ['Pumps', 'Pumps-Old', 'Valves']) world.iot.groups.set(name, { name, arn: `arn:${name}` });
    world.iot.thingTypes.set('Pump', { name: 'Pump', arn: 'arn:Pump', deprecated: false });
    world.iot.indexed.push({ name: 'A', groups: [], attributes: { site: 'Berlin' }, typeName: 'Pump' });
    assert.deepEqual((await last('thingGroupNames:Pu')).values, ['Pumps', 'Pumps-Old']);
    await last('thingGroupNames:Pu');
    for (const text of ['thingTypeName:', 'thingTypeName:P']) assert.deepEqual((await last(text)).values, ['Pump']);
    assert.deepEqual([calls('listThingGroupNames'), calls('listThingTypeNames')], [1, 1]);
    assert.deepEqual(shown(await last('thingTypeName:Pump')), ['thing A'], 'off: ListThings filters by type');
    world.faults.calls.length = 0;
    assert.deepEqual([...(await last('attributes.site:')).attributes], [['site', new Set(['Berlin'])]]);
    assert.deepEqual(world.faults.calls, []);
  });

  it('values that cannot be asked for are told as text, and asked again', async () => {
    await last('');
    world.faults.clear();
    world.faults.plan(0, 'refused');
    assert.deepEqual((await last('thingGroupNames:')).problems, ['iot.listThingGroupNames refused']);
    world.iot.groups.set('Pumps', { name: 'Pumps', arn: 'arn:Pumps' });
    assert.deepEqual((await last('thingGroupNames:')).values, ['Pumps']);
    const half = await last('thingGroupNames:Pu');
    assert.deepEqual([half.hits, half.problems], [[], []], 'a half typed name is nothing wrong');
  });

  it('the ARN of another account or region finds nothing here, even where a thing is called so; nor does the ARN of something else', async () => {
    world.iot.things.add('Pump');
    assert.deepEqual(shown(await last('arn:aws:iot:eu-west-1:111122223334:thing/Pump')), ['thing Pump']);
    for (const place of ['eu-west-1:999988887777', 'us-east-1:111122223334']) {
      const found = await last(`arn:aws:iot:${place}:thing/Pump`);
      assert.deepEqual(found.hits, []);
      assert.match(found.problems.join(), new RegExp(`ARN is of account ${place.split(':')[1]}, ${place.split(':')[0]}; you are connected to 111122223334, eu-west-1`));
    }
    world.faults.calls.length = 0;
    assert.match((await last('arn:aws:iot:eu-west-1:111122223334:rolealias/A')).problems.join(), /ARN of something else/);
    assert.deepEqual(world.faults.calls, []);
  });
});
