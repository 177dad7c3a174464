import assert from 'node:assert/strict';
import { X509Certificate, createPrivateKey } from 'node:crypto';
import {
  AddThingToThingGroupCommand,
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  CreateThingTypeCommand,
  DeprecateThingTypeCommand,
  IoTClient,
} from '@aws-sdk/client-iot';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { SdkAwsGateway } from '../../../src/aws/gateway';
import type { FleetError } from '../../../src/core/errors';
import type { Connection } from '../../../src/core/ports/connection';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { createStsService } from '../../../src/sandbox/services/sts/stsService';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

const refused = (category: string) => (error: FleetError) => {
  assert.equal(error.category, category, error.message);
  return true;
};

describe('provisioned devices through the gateway, against the local AWS', () => {
  let sandbox: StartedSandbox;
  let gateway: SdkAwsGateway;
  let connection: Connection;
  let sdk: IoTClient;
  const log: string[] = [];

  before(async () => {
    sandbox = await startSandbox({ services: [createStsService, createIamService, createIotService], certificateAuthority: createCertificateAuthority });
    gateway = new SdkAwsGateway({ env: {}, userAgent: 'test/1', amazonRootCa: async () => 'AMAZON', log: (line) => log.push(line) });
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox;
    connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: async () => '' });
    sdk = new IoTClient(sandbox.client);
  });
  after(async () => {
    sdk.destroy();
    gateway.dispose();
    await sandbox.close();
  });

  it('shows a thing, its type, groups and certificates, and takes the device away in the order that AWS asks for', async () => {
    const { iot } = connection;
    await sdk.send(new CreateThingTypeCommand({ thingTypeName: 'Core' }));
    await sdk.send(new CreateThingCommand({ thingName: 'Device', thingTypeName: 'Core', attributePayload: { attributes: { site: 'A' } } }));
    const group = await sdk.send(new CreateThingGroupCommand({ thingGroupName: 'Devices' }));
    await sdk.send(new AddThingToThingGroupCommand({ thingName: 'Device', thingGroupName: 'Devices' }));
    const { certificateArn: principal = '', certificateId = '' } = await sdk.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    await sdk.send(new AttachThingPrincipalCommand({ thingName: 'Device', principal }));
    await iot.createPolicy({ name: 'OfDevice', document: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }] }) });
    await iot.attachPolicy({ policyName: 'OfDevice', target: principal });

    assert.deepEqual(await iot.describeThing('Device'), {
      name: 'Device',
      arn: `arn:aws:iot:${sandbox.region}:${sandbox.account}:thing/Device`,
      typeName: 'Core',
      attributes: { site: 'A' },
      version: 1,
    });
    assert.deepEqual(await all(iot.listThingPrincipals('Device')), [principal]);
    assert.deepEqual(await all(iot.listPrincipalThings(principal)), ['Device']);
    assert.deepEqual(await all(iot.listThingGroupsForThing('Device')), [{ name: 'Devices', arn: group.thingGroupArn }]);

    await assert.rejects(iot.deleteThing({ name: 'Device' }), refused('validation'));
    await iot.detachThingPrincipal({ thingName: 'Device', principal });
    await assert.rejects(iot.detachThingPrincipal({ thingName: 'Device', principal }), refused('notFound'));
    await iot.updateCertificateStatus(certificateId, 'INACTIVE');
    await assert.rejects(iot.deleteCertificate(certificateId), refused('conflict'));
    for await (const { name } of iot.listAttachedPolicies(principal)) await iot.detachPolicy({ policyName: name, target: principal });
    await iot.deleteCertificate(certificateId);
    await assert.rejects(iot.deleteThing({ name: 'Device', expectedVersion: 9 }), refused('conflict'));
    await iot.deleteThing({ name: 'Device', expectedVersion: 1 });
    await iot.deleteThing({ name: 'Device' });
    assert.equal(await iot.describeThing('Device'), undefined);
    assert.equal(await iot.describeCertificate(certificateId), undefined);
  });

  it('lists more than a page', async () => {
    const { certificateArn: principal = '' } = await sdk.send(new CreateKeysAndCertificateCommand({}));
    const names = Array.from({ length: 260 }, (_, index) => `Many-${String(index).padStart(3, '0')}`);
    for (const thingName of names) {
      await sdk.send(new CreateThingCommand({ thingName }));
      await sdk.send(new AttachThingPrincipalCommand({ thingName, principal }));
    }
    assert.deepEqual(await all(connection.iot.listPrincipalThings(principal)), names);
  });

  it('tells "no such thing" apart from "nothing attached"', async () => {
    const { iot } = connection;
    await assert.rejects(all(iot.listThingPrincipals('Nobody')), refused('notFound'));
    await assert.rejects(all(iot.listThingGroupsForThing('Nobody')), refused('notFound'));
    await assert.rejects(all(iot.listPrincipalThings(`arn:aws:iot:${sandbox.region}:${sandbox.account}:cert/${'0'.repeat(64)}`)), refused('notFound'));
    await sdk.send(new CreateThingCommand({ thingName: 'Bare' }));
    assert.deepEqual(await all(iot.listThingPrincipals('Bare')), []);
    assert.deepEqual(await all(iot.listThingGroupsForThing('Bare')), []);
  });

  it('knows thing types, deprecated or not', async () => {
    await sdk.send(new CreateThingTypeCommand({ thingTypeName: 'Old' }));
    const arn = `arn:aws:iot:${sandbox.region}:${sandbox.account}:thingtype/Old`;
    assert.deepEqual(await connection.iot.describeThingType('Old'), { name: 'Old', arn, deprecated: false });
    await sdk.send(new DeprecateThingTypeCommand({ thingTypeName: 'Old' }));
    assert.deepEqual(await connection.iot.describeThingType('Old'), { name: 'Old', arn, deprecated: true });
    assert.equal(await connection.iot.describeThingType('Never'), undefined);
  });

  it('makes a claim of five minutes whose key fits, logs nothing of it, and sets and takes away a hook', async () => {
    const { iot } = connection;
    const iam = new IAMClient(sandbox.client);
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
    const role = await iam.send(new CreateRoleCommand({ RoleName: 'Provisioning', AssumeRolePolicyDocument: JSON.stringify(trust) }));
    iam.destroy();
    const resources = { thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'x' } }, certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' } } } };
    const hookArn = `arn:aws:lambda:${sandbox.region}:${sandbox.account}:function:Gate`;
    const templateBody = JSON.stringify({ Parameters: { 'AWS::IoT::Certificate::Id': { Type: 'String' } }, Resources: resources });
    await iot.createProvisioningTemplate({ name: 'Fleet', templateBody, provisioningRoleArn: role.Role?.Arn ?? '', enabled: true, hookArn });
    assert.deepEqual((await iot.describeProvisioningTemplate('Fleet'))?.preProvisioningHook, { targetArn: hookArn, payloadVersion: '2020-04-01' });
    await iot.updateProvisioningTemplate({ name: 'Fleet', enabled: true });
    assert.equal((await iot.describeProvisioningTemplate('Fleet'))?.preProvisioningHook?.targetArn, hookArn);
    await iot.updateProvisioningTemplate({ name: 'Fleet', hookArn: null });
    assert.equal((await iot.describeProvisioningTemplate('Fleet'))?.preProvisioningHook, undefined);

    const asked = Date.now();
    const claim = await iot.createProvisioningClaim('Fleet');
    const certificate = new X509Certificate(claim.pem);
    assert.ok(certificate.checkPrivateKey(createPrivateKey(claim.privateKeyPem)));
    assert.equal(claim.certificateId, certificate.fingerprint256.replaceAll(':', '').toLowerCase());
    assert.ok(Math.abs(claim.expiresAt.getTime() - asked - 300_000) < 30_000, String(claim.expiresAt));
    assert.notEqual((await iot.createProvisioningClaim('Fleet')).certificateId, claim.certificateId);
    assert.deepEqual(log.filter((line) => /PRIVATE|BEGIN/.test(line)), []);
    await assert.rejects(iot.createProvisioningClaim('Nothing'), refused('notFound'));
  });
});
