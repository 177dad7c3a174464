import assert from 'node:assert/strict';
import { CancelledError } from '../../../src/core/errors';
import { relationsOf } from '../../../src/core/relations/relations';
import { iotArn } from '../../../src/core/util/arn';
import { gatherRelations } from '../../../src/services/preflight/gatherRelations';
import { operatorFacts } from '../../../src/services/preflight/operatorPermissions';
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

  it('looks at twenty claim certificates, and says when there are more', async () => {
    const world = new FleetWorld();
    await world.steps.provisionEverything(world.run);
    for (const [count, more] of [[20, false], [21, true]] as const) {
      const many = async function* (): AsyncIterable<string> {
        for (let index = 0; index < count; index += 1) yield iotArn(world.connection.target, `cert/${String(index).padStart(64, '0')}`);
      };
      const iot = new Proxy(world.connection.iot, { get: (from, name): unknown => (name === 'listTargetsForPolicy' ? many : Reflect.get(from, name)) });
      const facts = await gatherRelations({ ...world.connection, iot }, world.settings.names, world.run.signal);
      assert.deepEqual([facts.claims.kind === 'found' && facts.claims.value.length, facts.moreClaims], [20, more]);
      assert.equal(relationsOf(facts).edges.some(({ reason }) => /Only 20 claim certificates/.test(reason)), more);
    }
  });

  it('a simulation that is denied leaves the permissions unknown, with the reason', async () => {
    const world = new FleetWorld();
    world.roles.denied = true;
    const facts = await gatherRelations(world.connection, world.settings.names, world.run.signal);
    const connection = { ...world.connection, target: { ...world.connection.target, callerArn: 'arn:aws:iam::111122223334:user/me' } };
    const { edges } = relationsOf({ ...facts, operator: await operatorFacts(connection, facts, world.run.signal) });
    const [edge, ...others] = edges.filter(({ code }) => code === 'operatorPermissions');
    assert.deepEqual([edge?.status, others.length], ['unknown', 0]);
    assert.match(edge?.reason ?? '', /iam:SimulatePrincipalPolicy/);
  });

  it('stops when it is cancelled', async () => {
    const world = new FleetWorld();
    const { iot } = world.connection;
    const cancelled = new Proxy(iot, { get: (from, name): unknown => (name === 'getPolicy' ? async () => Promise.reject(new CancelledError()) : Reflect.get(from, name)) });
    await assert.rejects(gatherRelations({ ...world.connection, iot: cancelled }, world.settings.names, world.run.signal), CancelledError);
  });
});
