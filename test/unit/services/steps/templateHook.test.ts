import assert from 'node:assert/strict';
import type { FleetError } from '../../../../src/core/errors';
import { stepIds, type StepState } from '../../../../src/core/provisioning/steps';
import { FleetWorld } from '../../../fakes/fleetWorld';

describe('the provisioning template and the hook of the settings', () => {
  const hookOf = async (world: FleetWorld): Promise<string | undefined> => (await world.iot.describeProvisioningTemplate(world.settings.names.templateName))?.preProvisioningHook?.targetArn;
  const hookArn = (world: FleetWorld, name: string): string => `arn:aws:lambda:${world.connection.target.region}:${world.connection.target.account}:function:${name}`;
  const state = async (world: FleetWorld): Promise<StepState | undefined> => {
    await world.steps.refresh(world.connection, world.files);
    return world.steps.states.get('provisioningTemplate');
  };
  const deployed = async (hook = ''): Promise<FleetWorld> => {
    const world = new FleetWorld();
    if (hook !== '') world.settings.hook = hookArn(world, hook);
    for (const step of stepIds.slice(0, 4)) await world.steps.run(step, world.run);
    return world;
  };

  it('a new template gets it, and the question says so', async () => {
    const world = await deployed('Gate');
    assert.equal(await hookOf(world), hookArn(world, 'Gate'));
    assert.ok(world.ui.asked.some(({ title, detail }) => title.startsWith('Create the provisioning template') && detail.includes(hookArn(world, 'Gate'))));
    const now = await state(world);
    assert.equal(now?.status, 'done', now?.summary);
    assert.ok(now.detail?.includes(`${hookArn(world, 'Gate')}, payload 2020-04-01`), now.detail);
  });

  it('without one a template has none, and one that it has is left as it is', async () => {
    const world = await deployed();
    assert.equal(await hookOf(world), undefined);
    await world.iot.updateProvisioningTemplate({ name: world.settings.names.templateName, hookArn: hookArn(world, 'Other') });
    assert.equal((await state(world))?.status, 'done');
    await world.steps.run('provisioningTemplate', world.run);
    assert.equal(await hookOf(world), hookArn(world, 'Other'));
  });

  it('another one makes the step differ; running it sets the hook and makes no version', async () => {
    const world = await deployed('Gate');
    world.settings.hook = hookArn(world, 'Next:PROD');
    assert.equal((await state(world))?.status, 'differs');
    await world.steps.run('provisioningTemplate', world.run);
    assert.equal(await hookOf(world), hookArn(world, 'Next:PROD'));
    assert.equal((await state(world))?.status, 'done');
    assert.equal(world.iot.templates.get(world.settings.names.templateName)?.versions.size, 1);
  });

  it('refuses what is no function, or one of another account, before anything changes', async () => {
    for (const hook of ['Gate', 'arn:aws:lambda:eu-west-1:111122223334:layer:x', 'arn:aws:s3:::bucket', 'arn:aws:lambda:eu-west-1:999999999999:function:Gate']) {
      const world = await deployed();
      world.settings.hook = hook;
      await assert.rejects(world.steps.run('provisioningTemplate', world.run), (error: FleetError) => error.code === 'invalidName', hook);
      assert.equal(await hookOf(world), undefined);
    }
  });
});
