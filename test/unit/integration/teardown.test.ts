import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AddThingToThingGroupCommand, AttachPolicyCommand, AttachThingPrincipalCommand, CreateKeysAndCertificateCommand, CreateThingCommand, IoTClient } from '@aws-sdk/client-iot';
import { CloudFormationClient, UpdateTerminationProtectionCommand } from '@aws-sdk/client-cloudformation';
import { AttachRolePolicyCommand, DetachRolePolicyCommand, IAMClient } from '@aws-sdk/client-iam';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import type { Connection } from '../../../src/core/ports/connection';
import type { TeardownScope } from '../../../src/core/teardown/facts';
import { blockersOf, planTeardown } from '../../../src/core/teardown/plan';
import type { TeardownPlan } from '../../../src/core/teardown/actions';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { SystemClock } from '../../../src/services/systemClock';
import { exportSetup } from '../../../src/services/export/exportSetup';
import { templateText } from '../../../src/services/export/templateText';
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
    assert.match(blockers, new RegExp(`${names.iotPolicyName}: The provisioning template\\(s\\) Theirs`));
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
    assert.match(agreed.stays[0]?.why ?? '', /2 thing\(s\) are in it/);
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
    assert.match(agreed.actions.find(({ kind }) => kind === 'roleAlias')?.loses ?? '', /^1 device\(s\) in the field get no AWS credentials.*Nobodys, Theirs/);
    assert.throws(() => checkAgreement(agreed, { actions: agreed.actions.map(({ id }) => id), fieldDevices: 0 }), /1 device\(s\) in the field would lose something/);
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

  it('says why CloudFormation cannot delete the stack, and goes on once that is put right', async () => {
    const iam = new IAMClient(sandbox.client);
    const agreed = await plan();
    const RoleName = (await real.iot.describeRoleAlias(names.roleAliasName))?.roleArn.split('/').at(-1);
    const PolicyArn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
    await assert.rejects(tearDown(agreed), /^FleetError: 6 of 7 resource\(s\) are gone\. The stack GGv2Workshop could not be removed: .*DELETE_FAILED\. First cause: .*must detach all policies first/);
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
    iam.destroy();
    await tearDown(agreed);
    assert.deepEqual(await holdings(), empty);
  });

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
