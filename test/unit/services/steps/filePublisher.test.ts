import assert from 'node:assert/strict';
import type { FleetError } from '../../../../src/core/errors';
import { WorkspaceFileNames } from '../../../../src/ids';
import { FleetWorld, names } from '../../../fakes/fleetWorld';

const policy = (topic: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Publish', Resource: `arn:aws:iot:eu-west-1:111122223334:topic/${topic}` }] });
const code = (expected: string) => (error: FleetError): boolean => error.code === expected;

describe('a file that is published by its own name', () => {
  const pump = { kind: 'policy', name: 'Pump' } as const;
  const file = 'policies/Pump.iot-policy.json';
  const withFile = (text: string): FleetWorld => {
    const world = new FleetWorld();
    world.files.texts.set(file, text);
    return world;
  };

  it('makes the policy, then versions; the same text asks and changes nothing', async () => {
    const world = withFile(policy('1'));
    await world.steps.publishFile(world.run, pump, file);
    await world.steps.publishFile(world.run, pump, file);
    world.files.texts.set(file, policy('2'));
    await world.steps.publishFile(world.run, pump, file);
    assert.deepEqual(world.ui.titles(), ['Create the IoT policy Pump?', 'Publish a new version of the IoT policy Pump?']);
    assert.deepEqual([...(world.iot.policies.get('Pump')?.versions.values() ?? [])].map(({ text }) => text), [policy('1'), policy('2')]);
    assert.equal(world.iot.policies.get('Pump')?.defaultId, 2);
  });

  it('at five versions asks before the oldest goes; refused, nothing changes', async () => {
    const world = withFile(policy('6'));
    await world.iot.createPolicy({ name: 'Pump', document: policy('1') });
    for (const version of ['2', '3', '4', '5']) await world.iot.createPolicyVersion({ name: 'Pump', document: policy(version), setAsDefault: true });
    world.ui.refuse = /Remove version 1/;
    await assert.rejects(world.steps.publishFile(world.run, pump, file));
    assert.deepEqual([...(world.iot.policies.get('Pump')?.versions.keys() ?? [])], [1, 2, 3, 4, 5]);
  });

  it('refuses a file with errors, one that has gone, and a person who declines', async () => {
    const faulty = withFile(policy('1'));
    faulty.policyFaults = () => [{ severity: 'error', message: 'bad', offset: 0 }];
    await assert.rejects(faulty.steps.publishFile(faulty.run, pump, file), code('fileHasErrors'));
    const world = withFile(policy('1'));
    await assert.rejects(world.steps.publishFile(world.run, pump, 'gone.iot-policy.json'), code('fileMissing'));
    world.ui.refuse = /./;
    await assert.rejects(world.steps.publishFile(world.run, pump, file));
    assert.equal(world.iot.policies.size + faulty.iot.policies.size, 0);
    assert.equal(world.steps.busy, false);
  });

  it('a template: a new version of one that is there; one that is missing needs the stack’s role', async () => {
    const world = new FleetWorld({ checkTemplate: async () => undefined });
    const subject = { kind: 'template', name: 'Other' } as const;
    world.files.texts.set('Other.provisioning-template.json', '{"b":1}');
    await assert.rejects(world.steps.publishFile(world.run, subject, 'Other.provisioning-template.json'), code('noProvisioningRole'));
    assert.equal(world.iot.templates.size, 0);
    const { arn } = world.roles.add('R', 'iot.amazonaws.com', new Date(0));
    await world.iot.createProvisioningTemplate({ name: 'Other', templateBody: '{"a":1}', provisioningRoleArn: arn, enabled: false });
    await world.steps.publishFile(world.run, subject, 'Other.provisioning-template.json');
    await world.steps.publishFile(world.run, subject, 'Other.provisioning-template.json');
    const template = world.iot.templates.get('Other');
    assert.deepEqual([template?.defaultId, template?.versions.size, template?.enabled], [2, 2, false]);
    assert.deepEqual(world.ui.titles(), ['Publish a new version of the provisioning template Other?']);
  });

  it('a template that is missing is made with the stack’s role, the hook of the settings and its thing groups; not with a policy that is missing', async () => {
    const world = new FleetWorld({ checkTemplate: async () => undefined });
    await world.steps.provisionEverything(world.run);
    const own = world.iot.templates.get(names.templateName);
    const subject = { kind: 'template', name: 'Other' } as const;
    const file = 'Other.provisioning-template.json';
    const body = world.files.texts.get(WorkspaceFileNames.provisioningTemplate) ?? '';
    world.files.texts.set(file, body.replaceAll(names.iotPolicyName, 'Nowhere'));
    await assert.rejects(world.steps.publishFile(world.run, subject, file), code('policyMissing'));
    world.settings.hook = 'arn:aws:lambda:eu-west-1:111122223334:function:Gate';
    world.files.texts.set(file, body.replaceAll(names.thingGroupName, 'OtherCores'));
    const asked = world.ui.titles().length;
    await world.steps.publishFile(world.run, subject, file);
    const made = world.iot.templates.get('Other');
    assert.ok(own && made);
    assert.deepEqual([made.roleArn, made.enabled, made.hook?.targetArn], [own.roleArn, true, world.settings.hook]);
    assert.ok(world.iot.groups.has('OtherCores'));
    assert.deepEqual(world.ui.titles().slice(asked), ['Create the provisioning template Other?']);
  });
});
