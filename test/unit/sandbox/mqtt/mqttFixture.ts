import { randomUUID } from 'node:crypto';
import { once, type EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { AttachPolicyCommand, CreateKeysAndCertificateCommand, CreatePolicyCommand, CreateProvisioningTemplateCommand, CreateThingGroupCommand, IoTClient } from '@aws-sdk/client-iot';
import type { GetRoleRequest, GetRoleResponse } from '@aws-sdk/client-iam';
import { Fault, type CallContext, type ServiceFactory } from '../../../../src/sandbox/kernel/types';
import { createCertificateAuthority } from '../../../../src/sandbox/pki/certificateAuthority';
import { startMqtt, type MqttOptions } from '../../../../src/sandbox/mqtt/startMqtt';
import { createIotService } from '../../../../src/sandbox/services/iot/iotService';
import { startSandbox, type StartedSandbox } from '../../../helpers/sandbox';

export const ACCOUNT = '470123856219';
const REGION = 'us-east-1';

export interface Credentials {
  readonly id: string;
  readonly cert: string;
  readonly key: string;
}

/** IAM as far as provisioning asks it: roles that IoT may assume. */
const iamWithRoles = (roles: ReadonlySet<string>): ServiceFactory => () => ({
  service: 'iam',
  handlers: {
    GetRole(input: GetRoleRequest, call: CallContext): GetRoleResponse {
      const name = input.RoleName ?? '';
      if (!roles.has(name)) throw new Fault('NoSuchEntity', `The role with name ${name} cannot be found.`, {}, 404);
      const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
      return {
        Role: {
          Path: '/',
          RoleName: name,
          RoleId: 'AROAEXAMPLE',
          Arn: `arn:aws:iam::${call.account}:role/${name}`,
          CreateDate: call.now(),
          AssumeRolePolicyDocument: encodeURIComponent(JSON.stringify(trust)),
        },
      };
    },
  },
});

const arn = (kind: string, name: string): string => `arn:aws:iot:${REGION}:${ACCOUNT}:${kind}/${name}`;

export function policyText(...statements: readonly { readonly Effect?: string; readonly Action: string | readonly string[]; readonly Resource: string | readonly string[] }[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })) });
}

export const claimPolicy = policyText(
  { Action: 'iot:Connect', Resource: '*' },
  { Action: ['iot:Publish', 'iot:Receive'], Resource: [arn('topic', '$aws/certificates/create/*'), arn('topic', '$aws/certificates/create-from-csr/*'), arn('topic', '$aws/provisioning-templates/Fleet/provision/*')] },
  { Action: 'iot:Subscribe', Resource: [arn('topicfilter', '$aws/certificates/create/*'), arn('topicfilter', '$aws/certificates/create-from-csr/*'), arn('topicfilter', '$aws/provisioning-templates/Fleet/provision/*')] },
);

export const devicePolicy = policyText(
  { Action: 'iot:Connect', Resource: arn('client', '${iot:Connection.Thing.ThingName}') },
  { Action: ['iot:Publish', 'iot:Receive'], Resource: [arn('topic', 'open/*'), arn('topic', '$aws/things/${iot:Connection.Thing.ThingName}/*')] },
  { Action: 'iot:Subscribe', Resource: [arn('topicfilter', 'open/*'), arn('topicfilter', 'mute/*')] },
);

export const templateBody = JSON.stringify({
  Parameters: { SerialNumber: { Type: 'String' }, Group: { Type: 'String', Default: 'Cores' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
  Resources: {
    thing: {
      Type: 'AWS::IoT::Thing',
      OverrideSettings: { AttributePayload: 'MERGE', ThingGroups: 'REPLACE' },
      Properties: { ThingName: { 'Fn::Join': ['', ['Core-', { Ref: 'SerialNumber' }]] }, AttributePayload: { serial: { Ref: 'SerialNumber' } }, ThingGroups: [{ Ref: 'Group' }] },
    },
    certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active' } },
    policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'Device' } },
  },
  DeviceConfiguration: { site: 'Berlin', interval: 5 },
});

export interface MqttFixture {
  readonly started: StartedSandbox;
  /** Names of the roles that IoT may assume; `Provisioning` at first. */
  readonly roles: Set<string>;
  readonly iot: IoTClient;
  readonly port: number;
  readonly ca: string;
  /** An ACTIVE certificate with the policies of these names. */
  certificate(...policyNames: readonly string[]): Promise<Credentials>;
  policy(name: string, document: string): Promise<void>;
  options(credentials: Credentials, options?: IClientOptions): IClientOptions;
  /** Connected, or rejected with the client's error; closed with the fixture. */
  connect(credentials: Credentials, options?: IClientOptions): Promise<MqttClient>;
  /** Moves the sandbox's clock. The control plane's clients move with it. */
  advance(milliseconds: number): void;
  close(): Promise<void>;
}

/** A sandbox with broker, the policies `Claim` and `Device`, the group `Cores` and the template `Fleet`. */
export async function startFixture(options: MqttOptions = {}): Promise<MqttFixture> {
  let ahead = 0;
  const roles = new Set(['Provisioning']);
  const started = await startSandbox({
    services: [createIotService, iamWithRoles(roles)],
    certificateAuthority: createCertificateAuthority,
    listeners: { mqttPort: (host) => startMqtt(host, options) },
    account: ACCOUNT,
    region: REGION,
    now: () => new Date(Date.now() + ahead),
  });
  const iot = new IoTClient(started.client);
  iot.middlewareStack.add(
    (next) => (call) => {
      iot.config.systemClockOffset = ahead;
      return next(call);
    },
    { step: 'initialize' },
  );
  const clients = new Set<MqttClient>();
  const ca = readFileSync(started.caFile, 'utf8');
  const port = started.mqttPort ?? 0;

  const policy = async (policyName: string, policyDocument: string): Promise<void> => {
    await iot.send(new CreatePolicyCommand({ policyName, policyDocument }));
  };
  await policy('Claim', claimPolicy);
  await policy('Device', devicePolicy);
  await iot.send(new CreateThingGroupCommand({ thingGroupName: 'Cores' }));
  await iot.send(new CreateProvisioningTemplateCommand({ templateName: 'Fleet', templateBody, provisioningRoleArn: `arn:aws:iam::${ACCOUNT}:role/Provisioning`, enabled: true }));

  const clientOptions = ({ cert, key }: Credentials, more: IClientOptions = {}): IClientOptions => ({
    protocol: 'mqtts',
    host: '127.0.0.1',
    port,
    ca,
    cert,
    key,
    clientId: randomUUID(),
    reconnectPeriod: 0,
    connectTimeout: 5000,
    ...more,
  });

  return {
    started,
    roles,
    iot,
    port,
    ca,
    policy,
    async certificate(...policyNames) {
      const made = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
      for (const policyName of policyNames) await iot.send(new AttachPolicyCommand({ policyName, target: made.certificateArn }));
      return { id: made.certificateId ?? '', cert: made.certificatePem ?? '', key: made.keyPair?.PrivateKey ?? '' };
    },
    options: clientOptions,
    async connect(credentials, more) {
      const client = mqtt.connect(clientOptions(credentials, more));
      clients.add(client);
      await new Promise<void>((resolve, reject) => {
        client.once('connect', () => resolve());
        client.once('error', reject);
        client.once('close', () => reject(new Error('closed before CONNACK')));
      });
      client.on('error', () => undefined);
      return client;
    },
    advance(milliseconds) {
      ahead += milliseconds;
    },
    async close() {
      await Promise.all([...clients].map((client) => client.endAsync(true)));
      iot.destroy();
      await started.close();
    },
  };
}

/** Publishes and waits for the answer on …/accepted or …/rejected, without a subscription unless one is there. */
export async function request(client: MqttClient, topic: string, payload: object | Buffer): Promise<{ readonly topic: string; readonly body: Buffer }> {
  const answer = new Promise<{ topic: string; body: Buffer }>((resolve, reject) => {
    const end = (): void => {
      client.off('message', listen);
      client.off('close', closed);
    };
    const listen = (name: string, body: Buffer): void => {
      if (!name.startsWith(`${topic}/`)) return;
      end();
      resolve({ topic: name.slice(topic.length + 1), body });
    };
    const closed = (): void => {
      end();
      reject(new Error('closed'));
    };
    client.on('message', listen);
    client.once('close', closed);
  });
  // Not awaited: when the broker cuts the connection, MQTT.js keeps an unacknowledged message for the next one.
  client.publish(topic, Buffer.isBuffer(payload) ? payload : JSON.stringify(payload), { qos: 1 });
  return answer;
}

/** The next message on any topic. */
export async function nextMessage(client: MqttClient): Promise<{ readonly topic: string; readonly payload: string }> {
  const [topic, payload] = (await once(client as unknown as EventEmitter, 'message')) as [string, Buffer];
  return { topic, payload: payload.toString() };
}
