import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import operatorPolicy from '../../../resources/iam/operator-policy.json';
import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand, DeleteRoleCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreatePolicyVersionCommand, DeleteThingGroupCommand, IoTClient, UpdateCertificateCommand, UpdateProvisioningTemplateCommand, UpdateRoleAliasCommand } from '@aws-sdk/client-iot';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import { analyzePolicy } from '../../../src/core/policy/analyze';
import type { Connection } from '../../../src/core/ports/connection';
import type { StepRun } from '../../../src/core/ports/services';
import type { RelationEdge } from '../../../src/core/relations/graph';
import { relationsOf } from '../../../src/core/relations/relations';
import { iotArn, roleNameOfArn } from '../../../src/core/util/arn';
import { Emitter } from '../../../src/core/util/emitter';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { FleetStepsService } from '../../../src/services/fleetSteps';
import { gatherRelations } from '../../../src/services/preflight/gatherRelations';
import { operatorFacts } from '../../../src/services/preflight/operatorPermissions';
import { revertDrift } from '../../../src/services/steps/revertDrift';
import { SystemClock } from '../../../src/services/systemClock';
import { FakeInteraction } from '../../fakes/fakeInteraction';
import { NodeFiles } from '../../helpers/nodeFiles';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';
import { workshopNames as names } from '../../helpers/workshop';

const registration = 'arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration';
const bundled = path.join(import.meta.dirname, '../../../resources/templates/greengrass-fleet-roles.template.json');

describe('the relations of a fleet on the real SDK and the local AWS', function () {
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  let root: string;
  let iot: IoTClient;
  let iam: IAMClient;
  let steps: FleetStepsService;
  let run: StepRun;

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService, createCloudFormationService], certificateAuthority: createCertificateAuthority });
    iot = new IoTClient(sandbox.client);
    iam = new IAMClient(sandbox.client);
  });
  after(async () => {
    iot.destroy();
    iam.destroy();
    await sandbox.close();
  });
  beforeEach(async () => {
    await sandbox.sandbox.reset();
    gateway = new SdkAwsGateway({ env: {}, userAgent: 'greengrass-fleet-test', amazonRootCa: async () => 'unused' });
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
    root = await mkdtemp(path.join(tmpdir(), 'preflight-'));
    steps = new FleetStepsService({
      settings: { names: () => names, stackTemplate: () => '', onDidChange: new Emitter<void>().event },
      clock: new SystemClock(),
      templates: { bundled: () => readFile(bundled, 'utf8'), file: (file) => readFile(file, 'utf8'), url: () => readFile(bundled, 'utf8') },
      kitScript: async () => '',
      checkPolicy: (text, target) => analyzePolicy(text, { target }),
    });
    run = { connection, files: new NodeFiles(root), ui: new FakeInteraction(), progress: { report: () => undefined }, signal: new AbortController().signal };
    await steps.provisionEverything(run);
  });
  afterEach(async () => {
    gateway.dispose();
    await rm(root, { recursive: true, force: true });
  });

  async function found(): Promise<readonly RelationEdge[]> {
    const graph = relationsOf(await gatherRelations(connection, names, new AbortController().signal));
    assert.ok(graph.edges.length >= 14, `${graph.edges.length} edges`);
    return graph.edges.filter((edge) => edge.status !== 'ok');
  }
  const notGreen = async (): Promise<readonly string[]> => (await found()).map((edge) => `${edge.code} ${edge.status} ${edge.remedy ?? ''}`.trim());
  /** What the button of a finding runs, each question agreed to. */
  async function mend(remedy: NonNullable<RelationEdge['remedy']>): Promise<void> {
    switch (remedy) {
      case 'switchTemplate':
        return connection.iot.updateProvisioningTemplate({ name: names.templateName, enabled: true });
      case 'changeClaimCertificate':
        for await (const { id } of connection.iot.listCertificates()) await connection.iot.updateCertificateStatus(id, 'ACTIVE');
        return;
      case 'revertStackDrift':
        return revertDrift({ ...run, clock: new SystemClock(), stackName: names.stackName });
      default:
        return steps.run(remedy, run);
    }
  }
  const roleOfAlias = async (): Promise<string> => roleNameOfArn((await connection.iot.describeRoleAlias(names.roleAliasName))?.roleArn ?? '') ?? '';
  const roleOfTemplate = async (): Promise<string> => roleNameOfArn((await connection.iot.describeProvisioningTemplate(names.templateName))?.provisioningRoleArn ?? '') ?? '';
  const trust = (service: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] });
  const document = (Resource: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:*', Resource }] });

  it('is all green after everything was provisioned', async () => {
    assert.deepEqual(await notGreen(), []);
  });

  const breakages: readonly (readonly [string, () => Promise<unknown>, readonly string[]])[] = [
    ['a disabled template', () => iot.send(new UpdateProvisioningTemplateCommand({ templateName: names.templateName, enabled: false })), ['templateEnabled broken switchTemplate']],
    ['no thing group', () => iot.send(new DeleteThingGroupCommand({ thingGroupName: names.thingGroupName })), ['templateGroup broken provisioningTemplate']],
    ['a device policy for another alias', () => iot.send(new CreatePolicyVersionCommand({ policyName: names.iotPolicyName, policyDocument: document(iotArn(connection.target, 'rolealias/Other')), setAsDefault: true })), ['devicePolicyAlias broken iotPolicy']],
    ['a claim policy for every template', () => iot.send(new CreatePolicyVersionCommand({ policyName: names.claimPolicyName, policyDocument: document('*'), setAsDefault: true })), ['claimPolicyTemplate broken claimCertificate']],
    ['a claim policy for another template', () => iot.send(new CreatePolicyVersionCommand({ policyName: names.claimPolicyName, policyDocument: document(iotArn(connection.target, 'topic/other')), setAsDefault: true })), ['claimPolicyTemplate broken claimCertificate']],
    ['a role that devices may not use', async () => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: await roleOfAlias(), PolicyDocument: trust('ec2.amazonaws.com') })), ['stackTokenExchangeRole broken revertStackDrift', 'aliasRoleTrust broken revertStackDrift']],
    ['a role that provisioning may not use', async () => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: await roleOfTemplate(), PolicyDocument: trust('ec2.amazonaws.com') })), ['stackProvisioningRole broken revertStackDrift', 'templateRoleTrust broken revertStackDrift']],
    ['a role that may do all of S3', async () => iam.send(new PutRolePolicyCommand({ RoleName: await roleOfAlias(), PolicyName: 'Wide', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }] }) })), ['aliasRolePermissions broken revertStackDrift']],
    [
      'a role with a managed policy that may do all of DynamoDB',
      async () => {
        const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'Tables', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }] }) }));
        await iam.send(new AttachRolePolicyCommand({ RoleName: await roleOfAlias(), PolicyArn: Policy?.Arn }));
      },
      // CloudFormation does not see it: whoever attached it detaches it.
      ['aliasRolePermissions broken'],
    ],
    ['a provisioning role that may do nothing', async () => iam.send(new DetachRolePolicyCommand({ RoleName: await roleOfTemplate(), PolicyArn: registration })), ['templateRolePermissions broken revertStackDrift']],
    [
      'no token exchange role',
      async () => {
        const RoleName = await roleOfAlias();
        for (const { name } of await connection.roles.inlineRolePolicies(RoleName)) await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: name }));
        await iam.send(new DeleteRoleCommand({ RoleName }));
      },
      ['aliasRole broken revertStackDrift', 'aliasRoleTrust broken revertStackDrift', 'aliasRolePermissions unknown'],
    ],
    [
      'a role alias with the role of somebody else',
      async () => {
        const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'Theirs', AssumeRolePolicyDocument: trust('credentials.iot.amazonaws.com') }));
        await iam.send(new PutRolePolicyCommand({ RoleName: 'Theirs', PolicyName: 'P', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iam:*', Resource: '*' }] }) }));
        await iot.send(new UpdateRoleAliasCommand({ roleAlias: names.roleAliasName, roleArn: Role?.Arn }));
      },
      ['aliasRolePermissions broken roleAlias'],
    ],
    [
      'an inactive claim',
      async () => {
        for await (const { id } of connection.iot.listCertificates()) await iot.send(new UpdateCertificateCommand({ certificateId: id, newStatus: 'INACTIVE' }));
      },
      ['claimCertificateActive broken changeClaimCertificate'],
    ],
  ];
  it('tells what the operator may not do, and calls nothing for it', async () => {
    const { target } = connection;
    const signal = new AbortController().signal;
    const facts = await gatherRelations(connection, names, signal);
    const judged = async (callerArn: string): Promise<readonly string[]> => {
      const operator = await operatorFacts({ ...connection, target: { ...target, callerArn } }, facts, signal);
      return relationsOf({ ...facts, operator }).edges.filter(({ code }) => code === 'operatorPermissions').map(({ to, status, reason }) => `${to} ${status} ${status === 'broken' ? reason : ''}`.trim());
    };
    const services = ['cloudformation', 'iot', 'greengrass', 'iam', 'lambda'];
    assert.deepEqual(await judged(target.callerArn), services.map((name) => `service:${name} ok`));
    await iam.send(new CreateRoleCommand({ RoleName: 'Operator', Path: '/team/', AssumeRolePolicyDocument: trust('ec2.amazonaws.com') }));
    const statement = [
      { Effect: 'Allow', Action: ['iot:*', 'iam:*', 'cloudformation:*', 'greengrass:*'], Resource: '*' },
      { Effect: 'Deny', Action: 'iot:CreatePolicy', Resource: iotArn(target, `policy/${names.iotPolicyName}`) },
    ];
    await iam.send(new PutRolePolicyCommand({ RoleName: 'Operator', PolicyName: 'P', PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: statement }) }));
    const found = await judged(`arn:aws:sts::${target.account}:assumed-role/Operator/me`);
    assert.deepEqual(found.filter((line) => / broken /.test(line)), ['service:iot broken It may not do this: iot:CreatePolicy.', 'service:lambda broken It may not do this: lambda:GetPolicy.']);
    assert.deepEqual(await judged(`arn:aws:iam::${target.account}:root`), ['service:iam unknown']);
  });

  it('a policy that allows exactly the names of this fleet is all green', async () => {
    const { target } = connection;
    const signal = new AbortController().signal;
    const facts = await gatherRelations(connection, names, signal);
    const certificate = facts.claims.kind === 'found' ? facts.claims.value[0]?.id : undefined;
    const stackId = facts.stack.kind === 'found' ? facts.stack.value.id : undefined;
    assert.ok(certificate !== undefined && stackId !== undefined);
    const { tokenExchange = '', provisioning = '' } = facts.stackRoles;
    const own = `arn:aws:iam::${target.account}:role/Narrow`;
    const exact = (pattern: string): readonly string[] => {
      const arn = pattern.replace('REGION', target.region).replace('ACCOUNT', target.account);
      if (arn.includes(':stack/')) return [stackId];
      if (arn.endsWith(':role/GGv2Workshop-*')) return [tokenExchange, provisioning];
      if (arn.endsWith(':role/*')) return [own];
      const real: Readonly<Record<string, readonly string[]>> = { policy: [names.iotPolicyName, names.claimPolicyName], rolealias: [names.roleAliasName], provisioningtemplate: [names.templateName], thinggroup: [names.thingGroupName], cert: [certificate] };
      const kind = /:(\w+)\/\*$/.exec(arn)?.[1] ?? '';
      return (arn.includes(':iot:') ? real[kind] : undefined)?.map((name) => iotArn(target, `${kind}/${name}`)) ?? [arn];
    };
    const statements = operatorPolicy.Statement.map(({ Action, Resource }) => ({ Effect: 'Allow', Action, Resource: [Resource].flat().flatMap((each) => (each === '*' ? [each] : exact(each))) }));
    await iam.send(new CreateRoleCommand({ RoleName: 'Narrow', AssumeRolePolicyDocument: trust('ec2.amazonaws.com') }));
    for (const [index, statement] of statements.entries()) await iam.send(new PutRolePolicyCommand({ RoleName: 'Narrow', PolicyName: `P${String(index)}`, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }) }));
    const operator = await operatorFacts({ ...connection, target: { ...target, callerArn: `arn:aws:sts::${target.account}:assumed-role/Narrow/me` } }, facts, signal);
    assert.deepEqual(relationsOf({ ...facts, operator }).edges.filter(({ code, status }) => code === 'operatorPermissions' && status !== 'ok'), []);
  });

  for (const [what, breakIt, expected] of breakages) {
    it(`shows ${what}, and nothing else; its fix, where it has one, mends it`, async () => {
      await breakIt();
      assert.deepEqual(await notGreen(), expected);
      // A role that is made anew has another name: then the role alias is next.
      for (let round = 0; round < 2; round += 1) for (const remedy of new Set((await found()).flatMap((edge) => edge.remedy ?? []))) await mend(remedy);
      assert.deepEqual(await notGreen(), expected.every((line) => line.endsWith(' broken')) ? expected : []);
    });
  }
});
