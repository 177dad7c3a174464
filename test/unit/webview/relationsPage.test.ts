import assert from 'node:assert/strict';
import { relationsOf } from '../../../src/core/relations/relations';
import { relationsState } from '../../../src/core/relations/view';
import { gatherRelations } from '../../../src/services/preflight/gatherRelations';
import { parseFromRelations } from '../../../src/webview/relationsProtocol';
import { FleetWorld } from '../../fakes/fleetWorld';

describe('the page of relations', () => {
  it('takes only messages of the protocol', () => {
    for (const message of [{ type: 'ready' }, { type: 'refresh' }, { type: 'open', node: 0 }, { type: 'fix', edge: 3 }]) assert.deepEqual(parseFromRelations({ ...message, extra: 1 }), message);
    for (const bad of [undefined, null, 'ready', {}, { type: 'open' }, { type: 'open', node: -1 }, { type: 'fix', edge: 0.5 }, { type: 'fix', edge: '0' }, { type: 'run', command: 'x' }]) assert.equal(parseFromRelations(bad), undefined, JSON.stringify(bad));
  });

  it('tells every relation in words, a fix for what is broken only, and begins with what was asked', async () => {
    const world = new FleetWorld();
    const look = async (name?: string) => {
      const facts = await gatherRelations(world.connection, world.settings.names, world.run.signal);
      return relationsState(relationsOf(facts), { target: facts.target, names: facts.names, fleet: facts }, name === undefined ? undefined : `template:${name}`);
    };
    const empty = await look();
    assert.ok(empty.edges.every(({ status, fix, reason, title }) => status === 'broken' && fix !== undefined && reason !== '' && title !== ''));
    assert.ok(empty.nodes.every(({ opens }) => !opens));
    await world.steps.provisionEverything(world.run);
    const { templateName, claimPolicyName, iotPolicyName } = world.settings.names;
    const full = await look(templateName);
    assert.equal(full.focus, `template:${templateName}`);
    assert.ok(full.edges.filter(({ status }) => status === 'ok').every(({ fix }) => fix === undefined));
    const layer = (name: string): number | undefined => full.nodes.find((node) => node.name === name)?.layer;
    assert.deepEqual([layer(claimPolicyName), layer(templateName), layer(iotPolicyName)], [1, 2, 3]);
    assert.ok(full.nodes.find(({ name }) => name === templateName)?.opens);
    const ids = new Set(full.nodes.map(({ id }) => id));
    assert.ok(full.edges.every(({ from, to }) => ids.has(from) && ids.has(to)));
    assert.equal((await look('nothing')).focus, undefined);
  });
});
