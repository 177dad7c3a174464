import assert from 'node:assert/strict';
import { CancelledError, FleetError } from '../../../../src/core/errors';
import { WorkspaceFileNames } from '../../../../src/ids';
import { suggestedCore } from '../../../../src/services/coreDevices/suggestedCore';
import { watchCore } from '../../../../src/services/coreDevices/watchCore';
import { FleetWorld } from '../../../fakes/fleetWorld';

describe('watching a core', () => {
  let world: FleetWorld;
  beforeEach(() => {
    world = new FleetWorld();
  });
  const watch = async (): Promise<unknown> => watchCore(world.run, 'Core-1', world.clock);
  /** The device reports when this many pauses have passed. */
  const after = (pauses: number, work: () => void): void => {
    world.clock.onSleep = () => {
      if (world.clock.pauses.length === pauses) work();
    };
  };

  it('says that it is HEALTHY, after how long, and what that is worth', async () => {
    after(4, () => world.greengrass.report('Core-1', 'HEALTHY', world.clock.now()));
    await watch();
    assert.equal(world.ui.told.length, 1);
    assert.match(world.ui.told[0]!, /Core device Core-1 is HEALTHY: it reported after 12 s\. This is what the device said last\. .* every 24 hours; a device that has gone says nothing\./);
    assert.deepEqual(world.ui.warnings, []);
    // Back-off: each pause is longer, and none longer than 15 s.
    assert.deepEqual(world.clock.pauses, [2000, 2500, 3125, 3906]);
    assert.match(world.progress[0]!, /looking for Core-1/);
    assert.match(world.progress[1]!, /Core-1 has not reported yet; 0 s so far/);
  });

  it('says that it is not, and which components are broken', async () => {
    world.greengrass.components.set('Core-1', [
      { name: 'aws.greengrass.Nucleus', version: '2.12.0', state: 'FINISHED', isRoot: true },
      { name: 'com.example.Pump', version: '1.0.0', state: 'BROKEN', details: 'exit 1', isRoot: true },
    ]);
    after(1, () => world.greengrass.report('Core-1', 'UNHEALTHY', world.clock.now()));
    await watch();
    assert.deepEqual(world.ui.told, []);
    assert.match(world.ui.warnings[0]!, /Core-1 is UNHEALTHY: it reported after 2 s\. Broken: com\.example\.Pump 1\.0\.0 BROKEN \(exit 1\)\. This is what/);
  });

  it('names three broken components at most, and does without when they cannot be read', async () => {
    world.greengrass.report('Core-1', 'UNHEALTHY', world.clock.now());
    world.greengrass.components.set('Core-1', ['A', 'B', 'C', 'D', 'E'].map((name) => ({ name, version: '1', state: 'ERRORED', isRoot: true })));
    await watch();
    assert.match(world.ui.warnings[0]!, /it reported just now\. Broken: A 1 ERRORED, B 1 ERRORED, C 1 ERRORED and 2 more\./);
    world.faults.plan(3, 'refused');
    await watch();
    assert.deepEqual(world.faults.calls.slice(2), ['greengrass.getCoreDevice', 'greengrass.listInstalledComponents']);
    assert.match(world.ui.warnings[1]!, /it reported just now\. This is what/);
  });

  it('says what it said before, while it waits for news', async () => {
    world.greengrass.report('Core-1', 'HEALTHY', new Date(world.clock.now().getTime() - 3 * 3_600_000));
    after(3, () => world.greengrass.report('Core-1', 'HEALTHY', world.clock.now()));
    await watch();
    assert.match(world.progress[1]!, /Core-1 was HEALTHY 3 h ago; waiting for a newer report, 0 s so far/);
    assert.match(world.ui.told[0]!, /after 8 s/);
  });

  it('ends silently when it is cancelled, while it waits and while it asks', async () => {
    for (const cancel of [() => after(2, () => world.faults.controller.abort()), () => world.faults.plan(1, 'abort')]) {
      world = new FleetWorld();
      cancel();
      await assert.rejects(watch(), CancelledError);
      assert.deepEqual([world.ui.told, world.ui.warnings], [[], []]);
    }
  });

  it('bears that AWS does not answer for a while, not that the person may not look', async () => {
    after(2, () => world.greengrass.report('Core-1', 'HEALTHY', world.clock.now()));
    world.faults.plan(1, 'lostAnswer');
    await watch();
    assert.match(world.progress[2]!, /AWS does not answer, trying again/);
    assert.equal(world.ui.told.length, 1);
    world = new FleetWorld();
    world.faults.plan(0, 'refused');
    await assert.rejects(watch(), (error: unknown) => error instanceof FleetError && error.category === 'permissions');
  });

  it('gives up after an hour and says where to look', async () => {
    await assert.rejects(watch(), (error: unknown) => {
      assert.ok(error instanceof FleetError);
      assert.equal(error.code, 'coreSilent');
      assert.match(error.message, /Core-1 has not reported within 1 h 0 min/);
      assert.match(error.advice ?? '', /greengrass\.log/);
      assert.deepEqual(error.remedies.map(({ kind }) => kind), ['retry', 'openDocumentation']);
      return true;
    });
    // Not a quota eater: in an hour fewer than one look in fourteen seconds.
    assert.ok(world.faults.calls.length < 260, String(world.faults.calls.length));
  });
});

describe('the core that the folder makes', () => {
  const template = JSON.stringify({
    Parameters: { SerialNumber: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
    Resources: {
      thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { 'Fn::Join': ['', ['Core-', { Ref: 'SerialNumber' }]] } } },
      certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' } } },
    },
  });
  const yaml = (values: string): string => `services:\n  aws.greengrass.FleetProvisioningByClaim:\n    configuration:\n      templateParameters:\n        ${values}\n`;
  const suggest = async (files: Readonly<Record<string, string>>): Promise<string | undefined> => {
    const world = new FleetWorld();
    for (const [name, text] of Object.entries(files)) await world.files.write(name, text);
    return suggestedCore(world.files);
  };
  const { deviceConfiguration, provisioningTemplate } = WorkspaceFileNames;

  it('is named by the template from the parameters of config.yaml', async () => {
    assert.equal(await suggest({ [deviceConfiguration]: yaml('SerialNumber: "0007"'), [provisioningTemplate]: template }), 'Core-0007');
  });

  it('is the parameter ThingName without a template', async () => {
    assert.equal(await suggest({ [deviceConfiguration]: yaml('ThingName: MyCore') }), 'MyCore');
  });

  it('is not known from files that are broken, empty, or still to be filled in', async () => {
    for (const files of [{}, { [deviceConfiguration]: 'a: [' }, { [deviceConfiguration]: yaml('ThingName: "@ThingName@"') }, { [deviceConfiguration]: yaml('SerialNumber: 1'), [provisioningTemplate]: '{' }]) {
      assert.equal(await suggest(files), undefined);
    }
    assert.equal(await suggestedCore(undefined), undefined);
  });
});
