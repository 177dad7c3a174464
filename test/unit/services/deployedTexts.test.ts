import assert from 'node:assert/strict';
import { kindOfFile, subjectOfFile } from '../../../src/core/deployedFiles';
import { WorkspaceFileNames } from '../../../src/ids';
import { DeployedTexts, readDeployed } from '../../../src/services/deployedTexts';
import { FleetWorld, names } from '../../fakes/fleetWorld';

describe('files of the workspace against the account', () => {
  const subjects: readonly (readonly [file: string, atRoot: boolean, subject: string | undefined])[] = [
    [WorkspaceFileNames.iotPolicy, true, 'policy DevicePolicy'],
    [WorkspaceFileNames.claimPolicy, true, 'policy ClaimPolicy'],
    [WorkspaceFileNames.provisioningTemplate, true, 'template FleetTemplate'],
    [WorkspaceFileNames.iotPolicy, false, undefined],
    ['Pump.iot-policy.json', true, 'policy Pump'],
    ['Pump.iot-policy.json', false, 'policy Pump'],
    ['Pump.provisioning-template.json', false, 'template Pump'],
    ['a b.iot-policy.json', true, undefined],
    [`${'x'.repeat(37)}.provisioning-template.json`, true, undefined],
    ['.iot-policy.json', true, undefined],
    ['Pump.iot-policy.policy-tests.json', true, undefined],
    ['package.json', true, undefined],
  ];
  for (const [file, atRoot, expected] of subjects) {
    it(`${file}${atRoot ? '' : ', in a folder below'}: ${expected ?? 'none'}`, () => {
      const subject = subjectOfFile(file, atRoot, names);
      assert.equal(subject && `${subject.kind} ${subject.name}`, expected);
    });
  }

  const subject = { kind: 'policy', name: 'P' } as const;

  it('same, differs, not deployed; the account is read once until told to forget', async () => {
    const world = new FleetWorld();
    const texts = new DeployedTexts();
    const state = async (text: string) => texts.compare(world.connection, subject, text);
    assert.deepEqual(await state('{}'), { kind: 'notDeployed' });
    await world.iot.createPolicy({ name: 'P', document: '{"a":1,"b":2}' });
    assert.deepEqual(await state('{}'), { kind: 'notDeployed' }, 'not asked again');
    texts.forget();
    world.faults.calls.length = 0;
    assert.deepEqual(await state('{ "b": 2, "a": 1 }'), { kind: 'same', version: '1' });
    assert.deepEqual(await state('{ "b": 2 }'), { kind: 'differs', version: '1' });
    assert.deepEqual(await state('{ "b": '), { kind: 'differs', version: '1' });
    assert.deepEqual(world.faults.calls, ['iot.getPolicy']);
  });

  it('what others publish is seen within a minute of looking, at one call a minute', async () => {
    const world = new FleetWorld();
    await world.iot.createPolicy({ name: 'P', document: '{}' });
    const clock = { now: 1_000 };
    const texts = new DeployedTexts(() => clock.now);
    const state = async (): Promise<string> => (await texts.compare(world.connection, subject, '{}')).kind;
    assert.equal(await state(), 'same');
    await world.iot.createPolicyVersion({ name: 'P', document: '{"a":1}', setAsDefault: true });
    world.faults.calls.length = 0;
    clock.now += 59_000;
    assert.equal(await state(), 'same');
    assert.deepEqual(world.faults.calls, []);
    clock.now += 1_000;
    assert.deepEqual([await state(), await state()], ['differs', 'differs']);
    assert.deepEqual(world.faults.calls, ['iot.getPolicy']);
  });

  const kinds: readonly (readonly [file: string, kind: string | undefined])[] = [
    ['my-iot-policy.json', 'policy'], ['iot-policy-2.json', 'policy'], ['Pump.iot-policy.json', 'policy'], ['a.provisioning-template.json', 'template'], ['provisioning-template.v2.json', 'template'],
    ['Pump.iot-policy.policy-tests.json', undefined], ['iot-policy.md', undefined], ['package.json', undefined],
  ];
  for (const [file, kind] of kinds) it(`${file} is ${kind ?? 'neither policy nor template'}`, () => assert.equal(kindOfFile(file), kind));

  it('another connection is another account', async () => {
    const [one, two] = [new FleetWorld(), new FleetWorld()];
    await two.iot.createPolicy({ name: 'P', document: '{}' });
    const texts = new DeployedTexts();
    assert.equal((await texts.compare(one.connection, subject, '{}')).kind, 'notDeployed');
    assert.equal((await texts.compare(two.connection, subject, '{}')).kind, 'same');
  });

  it('a failed look is told, and tried again', async () => {
    const world = new FleetWorld();
    await world.iot.createPolicy({ name: 'P', document: '{}' });
    world.faults.plan(0, 'refused');
    const texts = new DeployedTexts();
    assert.deepEqual(await texts.compare(world.connection, subject, '{}'), { kind: 'failed', message: 'iot.getPolicy refused' });
    assert.deepEqual(await texts.compare(world.connection, subject, '{}'), { kind: 'same', version: '1' });
  });

  it('reads the default version of a template', async () => {
    const world = new FleetWorld();
    const { arn } = world.roles.add('R', 'iot.amazonaws.com', new Date());
    await world.iot.createProvisioningTemplate({ name: 'T', templateBody: '{"a":1}', provisioningRoleArn: arn, enabled: true });
    await world.iot.createProvisioningTemplateVersion({ name: 'T', templateBody: '{"a":2}', setAsDefault: true });
    assert.deepEqual(await readDeployed(world.connection, { kind: 'template', name: 'T' }), { text: '{"a":2}', version: '2' });
    assert.equal(await readDeployed(world.connection, { kind: 'template', name: 'U' }), undefined);
  });
});
