import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';
import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreatePolicyVersionCommand, CreateThingGroupCommand, CreateProvisioningTemplateVersionCommand, DeletePolicyCommand, DetachPolicyCommand, IoTClient, ListTargetsForPolicyCommand, UpdateProvisioningTemplateCommand, UpdateRoleAliasCommand } from '@aws-sdk/client-iot';
import { FleetError } from '../../../src/core/errors';
import type { Connection } from '../../../src/core/ports/connection';
import { relationsOf } from '../../../src/core/relations/relations';
import { roleNameOfArn } from '../../../src/core/util/arn';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { exportSetup } from '../../../src/services/export/exportSetup';
import { templateText, type TemplateFormat } from '../../../src/services/export/templateText';
import { gatherRelations } from '../../../src/services/preflight/gatherRelations';
import { eventually } from '../../helpers/eventually';
import { bundledTemplate, connectTo, provisionFleet } from '../../helpers/provisionedFleet';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';
import { skip } from '../../helpers/skip';
import { workshopNames as names } from '../../helpers/workshop';

const services = [createStsService, createIamService, createIotService, createCloudFormationService];
const start = async (options: { account?: string; region?: string } = {}): Promise<StartedSandbox> => startSandbox({ services, certificateAuthority: createCertificateAuthority, ...options });
const { signal } = new AbortController();

/** A region of an account, with the product's connection and clients of its own. */
interface Place {
  readonly connection: Connection;
  readonly cloudFormation: CloudFormationClient;
  readonly iot: IoTClient;
  readonly iam: IAMClient;
}

describe('the set-up exported as one template, deployed elsewhere', () => {
  let home: StartedSandbox;
  let root: string;
  let here: Place;
  const open: { dispose(): void }[] = [];
  const closing: (() => Promise<void>)[] = [];

  async function place(sandbox: StartedSandbox, region = sandbox.region): Promise<Place> {
    const { gateway, connection } = await connectTo(sandbox, region);
    const settings = { ...sandbox.client, region };
    const clients = { cloudFormation: new CloudFormationClient(settings), iot: new IoTClient(settings), iam: new IAMClient(settings) };
    open.push(gateway, ...Object.values(clients).map((client) => ({ dispose: () => client.destroy() })));
    return { connection, ...clients };
  }
  async function elsewhere(options: { account?: string; region?: string }): Promise<Place> {
    const sandbox = await start(options);
    closing.push(async () => sandbox.close());
    return place(sandbox);
  }

  before(async () => {
    home = await start();
  });
  after(async () => home.close());
  beforeEach(async () => {
    await home.sandbox.reset();
    root = await mkdtemp(path.join(tmpdir(), 'export-'));
    here = await place(home);
    await provisionFleet(here.connection, names, root);
  });
  afterEach(async () => {
    for (const part of open.splice(0)) part.dispose();
    for (const close of closing.splice(0)) await close();
    await rm(root, { recursive: true, force: true });
  });

  async function exported(format: TemplateFormat = 'json'): Promise<{ text: string; notes: readonly string[] }> {
    const { template, notes } = await exportSetup({ connection: here.connection, names, bundledTemplate, signal });
    return { text: templateText(template, format).text, notes };
  }
  async function deploy({ cloudFormation }: Place, TemplateBody: string, parameters: Readonly<Record<string, string>> = {}): Promise<Stack> {
    const StackName = 'Everything';
    // Without CAPABILITY_NAMED_IAM: the roles have no names of their own.
    await cloudFormation.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_IAM'], Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })) }));
    const stack = await eventually(async () => {
      const [found] = (await cloudFormation.send(new DescribeStacksCommand({ StackName }))).Stacks ?? [];
      return found !== undefined && !(found.StackStatus ?? '').endsWith('IN_PROGRESS') && found;
    });
    assert.equal(stack.StackStatus, 'CREATE_COMPLETE', stack.StackStatusReason);
    return stack;
  }
  /** A text of the place of origin as it reads in another place. */
  const moved = (text: string, { connection: { target } }: Place): string => {
    const from = here.connection.target;
    return text.replaceAll(from.account, target.account).replaceAll(from.region, target.region).replaceAll(`arn:${from.partition}:`, `arn:${target.partition}:`);
  };
  async function documents({ connection: { iot } }: Place, as: { policy?: string; claim?: string; template?: string } = {}): Promise<readonly unknown[]> {
    const policies: readonly unknown[] = await Promise.all([as.policy ?? names.iotPolicyName, as.claim ?? names.claimPolicyName].map(async (name): Promise<unknown> => JSON.parse((await iot.getPolicy(name))?.document ?? 'null') as unknown));
    const template = await iot.describeProvisioningTemplate(as.template ?? names.templateName);
    const body: unknown = JSON.parse(template?.templateBody ?? 'null');
    return [...policies, body, template?.enabled, template?.type];
  }
  const sameElsewhere = async (there: Place): Promise<void> => {
    assert.deepEqual(JSON.stringify(await documents(there)), moved(JSON.stringify(await documents(here)), there));
  };
  /** What is not green besides the claim certificates, which are not part of a template. */
  async function notGreen({ connection }: Place, stackName = 'Everything'): Promise<readonly string[]> {
    const graph = relationsOf(await gatherRelations(connection, { ...names, stackName }, signal));
    return graph.edges.filter((edge) => edge.status !== 'ok').map((edge) => `${edge.code} ${edge.status}`);
  }
  /** Each file is linted for each region, which takes long on a busy machine. */
  async function lint(context: Mocha.Context, ...texts: readonly (readonly [string, string])[]): Promise<void> {
    if (spawnSync('cfn-lint', ['--version']).status !== 0) skip(context, 'cfn-lint is not installed (pip install cfn-lint)');
    context.timeout(300_000);
    for (const [name, text] of texts) await writeFile(path.join(root, name), text);
    const { status, stdout, stderr } = spawnSync('cfn-lint', ['--regions', 'us-east-1', 'eu-west-1', 'cn-north-1', '--', ...texts.map(([name]) => name)], { cwd: root, encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
  }

  for (const format of ['json', 'yaml'] as const) {
    it(`in another region, as ${format}: the same documents for that region, and all hangs together`, async () => {
      const { text, notes } = await exported(format);
      assert.deepEqual(notes, []);
      const { account, region } = here.connection.target;
      for (const word of [account, region, 'BEGIN', 'certificate/']) assert.ok(!text.includes(word), `${word} in\n${text}`);
      const there = await place(home, 'eu-west-1');
      const stack = await deploy(there, text);
      await sameElsewhere(there);
      assert.equal((await there.connection.iot.describeRoleAlias(names.roleAliasName))?.credentialDurationSeconds, (await here.connection.iot.describeRoleAlias(names.roleAliasName))?.credentialDurationSeconds);
      // Claim certificates are made where the template is deployed.
      assert.deepEqual(await notGreen(there), ['claimCertificatePolicy broken']);
      const outputs = new Map(stack.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
      assert.equal(outputs.get('RoleAliasArn'), `arn:aws:iot:eu-west-1:${account}:rolealias/${names.roleAliasName}`);
      assert.equal(outputs.get('ProvisioningTemplateArn'), `arn:aws:iot:eu-west-1:${account}:provisioningtemplate/${names.templateName}`);
      const template = await there.connection.iot.describeProvisioningTemplate(names.templateName);
      assert.equal(template?.provisioningRoleArn, outputs.get('FleetProvisioningRoleArn'));
    });
  }

  it('in another account and region, under other names: everything goes by the new ones', async () => {
    const there = await elsewhere({ account: '210987654321', region: 'ap-south-1' });
    const { text } = await exported('yaml');
    await deploy(there, text, { RoleAliasName: 'alias=2', IoTPolicyName: 'device+2', ClaimPolicyName: 'claim.2', ThingGroupName: 'cores:2', ProvisioningTemplateName: 'fleet-2', RestrictTrust: 'true', MaxSessionDuration: '7200' });
    const [device, claim, body] = await documents(there, { policy: 'device+2', claim: 'claim.2', template: 'fleet-2' });
    const from = (await documents(here)).slice(0, 3).map((document) => moved(JSON.stringify(document), there));
    const renamed = (document: string | undefined): unknown =>
      JSON.parse((document ?? '').replaceAll(names.roleAliasName, 'alias=2').replaceAll(names.iotPolicyName, 'device+2').replaceAll(names.templateName, 'fleet-2').replaceAll(names.thingGroupName, 'cores:2'));
    assert.deepEqual([device, claim, body], from.map(renamed));
    assert.ok(await there.connection.iot.describeThingGroup('cores:2'));
    const alias = await there.connection.iot.describeRoleAlias('alias=2');
    const role = await there.connection.roles.getRole(roleNameOfArn(alias?.roleArn ?? '') ?? '');
    assert.match(role?.trustPolicy ?? '', /arn:aws:iot:\*:210987654321:rolealias\/alias=2/);
    assert.equal(role?.maxSessionDuration, 7200);
  });

  it('in another partition', async () => {
    const there = await elsewhere({ account: '210987654321', region: 'cn-north-1' });
    assert.equal(there.connection.target.partition, 'aws-cn');
    await deploy(there, (await exported()).text);
    await sameElsewhere(there);
    assert.match(JSON.stringify(await documents(there)), /arn:aws-cn:iot:cn-north-1:210987654321:topic/);
  });

  it('with policy variables, several policies and groups below groups', async function () {
    const { account, region } = here.connection.target;
    const arn = (resource: string): string => `arn:aws:iot:${region}:${account}:${resource}`;
    const policyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'iot:Connect', Resource: arn('client/${iot:Connection.Thing.ThingName}'), Condition: { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } } },
        { Effect: 'Allow', Action: ['iot:Publish'], Resource: [arn('topic/${iot:Connection.Thing.Attributes[room]}/*'), 'arn:aws:iot:*:*:topic/${iot:ClientId}', arn('topic/$aws/things/${iot:Connection.Thing.ThingName}/jobs/*')] },
        // Variables where no ARN is rewritten, and beside each other.
        { Effect: 'Allow', Action: 'iot:Receive', Resource: '*', Condition: { StringEquals: { 'iot:ClientId': ['${iot:Connection.Thing.ThingName}'] }, StringLike: { 'iot:DomainName': '${iot:Certificate.Subject.CommonName}-${iot:Connection.Thing.ThingTypeName}' } } },
        { Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: arn(`rolealias/${names.roleAliasName}`) },
      ],
    });
    await here.iot.send(new CreatePolicyVersionCommand({ policyName: names.iotPolicyName, policyDocument, setAsDefault: true }));
    await here.connection.iot.createPolicy({ name: 'Second', document: policyDocument });
    await here.iot.send(new CreateThingGroupCommand({ thingGroupName: 'Top', thingGroupProperties: { thingGroupDescription: 'All: "of" them', attributePayload: { attributes: { site: 'on' } } } }));
    await here.iot.send(new CreateThingGroupCommand({ thingGroupName: 'Below', parentGroupName: 'Top' }));
    const templateBody = JSON.stringify({
      Parameters: { ThingName: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
      Resources: {
        thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'ThingName' }, ThingGroups: ['Below', names.thingGroupName] } },
        certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' } } },
        policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: names.iotPolicyName } },
        second: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'Second' } },
      },
    });
    await here.iot.send(new CreateProvisioningTemplateVersionCommand({ templateName: names.templateName, templateBody, setAsDefault: true }));
    const there = await place(home, 'eu-west-1');
    const { text, notes } = await exported('yaml');
    assert.deepEqual(notes, []);
    await deploy(there, text, { IoTPolicyName2: 'SecondThere' });
    const second = await there.connection.iot.getPolicy('SecondThere');
    assert.deepEqual(JSON.parse(second?.document ?? ''), JSON.parse(moved(policyDocument, there)));
    const [device, , body] = await documents(there);
    assert.deepEqual(device, JSON.parse(moved(policyDocument, there)));
    assert.deepEqual(body, JSON.parse(templateBody.replace('"Second"', '"SecondThere"')));
    const below = await there.connection.iot.describeThingGroup('Below');
    const top = await there.connection.iot.describeThingGroup('Top');
    assert.deepEqual([below?.parentName, top?.description, top?.attributes], ['Top', 'All: "of" them', { site: 'on' }]);
    await lint(this, ['variables.yaml', text]);
  });

  it('with roles that the stack did not make: as IAM has them', async function () {
    const { account, region } = here.connection.target;
    const trust = (service: string): string =>
      JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole', Condition: { StringEquals: { 'aws:SourceAccount': account }, ArnLike: { 'aws:SourceArn': `arn:aws:iot:${region}:${account}:*` } } }] });
    await here.iam.send(new CreateRoleCommand({ RoleName: 'Mine', Path: '/fleet/', AssumeRolePolicyDocument: trust('credentials.iot.amazonaws.com'), MaxSessionDuration: 7200 }));
    const inline = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: ['arn:aws:s3:::parts/*', `arn:aws:s3:${region}:${account}:accesspoint/x`] }] });
    await here.iam.send(new PutRolePolicyCommand({ RoleName: 'Mine', PolicyName: 'Parts', PolicyDocument: inline }));
    const { Policy } = await here.iam.send(new CreatePolicyCommand({ PolicyName: 'Company', PolicyDocument: inline }));
    await here.iam.send(new AttachRolePolicyCommand({ RoleName: 'Mine', PolicyArn: Policy?.Arn }));
    await here.iot.send(new UpdateRoleAliasCommand({ roleAlias: names.roleAliasName, roleArn: `arn:aws:iam::${account}:role/fleet/Mine` }));
    const there = await elsewhere({ account: '210987654321', region: 'ap-south-1' });
    const { text, notes } = await exported();
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? '', /policy\/Company is not part of the template/);
    await there.iam.send(new CreatePolicyCommand({ PolicyName: 'Company', PolicyDocument: inline }));
    await deploy(there, text);
    const alias = await there.connection.iot.describeRoleAlias(names.roleAliasName);
    assert.match(alias?.roleArn ?? '', /^arn:aws:iam::210987654321:role\/fleet\/Everything-/);
    const name = roleNameOfArn(alias?.roleArn ?? '') ?? '';
    const role = await there.connection.roles.getRole(name);
    assert.deepEqual(JSON.parse(role?.trustPolicy ?? ''), JSON.parse(moved(trust('credentials.iot.amazonaws.com'), there)));
    assert.equal(role?.maxSessionDuration, 7200);
    assert.deepEqual((await there.connection.roles.inlineRolePolicies(name)).map(({ document }) => JSON.parse(document) as unknown), [JSON.parse(moved(inline, there))]);
    await lint(this, ['roles.json', text]);
  });

  it('with a pre-provisioning hook: whoever deploys has to say which function, or that there is none', async function () {
    const { account, region } = here.connection.target;
    const hook = (at: string): string => `arn:aws:lambda:${at}:${account}:function:AskMe`;
    await here.iot.send(new UpdateProvisioningTemplateCommand({ templateName: names.templateName, preProvisioningHook: { targetArn: hook(region), payloadVersion: '2020-04-01' } }));
    const { text, notes } = await exported('yaml');
    assert.match(notes.join(), /^The parameter HookArn has no default/);
    assert.ok(!text.includes('AskMe'));
    const [first, second] = [await place(home, 'eu-west-1'), await place(home, 'eu-west-2')];
    await assert.rejects(deploy(first, text), /HookArn.* must have values/);
    await assert.rejects(deploy(first, text, { HookArn: 'arn:aws:iam::1:x' }), /HookArn/);
    await deploy(first, text, { HookArn: '' });
    await deploy(second, text, { HookArn: hook('eu-west-2') });
    const hooks = await Promise.all([first, second].map(async ({ connection }) => (await connection.iot.describeProvisioningTemplate(names.templateName))?.preProvisioningHook));
    assert.deepEqual(hooks, [undefined, { targetArn: hook('eu-west-2'), payloadVersion: '2020-04-01' }]);
    await lint(this, ['hook.yaml', text]);
  });

  it('has nothing in it that StackSets do not take: no macros, no nested stacks, no exports, no names of roles', async () => {
    // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-considerations.html
    const { text } = await exported();
    const template = JSON.parse(text) as { Transform?: unknown; Resources: Record<string, { Type: string; Properties: object }>; Outputs: Record<string, object> };
    assert.equal(template.Transform, undefined);
    for (const { Type, Properties } of Object.values(template.Resources)) {
      assert.match(Type, /^AWS::(IAM::Role|IoT::\w+)$/);
      assert.ok(Type !== 'AWS::IAM::Role' || !('RoleName' in Properties));
    }
    assert.ok(Object.values(template.Outputs).every((output) => !('Export' in output)));
    assert.ok(!/Fn::(Transform|ImportValue)/.test(text));
  });

  it('passes cfn-lint', async function () {
    await lint(this, ['fleet.json', (await exported('json')).text], ['fleet.yaml', (await exported('yaml')).text]);
  });

  it('says what is missing, with the step that makes it, and reads only', async () => {
    const { targets = [] } = await here.iot.send(new ListTargetsForPolicyCommand({ policyName: names.claimPolicyName }));
    for (const target of targets) await here.iot.send(new DetachPolicyCommand({ policyName: names.claimPolicyName, target }));
    await here.iot.send(new DeletePolicyCommand({ policyName: names.claimPolicyName }));
    await assert.rejects(exported(), (error) => {
      assert.ok(error instanceof FleetError);
      assert.match(error.message, new RegExp(`Missing: the claim policy ${names.claimPolicyName}\\.`));
      assert.deepEqual(error.remedies, [{ kind: 'runStep', step: 'claimCertificate' }]);
      return true;
    });
    const there = await place(home, 'eu-west-1');
    await assert.rejects(exportSetup({ connection: there.connection, names, bundledTemplate, signal }), (error) => {
      assert.ok(error instanceof FleetError);
      assert.deepEqual(error.remedies, [{ kind: 'runStep', step: 'roleAlias' }]);
      return true;
    });
  });
});
