import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import 'reflect-metadata';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import { CancelledError, FleetError } from '../../../src/core/errors';
import type { Connection } from '../../../src/core/ports/connection';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { eventually } from '../../helpers/eventually';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

const policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }] });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

async function csr(): Promise<string> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  return (await Pkcs10CertificateRequestGenerator.create({ name: 'CN=claim', keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } })).toString('pem');
}

describe('the gateway, against the local AWS', () => {
  let sandbox: StartedSandbox;
  let folder: string;
  let env: Record<string, string>;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  const never = (): Promise<string> => Promise.reject(new Error('nobody should be asked'));

  before(async () => {
    sandbox = await startSandbox({
      services: [createStsService, createIamService, createIotService, createCloudFormationService],
      certificateAuthority: createCertificateAuthority,
    });
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'gateway-'));
    env = { AWS_CONFIG_FILE: path.join(folder, 'config'), AWS_SHARED_CREDENTIALS_FILE: path.join(folder, 'credentials') };
    const { accessKeyId, secretAccessKey, endpoint } = sandbox;
    const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
    await fs.writeFile(env['AWS_SHARED_CREDENTIALS_FILE']!, '');
    await fs.writeFile(
      env['AWS_CONFIG_FILE']!,
      `[profile box]\nregion = eu-west-1\nendpoint_url = ${endpoint}\n${keys}
[profile china]\nregion = cn-north-1\nendpoint_url = ${endpoint}\n${keys}
[profile wrong]\nregion = eu-west-1\nendpoint_url = ${endpoint}\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = nope\n
[profile noregion]\nendpoint_url = ${endpoint}\n${keys}
[profile mfa]\nregion = eu-west-1\nendpoint_url = ${endpoint}\nsource_profile = box\nrole_arn = arn:aws:iam::${sandbox.account}:role/Deployer\nmfa_serial = arn:aws:iam::${sandbox.account}:mfa/me\n
[profile broken]\nregion = eu-west-1\nendpoint_url = ${endpoint}\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = r\n
[sso-session s]\nsso_region = eu-west-1\nsso_start_url = https://example.invalid/start\n`,
    );
    gateway = new SdkAwsGateway({ env, userAgent: 'test/1', amazonRootCa: () => Promise.resolve('AMAZON') });
    connection = await gateway.connect({ kind: 'profile', profile: 'box' }, { mfaCode: never });
  });

  after(async () => {
    gateway.dispose();
    await sandbox.close();
    await fs.rm(folder, { recursive: true });
  });

  const failure = async (profile: string): Promise<FleetError> => {
    const error: unknown = await gateway.connect({ kind: 'profile', profile }, { mfaCode: never }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FleetError, String(error));
    return error;
  };

  it('honours endpoint_url of a profile and knows the sandbox', async () => {
    const { target } = connection;
    assert.equal(target.endpoint, sandbox.endpoint);
    assert.equal(target.account, sandbox.account);
    assert.equal(target.region, 'eu-west-1');
    assert.equal(target.partition, 'aws');
    assert.ok(target.isSandbox);
    assert.match(await connection.rootCaPem(), /BEGIN CERTIFICATE/);
  });

  it("takes the partition from the caller's ARN", async () => {
    const { target } = await gateway.connect({ kind: 'profile', profile: 'china' }, { mfaCode: never });
    assert.equal(target.partition, 'aws-cn');
  });

  it('connects with what the sandbox tells of itself', async () => {
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    const { target } = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: never });
    assert.equal(target.region, region);
    assert.ok(target.isSandbox);
  });

  it('says what is wrong: secret, region, profile, sign-in', async () => {
    assert.equal((await failure('wrong')).category, 'credentials');
    assert.equal((await failure('noregion')).code, 'noRegion');
    assert.equal((await failure('nobody')).code, 'profileNotFound');
    const signIn = await failure('broken');
    assert.deepEqual(signIn.remedies[0], { kind: 'signIn', profile: 'broken' });
  });

  it('refuses a sandbox that is not on this computer, without asking it', async () => {
    const choice = { kind: 'sandbox', endpoint: 'http://10.1.2.3:1', region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 'b' } as const;
    await assert.rejects(gateway.connect(choice, { mfaCode: never }), (error: FleetError) => error.code === 'sandboxNotLocal');
  });

  it('asks for the MFA code once for all services, and gives up with the person', async () => {
    const iam = new IAMClient(sandbox.client);
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${sandbox.account}:root` }, Action: 'sts:AssumeRole' }] };
    await iam.send(new CreateRoleCommand({ RoleName: 'Deployer', AssumeRolePolicyDocument: JSON.stringify(trust) }));
    iam.destroy();
    const serials: string[] = [];
    const mfaCode = (serial: string): Promise<string> => {
      serials.push(serial);
      return Promise.resolve('123456');
    };
    const assumed = await gateway.connect({ kind: 'profile', profile: 'mfa' }, { mfaCode });
    assert.match(assumed.target.callerArn, /:assumed-role\/Deployer\//);
    await Promise.all([assumed.iot.getPolicy('none'), assumed.stacks.describeStack('none'), assumed.roles.getRole('none')]);
    assert.deepEqual(serials, [`arn:aws:iam::${sandbox.account}:mfa/me`]);
    // Another region is the same identity: its code is not asked for again.
    const { connection: beside, close } = await gateway.connectBeside(assumed, 'us-east-1', {});
    assert.deepEqual([beside.target.region, beside.target.callerArn, beside.target.label], ['us-east-1', assumed.target.callerArn, 'mfa']);
    assert.equal(serials.length, 1);
    close();
    await assumed.iot.describeEndpoint('iot:Data-ATS');
    await assert.rejects(gateway.connectBeside({ ...assumed }, 'us-east-1', {}), (error: FleetError) => error.code === 'foreignConnection');
    // Nor when it takes the place of this one: AWS would refuse the same code a second time.
    const switched = await gateway.connect({ kind: 'profile', profile: 'mfa', region: 'us-west-2' }, { mfaCode, sameAs: assumed });
    assert.deepEqual([switched.target.region, switched.target.callerArn, serials.length], ['us-west-2', assumed.target.callerArn, 1]);
    await assert.rejects(gateway.connect({ kind: 'profile', profile: 'mfa' }, { mfaCode: () => Promise.reject(new CancelledError()) }), CancelledError);
  });

  it('credentials that were replaced meanwhile are read anew when the region is switched', async () => {
    const file = env['AWS_SHARED_CREDENTIALS_FILE']!;
    const { accessKeyId, secretAccessKey, endpoint } = sandbox;
    const other = await startSandbox({ services: [createStsService, createIotService], certificateAuthority: createCertificateAuthority, secretAccessKey: 'replaced' });
    try {
      const config = await fs.readFile(env['AWS_CONFIG_FILE']!, 'utf8');
      await fs.writeFile(env['AWS_CONFIG_FILE']!, `${config}[profile rotated]\nregion = eu-west-1\nendpoint_url = ${endpoint}\n`);
      await fs.writeFile(file, `[rotated]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`);
      const before = await gateway.connect({ kind: 'profile', profile: 'rotated' }, { mfaCode: never });
      // As if the account knew the old key no longer: the same profile leads to where only the new one is known.
      await fs.writeFile(env['AWS_CONFIG_FILE']!, `${config}[profile rotated]\nregion = eu-west-1\nendpoint_url = ${other.endpoint}\n`);
      await fs.writeFile(file, `[rotated]\naws_access_key_id = ${other.accessKeyId}\naws_secret_access_key = replaced\n`);
      const after = await gateway.connect({ kind: 'profile', profile: 'rotated', region: 'us-west-2' }, { mfaCode: never, sameAs: before });
      assert.equal(after.target.endpoint, other.endpoint);
    } finally {
      await other.close();
      await fs.writeFile(file, '');
    }
  });

  it('role alias: not there, made, described, repointed, listed, refused', async () => {
    const { iot } = connection;
    const iam = new IAMClient(sandbox.client);
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'credentials.iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
    const [one, two] = await Promise.all(
      ['One', 'Two'].map(async (name) => (await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }))).Role!.Arn!),
    );
    iam.destroy();
    assert.equal(await iot.describeRoleAlias('Alias'), undefined);
    const { arn } = await iot.createRoleAlias({ name: 'Alias', roleArn: one!, tags: [{ key: 'k', value: 'v' }] });
    assert.deepEqual(await iot.describeRoleAlias('Alias'), { name: 'Alias', arn, roleArn: one, credentialDurationSeconds: 3600 });
    await iot.updateRoleAlias({ name: 'Alias', roleArn: two! });
    assert.equal((await iot.describeRoleAlias('Alias'))?.roleArn, two);
    assert.deepEqual(await all(iot.listRoleAliases()), ['Alias']);
    await assert.rejects(iot.createRoleAlias({ name: 'Bad.Name', roleArn: one! }), (error: FleetError) => error.category === 'validation');
    assert.equal(await connection.roles.getRole('Nobody'), undefined);
  });

  it('policy: every call, over many pages', async () => {
    const { iot } = connection;
    assert.equal(await iot.getPolicy('P0'), undefined);
    const names = Array.from({ length: 260 }, (_, index) => `P${String(index)}`);
    await Promise.all(names.map((name) => iot.createPolicy({ name, document: policy })));
    assert.equal((await all(iot.listPolicies())).length, 260);
    assert.equal((await iot.createPolicyVersion({ name: 'P0', document: policy, setAsDefault: true })).versionId, '2');
    assert.equal((await iot.getPolicy('P0'))?.defaultVersionId, '2');
    const versions = await iot.listPolicyVersions('P0');
    assert.deepEqual(versions.map(({ versionId, isDefault }) => [versionId, isDefault]).sort(), [['1', false], ['2', true]]);
    assert.ok(versions[0]?.createdAt instanceof Date);
    await iot.deletePolicyVersion('P0', '1');
    assert.equal(await iot.getPolicyVersion('P0', '1'), undefined);
    await assert.rejects(iot.createPolicy({ name: 'P1', document: policy.replace('Allow', 'Deny') }), (error: FleetError) => error.code === 'ResourceAlreadyExistsException');
  });

  it('certificate: made from a request, attached, taken down', async () => {
    const { iot } = connection;
    await iot.createPolicy({ name: 'Claim', document: policy });
    const made = await iot.createCertificateFromCsr({ csrPem: await csr(), setAsActive: true });
    assert.match(made.id, /^[0-9a-f]{64}$/);
    await iot.attachPolicy({ policyName: 'Claim', target: made.arn });
    assert.deepEqual((await all(iot.listAttachedPolicies(made.arn))).map(({ name }) => name), ['Claim']);
    assert.deepEqual(await all(iot.listTargetsForPolicy('Claim')), [made.arn]);
    assert.equal((await iot.describeCertificate(made.id))?.status, 'ACTIVE');
    await assert.rejects(iot.deleteCertificate(made.id), (error: FleetError) => error.category === 'conflict');
    await iot.detachPolicy({ policyName: 'Claim', target: made.arn });
    await iot.updateCertificateStatus(made.id, 'INACTIVE');
    await iot.deleteCertificate(made.id);
    assert.equal(await iot.describeCertificate(made.id), undefined);
  });

  it('stack, change set, role and thing group', async () => {
    const { stacks, roles, iot } = connection;
    const body = (description: string): string =>
      JSON.stringify({
        Description: description,
        Parameters: { P: { Type: 'String', Default: 'x' } },
        Resources: {
          R: {
            Type: 'AWS::IAM::Role',
            Properties: {
              RoleName: 'StackRole',
              Description: description,
              AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] },
            },
          },
        },
        Outputs: { Arn: { Value: { 'Fn::GetAtt': ['R', 'Arn'] } } },
      });
    assert.equal(await stacks.describeStack('S'), undefined);
    const summary = await stacks.validateTemplate({ body: body('a') });
    assert.deepEqual(summary.capabilities, ['CAPABILITY_NAMED_IAM']);
    assert.deepEqual(summary.parameters, [{ key: 'P', noEcho: false, defaultValue: 'x' }]);
    const input = { stackName: 'S', parameters: [], capabilities: ['CAPABILITY_NAMED_IAM'] };
    await stacks.createStack({ ...input, template: { body: body('a') }, clientRequestToken: 't1' });
    await eventually(async () => assert.equal((await stacks.describeStack('S'))?.status, 'CREATE_COMPLETE'));
    const stack = await stacks.describeStack('S');
    assert.match(stack?.outputs[0]?.value ?? '', /:role\/StackRole$/);
    assert.equal((await all(stacks.stackEvents('S')))[0]?.status, 'CREATE_COMPLETE');
    assert.deepEqual((await all(stacks.listStackResources('S'))).map(({ type }) => type), ['AWS::IAM::Role']);
    assert.deepEqual((await all(stacks.listStacks())).map(({ name }) => name), ['S']);
    const role = await roles.getRole('StackRole');
    assert.equal((JSON.parse(role?.trustPolicy ?? '') as { Version: string }).Version, '2012-10-17');
    assert.deepEqual(await all(roles.listAttachedRolePolicies('StackRole')), []);
    const { id } = await stacks.createChangeSet({ ...input, template: { body: body('b') }, changeSetName: 'c', type: 'UPDATE' });
    await eventually(async () => assert.equal((await stacks.describeChangeSet(id))?.status, 'CREATE_COMPLETE'));
    assert.deepEqual((await stacks.describeChangeSet(id))?.changes.map(({ action, logicalId }) => [action, logicalId]), [['Modify', 'R']]);
    await stacks.deleteChangeSet(id);
    assert.equal(await stacks.describeChangeSet(id), undefined);
    const roleArn = role!.arn;
    await iot.createThingGroup({ name: 'G' });
    assert.equal((await iot.describeThingGroup('G'))?.name, 'G');
    const templateBody = JSON.stringify({ Parameters: {}, Resources: { thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'x' } } } });
    await iot.createProvisioningTemplate({ name: 'T', templateBody, provisioningRoleArn: roleArn, enabled: true });
    assert.equal((await iot.createProvisioningTemplateVersion({ name: 'T', templateBody: `${templateBody} `, setAsDefault: true })).versionId, 2);
    await iot.updateProvisioningTemplate({ name: 'T', enabled: false });
    const template = await iot.describeProvisioningTemplate('T');
    assert.deepEqual([template?.defaultVersionId, template?.enabled, template?.provisioningRoleArn], [2, false, roleArn]);
    assert.deepEqual((await all(iot.listProvisioningTemplateVersions('T'))).map(({ versionId }) => versionId).sort(), [1, 2]);
    assert.match(await iot.describeEndpoint('iot:Data-ATS'), /\./);
  });

  it('a call that was given up is a cancellation', async () => {
    await assert.rejects(connection.iot.getPolicy('P', { signal: AbortSignal.abort() }), { name: 'CancelledError' });
  });
});

describe('calls that must not be repeated', () => {
  let server: Server;
  let endpoint: string;
  let answer: { status: number; name: string };
  const seen: string[] = [];

  before(async () => {
    server = createServer((request, response) => {
      request.resume();
      if (request.url === '/_sandbox/') {
        response.end('{"product":"greengrass-fleet-sandbox"}');
        return;
      }
      if (request.headers.authorization?.includes('/sts/') === true) {
        response.setHeader('content-type', 'text/xml');
        response.end('<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/u</Arn><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>');
        return;
      }
      seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.writeHead(answer.status, { 'content-type': 'application/json', 'x-amzn-errortype': answer.name, 'x-amzn-requestid': 'req' });
      response.end('{"message":"m"}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    endpoint = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const attempts = async (call: (connection: Connection) => Promise<unknown>): Promise<[number, FleetError]> => {
    const gateway = new SdkAwsGateway({ env: {}, userAgent: 'test/1', amazonRootCa: () => Promise.resolve('') });
    const connection = await gateway.connect({ kind: 'sandbox', endpoint, region: 'us-east-1', accessKeyId: 'a', secretAccessKey: 'b' }, { mfaCode: () => Promise.resolve('') });
    seen.length = 0;
    const error: unknown = await call(connection).catch((thrown: unknown) => thrown);
    gateway.dispose();
    assert.ok(error instanceof FleetError, String(error));
    return [seen.length, error];
  };

  it('an internal failure is repeated for a read, never for a new certificate', async () => {
    answer = { status: 500, name: 'InternalFailureException' };
    const [reads] = await attempts((connection) => connection.iot.getPolicy('P'));
    assert.equal(reads, 4);
    const [creations, error] = await attempts((connection) => connection.iot.createCertificateFromCsr({ csrPem: 'x', setAsActive: true }));
    assert.equal(creations, 1);
    assert.deepEqual([error.category, error.code, error.requestId], ['service', 'InternalFailureException', 'req']);
  });

  it('throttling is waited out even then', async () => {
    answer = { status: 429, name: 'ThrottlingException' };
    const [creations, error] = await attempts((connection) => connection.iot.createCertificateFromCsr({ csrPem: 'x', setAsActive: true }));
    assert.equal(creations, 4);
    assert.equal(error.category, 'throttling');
  });

  it('keys of a request are never in the error', async () => {
    answer = { status: 403, name: 'AccessDeniedException' };
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
    const [, error] = await attempts((connection) => connection.iot.createPolicy({ name: 'P', document: privateKey }));
    assert.ok(!`${error.message}${error.advice ?? ''}`.includes('PRIVATE KEY'));
    assert.equal(error.category, 'permissions');
  });
});
