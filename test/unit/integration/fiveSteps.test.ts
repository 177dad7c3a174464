import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import { analyzePolicy } from '../../../src/core/policy/analyze';
import type { Connection } from '../../../src/core/ports/connection';
import type { StepRun } from '../../../src/core/ports/services';
import { stepIds, type FleetNames } from '../../../src/core/provisioning/steps';
import { Emitter } from '../../../src/core/util/emitter';
import { WorkspaceFileNames } from '../../../src/ids';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { FleetStepsService } from '../../../src/services/fleetSteps';
import { SystemClock } from '../../../src/services/systemClock';
import { FakeInteraction } from '../../fakes/fakeInteraction';
import { NodeFiles } from '../../helpers/nodeFiles';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';
import { workshopNames as names } from '../../helpers/workshop';

const bundled = path.join(import.meta.dirname, '../../../resources/templates/greengrass-fleet-roles.template.json');
const allDone = Object.fromEntries(stepIds.map((id) => [id, 'done']));

describe('the five steps on the real SDK and the local AWS', () => {
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  let root: string;
  let files: NodeFiles;
  let ui: FakeInteraction;
  let settings: { names: FleetNames; template: string };
  let steps: FleetStepsService;

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService, createCloudFormationService], certificateAuthority: createCertificateAuthority });
  });
  after(async () => sandbox.close());

  beforeEach(async () => {
    await sandbox.sandbox.reset();
    gateway = new SdkAwsGateway({ env: {}, userAgent: 'greengrass-fleet-test', amazonRootCa: async () => 'unused' });
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
    root = await mkdtemp(path.join(tmpdir(), 'five-steps-'));
    files = new NodeFiles(root);
    ui = new FakeInteraction();
    settings = { names, template: '' };
    steps = new FleetStepsService({
      settings: { names: () => settings.names, stackTemplate: () => settings.template, onDidChange: new Emitter<void>().event },
      clock: new SystemClock(),
      templates: { bundled: () => readFile(bundled, 'utf8'), file: (file) => readFile(file, 'utf8'), url: () => readFile(bundled, 'utf8') },
      kitScript: (name) => readFile(path.join(import.meta.dirname, '../../../resources/device-kit', name), 'utf8'),
      checkPolicy: (text, target) => analyzePolicy(text, { target }),
    });
  });

  afterEach(async () => {
    gateway.dispose();
    await rm(root, { recursive: true, force: true });
  });

  function run(signal = new AbortController().signal): StepRun {
    return { connection, files, ui, progress: { report: () => undefined }, signal };
  }

  function statuses(): Record<string, string> {
    return Object.fromEntries([...steps.states].map(([id, state]) => [id, state.status === 'done' ? 'done' : `${state.status}: ${state.summary} ${state.detail ?? ''}`]));
  }

  async function activeCertificates(): Promise<number> {
    let count = 0;
    for await (const certificate of connection.iot.listCertificates()) if (certificate.status === 'ACTIVE') count += 1;
    return count;
  }

  it('provisions everything after one question, and has nothing to do the second time', async () => {
    await steps.refresh(connection, files);
    assert.deepEqual(Object.values(statuses()).map((status) => status.split(':')[0]), Array(5).fill('notStarted'));
    await steps.provisionEverything(run());
    assert.deepEqual(statuses(), allDone);
    assert.deepEqual(ui.titles(), ['Provision everything that is missing?']);
    assert.equal(ui.asked[0]?.account, sandbox.account);
    assert.deepEqual(ui.warnings, []);

    const policy = await files.read(WorkspaceFileNames.iotPolicy);
    assert.match(policy ?? '', new RegExp(`arn:aws:iot:${sandbox.region}:${sandbox.account}:rolealias/${names.roleAliasName}`));
    const key = await files.read(WorkspaceFileNames.claimPrivateKey);
    const certificate = new X509Certificate((await files.read(WorkspaceFileNames.claimCertificate)) ?? '');
    assert.ok(certificate.checkPrivateKey(createPrivateKey(key ?? '')));
    assert.match(key ?? '', /^-----BEGIN RSA PRIVATE KEY-----/);
    assert.ok(certificate.verify(new X509Certificate((await files.read(WorkspaceFileNames.rootCa)) ?? '').publicKey), 'signed by the root CA that is written next to it');
    if (process.platform !== 'win32') assert.equal((await stat(path.join(root, WorkspaceFileNames.claimPrivateKey))).mode & 0o777, 0o600);
    assert.match((await files.read('.gitignore')) ?? '', /^claim-certs\/$/m);

    ui.asked.length = 0;
    await steps.provisionEverything(run());
    assert.deepEqual(ui.titles(), []);
    assert.equal(await activeCertificates(), 1);
  });

  it('runs each step alone, then again without a question', async () => {
    for (const id of stepIds) await steps.run(id, run());
    assert.deepEqual(statuses(), allDone);
    assert.equal(ui.asked.length, 5);
    for (const id of stepIds) await steps.run(id, run());
    assert.equal(ui.asked.length, 5);
    assert.equal(await activeCertificates(), 1);
  });

  it('publishes changed files as new versions, six times, asking what may go', async () => {
    await steps.provisionEverything(run());
    for (let version = 2; version <= 7; version += 1) {
      const policy = JSON.parse((await files.read(WorkspaceFileNames.iotPolicy)) ?? '') as { Statement: { Sid?: string }[] };
      policy.Statement[0]!.Sid = `v${version}`;
      await files.write(WorkspaceFileNames.iotPolicy, JSON.stringify(policy));
      await steps.run('iotPolicy', run());
      const template = JSON.parse((await files.read(WorkspaceFileNames.provisioningTemplate)) ?? '') as { Parameters: Record<string, unknown> };
      template.Parameters[`Extra${version}`] = { Type: 'String', Default: 'x' };
      await files.write(WorkspaceFileNames.provisioningTemplate, JSON.stringify(template));
      await steps.run('provisioningTemplate', run());
    }
    assert.deepEqual(statuses(), allDone);
    assert.deepEqual(ui.titles().filter((title) => title.startsWith('Remove version')).sort(), [
      `Remove version 1 of the IoT policy ${names.iotPolicyName}?`,
      `Remove version 1 of the provisioning template ${names.templateName}?`,
      `Remove version 2 of the IoT policy ${names.iotPolicyName}?`,
      `Remove version 2 of the provisioning template ${names.templateName}?`,
    ]);
  });

  it('goes on where a cancelled run stopped', async () => {
    for (let calls = 1; calls <= 30; calls += 4) {
      await sandbox.sandbox.reset();
      await rm(root, { recursive: true, force: true });
      await files.write('.gitignore', '');
      const controller = new AbortController();
      let left = calls;
      const progress = { report: (): void => { left -= 1; if (left === 0) controller.abort(); } };
      await steps.provisionEverything({ ...run(controller.signal), progress }).catch(() => undefined);
      await steps.provisionEverything(run());
      assert.deepEqual(statuses(), allDone, `cancelled at message ${calls}`);
      assert.equal(await activeCertificates(), 1);
    }
  });

  it('updates the stack by a change set that is shown first', async () => {
    await steps.run('rolesStack', run());
    const changed = JSON.parse(await readFile(bundled, 'utf8')) as { Resources: { TokenExchangeRole: { Properties: { Description: string } } } };
    changed.Resources.TokenExchangeRole.Properties.Description = 'Changed by a test.';
    settings.template = path.join(root, 'changed.json');
    await files.write('changed.json', JSON.stringify(changed));
    ui.choices.push({ title: /another template/, label: /^Update/ });
    await steps.run('rolesStack', run());
    assert.match(ui.markdown.join('\n'), /TokenExchangeRole/);
    assert.equal((await connection.stacks.describeStack(names.stackName))?.status, 'UPDATE_COMPLETE');
    assert.equal(steps.states.get('rolesStack')?.status, 'done');
  });

  it('tells the first cause of a stack that fails, then deletes and recreates it', async () => {
    const broken = { Resources: { Bad: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] }, ManagedPolicyArns: ['arn:aws:iam::aws:policy/NoSuchPolicyAnywhere'] } } } };
    settings.template = path.join(root, 'broken.json');
    await files.write('broken.json', JSON.stringify(broken));
    await assert.rejects(steps.run('rolesStack', run()), /ended in ROLLBACK_COMPLETE. First cause: Bad \(AWS::IAM::Role\)/);
    assert.equal(steps.states.get('rolesStack')?.status, 'failed');
    settings.template = '';
    ui.choices.push({ title: /cannot be updated/, label: /^Delete and recreate/ });
    await steps.run('rolesStack', run());
    assert.equal(steps.states.get('rolesStack')?.status, 'done');
  });

  it('writes the device configuration from the live endpoints', async () => {
    await steps.provisionEverything(run());
    ui.inputs.push({ title: /core device/, value: 'Core-1' });
    const file = await steps.createDeviceConfiguration(run());
    const { services } = parse((await files.read(file)) ?? '') as { services: Record<string, { version?: unknown; configuration?: Record<string, unknown> }> };
    assert.equal(typeof services['aws.greengrass.Nucleus']?.version, 'string');
    const configuration = services['aws.greengrass.FleetProvisioningByClaim']?.configuration;
    assert.equal(configuration?.['awsRegion'], sandbox.region);
    assert.equal(configuration['iotDataEndpoint'], await connection.iot.describeEndpoint('iot:Data-ATS'));
    assert.equal(configuration['iotCredentialEndpoint'], await connection.iot.describeEndpoint('iot:CredentialProvider'));
    assert.equal(configuration['iotRoleAlias'], names.roleAliasName);
    assert.deepEqual(configuration['templateParameters'], { ThingName: 'Core-1', ThingGroupName: names.thingGroupName });
    await steps.createDeviceConfiguration(run());
    assert.equal(ui.diffs.length, 0, 'the same file again is no question');
  });

  it('writes a device kit that asks for the thing name on the device', async () => {
    await steps.provisionEverything(run());
    for (const [label, folder] of [[/nucleus lite/, 'lite-linux'], [/Linux.*classic/, 'classic-linux'], [/Windows/, 'classic-windows']] as const) {
      ui.choices = [{ title: /Device kit/, label }];
      await steps.createDeviceKit(run());
      assert.match((await files.read(`device-kit/${folder}/config.yaml`)) ?? '', /ThingName: "@ThingName@"/);
      assert.match((await files.read(`device-kit/${folder}/kit.env`)) ?? '', new RegExp(`KIT_CREDENTIAL_ENDPOINT='${await connection.iot.describeEndpoint('iot:CredentialProvider')}'`));
      assert.match((await files.readPrivate(`device-kit/${folder}/claim-certs/claim.private.pem.key`)) ?? '', /PRIVATE KEY/);
    }
  });

  it('shows the stack\'s outputs with what they mean', async () => {
    assert.equal(await steps.stackView(connection), undefined);
    await steps.run('rolesStack', run());
    const view = await steps.stackView(connection);
    const meanings = Object.fromEntries((view?.outputs ?? []).map((output) => [output.key, output.meaning]));
    assert.deepEqual(meanings, {
      TokenExchangeRoleArn: 'tokenExchangeRole',
      TokenExchangeRoleName: 'tokenExchangeRole',
      RoleAliasName: 'roleAliasName',
      CreateRoleAliasCommand: 'createRoleAliasCommand',
      FleetProvisioningRoleArn: 'provisioningRole',
      FleetProvisioningRoleName: 'provisioningRole',
    });
  });
});
