import assert from 'node:assert/strict';
import { CancelledError, FleetError, isCancelled } from '../../../../src/core/errors';
import type { Connection } from '../../../../src/core/ports/connection';
import { RegionsSearch, type RegionFindings } from '../../../../src/services/search/regionsSearch';
import { FleetWorld } from '../../../fakes/fleetWorld';

const home = 'eu-west-1';
const sydney = 'ap-southeast-2';
const ohio = 'us-east-2';

describe('RegionsSearch', () => {
  let worlds: Record<string, FleetWorld>;
  let opened: string[];
  /** What opening a connection to a region waits for, or fails with. */
  let opening: Map<string, () => Promise<void>>;
  let pinned: string[];
  let search: RegionsSearch;

  const connectionIn = (region: string): Connection => {
    const { connection } = worlds[region]!;
    return { ...connection, target: { ...connection.target, region } };
  };
  beforeEach(async () => {
    worlds = { [home]: new FleetWorld(), [sydney]: new FleetWorld(), [ohio]: new FleetWorld() };
    for (const world of Object.values(worlds)) await world.iot.createPolicy({ name: 'PumpPolicy', document: '{}' });
    opened = [];
    opening = new Map();
    pinned = [sydney, ohio];
    const regions = {
      get pinned() {
        return pinned;
      },
      async connection(region: string): Promise<Connection> {
        opened.push(region);
        await opening.get(region)?.();
        return connectionIn(region);
      },
    };
    search = new RegionsSearch(connectionIn(home), regions);
  });
  afterEach(() => search.dispose());

  const find = async (text: string, signal = new AbortController().signal): Promise<readonly (readonly RegionFindings[])[]> => {
    const told: (readonly RegionFindings[])[] = [];
    await search.search(text, (regions) => told.push(regions), signal);
    return told;
  };
  const rows = (regions: readonly RegionFindings[] | undefined): readonly string[] => (regions ?? []).map(({ region, findings, problem }) => [region, ...(findings?.hits.map(({ name }) => name) ?? []), ...(problem === undefined ? [] : [problem])].join(' '));
  const calls = (region: string, name: string): number => worlds[region]!.faults.calls.filter((call) => call === `iot.${name}`).length;

  it('finds in the connected region first, then in those that are pinned, each by its own connection', async () => {
    assert.deepEqual(rows((await find('pump')).at(-1)), [`${home} PumpPolicy`, `${sydney} PumpPolicy`, `${ohio} PumpPolicy`]);
    await find('pumpp');
    for (const region of [home, sydney, ohio]) assert.deepEqual([calls(region, 'getIndexing'), calls(region, 'listPolicies')], [1, 1], region);
  });

  it('the connected region does not wait for the others', async () => {
    let open = (): void => undefined;
    opening.set(sydney, async () => new Promise((resolve) => (open = resolve)));
    const told: (readonly RegionFindings[])[] = [];
    const searching = search.search('pump', (regions) => told.push(regions), new AbortController().signal);
    for (let turn = 0; turn < 50 && rows(told.at(-1)).join() !== `${home} PumpPolicy,${sydney},${ohio} PumpPolicy`; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual(rows(told.at(-1)), [`${home} PumpPolicy`, sydney, `${ohio} PumpPolicy`]);
    open();
    await searching;
    assert.deepEqual(rows(told.at(-1)), [`${home} PumpPolicy`, `${sydney} PumpPolicy`, `${ohio} PumpPolicy`]);
  });

  it('a region that cannot be asked is told with its reason, hides nothing of the others, and is tried again', async () => {
    opening.set(sydney, async () => Promise.reject(new FleetError('Sydney is not enabled.', { category: 'region', code: 'notEnabled' })));
    opening.set(ohio, async () => Promise.reject(new CancelledError()));
    assert.deepEqual(rows((await find('pump')).at(-1)), [`${home} PumpPolicy`, `${sydney} Sydney is not enabled.`, `${ohio} The region is not connected to.`]);
    opening.clear();
    assert.deepEqual(rows((await find('pump')).at(-1)), [`${home} PumpPolicy`, `${sydney} PumpPolicy`, `${ohio} PumpPolicy`]);
  });

  it('no region is connected to before something is typed, nor one of another partition', async () => {
    pinned = [sydney, 'cn-north-1', home];
    await find('  ');
    assert.deepEqual(opened, []);
    assert.deepEqual(rows((await find('pump')).at(-1)), [`${home} PumpPolicy`, `${sydney} PumpPolicy`]);
    assert.deepEqual(opened, [sydney]);
  });

  it('an ARN is looked for where it says it is; one of a region that is not pinned is told of', async () => {
    const arn = (region: string): string => `arn:aws:iot:${region}:${connectionIn(home).target.account}:policy/PumpPolicy`;
    assert.deepEqual(rows((await find(arn(sydney))).at(-1)), [`${sydney} PumpPolicy`]);
    assert.deepEqual(rows((await find(arn(home))).at(-1)), [`${home} PumpPolicy`]);
    const [elsewhere, ...more] = (await find(arn('eu-north-1'))).at(-1) ?? [];
    assert.match(elsewhere?.findings?.problems.join() ?? '', /ARN is of account .*eu-north-1/);
    assert.deepEqual([more, opened], [[], [sydney]]);
  });

  it('typing on ends it in all regions', async () => {
    const abort = new AbortController();
    opening.set(sydney, async () => abort.abort());
    await assert.rejects(find('pump', abort.signal), isCancelled);
  });

  it('a region that answers when the list has been closed is not searched', async () => {
    opening.set(ohio, async () => search.dispose());
    await find('pump').catch(() => undefined);
    assert.equal(calls(ohio, 'getIndexing'), 0);
  });
});
