import { performance } from 'node:perf_hooks';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AttachPolicyCommand, CreateKeysAndCertificateCommand, IoTClient } from '@aws-sdk/client-iot';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { SdkAwsGateway } from '../../src/aws/gateway';
import { claimPolicyDocument } from '../../src/core/claims/claimPolicy';
import type { Connection } from '../../src/core/ports/connection';
import { templateDocument } from '../../src/core/provisioning/templateDocument';
import { MqttDeviceTransport } from '../../src/device/mqttDeviceTransport';
import { WorkspaceFileNames } from '../../src/ids';
import { startCredentials } from '../../src/sandbox/credentialsEndpoint/startCredentials';
import { startMqtt, type MqttOptions } from '../../src/sandbox/mqtt/startMqtt';
import { createCertificateAuthority } from '../../src/sandbox/pki/certificateAuthority';
import { startProxy } from '../../src/sandbox/proxy/startProxy';
import { createIamService } from '../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../src/sandbox/services/sts/stsService';
import { SystemClock } from '../../src/services/systemClock';
import type { TestDeviceDeps, TestDeviceInput } from '../../src/services/testDevice/testDeviceContext';
import { MemoryLedger } from '../fakes/memoryLedger';
import { NodeFiles } from './nodeFiles';
import { startSandbox, type StartedSandbox } from './sandbox';
import { workshopDevicePolicy, workshopNames } from './workshop';

const trust = (service: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] });

export interface DeviceWorld {
  readonly started: StartedSandbox;
  readonly connection: Connection;
  readonly iot: IoTClient;
  readonly iam: IAMClient;
  readonly files: NodeFiles;
  readonly ledger: MemoryLedger;
  readonly deps: TestDeviceDeps;
  readonly claimId: string;
  readonly claimArn: string;
  input(signal?: AbortSignal): TestDeviceInput;
  /** Moves the local AWS's clock; this computer's stays. */
  advance(milliseconds: number): void;
  close(): Promise<void>;
}

/** The five resources as our own steps make them, and the folder that goes with them. Gives the claim certificate. */
export async function furnish(connection: Connection, iot: IoTClient, iam: IAMClient, files: NodeFiles): Promise<{ readonly certificateId?: string | undefined; readonly certificateArn?: string | undefined }> {
  const names = workshopNames;
  const role = async (RoleName: string, service: string): Promise<string> => (await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust(service) }))).Role?.Arn ?? '';
  const [exchange, provisioning] = [await role('Exchange', 'credentials.iot.amazonaws.com'), await role('Provisioning', 'iot.amazonaws.com')];
  const alias = await connection.iot.createRoleAlias({ name: names.roleAliasName, roleArn: exchange });
  await connection.iot.createPolicy({ name: names.iotPolicyName, document: workshopDevicePolicy(alias.arn) });
  await connection.iot.createPolicy({ name: names.claimPolicyName, document: claimPolicyDocument(connection.target, names.templateName) });
  await connection.iot.createThingGroup({ name: names.thingGroupName });
  await connection.iot.createProvisioningTemplate({ name: names.templateName, templateBody: templateDocument(names), provisioningRoleArn: provisioning, enabled: true });
  const claim = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  await iot.send(new AttachPolicyCommand({ policyName: names.claimPolicyName, target: claim.certificateArn }));
  await files.write(WorkspaceFileNames.claimCertificate, claim.certificatePem ?? '');
  await files.writePrivate(WorkspaceFileNames.claimPrivateKey, claim.keyPair?.PrivateKey ?? '');
  await files.write(WorkspaceFileNames.rootCa, await connection.rootCaPem());
  await files.write(WorkspaceFileNames.provisioningTemplate, templateDocument(names));
  await files.write(WorkspaceFileNames.iotPolicy, workshopDevicePolicy(alias.arn));
  await files.write(WorkspaceFileNames.claimPolicy, claimPolicyDocument(connection.target, names.templateName));
  return claim;
}

/** A local AWS with the five resources as our own steps make them, a folder with its claim, and all that a test device needs. */
export async function startDeviceWorld(mqtt: MqttOptions = {}): Promise<DeviceWorld> {
  let ahead = 0;
  const started = await startSandbox({
    services: [createStsService, createIamService, createIotService],
    certificateAuthority: createCertificateAuthority,
    listeners: { mqttPort: (host) => startMqtt(host, mqtt), credentialsPort: (host) => startCredentials(host), proxyPort: (host) => startProxy(host) },
    now: () => new Date(Date.now() + ahead),
  });
  const iot = new IoTClient(started.client);
  const iam = new IAMClient(started.client);
  const gateway = new SdkAwsGateway({ env: {}, userAgent: 'test/1', amazonRootCa: async () => 'unused' });
  const { endpoint, region, accessKeyId, secretAccessKey } = started;
  const connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: () => Promise.reject(new Error('nobody should be asked')) });
  const folder = await mkdtemp(path.join(tmpdir(), 'device-world-'));
  const files = new NodeFiles(folder);
  const names = workshopNames;

  const claim = await furnish(connection, iot, iam, files);

  const ledger = new MemoryLedger();
  return {
    started,
    connection,
    iot,
    iam,
    files,
    ledger,
    claimId: claim.certificateId ?? '',
    claimArn: claim.certificateArn ?? '',
    deps: {
      clock: new SystemClock(),
      monotonic: () => performance.now(),
      transport: async () => new MqttDeviceTransport(),
      ledger,
      newId: () => randomBytes(4).toString('hex'),
      // Long, for slow machines: only what waits for silence pays it, and asks for less.
      timeout: 30_000,
    },
    input: (signal = new AbortController().signal) => ({ connection, files, names, signal }),
    advance(milliseconds) {
      ahead += milliseconds;
    },
    async close() {
      iot.destroy();
      iam.destroy();
      gateway.dispose();
      await started.close();
      await rm(folder, { recursive: true });
    },
  };
}
