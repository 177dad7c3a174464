import assert from 'node:assert/strict';
import { FleetError, isCancelled } from '../../../../src/core/errors';
import type { TeardownPlan } from '../../../../src/core/teardown/actions';
import type { TeardownScope } from '../../../../src/core/teardown/facts';
import { planTeardown } from '../../../../src/core/teardown/plan';
import { gatherTeardown } from '../../../../src/services/teardown/gatherTeardown';
import { checkAgreement, runTeardown } from '../../../../src/services/teardown/runTeardown';
import { faultModes, type FaultMode } from '../../../fakes/faults';
import { FleetWorld, target } from '../../../fakes/fleetWorld';
import { MemoryLedger } from '../../../fakes/memoryLedger';

const everything: TeardownScope = { kind: 'everything' };

/** A provisioned fleet in memory, with a test device of ours and, where wanted, a device in the field. */
class TeardownWorld extends FleetWorld {
  readonly ledger = new MemoryLedger();

  static async make(fieldDevices: number): Promise<TeardownWorld> {
    const world = new TeardownWorld();
    await world.steps.provisionEverything(world.run);
    const test = await world.device('test-1', true);
    await world.ledger.put({ account: target.account, region: target.region, certificateId: test, thingName: 'test-1', createdAt: '2026-11-24T10:00:00Z', kept: true });
    for (let number = 1; number <= fieldDevices; number += 1) await world.device(`core-${number}`, false);
    const { alias, devicePolicy } = world.real();
    assert.ok(world.iot.aliases.has(alias) && world.iot.policies.has(devicePolicy));
    world.progress.length = 0;
    world.faults.clear();
    return world;
  }

  /** Names as they are in the account: the stack's outputs know the alias. */
  real(): { readonly alias: string; readonly devicePolicy: string } {
    return { alias: [...this.iot.aliases.keys()][0] ?? '', devicePolicy: 'DevicePolicy' };
  }

  async device(thing: string, inGroup: boolean): Promise<string> {
    const { id, arn } = await this.iot.createCertificateFromCsr({ csrPem: `CSR PUBLIC 9${thing.length}${this.iot.certificates.size}`, setAsActive: true });
    this.iot.things.add(thing);
    this.iot.principals.set(thing, new Set([arn]));
    await this.iot.attachPolicy({ policyName: 'DevicePolicy', target: arn });
    const group = this.iot.groups.get('Cores');
    if (inGroup && group !== undefined) this.iot.memberships.set(thing, [group]);
    return id;
  }

  get work() {
    const { connection, files, signal, progress } = this.run;
    return { connection, files, ledger: this.ledger, names: this.steps.names(), clock: this.clock, progress, signal };
  }

  async plan(scope: TeardownScope = everything): Promise<TeardownPlan> {
    return planTeardown(await gatherTeardown(this.work, scope));
  }

  async tearDown(agreed: TeardownPlan): Promise<readonly string[]> {
    const plan = await this.plan(everything);
    checkAgreement(plan, { actions: agreed.actions.map(({ id }) => id), fieldDevices: agreed.fieldDevices });
    return runTeardown(this.work, plan);
  }

  left(): unknown {
    const { iot, stacks } = this;
    return {
      certificates: [...iot.certificates.values()].map(({ id, status }) => `${id.slice(0, 4)} ${status}`),
      things: [...iot.things],
      policies: [...iot.policies.keys()],
      attached: [...iot.attached].filter(([, policies]) => policies.size > 0).length,
      templates: iot.templates.size,
      aliases: iot.aliases.size,
      groups: iot.groups.size,
      stacks: [...stacks.held.values()].map(({ stack }) => stack.status),
    };
  }
}

const nothing = { certificates: [], things: [], policies: [], attached: 0, templates: 0, aliases: 0, groups: 0, stacks: ['DELETE_COMPLETE'] };

describe('a teardown', function () {

  it('takes everything down, and then there is nothing to plan', async () => {
    const world = await TeardownWorld.make(0);
    const plan = await world.plan();
    assert.deepEqual([plan.actions.map(({ kind }) => kind), plan.fieldDevices], [['testDevice', 'claimCertificate', 'iotPolicy', 'iotPolicy', 'provisioningTemplate', 'roleAlias', 'thingGroup', 'stack'], 0]);
    assert.deepEqual(await world.tearDown(plan), []);
    assert.deepEqual(world.left(), nothing);
    assert.deepEqual(await world.ledger.entries(), []);
    const again = await world.plan();
    assert.deepEqual([again.actions, again.stays, again.unknown], [[], [], []]);
    assert.ok(world.progress.some((message) => /Fleet: DELETE_/.test(message)), world.progress.join('\n'));
  });

  it('leaves certificates and things of devices in the field alone', async () => {
    const world = await TeardownWorld.make(2);
    const plan = await world.plan();
    assert.equal(plan.fieldDevices, 2);
    world.faults.calls.length = 0;
    await world.tearDown(plan);
    const certificates = [...world.iot.certificates.values()];
    assert.deepEqual([certificates.map(({ status }) => status), [...world.iot.things]], [['ACTIVE', 'ACTIVE'], ['core-1', 'core-2']]);
    assert.deepEqual([...world.iot.principals.values()].filter((principals) => principals.size > 0).length, 2);
  });

  it('waits up to five minutes for a policy that was just detached, and tells so', async () => {
    const world = await TeardownWorld.make(0);
    world.iot.undeletableUntil.set('DevicePolicy', world.clock.now().getTime() + 290_000);
    await world.tearDown(await world.plan());
    assert.deepEqual(world.left(), nothing);
    assert.ok(world.progress.some((message) => /five minutes after it was detached/.test(message)));
  });

  it('gives up on a policy after that, says what is gone, and goes on from there later', async () => {
    const world = await TeardownWorld.make(0);
    const agreed = await world.plan();
    world.iot.undeletableUntil.set('DevicePolicy', world.clock.now().getTime() + 3_600_000);
    await assert.rejects(world.tearDown(agreed), (error: FleetError) => {
      assert.match(error.message, /^Resources that are gone: 3 of 8\. The IoT policy DevicePolicy could not be removed/);
      assert.deepEqual([error.code, error.retryable], ['DeleteConflictException', true]);
      assert.match(error.advice ?? '', /go on from here/);
      return true;
    });
    assert.equal(world.iot.aliases.size, 1);
    world.clock.advance(3_600_000);
    await world.tearDown(agreed);
    assert.deepEqual(world.left(), nothing);
  });

  it('does not start when a device came to the field after the number was typed', async () => {
    const world = await TeardownWorld.make(1);
    const agreed = await world.plan();
    await world.device('core-2', false);
    const before = world.left();
    await assert.rejects(world.tearDown(agreed), /lose something now: 2, not 1/);
    assert.deepEqual(world.left(), before);
  });

  it('does not start when the plan did not show what is there now', async () => {
    const world = await TeardownWorld.make(0);
    const agreed = await world.plan();
    const other = await world.iot.createCertificateFromCsr({ csrPem: 'CSR PUBLIC 77', setAsActive: true });
    await world.iot.attachPolicy({ policyName: 'ClaimPolicy', target: other.arn });
    await assert.rejects(world.tearDown(agreed), new RegExp(`The claim certificate ${other.id.slice(0, 12)}… is there now`));
  });

  it('a device count that cannot be completed blocks', async () => {
    const world = await TeardownWorld.make(1);
    const agreed = await world.plan();
    const at = world.faults.calls.findIndex((name) => name === 'iot.listTargetsForPolicy');
    world.faults.clear();
    world.faults.plan(at, 'lostAnswer');
    await assert.rejects(world.tearDown(agreed), /could not be counted completely/);
  });

  it('counts devices that have the policy by a group, or by one above theirs', async () => {
    const world = await TeardownWorld.make(0);
    const above = await world.iot.createThingGroup({ name: 'Above' });
    const below = await world.iot.createThingGroup({ name: 'Below' });
    world.iot.parentOfGroup.set('Below', 'Above');
    const device = await world.device('grouped', false);
    const arn = [...(world.iot.principals.get('grouped') ?? [])][0] ?? '';
    await world.iot.detachPolicy({ policyName: 'DevicePolicy', target: arn });
    world.iot.attached.set(above.arn, new Set(['DevicePolicy']));
    world.iot.memberships.set('grouped', [below]);
    const plan = await world.plan();
    assert.equal(plan.fieldDevices, 1);
    await world.tearDown(plan);
    assert.equal(world.iot.certificates.get(device)?.status, 'ACTIVE');
    assert.deepEqual([...world.iot.groups.keys()], ['Above', 'Below']);
  });

  it('a claim that became a device after the plan was made is not deleted', async () => {
    const world = await TeardownWorld.make(0);
    const plan = await world.plan();
    const claim = plan.actions.find(({ kind }) => kind === 'claimCertificate');
    world.iot.things.add('late');
    world.iot.principals.set('late', new Set([claim?.arn ?? '']));
    await assert.rejects(runTeardown(world.work, plan), /The thing late has got this certificate in the meantime/);
    assert.equal(world.iot.certificates.get(claim?.key ?? '')?.status, 'ACTIVE');
  });

  it('a group that has filled meanwhile stays, which is told', async () => {
    const world = await TeardownWorld.make(0);
    const plan = await world.plan();
    await world.device('late', true);
    const [note] = await runTeardown(world.work, plan);
    assert.match(note ?? '', /The thing late is in the thing group Cores, which stays/);
  });

  for (const mode of faultModes) {
    it(`ends the same after every call went wrong once: ${mode}`, async () => {
      const clean = await TeardownWorld.make(1);
      await clean.tearDown(await clean.plan());
      const calls = clean.faults.calls.length;
      assert.ok(calls > 45, `${calls} calls`);
      let failures = 0;
      for (let at = 0; at < calls; at += 1) {
        const world = await TeardownWorld.make(1);
        failures += await withFault(world, at, mode);
        assert.deepEqual(world.left(), clean.left(), `call ${at}`);
        assert.deepEqual(await world.ledger.entries(), [], `call ${at}`);
      }
      assert.ok(failures > calls / 2, `${failures} of ${calls} faults were met`);
    });
  }
});

/** Plans and runs with one fault, then again without. 1 when it was met. */
async function withFault(world: TeardownWorld, at: number, mode: FaultMode): Promise<number> {
  const agreed = await world.plan();
  world.faults.clear();
  world.faults.plan(at, mode);
  let met = 0;
  try {
    const plan = await world.plan();
    checkAgreement(plan, { actions: agreed.actions.map(({ id }) => id), fieldDevices: agreed.fieldDevices });
    await runTeardown(world.work, plan);
  } catch (error) {
    assert.ok(isCancelled(error) || error instanceof FleetError, String(error));
    met = 1;
  }
  world.faults.clear();
  await world.tearDown(agreed);
  return met;
}
