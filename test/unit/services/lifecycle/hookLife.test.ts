import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { SdkAwsGateway } from '../../../../src/aws/gateway';
import { FleetError } from '../../../../src/core/errors';
import type { Connection } from '../../../../src/core/ports/connection';
import { WorkspaceFileNames } from '../../../../src/ids';
import { functionsFrom } from '../../../../src/sandbox/mqtt/hooks';
import { createCertificateAuthority } from '../../../../src/sandbox/pki/certificateAuthority';
import { createIamService } from '../../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../../src/sandbox/services/iot/iotService';
import { createLambdaService } from '../../../../src/sandbox/services/lambda/lambdaService';
import { createStsService } from '../../../../src/sandbox/services/sts/stsService';
import { hookPayloadFor, reportHook, runHook } from '../../../../src/services/lifecycle/hookLife';
import { FakeFiles } from '../../../fakes/fakeFiles';
import { FakeInteraction } from '../../../fakes/fakeInteraction';
import { startSandbox, type StartedSandbox } from '../../../helpers/sandbox';
import { skip } from '../../../helpers/skip';

describe('the life of a pre-provisioning hook, in the local AWS', () => {
  let folder: string;
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  const work = () => ({ connection, files: new FakeFiles(), ui: new FakeInteraction(), signal: new AbortController().signal });
  const hookArn = (name: string): string => `arn:aws:lambda:${sandbox.region}:${sandbox.account}:function:${name}`;
  const useHook = async (name: string): Promise<void> => connection.iot.updateProvisioningTemplate({ name: 'Fleet', hookArn: hookArn(name) });
  const tryHook = async (run: ReturnType<typeof work>) => {
    const { payload, functionArn = '' } = await hookPayloadFor(run, 'Fleet');
    return { payload, answer: await runHook(run, functionArn, payload) };
  };
  const trouble = async (): Promise<FleetError> => {
    const error: unknown = await reportHook(work(), 'Fleet').then(() => undefined, (thrown: unknown) => thrown);
    assert.ok(error instanceof FleetError, String(error));
    return error;
  };
  const commandOf = (error: FleetError): string => {
    const remedy = error.remedies.find(({ kind }) => kind === 'copy');
    assert.ok(remedy?.kind === 'copy', JSON.stringify(error.remedies));
    return remedy.text;
  };

  before(async () => {
    folder = await fs.mkdtemp(path.join(os.tmpdir(), 'hooks-'));
    for (const name of ['Gate', 'Wide', 'ByCommand']) await fs.writeFile(path.join(folder, `${name}.mjs`), "export const handler = (event) => ({ allowProvisioning: event.parameters.SerialNumber !== 'bad' });");
    await fs.writeFile(path.join(folder, 'Broken.mjs'), "export const handler = () => { throw new Error('no table'); };");
    sandbox = await startSandbox({
      services: [createStsService, createIamService, createIotService, createLambdaService(async () => functionsFrom(folder))],
      certificateAuthority: createCertificateAuthority,
    });
    gateway = new SdkAwsGateway({ env: {}, userAgent: 'test/1', amazonRootCa: async () => 'AMAZON' });
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
    const iam = new IAMClient(sandbox.client);
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'Provisioning', AssumeRolePolicyDocument: JSON.stringify(trust) }));
    iam.destroy();
    const templateBody = JSON.stringify({
      Parameters: { SerialNumber: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
      Resources: { thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'SerialNumber' } } }, certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' } } } },
    });
    await connection.iot.createProvisioningTemplate({ name: 'Fleet', templateBody, provisioningRoleArn: Role?.Arn ?? '', enabled: true });
  });
  after(async () => {
    gateway.dispose();
    await sandbox.close();
    await fs.rm(folder, { recursive: true });
  });

  it('says that there is no hook, and no template', async () => {
    assert.equal((await trouble()).code, 'noHook');
    await assert.rejects(reportHook(work(), 'Nobody'), (error: FleetError) => error.code === 'noTemplate');
    assert.equal((await hookPayloadFor(work(), 'Fleet')).functionArn, undefined);
  });

  it('finds no permission, and none of a function that is not there; the command is at hand', async () => {
    await useHook('Gate');
    const error = await trouble();
    assert.equal(error.code, 'hook:noPermission');
    assert.match(commandOf(error), /^aws lambda add-permission --function-name Gate --statement-id iot-Fleet .*--source-arn arn:aws:iot:[\w-]+:\d{12}:provisioningtemplate\/Fleet /);
    await useHook('Missing');
    assert.equal((await trouble()).code, 'hook:noPermission');
  });

  it('finds a permission for all the world too wide', async () => {
    await useHook('Wide');
    const lambda = new LambdaClient(sandbox.client);
    await lambda.send(new AddPermissionCommand({ FunctionName: 'Wide', StatementId: 'iot', Action: 'lambda:InvokeFunction', Principal: 'iot.amazonaws.com' }));
    lambda.destroy();
    assert.equal((await trouble()).code, 'hook:anySource');
  });

  it('is content after the AWS CLI ran the command that it gave', async function () {
    if (spawnSync('aws', ['--version']).status !== 0) skip(this, 'the AWS CLI is not installed');
    await useHook('ByCommand');
    const [program = '', ...args] = commandOf(await trouble()).split(' ');
    const env = { ...process.env, AWS_ACCESS_KEY_ID: sandbox.accessKeyId, AWS_SECRET_ACCESS_KEY: sandbox.secretAccessKey, AWS_ENDPOINT_URL: sandbox.endpoint, AWS_CONFIG_FILE: '/nonexistent', AWS_SHARED_CREDENTIALS_FILE: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true' };
    await promisify(execFile)(program, [...args, '--endpoint-url', sandbox.endpoint], { env });
    const now = work();
    await reportHook(now, 'Fleet');
    assert.equal(now.ui.told.length, 1);
    assert.ok(now.ui.told[0]?.includes(hookArn('ByCommand')));
  });

  it('tries the hook with the payload that AWS sends, and tells allowed, denied and failed apart', async () => {
    await useHook('Gate');
    const run = work();
    const { payload, answer } = await tryHook(run);
    assert.equal(payload.certificateId, new X509Certificate(payload.certificatePem).fingerprint256.replaceAll(':', '').toLowerCase());
    assert.match(payload.claimCertificateId, /^[0-9a-f]{64}$/);
    assert.equal(payload.templateArn, (await connection.iot.describeProvisioningTemplate('Fleet'))?.arn);
    assert.deepEqual(payload.parameters, { SerialNumber: 'ExampleSerialNumber' });
    assert.deepEqual(answer, { text: '{\n  "allowProvisioning": true\n}\n', verdict: 'allows' });

    await run.files.write(WorkspaceFileNames.deviceConfiguration, 'services:\n  aws.greengrass.FleetProvisioningByClaim:\n    configuration:\n      templateParameters:\n        SerialNumber: bad\n');
    assert.equal((await tryHook(run)).answer.verdict, 'denies');
    await useHook('Broken');
    const broken = (await tryHook(run)).answer;
    assert.equal(broken.verdict, 'fails');
    assert.match(broken.text, /no table/);
    await useHook('Missing');
    await assert.rejects(tryHook(run), (error: FleetError) => error.code === 'noLocalFunction');
  });
});
