import assert from 'node:assert/strict';
import { CancelledError, isCancelled, isFleetError } from '../../../../src/core/errors';
import { stepIds, type StepId } from '../../../../src/core/provisioning/steps';
import { WorkspaceFileNames } from '../../../../src/ids';
import { faultModes, type FaultMode } from '../../../fakes/faults';
import { FleetWorld } from '../../../fakes/fleetWorld';

const allDone = { rolesStack: 'done', roleAlias: 'done', iotPolicy: 'done', provisioningTemplate: 'done', claimCertificate: 'done' };

interface Scenario {
  readonly name: string;
  readonly prepare: (world: FleetWorld) => Promise<void>;
  readonly work: (world: FleetWorld) => Promise<void>;
}

async function upTo(world: FleetWorld, last: StepId): Promise<void> {
  for (const id of stepIds) {
    if (id === last) return;
    await world.steps.run(id, world.run);
  }
}

const alone: readonly Scenario[] = stepIds.map((id) => ({ name: id, prepare: (world) => upTo(world, id), work: (world) => world.steps.run(id, world.run) }));

/** Account and folder with everything in it, then one thing changed. */
function afterwards(name: string, change: (world: FleetWorld) => void, work: Scenario['work']): Scenario {
  return {
    name,
    prepare: async (world) => {
      await world.steps.provisionEverything(world.run);
      change(world);
    },
    work,
  };
}

const scenarios: readonly Scenario[] = [
  ...alone,
  { name: 'provisionEverything', prepare: async () => undefined, work: (world) => world.steps.provisionEverything(world.run) },
  afterwards(
    'policy at its limit of versions',
    (world) => {
      const policy = world.iot.policies.get('DevicePolicy')!;
      for (const id of [9, 10, 11, 12]) policy.versions.set(id, { text: `{"v":${id}}`, createdAt: world.clock.now() });
      policy.next = 13;
      world.files.texts.set(WorkspaceFileNames.iotPolicy, '{"Statement":[]}');
    },
    (world) => world.steps.run('iotPolicy', world.run),
  ),
  afterwards(
    'template with another role, disabled, new body',
    (world) => {
      const template = world.iot.templates.get('FleetTemplate')!;
      template.enabled = false;
      template.roleArn = 'arn:aws:iam::111122223334:role/Other';
      world.files.texts.set(WorkspaceFileNames.provisioningTemplate, world.files.texts.get(WorkspaceFileNames.provisioningTemplate)!.replace('Cores', 'MoreCores'));
    },
    (world) => world.steps.run('provisioningTemplate', world.run),
  ),
  afterwards(
    'lost private key',
    (world) => {
      world.files.texts.delete(WorkspaceFileNames.claimPrivateKey);
      world.files.privates.clear();
    },
    (world) => world.steps.run('claimCertificate', world.run),
  ),
  afterwards(
    'certificate of another account',
    (world) => {
      world.iot.certificates.clear();
      world.iot.attached.clear();
    },
    (world) => world.steps.run('claimCertificate', world.run),
  ),
  afterwards('deleted certificate file', (world) => world.files.texts.delete(WorkspaceFileNames.claimCertificate), (world) => world.steps.run('claimCertificate', world.run)),
  {
    name: 'stack that rolled back',
    prepare: async (world) => {
      world.stacks.put('Fleet', 'ROLLBACK_COMPLETE', '{}');
      world.ui.choices.push({ title: /cannot be updated/, label: /^Delete and recreate/ });
    },
    work: (world) => world.steps.run('rolesStack', world.run),
  },
];

async function prepared(scenario: Scenario): Promise<FleetWorld> {
  const world = new FleetWorld();
  await scenario.prepare(world);
  world.faults.clear();
  return world;
}

/** Fails call number `at` in the given way, then runs again without trouble. */
async function interrupted(scenario: Scenario, at: number, mode: FaultMode): Promise<{ world: FleetWorld; call: string }> {
  const world = await prepared(scenario);
  world.faults.plan(at, mode);
  let failure: unknown;
  await scenario.work(world).catch((error: unknown) => (failure = error));
  const call = world.faults.calls[at] ?? 'none';
  assert.ok(failure === undefined || isFleetError(failure) || isCancelled(failure), `${call}: ${String(failure)}`);
  assert.equal(world.steps.busy, false);
  world.faults.clear();
  await scenario.work(world);
  return { world, call };
}

describe('steps interrupted at any call', () => {

  for (const scenario of scenarios) {
    it(`${scenario.name}: the same end after a second run, whatever broke the first`, async () => {
      const undisturbed = await prepared(scenario);
      await scenario.work(undisturbed);
      const expected = undisturbed.snapshot();
      // The refresh at the end of a run is counted too: a failure there must not matter either.
      const count = undisturbed.faults.calls.length;
      assert.ok(count > 0);
      for (let at = 0; at < count; at += 1) {
        for (const mode of faultModes) {
          const { world, call } = await interrupted(scenario, at, mode);
          const label = `call ${at} (${call}), ${mode}`;
          assert.deepEqual(world.snapshot(), expected, label);
          await world.steps.refresh(world.connection, world.files);
          if (scenario.name === 'provisionEverything') assert.deepEqual(world.statuses(), allDone, label);
        }
      }
    });
  }

  it('provisionEverything leaves at most one live certificate and never one without its key, at every call', async () => {
    const scenario = scenarios.find(({ name }) => name === 'provisionEverything')!;
    const undisturbed = await prepared(scenario);
    await scenario.work(undisturbed);
    for (let at = 0; at < undisturbed.faults.calls.length; at += 1) {
      for (const mode of faultModes) {
        const world = await prepared(scenario);
        world.faults.plan(at, mode);
        await scenario.work(world).catch(() => undefined);
        assert.ok(world.iot.active().length <= 1);
        const key = world.files.texts.get(WorkspaceFileNames.claimPrivateKey);
        for (const certificate of world.iot.certificates.values()) {
          assert.ok(key !== undefined, 'a certificate exists, but its key is not on disk');
          assert.equal(world.keys.readCertificate(certificate.pem)?.publicKey, world.keys.publicKeyOf(key));
        }
      }
    }
  });

  it('a replaced claim: whatever broke the first try, the second ends with one live certificate, and no key is lost', async () => {
    const start = async (): Promise<FleetWorld> => {
      const world = new FleetWorld();
      await world.steps.provisionEverything(world.run);
      world.ui.choices = [
        { title: /what becomes of the old one/, label: /inactive/ },
        { title: /An earlier replacement/, label: /^Finish/ },
      ];
      world.faults.clear();
      return world;
    };
    const undisturbed = await start();
    await undisturbed.steps.rotateClaim(undisturbed.run);
    for (let at = 0; at < undisturbed.faults.calls.length; at += 1) {
      for (const mode of faultModes) {
        const world = await start();
        world.faults.plan(at, mode);
        await world.steps.rotateClaim(world.run).catch(() => {
          world.faults.clear();
          return world.steps.rotateClaim(world.run);
        });
        const label = `call ${at} (${undisturbed.faults.calls[at] ?? ''}), ${mode}`;
        const key = world.files.texts.get(WorkspaceFileNames.claimPrivateKey)!;
        assert.equal(world.iot.active().length, 1, label);
        assert.equal(world.keys.readCertificate(world.iot.active()[0]!.pem)?.publicKey, world.keys.publicKeyOf(key), label);
        const keys = [...world.files.texts].filter(([, text]) => text.startsWith('PRIVATE')).map(([, text]) => text);
        assert.ok(keys.includes('PRIVATE 1') && new Set(keys).size >= 2, `${label}: ${keys.join()}`);
      }
    }
  });

  it('a question that is closed ends the run, and nothing has changed', async () => {
    for (const id of stepIds) {
      const world = new FleetWorld();
      await upTo(world, id);
      const before = world.snapshot();
      world.ui.refuse = /./;
      await assert.rejects(world.steps.run(id, world.run), CancelledError, id);
      const after = world.snapshot() as Record<string, unknown>;
      const account = ['stacks', 'aliases', 'policies', 'templates', 'groups', 'certificates'];
      for (const part of account) assert.deepEqual(after[part], (before as Record<string, unknown>)[part], `${id}: ${part}`);
    }
  });
});
