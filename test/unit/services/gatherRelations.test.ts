import assert from 'node:assert/strict';
import { CancelledError } from '../../../src/core/errors';
import { relationsOf } from '../../../src/core/relations/relations';
import { gatherRelations } from '../../../src/services/preflight/gatherRelations';
import { FleetWorld } from '../../fakes/fleetWorld';

describe('gathering the relations of a fleet', () => {
  it('tells which permission is missing, and judges the rest', async () => {
    const world = new FleetWorld();
    await world.steps.provisionEverything(world.run);
    world.roles.denied = true;
    const { edges } = relationsOf(await gatherRelations(world.connection, world.settings.names, world.run.signal));
    const trust = edges.find(({ code }) => code === 'aliasRoleTrust');
    assert.equal(trust?.status, 'unknown');
    assert.match(trust.reason, /iam:GetRole/);
    assert.equal(edges.find(({ code }) => code === 'templateEnabled')?.status, 'ok');
  });

  it('finds everything missing in an empty account, without an error', async () => {
    const world = new FleetWorld();
    const { edges } = relationsOf(await gatherRelations(world.connection, world.settings.names, world.run.signal));
    assert.ok(edges.length >= 5);
    assert.deepEqual(edges.filter(({ status }) => status !== 'broken'), []);
  });

  it('stops when it is cancelled', async () => {
    const world = new FleetWorld();
    const { iot } = world.connection;
    const cancelled = new Proxy(iot, { get: (from, name): unknown => (name === 'getPolicy' ? async () => Promise.reject(new CancelledError()) : Reflect.get(from, name)) });
    await assert.rejects(gatherRelations({ ...world.connection, iot: cancelled }, world.settings.names, world.run.signal), CancelledError);
  });
});
