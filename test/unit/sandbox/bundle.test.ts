import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand, waitUntilStackCreateComplete, type Stack } from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, GetRoleCommand, IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  AttachPolicyCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, CreateProvisioningTemplateCommand, CreateRoleAliasCommand, DescribeCertificateCommand,
  DescribeProvisioningTemplateCommand, DescribeRoleAliasCommand, IoTClient, ListAttachedPoliciesCommand,
} from '@aws-sdk/client-iot';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SandboxProcess as ExtensionSandbox } from '../../../src/services/sandboxProcess';
import { SandboxProcess, type SandboxInfo } from '../../helpers/sandboxProcess';
import { skip } from '../../helpers/skip';
import { workshopDevicePolicy as devicePolicy } from '../../helpers/workshop';

const PROGRAM = path.resolve('dist/sandbox/main.js');
const ROLES = path.resolve('resources/templates/greengrass-fleet-roles.template.json');
const ALIAS = 'GGV2WSTokenExchangeRoleAlias';
const run = promisify(execFile);

const TEMPLATE_BODY = JSON.stringify({
  Parameters: { ThingName: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
  Resources: {
    thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'ThingName' } } },
    policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'GGv2WSIoTThingPolicy' } },
    certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active' } },
  },
});

function outputOf(stack: Stack | undefined, key: string): string {
  const value = stack?.Outputs?.find((output) => output.OutputKey === key)?.OutputValue;
  assert.ok(value !== undefined, `output ${key}`);
  return value;
}

/** Clients for one life of the program. */
class Clients {
  readonly sts: STSClient;
  readonly iam: IAMClient;
  readonly iot: IoTClient;
  readonly cloudFormation: CloudFormationClient;

  constructor({ endpoint, region, accessKeyId, secretAccessKey }: Omit<SandboxInfo, 'account'>) {
    const options = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
    this.sts = new STSClient(options);
    this.iam = new IAMClient(options);
    this.iot = new IoTClient(options);
    this.cloudFormation = new CloudFormationClient(options);
  }

  destroy(): void {
    for (const client of [this.sts, this.iam, this.iot, this.cloudFormation]) client.destroy();
  }
}

describe('sandbox: the built program', function () {
  this.timeout(180_000);
  let folder: string;
  const started: SandboxProcess[] = [];

  before(async function () {
    this.timeout(300_000);
    const { ensureBuilt } = (await import(pathToFileURL(path.resolve('scripts/lib/build.mjs')).href)) as { ensureBuilt: (names: readonly string[]) => Promise<void> };
    await ensureBuilt(['sandbox']);
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-bundle-'));
  });
  afterEach(async () => {
    for (const process of started.splice(0)) await process.stop('SIGKILL');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  async function start(name: string, ...args: string[]): Promise<SandboxProcess> {
    const process = await SandboxProcess.start({ program: PROGRAM, state: path.join(folder, name), args: ['--resource-delay', '0', ...args] });
    started.push(process);
    return process;
  }

  it('does the whole flow with SDK clients and has it all after kill -9', async () => {
    const first = await start('sdk');
    let clients = new Clients(first.info);
    await clients.cloudFormation.send(new CreateStackCommand({ StackName: 'GGv2Workshop', TemplateBody: await readFile(ROLES, 'utf8'), Capabilities: ['CAPABILITY_NAMED_IAM'] }));
    await waitUntilStackCreateComplete({ client: clients.cloudFormation, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { StackName: 'GGv2Workshop' });
    const stack = (await clients.cloudFormation.send(new DescribeStacksCommand({ StackName: 'GGv2Workshop' }))).Stacks?.[0];
    const roleArn = outputOf(stack, 'TokenExchangeRoleArn');
    const { roleAliasArn } = await clients.iot.send(new CreateRoleAliasCommand({ roleAlias: ALIAS, roleArn }));
    await clients.iot.send(new CreatePolicyCommand({ policyName: 'GGv2WSIoTThingPolicy', policyDocument: devicePolicy(roleAliasArn ?? '') }));
    await clients.iot.send(new CreateProvisioningTemplateCommand({
      templateName: 'Fleet', templateBody: TEMPLATE_BODY, enabled: true, provisioningRoleArn: outputOf(stack, 'FleetProvisioningRoleArn'),
    }));
    const { certificateArn, certificateId } = await clients.iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    await clients.iot.send(new AttachPolicyCommand({ policyName: 'GGv2WSIoTThingPolicy', target: certificateArn }));
    clients.destroy();
    // At once after the last answer.
    await first.stop('SIGKILL');

    const second = await start('sdk');
    assert.equal(second.info.secretAccessKey, first.info.secretAccessKey);
    clients = new Clients(second.info);
    assert.equal((await clients.sts.send(new GetCallerIdentityCommand({}))).Account, first.info.account);
    assert.equal((await clients.cloudFormation.send(new DescribeStacksCommand({ StackName: 'GGv2Workshop' }))).Stacks?.[0]?.StackStatus, 'CREATE_COMPLETE');
    assert.equal((await clients.iot.send(new DescribeRoleAliasCommand({ roleAlias: ALIAS }))).roleAliasDescription?.roleArn, roleArn);
    assert.equal((await clients.iot.send(new DescribeProvisioningTemplateCommand({ templateName: 'Fleet' }))).enabled, true);
    assert.equal((await clients.iot.send(new DescribeCertificateCommand({ certificateId }))).certificateDescription?.status, 'ACTIVE');
    const { policies = [] } = await clients.iot.send(new ListAttachedPoliciesCommand({ target: certificateArn }));
    assert.deepEqual(policies.map((policy) => policy.policyName), ['GGv2WSIoTThingPolicy']);
    clients.destroy();
  });

  it('comes up for the extension over its message channel, and goes with it', async () => {
    const said: string[] = [];
    const stateFolder = path.join(folder, 'forked');
    const sandbox = new ExtensionSandbox({ program: PROGRAM, stateFolder, log: (line) => said.push(line), warn: (message) => said.push(message) });
    const choice = await sandbox.start();
    const clients = new Clients(choice);
    assert.match((await clients.sts.send(new GetCallerIdentityCommand({}))).Arn ?? '', /:user\/sandbox$/);
    await clients.iam.send(new CreateRoleCommand({ RoleName: 'gone', AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}' }));
    await sandbox.reset();
    assert.deepEqual((await clients.iam.send(new ListRolesCommand({}))).Roles, []);
    clients.destroy();
    await sandbox.stop();
    await assert.rejects(fetch(`${choice.endpoint}/_sandbox/`));
    assert.deepEqual(said.filter((line) => line.includes(choice.secretAccessKey)), []);
    sandbox.dispose();
  });

  it('takes region, account, keys and latency from the command line, and empties a folder on --reset', async () => {
    const key = ['--access-key-id', 'AKIATESTTESTTESTTEST', '--secret-access-key', 'a secret of one\'s own'];
    const first = await start('options', '--region', 'eu-central-1', '--account', '210987654321', ...key);
    const { endpoint, region, account, accessKeyId, secretAccessKey } = first.info;
    assert.match(endpoint, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual([region, account, accessKeyId, secretAccessKey], ['eu-central-1', '210987654321', 'AKIATESTTESTTESTTEST', 'a secret of one\'s own']);
    let clients = new Clients(first.info);
    const trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"credentials.iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}';
    const { Role } = await clients.iam.send(new CreateRoleCommand({ RoleName: 'kept', AssumeRolePolicyDocument: trust }));
    assert.equal(Role?.Arn, 'arn:aws:iam::210987654321:role/kept');
    const { roleAliasArn } = await clients.iot.send(new CreateRoleAliasCommand({ roleAlias: 'a', roleArn: Role.Arn }));
    assert.equal(roleAliasArn, 'arn:aws:iot:eu-central-1:210987654321:rolealias/a');
    const authority = await (await fetch(`${endpoint}/_sandbox/ca.pem`)).text();
    clients.destroy();
    await first.stop();

    // The folder remembers what was given; latency is a matter of this run.
    const second = await start('options', '--latency', '250');
    const anywhere = { endpoint: '', mqttPort: 0, credentialsPort: 0, proxyPort: 0 };
    assert.deepEqual({ ...second.info, ...anywhere }, { ...first.info, ...anywhere });
    clients = new Clients(second.info);
    const before = performance.now();
    await clients.iam.send(new GetRoleCommand({ RoleName: 'kept' }));
    assert.ok(performance.now() - before >= 249);
    clients.destroy();
    await second.stop();

    const third = await start('options', '--reset');
    clients = new Clients(third.info);
    assert.equal(third.info.secretAccessKey, first.info.secretAccessKey);
    assert.deepEqual((await clients.iam.send(new ListRolesCommand({}))).Roles, []);
    await assert.rejects(clients.iot.send(new DescribeRoleAliasCommand({ roleAlias: 'a' })), { name: 'ResourceNotFoundException' });
    // Devices that trust the authority stay good.
    assert.equal(await (await fetch(`${third.info.endpoint}/_sandbox/ca.pem`)).text(), authority);
    clients.destroy();
  });

  it('serves the commands of the workshop to the AWS CLI', async function () {
    if (spawnSync('aws', ['--version']).status !== 0) skip(this, 'no AWS CLI on the PATH');
    const { info } = await start('cli');
    const terminal = await mkdtemp(path.join(folder, 'terminal-'));
    const env = {
      PATH: process.env['PATH'], HOME: terminal, AWS_PAGER: '', AWS_DEFAULT_REGION: info.region,
      AWS_ACCESS_KEY_ID: info.accessKeyId, AWS_SECRET_ACCESS_KEY: info.secretAccessKey,
    };
    const aws = async <T = unknown>(...args: string[]): Promise<T> => {
      const { stdout } = await run('aws', [...args, '--endpoint-url', info.endpoint, '--output', 'json'], { cwd: terminal, env });
      return (stdout.trim() === '' ? {} : JSON.parse(stdout)) as T;
    };
    await aws('cloudformation', 'create-stack', '--stack-name', 'GGv2Workshop', '--template-body', `file://${ROLES}`, '--capabilities', 'CAPABILITY_NAMED_IAM');
    await aws('cloudformation', 'wait', 'stack-create-complete', '--stack-name', 'GGv2Workshop');
    const { Stacks } = await aws<{ Stacks: Stack[] }>('cloudformation', 'describe-stacks', '--stack-name', 'GGv2Workshop');

    // As one copies it from the Outputs tab: `aws iot create-role-alias --role-alias … --role-arn …`.
    const [program, ...command] = outputOf(Stacks[0], 'CreateRoleAliasCommand').split(' ');
    assert.equal(program, 'aws');
    assert.deepEqual(command.slice(0, 5), ['iot', 'create-role-alias', '--role-alias', ALIAS, '--role-arn']);
    const alias = await aws<{ roleAliasArn: string }>(...command);
    assert.deepEqual(alias, { roleAlias: ALIAS, roleAliasArn: `arn:aws:iot:${info.region}:${info.account}:rolealias/${ALIAS}` });

    await writeFile(path.join(terminal, 'greengrass-v2-iot-policy.json'), devicePolicy(alias.roleAliasArn));
    await aws('iot', 'create-policy', '--policy-name', 'GGv2WSIoTThingPolicy', '--policy-document', 'file://greengrass-v2-iot-policy.json');
    await writeFile(path.join(terminal, 'greengrass-fleet-provisioning-template.json'), TEMPLATE_BODY);
    await aws(
      'iot', 'create-provisioning-template', '--template-name', 'Fleet', '--provisioning-role-arn', outputOf(Stacks[0], 'FleetProvisioningRoleArn'),
      '--template-body', 'file://greengrass-fleet-provisioning-template.json', '--enabled',
    );
    const { certificateArn } = await aws<{ certificateArn: string }>(
      'iot', 'create-keys-and-certificate', '--certificate-pem-outfile', 'claim.pem.crt', '--private-key-outfile', 'claim.private.pem.key', '--set-as-active',
    );
    assert.ok((await stat(path.join(terminal, 'claim.private.pem.key'))).size > 1000);
    await aws('iot', 'attach-policy', '--policy-name', 'GGv2WSIoTThingPolicy', '--target', certificateArn);
    assert.deepEqual((await aws<{ targets: string[] }>('iot', 'list-targets-for-policy', '--policy-name', 'GGv2WSIoTThingPolicy')).targets, [certificateArn]);
    const { endpointAddress } = await aws<{ endpointAddress: string }>('iot', 'describe-endpoint', '--endpoint-type', 'iot:CredentialProvider');
    assert.match(endpointAddress, /\.credentials\.iot\./);
  });
});
