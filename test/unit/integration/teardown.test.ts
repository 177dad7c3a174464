import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AddThingToThingGroupCommand, AttachPolicyCommand, AttachThingPrincipalCommand, CreateKeysAndCertificateCommand, CreateThingCommand, IoTClient } from '@aws-sdk/client-iot';
import { CloudFormationClient, UpdateStackCommand, UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  GetPolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
} from '@aws-sdk/client-iam';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import { FleetError } from '../../../src/core/errors';
import type { Connection } from '../../../src/core/ports/connection';
import type { TeardownScope } from '../../../src/core/teardown/facts';
import { blockersOf, planTeardown } from '../../../src/core/teardown/plan';
import type { TeardownPlan } from '../../../src/core/teardown/actions';
import { teardownPage } from '../../../src/core/teardown/planPage';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { SystemClock } from '../../../src/services/systemClock';
import { exportSetup } from '../../../src/services/export/exportSetup';
import { templateText } from '../../../src/services/export/templateText';
import { deleteStuckStack, stuckResources } from '../../../src/services/teardown/deleteStuckStack';
import { gatherTeardown } from '../../../src/services/teardown/gatherTeardown';
import { checkAgreement, runTeardown } from '../../../src/services/teardown/runTeardown';
import { Faults } from '../../fakes/faults';
import { MemoryLedger } from '../../fakes/memoryLedger';
import { eventually } from '../../helpers/eventually';
import { NodeFiles } from '../../helpers/nodeFiles';
import { bundledTemplate, provisionFleet } from '../../helpers/provisionedFleet';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';
import { workshopNames as names } from '../../helpers/workshop';

const everything: TeardownScope = { kind: 'everything' };

describe('a teardown on the real SDK and the local AWS', function () {
  this.timeout(180_000);
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let iot: IoTClient;
  let root: string;
  let ledger: MemoryLedger;
  let faults: Faults;
  /** Each call that the product makes, with its outcome. */
  let log: string[];
  let real: Connection;
  let connection: Connection;

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService, createCloudFormationService], certificateAuthority: createCertificateAuthority });
    iot = new IoTClient(sandbox.client);
    gateway = new SdkAwsGateway({ env: {}, userAgent: 'greengrass-fleet-test', amazonRootCa: async () => 'unused', log: (line) => void log.push(line) });
  });
  after(async () => {
    gateway.dispose();
    iot.destroy();
    await sandbox.close();
  });
  beforeEach(provision);
  afterEach(async () => rm(root, { recursive: true, force: true }));

  async function provision(): Promise<void> {
    await sandbox.sandbox.reset();
    log = [];
    ledger = new MemoryLedger();
    faults = new Faults();
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    real = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
    connection = { ...real, iot: faults.wrap('iot', real.iot), stacks: faults.wrap('stacks', real.stacks) };
    root = await mkdtemp(path.join(tmpdir(), 'teardown-'));
    await provisionFleet(real, names, root);
    log = [];
  }

  /** As registered by the template: certificate, thing, group, policy. Answers the certificate's id and ARN. */
  async function device(thingName: string, policies: readonly string[] = [names.iotPolicyName]): Promise<{ id: string; arn: string }> {
    const { certificateId = '', certificateArn = '' } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    await iot.send(new CreateThingCommand({ thingName }));
    await iot.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn }));
    await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: names.thingGroupName }));
    for (const policyName of policies) await iot.send(new AttachPolicyCommand({ policyName, target: certificateArn }));
    return { id: certificateId, arn: certificateArn };
  }

  async function testDevice(thingName: string): Promise<string> {
    const { id } = await device(thingName);
    await ledger.put({ account: sandbox.account, region: sandbox.region, certificateId: id, thingName, createdAt: new Date().toISOString(), kept: true });
    return id;
  }

  const work = () => ({ connection, files: new NodeFiles(root), ledger, names, clock: new SystemClock(), progress: { report: () => undefined }, signal: faults.signal });
  const plan = async (scope: TeardownScope = everything): Promise<TeardownPlan> => planTeardown(await gatherTeardown(work(), scope));
  async function tearDown(agreed: TeardownPlan, scope: TeardownScope = everything): Promise<readonly string[]> {
    const current = await plan(scope);
    checkAgreement(current, { actions: agreed.actions.map(({ id }) => id), fieldDevices: agreed.fieldDevices });
    return runTeardown(work(), current);
  }
  const refused = (): readonly string[] => log.filter((line) => /^\w+:(Delete|Detach|Update)/.test(line) && !line.endsWith(' ok'));

  async function holdings(): Promise<Record<string, number | string>> {
    const count = async (list: AsyncIterable<unknown>): Promise<number> => {
      let found = 0;
      for await (const item of list) found += item === undefined ? 0 : 1;
      return found;
    };
    return {
      certificates: await count(real.iot.listCertificates()),
      policies: await count(real.iot.listPolicies()),
      templates: await count(real.iot.listProvisioningTemplates()),
      aliases: await count(real.iot.listRoleAliases()),
      groups: await count(real.iot.listThingGroups()),
      things: await count(real.iot.listThings()),
      stack: (await real.stacks.describeStack(names.stackName))?.status ?? 'none',
    };
  }
  const empty = { certificates: 0, policies: 0, templates: 0, aliases: 0, groups: 0, things: 0, stack: 'none' };

  it('deletes nothing that another template, alias or policy works with, without saying so', async () => {
    const ours = await real.iot.describeProvisioningTemplate(names.templateName);
    const alias = await real.iot.describeRoleAlias(names.roleAliasName);
    assert.ok(ours && alias);
    await real.iot.createProvisioningTemplate({ name: 'Theirs', templateBody: ours.templateBody, provisioningRoleArn: ours.provisioningRoleArn, enabled: true });
    await real.iot.createRoleAlias({ name: 'TheirAlias', roleArn: alias.roleArn });
    await real.iot.createPolicy({ name: 'TheirPolicy', document: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: alias.arn }] }) });
    const before = await holdings();
    const found = await plan();
    const blockers = blockersOf(found).join('\n');
    assert.match(blockers, new RegExp(`${names.iotPolicyName}: The provisioning template Theirs`));
    assert.match(blockers, /Its role \S+ is used by others as well: role alias TheirAlias/);
    assert.match(blockers, /Its role \S+ is used by others as well: provisioning template Theirs/);
    assert.match(found.actions.find(({ kind }) => kind === 'roleAlias')?.loses ?? '', /TheirPolicy let devices use it/);
    assert.ok(found.stays.some(({ kind, why }) => kind === 'thingGroup' && /Theirs/.test(why)));
    await assert.rejects(tearDown(found), /Nothing is torn down/);
    assert.deepEqual(await holdings(), before);
    await real.iot.deleteProvisioningTemplate('Theirs');
    await real.iot.deleteRoleAlias('TheirAlias');
    assert.deepEqual(blockersOf(await plan()), []);
  });

  it('a protected stack blocks the plan until its protection is taken away', async () => {
    const cloudFormation = new CloudFormationClient(sandbox.client);
    await cloudFormation.send(new UpdateTerminationProtectionCommand({ StackName: names.stackName, EnableTerminationProtection: true }));
    cloudFormation.destroy();
    const found = await plan();
    assert.match(blockersOf(found).join(), /Termination protection is on/);
    const locked = found.actions.find(({ isProtected }) => isProtected === true);
    assert.ok(locked);
    await real.stacks.removeTerminationProtection(locked.key);
    assert.deepEqual(blockersOf(await plan()), []);
  });

  it('takes everything down without one refused call; then there is nothing to plan', async () => {
    await testDevice('test-1');
    await testDevice('test-2');
    const body = (await real.iot.describeProvisioningTemplate(names.templateName))?.templateBody ?? '';
    await real.iot.createProvisioningTemplateVersion({ name: names.templateName, templateBody: body, setAsDefault: false });
    const document = (await real.iot.getPolicy(names.iotPolicyName))?.document ?? '';
    await real.iot.createPolicyVersion({ name: names.iotPolicyName, document, setAsDefault: true });
    log = [];
    const agreed = await plan();
    assert.deepEqual(blockersOf(agreed), []);
    assert.deepEqual(agreed.actions.map(({ kind }) => kind), ['testDevice', 'testDevice', 'claimCertificate', 'iotPolicy', 'iotPolicy', 'provisioningTemplate', 'roleAlias', 'thingGroup', 'stack']);
    assert.deepEqual(log.filter((line) => /^\w+:(Create|Delete|Detach|Update|Attach|Set)/.test(line)), [], 'a plan changes nothing');
    assert.deepEqual(await tearDown(agreed), []);
    assert.deepEqual(refused(), []);
    assert.ok(log.filter((line) => /^\w+:(Delete|Detach)/.test(line)).length >= 15, log.join('\n'));
    assert.deepEqual(await holdings(), empty);
    const again = await plan();
    assert.deepEqual([again.actions, again.stays, again.unknown], [[], [], []]);
  });

  it('leaves a device in the field as it is, but for the policy; its group stays', async () => {
    const field = await device('core-1');
    const careless = await device('core-2', [names.iotPolicyName, names.claimPolicyName]);
    const agreed = await plan();
    assert.equal(agreed.fieldDevices, 2);
    assert.match(agreed.stays[0]?.why ?? '', /2 things are in it/);
    await tearDown(agreed);
    assert.deepEqual(refused(), []);
    assert.deepEqual(await holdings(), { ...empty, certificates: 2, groups: 1, things: 2 });
    for (const { id } of [field, careless]) assert.equal((await real.iot.describeCertificate(id))?.status, 'ACTIVE');
    for await (const principal of real.iot.listThingPrincipals('core-1')) assert.equal(principal, field.arn);
  });

  it('counts a device that uses the role alias by a policy of its own', async () => {
    const alias = await real.iot.describeRoleAlias(names.roleAliasName);
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: alias?.arn }] });
    for (const name of ['Theirs', 'Nobodys']) await real.iot.createPolicy({ name, document });
    const { certificateArn } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    await iot.send(new AttachPolicyCommand({ policyName: 'Theirs', target: certificateArn }));
    const agreed = await plan();
    assert.equal(agreed.fieldDevices, 1);
    assert.match(agreed.actions.find(({ kind }) => kind === 'iotPolicy')?.loses ?? '', /Nobody/);
    assert.match(agreed.actions.find(({ kind }) => kind === 'roleAlias')?.loses ?? '', /^1 device in the field gets no AWS credentials.*Nobodys, Theirs/);
    assert.throws(() => checkAgreement(agreed, { actions: agreed.actions.map(({ id }) => id), fieldDevices: 0 }), /Devices in the field that would lose something now: 1, not 0/);
  });

  it('only test devices: the set-up stays', async () => {
    await testDevice('test-1');
    await device('core-1');
    const before = await holdings();
    const agreed = await plan({ kind: 'testDevices' });
    assert.deepEqual([agreed.actions.map(({ name }) => name), agreed.fieldDevices], [['test-1'], 0]);
    await tearDown(agreed, { kind: 'testDevices' });
    assert.deepEqual(refused(), []);
    assert.deepEqual(await holdings(), { ...before, certificates: Number(before['certificates']) - 1, things: 1 });
    assert.deepEqual(await ledger.entries(), []);
  });

  it('only one claim: its policies, and other claims, stay', async () => {
    const other = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    await iot.send(new AttachPolicyCommand({ policyName: names.claimPolicyName, target: other.certificateArn }));
    const scope: TeardownScope = { kind: 'oneClaim', certificateId: other.certificateId ?? '' };
    const before = await holdings();
    const agreed = await plan(scope);
    assert.deepEqual([agreed.actions.length, blockersOf(agreed)], [1, []]);
    await tearDown(agreed, scope);
    assert.deepEqual(refused(), []);
    assert.deepEqual(await holdings(), { ...before, certificates: Number(before['certificates']) - 1 });
    assert.equal((await plan()).actions.filter(({ kind }) => kind === 'claimCertificate').length, 1);
  });

  it('one claim that is a device is refused', async () => {
    const careless = await device('core-1', [names.claimPolicyName]);
    const scope: TeardownScope = { kind: 'oneClaim', certificateId: careless.id };
    const agreed = await plan(scope);
    await assert.rejects(tearDown(agreed, scope), /It is a device/);
    assert.equal((await real.iot.describeCertificate(careless.id))?.status, 'ACTIVE');
  });

  it('finds the claim of the folder, also when its policy has gone', async () => {
    for await (const target of real.iot.listTargetsForPolicy(names.claimPolicyName)) await real.iot.detachPolicy({ policyName: names.claimPolicyName, target });
    const agreed = await plan();
    assert.equal(agreed.actions.filter(({ kind }) => kind === 'claimCertificate').length, 1);
    await tearDown(agreed);
    assert.deepEqual(await holdings(), empty);
  });

  /** The role that the alias points to. */
  const roleName = async (): Promise<string> => (await real.iot.describeRoleAlias(names.roleAliasName))?.roleArn.split('/').at(-1) ?? '';
  const s3 = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
  const allow = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }] });

  it('a plan that does not know of a policy put on a role by hand fails in CloudFormation; a new plan knows it, and goes on', async () => {
    const iam = new IAMClient(sandbox.client);
    const agreed = await plan();
    await iam.send(new AttachRolePolicyCommand({ RoleName: await roleName(), PolicyArn: s3 }));
    iam.destroy();
    await assert.rejects(tearDown(agreed), /The policy attached to a role AmazonS3ReadOnlyAccess is there now, which the plan did not show/);
    await assert.rejects(runTeardown(work(), agreed), /^FleetError: Resources that are gone: 6 of 7\. The stack GGv2Workshop could not be removed: .*DELETE_FAILED\. First cause: .*must detach all policies first/);
    const again = await plan();
    assert.deepEqual(again.actions.map(({ kind }) => kind), ['rolePolicy', 'stack']);
    await tearDown(again);
    assert.deepEqual(await holdings(), empty);
  });

  it('takes policies put on a role by hand off it first, and no call is refused; what the template put there is not named', async () => {
    const iam = new IAMClient(sandbox.client);
    const RoleName = await roleName();
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: s3 }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'mine', PolicyDocument: allow }));
    const agreed = await plan();
    const stack = agreed.actions.findIndex(({ kind }) => kind === 'stack');
    assert.deepEqual(agreed.actions.slice(-3).map(({ kind, name, role }) => [kind, name, role]), [['rolePolicy', 'AmazonS3ReadOnlyAccess', RoleName], ['roleOwnPolicy', 'mine', RoleName], ['stack', names.stackName, undefined]]);
    assert.equal(stack, agreed.actions.length - 1);
    log = [];
    await tearDown(agreed);
    assert.deepEqual(refused(), []);
    assert.deepEqual(log.filter((line) => /^iam:(Detach|Delete)/.test(line)).map((line) => line.split(' ')[0]), ['iam:DetachRolePolicy', 'iam:DeleteRolePolicy']);
    assert.deepEqual(await holdings(), empty);
    await iam.send(new GetPolicyCommand({ PolicyArn: s3 }));
    iam.destroy();
  });

  it('a role in an instance profile blocks the plan, without which the stack could not be deleted', async () => {
    const iam = new IAMClient(sandbox.client);
    const agreed = await plan();
    const profile = { InstanceProfileName: 'Gateways', RoleName: await roleName() };
    await iam.send(new CreateInstanceProfileCommand(profile));
    await iam.send(new AddRoleToInstanceProfileCommand(profile));
    await assert.rejects(tearDown(agreed), /Nothing is torn down: GGv2Workshop: Its role \S+ is in an instance profile \(Gateways\)/);
    await assert.rejects(runTeardown(work(), { ...agreed, actions: agreed.actions.filter(({ kind }) => kind === 'stack') }), /must remove roles from instance profile first/);
    await iam.send(new RemoveRoleFromInstanceProfileCommand(profile));
    iam.destroy();
    await tearDown(agreed);
    assert.deepEqual(await holdings(), empty);
  });

  /** The stack as CloudFormation leaves it when a role of it is in an instance profile. Answers the role. */
  async function stuckStack(): Promise<string> {
    const iam = new IAMClient(sandbox.client);
    const agreed = await plan();
    const profile = { InstanceProfileName: 'Gateways', RoleName: await roleName() };
    await iam.send(new CreateInstanceProfileCommand(profile));
    await iam.send(new AddRoleToInstanceProfileCommand(profile));
    iam.destroy();
    await assert.rejects(runTeardown(work(), agreed), (error: FleetError) => {
      assert.deepEqual(error.remedies.map(({ kind }) => kind), ['deleteStuckStack']);
      return true;
    });
    return profile.RoleName;
  }

  for (const [title, how] of [['what failed is left', { leave: ['TokenExchangeRole'] }], ['by force', 'force']] as const) {
    it(`a stack whose deletion failed is deleted: ${title}`, async () => {
      const role = await stuckStack();
      const found = await plan();
      assert.deepEqual(found.actions.map(({ kind, isStuck, blockedBy }) => [kind, isStuck, blockedBy !== undefined]), [['stack', true, true]]);
      const [{ key: id, name } = { key: '', name: '' }] = found.actions;
      const failed = await stuckResources(work(), id, name);
      assert.deepEqual(failed.map(({ logicalId, physicalId }) => [logicalId, physicalId]), [['TokenExchangeRole', role]]);
      const left = await deleteStuckStack(work(), id, name, how);
      assert.deepEqual(left.map(({ physicalId }) => physicalId), [role]);
      assert.deepEqual(await holdings(), empty);
      assert.equal((await real.roles.getRole(role))?.name, role);
      assert.deepEqual(await deleteStuckStack(work(), id, name, how), left, 'once more: done');
      await assert.rejects(stuckResources(work(), id, name), /is in DELETE_COMPLETE: only of a stack in DELETE_FAILED/);
    });
  }

  it('nothing is left of a stack whose deletion has not failed', async () => {
    const { id = '' } = (await real.stacks.describeStack(names.stackName)) ?? {};
    await assert.rejects(stuckResources(work(), id, 'GGv2Workshop'), /The stack GGv2Workshop is in CREATE_COMPLETE/);
    await assert.rejects(deleteStuckStack(work(), id, 'GGv2Workshop', 'force'), /The stack GGv2Workshop is in CREATE_COMPLETE/);
    await assert.rejects(real.stacks.deleteStuckStack(id, { leave: ['TokenExchangeRole'] }), /DELETE_FAILED/);
    assert.equal((await holdings())['stack'], 'CREATE_COMPLETE');
  });

  it('a managed policy of the stack that another role has blocks the plan, without which the stack could not be deleted', async () => {
    const iam = new IAMClient(sandbox.client);
    const document = JSON.parse(allow) as object;
    const template = JSON.parse(await real.stacks.getTemplate(names.stackName)) as { Resources: Record<string, object> };
    template.Resources['Mine'] = { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: document, Roles: [{ Ref: 'TokenExchangeRole' }] } };
    template.Resources['Beside'] = { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'beside', PolicyDocument: document, Roles: [{ Ref: 'TokenExchangeRole' }] } };
    await updateStack(template);
    const agreed = await plan();
    assert.deepEqual(agreed.actions.filter(({ role }) => role !== undefined), [], 'all of it is by the template');
    let PolicyArn = '';
    for await (const { logicalId, physicalId } of real.stacks.listStackResources(names.stackName)) if (logicalId === 'Mine') PolicyArn = physicalId ?? '';
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] });
    await iam.send(new CreateRoleCommand({ RoleName: 'Theirs', AssumeRolePolicyDocument, PermissionsBoundary: PolicyArn }));
    await assert.rejects(tearDown(agreed), /Its managed policy \S+ is in use elsewhere as well: role Theirs/);
    await assert.rejects(runTeardown(work(), { ...agreed, actions: agreed.actions.filter(({ kind }) => kind === 'stack') }), /Cannot delete a policy attached to entities/);
    await iam.send(new DeleteRoleCommand({ RoleName: 'Theirs' }));
    iam.destroy();
    log = [];
    await tearDown(agreed);
    assert.deepEqual(refused(), []);
    assert.deepEqual(await holdings(), empty);
  });

  it('what IAM does not let be read keeps all of it from being torn down', async () => {
    const denied = new FleetError('You may not call iam:ListInstanceProfilesForRole.', { category: 'permissions', code: 'AccessDenied' });
    const roles = Object.create(real.roles, { instanceProfilesOfRole: { value: () => { throw denied; } } }) as Connection['roles'];
    connection = { ...connection, roles };
    const found = await plan();
    assert.deepEqual(found.unknown.map((text) => /iam:ListInstanceProfilesForRole/.test(text)), [true]);
    await assert.rejects(tearDown(found), /Nothing is torn down.*iam:ListInstanceProfilesForRole/);
  });

  it('what the template of the stack retains is told, and stays', async () => {
    const template = JSON.parse(await real.stacks.getTemplate(names.stackName)) as { Resources: Record<string, object> };
    template.Resources['FleetProvisioningRole'] = { ...template.Resources['FleetProvisioningRole'], DeletionPolicy: 'RetainExceptOnCreate' };
    template.Resources['Extra'] = { Type: 'AWS::IoT::Policy', DeletionPolicy: 'Retain', Properties: { PolicyName: 'Extra', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }] } } };
    await updateStack(template);
    const provisioningRole = (await real.iot.describeProvisioningTemplate(names.templateName))?.provisioningRoleArn.split('/').at(-1) ?? '';
    const agreed = await plan();
    assert.deepEqual(agreed.stays.map(({ kind, name, why }) => [kind, name, /DeletionPolicy/.test(why)]), [['stackResource', 'Extra', true], ['stackResource', provisioningRole, true]]);
    assert.match(teardownPage(agreed), /## What stays\n\n[^#]*\| Extra \| resource of the stack \| Extra/);
    await tearDown(agreed);
    assert.deepEqual(refused(), []);
    assert.deepEqual(await holdings(), { ...empty, policies: 1 });
    assert.equal((await real.roles.getRole(provisioningRole))?.name, provisioningRole);
  });

  async function updateStack(template: object): Promise<void> {
    const cloudFormation = new CloudFormationClient(sandbox.client);
    await cloudFormation.send(new UpdateStackCommand({ StackName: names.stackName, TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_NAMED_IAM'] }));
    cloudFormation.destroy();
    await eventually(async () => (await real.stacks.describeStack(names.stackName))?.status === 'UPDATE_COMPLETE');
  }

  it('takes down a set-up that is one stack as a whole, with its group and a device in the field', async () => {
    const { template } = await exportSetup({ connection: real, names, bundledTemplate, signal: faults.signal });
    await tearDown(await plan());
    const { stackId } = await real.stacks.createStack({ stackName: names.stackName, template: { body: templateText(template, 'json').text }, parameters: [], capabilities: ['CAPABILITY_IAM'] });
    await eventually(async () => (await real.stacks.describeStack(stackId))?.status === 'CREATE_COMPLETE');
    const field = await device('core-1');
    log = [];
    const agreed = await plan();
    assert.deepEqual([agreed.actions.map(({ kind }) => kind), agreed.fieldDevices], [['iotPolicy', 'iotPolicy', 'provisioningTemplate', 'roleAlias', 'stack'], 1]);
    assert.match(agreed.actions.at(-1)?.loses ?? '', /thing group GGv2WSGreengrassCoreGroup is part of it: 1 thing/);
    await tearDown(agreed);
    assert.deepEqual(refused(), []);
    assert.deepEqual(await holdings(), { ...empty, certificates: 1, things: 1 });
    assert.equal((await real.iot.describeCertificate(field.id))?.status, 'ACTIVE');
  });

  it('goes on after the answer of any change was lost', async () => {
    await testDevice('test-1');
    const agreed = await plan();
    faults.clear();
    await tearDown(agreed);
    const calls = [...faults.calls];
    const changes = calls.flatMap((name, index) => (/\.(delete|detach|update)/.test(name) ? [index] : []));
    assert.ok(changes.length >= 13, calls.join());
    for (const at of changes) {
      await rm(root, { recursive: true, force: true });
      await provision();
      await testDevice('test-1');
      const shown = await plan();
      faults.clear();
      faults.plan(at, 'lostAnswer');
      await assert.rejects(tearDown(shown), /no answer/, calls[at]);
      faults.clear();
      await tearDown(shown);
      assert.deepEqual(await holdings(), empty, calls[at]);
      assert.deepEqual(await ledger.entries(), [], calls[at]);
    }
  });
});
