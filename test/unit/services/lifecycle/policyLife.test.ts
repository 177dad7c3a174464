import assert from 'node:assert/strict';
import type { FleetError } from '../../../../src/core/errors';
import { deletePolicyVersions, makeDefaultPolicyVersion, policyVersions, prunable } from '../../../../src/services/lifecycle/policyLife';
import { FleetWorld } from '../../../fakes/fleetWorld';

describe('the versions of an IoT policy', () => {
  const ids = async (world: FleetWorld): Promise<readonly string[]> => (await policyVersions(world.run, 'P')).map(({ versionId, isDefault }) => (isDefault ? `${versionId}*` : versionId));
  const withVersions = async (count: number): Promise<FleetWorld> => {
    const world = new FleetWorld();
    await world.iot.createPolicy({ name: 'P', document: '1' });
    for (let version = 2; version <= count; version += 1) {
      // AWS keeps five; ids go on.
      if (version > 5) await world.iot.deletePolicyVersion('P', String(version - 4));
      await world.iot.createPolicyVersion({ name: 'P', document: String(version), setAsDefault: false });
    }
    return world;
  };

  it('are sorted by number', async () => {
    assert.deepEqual(await ids(await withVersions(10)), ['10', '9', '8', '7', '1*']);
  });

  const cases: readonly (readonly [count: number, makeDefault: string, spare: readonly string[]])[] = [
    [1, '1', []],
    [2, '1', []],
    [2, '2', ['1']],
    [5, '1', ['4', '3', '2']],
    [5, '5', ['4', '3', '2', '1']],
    [5, '3', ['4', '2', '1']],
  ];
  for (const [count, makeDefault, spare] of cases) {
    it(`of ${count} with the default ${makeDefault}, ${spare.join(', ') || 'none'} can be pruned`, async () => {
      const world = await withVersions(count);
      await world.iot.setDefaultPolicyVersion('P', makeDefault);
      assert.deepEqual(prunable(await policyVersions(world.run, 'P')), spare);
    });
  }

  it('are changed after a question that names the account, and only then', async () => {
    const world = await withVersions(3);
    await makeDefaultPolicyVersion(world.run, 'P', '2');
    await deletePolicyVersions(world.run, 'P', ['1', '3']);
    assert.deepEqual(await ids(world), ['2*']);
    assert.deepEqual(world.ui.asked.map(({ kind, title, account }) => [kind, title, account]), [
      ['confirm', 'Make version 2 of P the default?', '111122223334'],
      ['confirm', 'Delete 2 versions of P?', '111122223334'],
    ]);
    world.ui.refuse = /./;
    const another = await withVersions(2);
    another.ui.refuse = /./;
    await assert.rejects(makeDefaultPolicyVersion(another.run, 'P', '2'));
    await assert.rejects(deletePolicyVersions(another.run, 'P', ['2']));
    assert.deepEqual(await ids(another), ['2', '1*']);
  });

  it('nothing to delete is said, not asked', async () => {
    const world = await withVersions(1);
    await deletePolicyVersions(world.run, 'P', []);
    assert.deepEqual(world.ui.asked, []);
    assert.equal(world.ui.told.length, 1);
  });

  it('no such policy: an error with the step that makes it', async () => {
    await assert.rejects(policyVersions(new FleetWorld().run, 'P'), (error: FleetError) => error.code === 'noPolicy' && error.remedies[0]?.kind === 'runStep');
  });
});
