/** A core as others see it: a real MQTT client reports, and the SDK, the AWS CLI and the watch of the extension find it. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { AttachPolicyCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, CreateThingCommand, AttachThingPrincipalCommand, IoTClient } from '@aws-sdk/client-iot';
import mqtt, { type MqttClient } from 'mqtt';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import type { Connection } from '../../../src/core/ports/connection';
import { startMqtt } from '../../../src/sandbox/mqtt/startMqtt';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createGreengrassService } from '../../../src/sandbox/services/greengrass/greengrassService';
import { recordHealth } from '../../../src/sandbox/services/greengrass/health';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { watchCore } from '../../../src/services/coreDevices/watchCore';
import { SystemClock } from '../../../src/services/systemClock';
import { FakeInteraction } from '../../fakes/fakeInteraction';
import { healthReport, healthTopic } from '../../helpers/coreHealth';
import { eventually } from '../../helpers/eventually';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';
import { skip } from '../../helpers/skip';

const run = promisify(execFile);
const hasCli = spawnSync('aws', ['--version']).status === 0;
/** As the documentation of Greengrass gives it to a core, for its own health topic only. */
const corePolicy = (region: string, account: string): string => {
  const arn = (resource: string): string => `arn:aws:iot:${region}:${account}:${resource}`;
  const thing = '${iot:Connection.Thing.ThingName}';
  const statement = [
    { Effect: 'Allow', Action: 'iot:Connect', Resource: arn(`client/${thing}*`) },
    { Effect: 'Allow', Action: 'iot:Publish', Resource: arn(`topic/$aws/things/${thing}/greengrassv2/health/json`) },
  ];
  return JSON.stringify({ Version: '2012-10-17', Statement: statement });
};

describe('a core device, from its health message to the eyes of its owner', () => {
  let sandbox: StartedSandbox;
  let iot: IoTClient;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  let folder: string;
  const clients: MqttClient[] = [];

  before(async () => {
    sandbox = await startSandbox({
      services: [createStsService, createIamService, createIotService, createGreengrassService],
      certificateAuthority: createCertificateAuthority,
      listeners: {
        mqttPort: (host) => startMqtt(host, { onHealth: (kernel, scope, thing, payload) => kernel.run(scope, (call) => recordHealth(call, thing, payload)) }),
      },
    });
    iot = new IoTClient(sandbox.client);
    await iot.send(new CreatePolicyCommand({ policyName: 'Core', policyDocument: corePolicy(sandbox.region, sandbox.account) }));
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    gateway = new SdkAwsGateway({ env: {}, userAgent: 'test/1', amazonRootCa: async () => '' });
    connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
    folder = mkdtempSync(path.join(tmpdir(), 'core-device-'));
  });
  after(async () => {
    await Promise.all(clients.map((client) => client.endAsync(true)));
    gateway.dispose();
    iot.destroy();
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** A thing with a certificate of its own, connected as a core connects. */
  async function core(thingName: string): Promise<MqttClient> {
    const made = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    await iot.send(new AttachPolicyCommand({ policyName: 'Core', target: made.certificateArn }));
    await iot.send(new CreateThingCommand({ thingName }));
    await iot.send(new AttachThingPrincipalCommand({ thingName, principal: made.certificateArn }));
    const client = await mqtt.connectAsync({
      protocol: 'mqtts',
      host: '127.0.0.1',
      port: sandbox.mqttPort ?? 0,
      ca: readFileSync(sandbox.caFile, 'utf8'),
      cert: made.certificatePem ?? '',
      key: made.keyPair?.PrivateKey ?? '',
      clientId: thingName,
      reconnectPeriod: 0,
    });
    client.on('error', () => undefined);
    clients.push(client);
    return client;
  }

  async function aws<T>(...args: string[]): Promise<T> {
    const env = { PATH: process.env['PATH'], HOME: folder, AWS_ACCESS_KEY_ID: sandbox.accessKeyId, AWS_SECRET_ACCESS_KEY: sandbox.secretAccessKey, AWS_DEFAULT_REGION: sandbox.region, AWS_PAGER: '' };
    const { stdout } = await run('aws', ['--endpoint-url', sandbox.endpoint, '--output', 'json', ...args], { cwd: folder, env });
    return (stdout.trim() === '' ? {} : JSON.parse(stdout)) as T;
  }
  const withCli = (title: string, test: () => Promise<void>): unknown =>
    it(title, function () {
      return hasCli ? test() : skip(this, 'no AWS CLI on the PATH');
    });

  it('is found by the watch that began before it connected', async () => {
    const ui = new FakeInteraction();
    const watching = watchCore({ connection, ui, progress: { report: () => undefined }, signal: new AbortController().signal }, 'Core-1', new SystemClock());
    const client = await core('Core-1');
    await client.publishAsync(healthTopic('Core-1'), healthReport(), { qos: 1 });
    const device = await watching;
    assert.deepEqual([device.name, device.status, device.version], ['Core-1', 'HEALTHY', '2.12.0']);
    assert.match(ui.told[0] ?? '', /Core device Core-1 is HEALTHY/);
  });

  it('says when it breaks, and when it is well again', async () => {
    const client = await core('Core-2');
    const status = async (expected: string): Promise<void> => {
      await eventually(async () => assert.equal((await connection.greengrass.getCoreDevice('Core-2'))?.status, expected));
    };
    await client.publishAsync(healthTopic('Core-2'), healthReport(), { qos: 1 });
    await status('HEALTHY');
    const broken = [{ componentName: 'com.example.Pump', version: '1.0.0', status: 'BROKEN', isRoot: false }];
    await client.publishAsync(healthTopic('Core-2'), healthReport({ messageType: 'PARTIAL', overallDeviceStatus: 'UNHEALTHY', components: broken }), { qos: 1 });
    await status('UNHEALTHY');
    const states: string[] = [];
    for await (const { name, state } of connection.greengrass.listInstalledComponents('Core-2')) states.push(`${name} ${state}`);
    assert.deepEqual(states, ['aws.greengrass.Nucleus FINISHED', 'com.example.Pump BROKEN']);
    await client.publishAsync(healthTopic('Core-2'), healthReport(), { qos: 1 });
    await status('HEALTHY');
  });

  it('cannot report for another core: the policy is asked', async () => {
    const client = await core('Core-3');
    const closed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    client.publish(healthTopic('Victim'), healthReport(), { qos: 1 });
    await closed;
    assert.equal(await connection.greengrass.getCoreDevice('Victim'), undefined);
  });

  withCli('is what the AWS CLI shows', async () => {
    const client = await core('Core-4');
    await client.publishAsync(healthTopic('Core-4'), healthReport({ runtime: 'aws_nucleus_lite' }), { qos: 1 });
    await eventually(async () => assert.ok(await connection.greengrass.getCoreDevice('Core-4')));
    const device = await aws<{ coreVersion: string; status: string; platform: string }>('greengrassv2', 'get-core-device', '--core-device-thing-name', 'Core-4');
    assert.deepEqual([device.coreVersion, device.status, device.platform], ['2.12.0', 'HEALTHY', 'linux']);
    const listed = await aws<{ coreDevices: { coreDeviceThingName: string }[] }>('greengrassv2', 'list-core-devices', '--status', 'HEALTHY', '--runtime', 'aws_nucleus_lite');
    assert.deepEqual(listed.coreDevices.map(({ coreDeviceThingName }) => coreDeviceThingName), ['Core-4']);
    const installed = await aws<{ installedComponents: { componentName: string }[] }>('greengrassv2', 'list-installed-components', '--core-device-thing-name', 'Core-4', '--topology-filter', 'ALL');
    assert.deepEqual(installed.installedComponents.map(({ componentName }) => componentName), ['aws.greengrass.Nucleus', 'com.example.Pump']);
    assert.deepEqual(await aws('greengrassv2', 'list-effective-deployments', '--core-device-thing-name', 'Core-4'), { effectiveDeployments: [] });
    await aws('greengrassv2', 'delete-core-device', '--core-device-thing-name', 'Core-4');
    await assert.rejects(aws('greengrassv2', 'get-core-device', '--core-device-thing-name', 'Core-4'), (error: Error & { stderr?: string }) => /ResourceNotFoundException/.test(error.stderr ?? ''));
  });

  withCli('is registered by the AWS CLI too: register-thing renders the same kind of template', async () => {
    const made = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: false }));
    const template = {
      Parameters: { SerialNumber: { Type: 'String' }, CertificateId: { Type: 'String' } },
      Resources: {
        thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { 'Fn::Join': ['', ['Core-', { Ref: 'SerialNumber' }]] } } },
        certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'CertificateId' }, Status: 'ACTIVE' }, OverrideSettings: { Status: 'REPLACE' } },
        policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'Core' } },
      },
    };
    writeFileSync(path.join(folder, 'template.json'), JSON.stringify(template));
    const parameters = JSON.stringify({ SerialNumber: '0007', CertificateId: made.certificateId });
    const registered = await aws<{ certificatePem: string; resourceArns: Record<string, string> }>('iot', 'register-thing', '--template-body', 'file://template.json', '--parameters', parameters);
    assert.match(registered.certificatePem, /BEGIN CERTIFICATE/);
    assert.ok(Object.values(registered.resourceArns).includes(`arn:aws:iot:${sandbox.region}:${sandbox.account}:thing/Core-0007`), JSON.stringify(registered.resourceArns));
    const client = await mqtt.connectAsync({ protocol: 'mqtts', host: '127.0.0.1', port: sandbox.mqttPort ?? 0, ca: readFileSync(sandbox.caFile, 'utf8'), cert: registered.certificatePem, key: made.keyPair?.PrivateKey ?? '', clientId: 'Core-0007', reconnectPeriod: 0 });
    clients.push(client);
    await client.publishAsync(healthTopic('Core-0007'), healthReport(), { qos: 1 });
    await eventually(async () => assert.equal((await connection.greengrass.getCoreDevice('Core-0007'))?.status, 'HEALTHY'));
  });
});
