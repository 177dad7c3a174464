import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { IAMClient } from '@aws-sdk/client-iam';
import { IoTClient } from '@aws-sdk/client-iot';
import { iot as deviceSdk, iotidentity, mqtt } from 'aws-iot-device-sdk-v2';
import { SdkAwsGateway } from '../../src/aws/gateway';
import { coreTopicFilters } from '../../src/core/device/deviceTopics';
import type { Connection } from '../../src/core/ports/connection';
import { MqttDeviceTransport } from '../../src/device/mqttDeviceTransport';
import { WorkspaceFileNames } from '../../src/ids';
import { SystemClock } from '../../src/services/systemClock';
import { certificateIdOf } from '../../src/services/testDevice/certificateId';
import { DeviceFlow } from '../../src/services/testDevice/deviceFlow';
import { prepare, type Prepared } from '../../src/services/testDevice/prepare';
import { runTestFleet } from '../../src/services/testDevice/testFleetRun';
import { MemoryLedger } from '../fakes/memoryLedger';
import { furnish } from '../helpers/deviceWorld';
import { NodeFiles } from '../helpers/nodeFiles';
import { SandboxProcess } from '../helpers/sandboxProcess';
import { workshopNames as names } from '../helpers/workshop';
import { pair, timesFigure, type Figure } from './measure';

const rounds = 15;
const fleetSize = 1_000;
const referenceSize = 100;
/** More at once, and its connections time out on a slow machine. */
const atOnce = 10;

/**
 * One device's way to AWS credentials, and a fleet of a thousand, beside the same way by AWS's own device SDK. The local AWS is
 * a process of its own, and the keys are made by the devices, so that its CPU does not make RSA keys: what is measured here is the device's side, and memory of this process is that of the devices.
 */
export async function deviceFigures(): Promise<Figure[]> {
  const sandbox = await SandboxProcess.start({ args: ['--resource-delay', '0'] });
  const { endpoint, region, accessKeyId, secretAccessKey } = sandbox.info;
  const client = { endpoint, region, credentials: { accessKeyId, secretAccessKey } };
  const iot = new IoTClient(client);
  const iam = new IAMClient(client);
  const gateway = new SdkAwsGateway({ env: {}, userAgent: 'bench/1', amazonRootCa: async () => '' });
  const folder = await mkdtemp(path.join(tmpdir(), 'device-bench-'));
  try {
    const connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: () => Promise.reject(new Error('nobody')) });
    const files = new NodeFiles(folder);
    await furnish(connection, iot, iam, files);
    const input = { connection, files, names, signal: new AbortController().signal };
    const prepared = await prepare(input, { port: 8883, claim: 'file' }, certificateIdOf);
    const caFile = path.join(folder, WorkspaceFileNames.rootCa);

    const one = await pair(rounds, () => ours(prepared), () => byDeviceSdk(prepared, caFile));
    const figures = [timesFigure('one provisioning, claim to AWS credentials', one, 'aws-iot-device-sdk-v2, same calls')];

    const reference = await referenceFleet(prepared, caFile);
    const { rate, mebibytes } = await fleet(connection, files);
    figures.push({ what: `provisionings per second, ${String(fleetSize)} devices`, ours: rate, reference, referenceIs: `aws-iot-device-sdk-v2, ${String(referenceSize)} devices, ${String(atOnce)} at once`, unit: 'per second' });
    figures.push({ what: `memory for ${String(fleetSize)} devices`, ours: mebibytes, reference: mebibytes, referenceIs: 'itself: peak over what the process had before', unit: 'MiB' });
    return figures;
  } finally {
    gateway.dispose();
    iot.destroy();
    iam.destroy();
    await sandbox.stop();
    await rm(folder, { recursive: true });
  }
}

const newId = (): string => randomBytes(4).toString('hex');

async function ours(prepared: Prepared): Promise<void> {
  const nothing = (): void => undefined;
  const done = async (): Promise<void> => undefined;
  const flow = new DeviceFlow(
    { transport: new MqttDeviceTransport(), clock: new SystemClock() },
    {
      servers: prepared.servers,
      claim: prepared.claim.identity,
      templateName: names.templateName,
      roleAliasName: names.roleAliasName,
      parameters: { ThingName: `bench-${newId()}` },
      way: 'csr',
      protocolVersion: 4,
      timeout: 30_000,
      settle: 0,
    },
    { begin: nothing, done: nothing, note: nothing, message: nothing },
    { onCertificate: done, onThing: done },
  );
  await flow.run(new AbortController().signal);
}

async function byDeviceSdk({ servers, claim }: Prepared, caFile: string): Promise<void> {
  const connect = async (certificate: string, key: string, clientId: string): Promise<mqtt.MqttClientConnection> => {
    const config = deviceSdk.AwsIotMqttConnectionConfigBuilder.new_mtls_builder(certificate, key)
      .with_certificate_authority_from_path(undefined, caFile)
      .with_endpoint('127.0.0.1')
      .with_port(servers.mqtt.port)
      .with_client_id(clientId)
      .with_clean_session(true)
      .build();
    const connection = new mqtt.MqttClient().new_connection(config);
    await connection.connect();
    return connection;
  };
  const qos = mqtt.QoS.AtLeastOnce;
  const connection = await connect(claim.identity.certificatePem, claim.identity.privateKeyPem, randomUUID());
  const identity = new iotidentity.IotIdentityClient(connection);
  const own = await new MqttDeviceTransport().makeKeys('aws-greengrass-nucleus-lite');
  const created = await new Promise<iotidentity.model.CreateCertificateFromCsrResponse>((resolve, reject) => {
    Promise.all([
      identity.subscribeToCreateCertificateFromCsrAccepted({}, qos, (error, response) => (response === undefined ? reject(error ?? new Error('no response')) : resolve(response))),
      identity.subscribeToCreateCertificateFromCsrRejected({}, qos, (_error, response) => reject(new Error(JSON.stringify(response)))),
    ])
      .then(() => identity.publishCreateCertificateFromCsr({ certificateSigningRequest: own.csrPem }, qos))
      .catch(reject);
  });
  const thingName = `bench-${newId()}`;
  await new Promise<iotidentity.model.RegisterThingResponse>((resolve, reject) => {
    const { templateName } = names;
    const { certificateOwnershipToken } = created;
    Promise.all([
      identity.subscribeToRegisterThingAccepted({ templateName }, qos, (error, response) => (response === undefined ? reject(error ?? new Error('no response')) : resolve(response))),
      identity.subscribeToRegisterThingRejected({ templateName }, qos, (_error, response) => reject(new Error(JSON.stringify(response)))),
    ])
      .then(() => identity.publishRegisterThing({ templateName, certificateOwnershipToken, parameters: { ThingName: thingName } } as iotidentity.model.RegisterThingRequest, qos))
      .catch(reject);
  });
  await connection.disconnect();
  const certificate = created.certificatePem ?? '';
  const key = own.privateKeyPem;
  const core = await connect(certificate, key, thingName);
  await Promise.all(coreTopicFilters(thingName).map((filter) => core.subscribe(filter, qos)));
  await new Promise<void>((resolve, reject) => {
    https
      .get(
        { host: '127.0.0.1', port: servers.credentials.port, path: `/role-aliases/${names.roleAliasName}/credentials`, headers: { 'x-amzn-iot-thingname': thingName }, ca: servers.credentials.rootCaPem, cert: certificate, key, agent: false },
        (response) => response.resume().on('end', () => (response.statusCode === 200 ? resolve() : reject(new Error(String(response.statusCode))))),
      )
      .on('error', reject);
  });
  await core.disconnect();
}

async function referenceFleet(prepared: Prepared, caFile: string): Promise<number> {
  const begun = performance.now();
  let left = referenceSize;
  const worker = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await byDeviceSdk(prepared, caFile);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return (referenceSize * 1_000) / (performance.now() - begun);
}

/** As fast as they go: the rate of starting is set higher than this can be. */
async function fleet(connection: Connection, files: NodeFiles): Promise<{ rate: number; mebibytes: number }> {
  globalThis.gc?.();
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  const view = await runTestFleet(
    { clock: new SystemClock(), monotonic: () => performance.now(), transport: async () => new MqttDeviceTransport(), ledger: new MemoryLedger(), newId },
    { connection, files, names, signal: new AbortController().signal },
    { way: 'csr', port: 8883, protocolVersion: 4, claim: 'file', parameters: { ThingName: 'fleet-{id}' }, count: fleetSize, rate: 10_000 },
    () => undefined,
  );
  clearInterval(watch);
  if (view.proven !== fleetSize || view.leftovers.length > 0) throw new Error(`only ${String(view.proven)} of ${String(fleetSize)} devices were proven: ${JSON.stringify(view.causes)}`);
  return { rate: view.rate, mebibytes: (peak - before) / 2 ** 20 };
}
