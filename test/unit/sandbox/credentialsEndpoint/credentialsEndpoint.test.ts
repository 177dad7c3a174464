import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { CreateRoleCommand, DeleteRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand, UpdateRoleCommand } from '@aws-sdk/client-iam';
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreateRoleAliasCommand,
  CreateThingCommand,
  DescribeEndpointCommand,
  IoTClient,
  UpdateCertificateCommand,
} from '@aws-sdk/client-iot';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { startCredentials } from '../../../../src/sandbox/credentialsEndpoint/startCredentials';
import { createCertificateAuthority } from '../../../../src/sandbox/pki/certificateAuthority';
import { startProxy } from '../../../../src/sandbox/proxy/startProxy';
import { createIamService } from '../../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../../src/sandbox/services/sts/stsService';
import { startSandbox, type StartedSandbox } from '../../../helpers/sandbox';
import { skip } from '../../../helpers/skip';

const run = promisify(execFile);
const ALIAS = 'TokenExchange';
const trust = (service: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] });

interface Answer {
  readonly status: number;
  readonly body: { readonly message?: string; readonly credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken: string; expiration: string } };
  readonly errorType: string | undefined;
}

describe('sandbox: credentials endpoint and CONNECT proxy', () => {
  let started: StartedSandbox;
  let iot: IoTClient;
  let iam: IAMClient;
  let folder: string;
  let ca: string;
  let device: { id: string; arn: string; cert: string; key: string };
  let stranger: { cert: string; key: string };

  before(async () => {
    started = await startSandbox({
      services: [createStsService, createIamService, createIotService],
      certificateAuthority: createCertificateAuthority,
      listeners: { credentialsPort: (host) => startCredentials(host), proxyPort: (host) => startProxy(host) },
    });
    iot = new IoTClient(started.client);
    iam = new IAMClient(started.client);
    ca = await readFile(started.caFile, 'utf8');
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'Exchange', AssumeRolePolicyDocument: trust('credentials.iot.amazonaws.com') }));
    const alias = await iot.send(new CreateRoleAliasCommand({ roleAlias: ALIAS, roleArn: Role?.Arn, credentialDurationSeconds: 1800 }));
    const gone = alias.roleAliasArn?.replace(ALIAS, 'Gone') ?? '';
    const Statement = [{ Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: [alias.roleAliasArn, gone] }];
    await iot.send(new CreatePolicyCommand({ policyName: 'Device', policyDocument: JSON.stringify({ Version: '2012-10-17', Statement }) }));
    const made = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    device = { id: made.certificateId ?? '', arn: made.certificateArn ?? '', cert: made.certificatePem ?? '', key: made.keyPair?.PrivateKey ?? '' };
    await iot.send(new AttachPolicyCommand({ policyName: 'Device', target: device.arn }));
    for (const thingName of ['Core', 'Other']) await iot.send(new CreateThingCommand({ thingName }));
    await iot.send(new AttachThingPrincipalCommand({ thingName: 'Core', principal: device.arn }));
    const other = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    stranger = { cert: other.certificatePem ?? '', key: other.keyPair?.PrivateKey ?? '' };
    folder = await mkdtemp(path.join(tmpdir(), 'credentials-'));
    await writeFile(path.join(folder, 'device.pem'), device.cert);
    await writeFile(path.join(folder, 'device.key'), device.key);
    await chmod(path.join(folder, 'device.key'), 0o600);
  });

  after(async () => {
    iot.destroy();
    iam.destroy();
    await started.close();
    await rm(folder, { recursive: true, force: true });
  });

  const ask = (options: https.RequestOptions = {}, thing?: string, route = `/role-aliases/${ALIAS}/credentials`): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const headers = thing === undefined ? {} : { 'x-amzn-iot-thingname': thing };
      const request = https.get({ host: '127.0.0.1', port: started.credentialsPort, path: route, ca, cert: device.cert, key: device.key, headers, agent: false, ...options }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part: string) => (text += part));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Answer['body'], errorType: response.headers['x-amzn-errortype'] as string | undefined }));
      });
      request.on('error', reject);
    });

  const curl = async (context: Mocha.Context, ...args: string[]): Promise<string> => {
    try {
      const files = ['--cert', path.join(folder, 'device.pem'), '--key', path.join(folder, 'device.key'), '--cacert', started.caFile];
      return (await run('curl', ['-sS', '--noproxy', '', '--max-time', '10', ...files, ...args])).stdout;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return skip(context, 'curl is not on the PATH');
      throw error;
    }
  };
  const address = async (endpointType: string): Promise<string> => (await iot.send(new DescribeEndpointCommand({ endpointType }))).endpointAddress ?? '';

  it('gives credentials that the sandbox honours as a session of the role, named after the certificate', async () => {
    const before = Date.now();
    const { status, body } = await ask({}, 'Core');
    assert.equal(status, 200);
    assert.match(body.credentials?.expiration ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const seconds = (Date.parse(body.credentials?.expiration ?? '') - before) / 1000;
    assert.ok(seconds > 1795 && seconds < 1805, `${seconds} s, the alias says 1800`);
    const { accessKeyId = '', secretAccessKey = '', sessionToken = '' } = body.credentials ?? {};
    const sts = new STSClient({ ...started.client, credentials: { accessKeyId, secretAccessKey, sessionToken } });
    const identity = await sts.send(new GetCallerIdentityCommand({}));
    sts.destroy();
    assert.equal(identity.Arn, `arn:aws:sts::${started.account}:assumed-role/Exchange/${device.id}`);
    assert.match(identity.UserId ?? '', new RegExp(`^AROA\\w+:${device.id}$`));
  });

  it('takes a request without a thing name', async () => assert.equal((await ask()).status, 200));

  it('refuses a thing that is not the certificate’s', async () => {
    for (const thing of ['Other', 'Unknown', 'a b']) assert.deepEqual(await ask({}, thing), { status: 403, body: { message: 'Invalid thing name passed' }, errorType: 'AccessDeniedException' });
  });

  it('refuses a certificate without the policy, an unknown one and none at all', async () => {
    assert.deepEqual((await ask(stranger)).body, { message: 'Access Denied' });
    const { authority } = await createCertificateAuthority();
    const unknown = await authority.issueWithKeys(new Date());
    for (const options of [{ cert: unknown.pem, key: unknown.privateKeyPem }, { cert: undefined, key: undefined }]) {
      assert.deepEqual(await ask(options), { status: 403, body: { message: 'Certificate is invalid on this endpoint' }, errorType: 'AccessDeniedException' });
    }
  });

  it('answers 403 for an alias that the policy does not name, 404 for one that it names and that is not there', async () => {
    assert.equal((await ask({}, 'Core', '/role-aliases/Foreign/credentials')).status, 403);
    assert.deepEqual(await ask({}, 'Core', '/role-aliases/Gone/credentials'), { status: 404, body: { message: 'Role alias does not exist' }, errorType: 'ResourceNotFoundException' });
    assert.match((await ask({}, 'Core', '/greengrass/v2/resolveComponentCandidates')).body.message ?? '', /Greengrass data plane/);
  });

  it('follows the certificate’s status, and the role: wrong trust, too short, deleted', async () => {
    await iot.send(new UpdateCertificateCommand({ certificateId: device.id, newStatus: 'INACTIVE' }));
    assert.equal((await ask()).status, 403);
    await iot.send(new UpdateCertificateCommand({ certificateId: device.id, newStatus: 'ACTIVE' }));
    assert.equal((await ask()).status, 200);
    const unable = { status: 400, body: { message: 'Unable to assume the role, or the role to assume does not exist' }, errorType: 'InvalidRequestException' };
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'Exchange', PolicyDocument: trust('lambda.amazonaws.com') }));
    assert.deepEqual(await ask(), unable);
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'Short', AssumeRolePolicyDocument: trust('credentials.iot.amazonaws.com'), MaxSessionDuration: 7200 }));
    await iot.send(new CreateRoleAliasCommand({ roleAlias: 'Gone', roleArn: Role?.Arn, credentialDurationSeconds: 7200 }));
    await iam.send(new UpdateRoleCommand({ RoleName: 'Short', MaxSessionDuration: 3600 }));
    assert.match((await ask({}, 'Core', '/role-aliases/Gone/credentials')).body.message ?? '', /exceeds the MaxSessionDuration/);
    await iam.send(new DeleteRoleCommand({ RoleName: 'Short' }));
    assert.deepEqual(await ask({}, 'Core', '/role-aliases/Gone/credentials'), unable);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'Exchange', PolicyDocument: trust('credentials.iot.amazonaws.com') }));
  });

  it('serves curl, as the AWS documentation calls it, at the port and through the proxy by the endpoint’s own name', async function () {
    const thing = ['-H', 'x-amzn-iot-thingname: Core'];
    const direct = JSON.parse(await curl(this, ...thing, `https://127.0.0.1:${started.credentialsPort ?? 0}/role-aliases/${ALIAS}/credentials`)) as Answer['body'];
    assert.match(direct.credentials?.accessKeyId ?? '', /^ASIA/);
    const url = `https://${await address('iot:CredentialProvider')}/role-aliases/${ALIAS}/credentials`;
    const proxied = JSON.parse(await curl(this, ...thing, '--proxy', `http://127.0.0.1:${started.proxyPort ?? 0}`, url)) as Answer['body'];
    assert.match(proxied.credentials?.accessKeyId ?? '', /^ASIA/);
  });

  it('the proxy leads nowhere else', async function () {
    const data = await address('iot:Data-ATS');
    const credentials = await address('iot:CredentialProvider');
    const proxy = ['--proxy', `http://127.0.0.1:${started.proxyPort ?? 0}`];
    // The broker does not run in this sandbox: its names lead nowhere either.
    for (const target of ['example.com', '127.0.0.1:22', `${credentials}:8443`, `x${credentials}`, `${data}:8883`, new URL(started.endpoint).host]) {
      await assert.rejects(curl(this, ...proxy, `https://${target}/`), /403/, target);
    }
    assert.match(await curl(this, ...proxy, 'http://example.com/'), /CONNECT only/);
    const data8443 = `https://greengrass-ats.iot.${started.region}.amazonaws.com:8443/greengrass/v2/x`;
    assert.match(await curl(this, ...proxy, data8443), /does not serve the Greengrass data plane/);
  });
});
