import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomUUID, webcrypto, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AttachPolicyCommand,
  CreateProvisioningClaimCommand,
  CreateProvisioningTemplateCommand,
  CreateProvisioningTemplateVersionCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  DescribeCertificateCommand,
  DescribeThingCommand,
  ListAttachedPoliciesCommand,
  ListThingGroupsForThingCommand,
  ListThingPrincipalsV2Command,
  ListThingsCommand,
  RegisterThingCommand,
  UpdateProvisioningTemplateCommand,
} from '@aws-sdk/client-iot';
import type { MqttClient } from 'mqtt';
import { removeExpired } from '../../../../src/sandbox/services/iot/fleetProvisioning';
import { rootScope } from '../../../../src/sandbox/kernel/kernel';
import { ACCOUNT, devicePolicy, policyText, request, startFixture, templateBody, type Credentials, type MqttFixture } from './mqttFixture';

interface Issued {
  readonly certificateId: string;
  readonly certificatePem: string;
  readonly privateKey: string;
  readonly certificateOwnershipToken: string;
}

const CREATE = '$aws/certificates/create/json';
const FROM_CSR = '$aws/certificates/create-from-csr/json';
const PROVISION = '$aws/provisioning-templates/Fleet/provision/json';
const serialNumber = (): string => randomUUID().slice(0, 8);

async function create(client: MqttClient): Promise<Issued> {
  const { topic, body } = await request(client, CREATE, Buffer.alloc(0));
  assert.equal(topic, 'accepted', body.toString());
  return JSON.parse(body.toString()) as Issued;
}

async function rejected(client: MqttClient, topic: string, payload: object | Buffer): Promise<{ statusCode: number; errorCode: string; errorMessage: string }> {
  const answer = await request(client, topic, payload);
  assert.equal(answer.topic, 'rejected', answer.body.toString());
  return JSON.parse(answer.body.toString()) as { statusCode: number; errorCode: string; errorMessage: string };
}

/** A signing request with an EC key, as Greengrass nucleus lite makes it. */
async function signingRequest(): Promise<{ csr: string; key: string }> {
  const x509 = await import('@peculiar/x509');
  const keys = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({ name: 'CN=aws-greengrass-nucleus-lite', keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } }, webcrypto);
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return { csr: csr.toString('pem'), key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n` };
}

describe('sandbox MQTT: fleet provisioning by claim', () => {
  let fixture: MqttFixture;
  let claim: Credentials;
  before(async () => {
    fixture = await startFixture();
    claim = await fixture.certificate('Claim');
  });
  after(() => fixture.close());

  const things = async (): Promise<number> => (await fixture.iot.send(new ListThingsCommand({ maxResults: 250 }))).things?.length ?? 0;
  const statusOf = async (certificateId: string): Promise<string | undefined> =>
    (await fixture.iot.send(new DescribeCertificateCommand({ certificateId }))).certificateDescription?.status;

  for (const protocolVersion of [4, 5] as const) {
    it(`gives a device its keys, certificate and thing (MQTT ${protocolVersion})`, async () => {
      const client = await fixture.connect(claim, { protocolVersion });
      const issued = await create(client);
      assert.match(issued.privateKey, /^-----BEGIN RSA PRIVATE KEY-----/);
      assert.ok(issued.certificateOwnershipToken.length <= 512);
      assert.equal(await statusOf(issued.certificateId), 'PENDING_ACTIVATION');

      const serial = serialNumber();
      const registered = await request(client, PROVISION, { certificateOwnershipToken: issued.certificateOwnershipToken, parameters: { SerialNumber: serial, unknown: 'ignored' } });
      assert.equal(registered.topic, 'accepted', registered.body.toString());
      const thingName = `Core-${serial}`;
      assert.deepEqual(JSON.parse(registered.body.toString()), { deviceConfiguration: { site: 'Berlin', interval: 5 }, thingName });
      assert.deepEqual((await fixture.iot.send(new DescribeThingCommand({ thingName }))).attributes, { serial });
      const groups = await fixture.iot.send(new ListThingGroupsForThingCommand({ thingName }));
      assert.deepEqual(groups.thingGroups?.map(({ groupName }) => groupName), ['Cores']);
      assert.equal(await statusOf(issued.certificateId), 'ACTIVE');

      const device = await fixture.connect({ id: issued.certificateId, cert: issued.certificatePem, key: issued.privateKey }, { protocolVersion, clientId: thingName });
      await device.publishAsync(`$aws/things/${thingName}/greengrassv2/health/json`, '{}', { qos: 1 });
    });
  }

  it('gives a certificate for a signing request, which openssl verifies against the CA', async () => {
    const client = await fixture.connect(claim, { protocolVersion: 5 });
    const { csr, key } = await signingRequest();
    const answer = await request(client, FROM_CSR, { certificateSigningRequest: csr });
    assert.equal(answer.topic, 'accepted', answer.body.toString());
    const issued = JSON.parse(answer.body.toString()) as Issued;
    assert.equal(issued.privateKey, undefined);
    const folder = mkdtempSync(path.join(tmpdir(), 'device-'));
    try {
      writeFileSync(path.join(folder, 'device.pem'), issued.certificatePem);
      assert.match(execFileSync('openssl', ['verify', '-CAfile', fixture.started.caFile, path.join(folder, 'device.pem')]).toString(), /device\.pem: OK/);
    } finally {
      rmSync(folder, { recursive: true });
    }
    assert.match(new X509Certificate(issued.certificatePem).subject, /CN=aws-greengrass-nucleus-lite/);
    const serial = serialNumber();
    const registered = await request(client, PROVISION, { certificateOwnershipToken: issued.certificateOwnershipToken, parameters: { SerialNumber: serial } });
    assert.equal(registered.topic, 'accepted', registered.body.toString());
    await fixture.connect({ id: issued.certificateId, cert: issued.certificatePem, key }, { clientId: `Core-${serial}` });
  });

  it('speaks CBOR on the cbor topics', async () => {
    const { decode, encode } = await import('cborg');
    const client = await fixture.connect(claim);
    const { csr } = await signingRequest();
    const made = await request(client, '$aws/certificates/create-from-csr/cbor', Buffer.from(encode({ certificateSigningRequest: csr })));
    assert.equal(made.topic, 'accepted');
    const { certificateOwnershipToken } = decode(made.body) as Issued;
    const serial = serialNumber();
    const registered = await request(client, '$aws/provisioning-templates/Fleet/provision/cbor', Buffer.from(encode({ certificateOwnershipToken, parameters: { SerialNumber: serial } })));
    assert.deepEqual([registered.topic, (decode(registered.body) as { thingName: string }).thingName], ['accepted', `Core-${serial}`]);
    const refused = await request(client, '$aws/provisioning-templates/Fleet/provision/cbor', Buffer.from('no cbor map'));
    assert.deepEqual([refused.topic, (decode(refused.body) as { statusCode: number }).statusCode], ['rejected', 400]);
  });

  it('refuses payloads and requests that cannot be read', async () => {
    const client = await fixture.connect(claim);
    assert.equal((await rejected(client, PROVISION, Buffer.from('{'))).statusCode, 400);
    assert.equal((await rejected(client, PROVISION, Buffer.from('[]'))).statusCode, 400);
    assert.equal((await rejected(client, FROM_CSR, {})).errorCode, 'InvalidCertificateSigningRequest');
    assert.equal((await rejected(client, FROM_CSR, { certificateSigningRequest: 'no request' })).errorCode, 'InvalidCertificateSigningRequest');
  });

  it('refuses a token that is empty, wrong, used or too old', async () => {
    const client = await fixture.connect(claim);
    const parameters = { SerialNumber: serialNumber() };
    assert.deepEqual(await rejected(client, PROVISION, { certificateOwnershipToken: '', parameters }), {
      statusCode: 400,
      errorCode: 'InvalidCertificateOwnershipToken',
      errorMessage: 'Certificate ownership token cannot be empty.',
    });
    assert.equal((await rejected(client, PROVISION, { certificateOwnershipToken: 'guessed', parameters })).errorCode, 'InvalidCertificateOwnershipToken');
    const { certificateOwnershipToken } = await create(client);
    assert.equal((await request(client, PROVISION, { certificateOwnershipToken, parameters })).topic, 'accepted');
    assert.equal((await rejected(client, PROVISION, { certificateOwnershipToken, parameters })).errorCode, 'InvalidCertificateOwnershipToken');
  });

  it('leaves nothing behind when the template cannot be carried out, and lets the device try again', async () => {
    const client = await fixture.connect(claim);
    const { certificateOwnershipToken, certificateId } = await create(client);
    const before = await things();
    const missing = await rejected(client, PROVISION, { certificateOwnershipToken, parameters: {} });
    assert.equal(missing.statusCode, 400);
    assert.match(missing.errorMessage, /SerialNumber/);
    const serial = serialNumber();
    const noGroup = await rejected(client, PROVISION, { certificateOwnershipToken, parameters: { SerialNumber: serial, Group: 'Nowhere' } });
    assert.deepEqual([noGroup.statusCode, noGroup.errorCode], [404, 'ResourceNotFound']);
    assert.match(noGroup.errorMessage, /Nowhere/);
    assert.equal((await rejected(client, PROVISION, { certificateOwnershipToken, parameters: { SerialNumber: 7 } })).errorCode, 'InvalidParameters');
    assert.equal(await things(), before);
    assert.equal(await statusOf(certificateId), 'PENDING_ACTIVATION');
    assert.equal((await request(client, PROVISION, { certificateOwnershipToken, parameters: { SerialNumber: serial } })).topic, 'accepted');
  });

  it('denies access to a template that is disabled, and to one that is not there', async () => {
    const wide = await fixture.certificate();
    await fixture.policy('Everything', policyText({ Action: 'iot:*', Resource: '*' }));
    await fixture.iot.send(new AttachPolicyCommand({ policyName: 'Everything', target: `arn:aws:iot:us-east-1:${ACCOUNT}:cert/${wide.id}` }));
    const client = await fixture.connect(wide);
    const { certificateOwnershipToken } = await create(client);
    const payload = { certificateOwnershipToken, parameters: { SerialNumber: serialNumber() } };
    assert.deepEqual(await rejected(client, '$aws/provisioning-templates/Missing/provision/json', payload), { statusCode: 403, errorCode: 'AccessDenied', errorMessage: 'Access Denied' });
    await fixture.iot.send(new UpdateProvisioningTemplateCommand({ templateName: 'Fleet', enabled: false }));
    assert.equal((await rejected(client, PROVISION, payload)).errorCode, 'AccessDenied');
    await fixture.iot.send(new UpdateProvisioningTemplateCommand({ templateName: 'Fleet', enabled: true }));
    assert.equal((await request(client, PROVISION, payload)).topic, 'accepted');
  });

  it('denies access when the provisioning role is gone', async () => {
    const client = await fixture.connect(claim);
    const { certificateOwnershipToken } = await create(client);
    const payload = { certificateOwnershipToken, parameters: { SerialNumber: serialNumber() } };
    fixture.roles.delete('Provisioning');
    assert.equal((await rejected(client, PROVISION, payload)).errorCode, 'AccessDenied');
    fixture.roles.add('Provisioning');
    assert.equal((await request(client, PROVISION, payload)).topic, 'accepted');
  });

  it('provisions fifty devices at once, each with its own certificate and thing', async () => {
    const { csr } = await signingRequest();
    const before = await things();
    const names = await Promise.all(
      Array.from({ length: 50 }, async (_, i) => {
        const client = await fixture.connect(claim, { protocolVersion: i % 2 === 0 ? 4 : 5, connectTimeout: 20_000 });
        const made = await request(client, FROM_CSR, { certificateSigningRequest: csr });
        const { certificateOwnershipToken } = JSON.parse(made.body.toString()) as Issued;
        const registered = await request(client, PROVISION, { certificateOwnershipToken, parameters: { SerialNumber: `many-${i}` } });
        await client.endAsync();
        return (JSON.parse(registered.body.toString()) as { thingName: string }).thingName;
      }),
    );
    assert.equal(new Set(names).size, 50);
    assert.equal(await things(), before + 50);
  });

  it('cuts off a claim whose policy lacks a topic, and answers nothing without iot:Receive', async () => {
    const arn = (kind: string, name: string): string => `arn:aws:iot:us-east-1:${ACCOUNT}:${kind}/${name}`;
    await fixture.policy('KeysOnly', policyText({ Action: 'iot:Connect', Resource: '*' }, { Action: ['iot:Publish', 'iot:Receive'], Resource: arn('topic', '$aws/certificates/create/*') }));
    const keysOnly = await fixture.connect(await fixture.certificate('KeysOnly'), { protocolVersion: 5 });
    const reasons: (number | undefined)[] = [];
    keysOnly.on('disconnect', (packet) => reasons.push(packet.reasonCode));
    await create(keysOnly);
    const { csr } = await signingRequest();
    await assert.rejects(request(keysOnly, FROM_CSR, { certificateSigningRequest: csr }));
    assert.deepEqual(reasons, [0x87]);

    await fixture.policy('Deaf', policyText({ Action: ['iot:Connect', 'iot:Publish', 'iot:Subscribe'], Resource: '*' }));
    const deaf = await fixture.connect(await fixture.certificate('Deaf'));
    const heard: string[] = [];
    deaf.on('message', (topic) => heard.push(topic));
    await deaf.subscribeAsync([`${FROM_CSR}/accepted`, `${FROM_CSR}/rejected`], { qos: 1 });
    await deaf.publishAsync(FROM_CSR, '{}', { qos: 1 });
    // A second connection is answered later than the first would have been.
    assert.equal((await rejected(await fixture.connect(claim), FROM_CSR, {})).statusCode, 400);
    assert.deepEqual(heard, []);
  });

  it('does what the override settings say about a thing that is there', async () => {
    const serial = serialNumber();
    const thingName = `Core-${serial}`;
    await fixture.iot.send(new CreateThingCommand({ thingName, attributePayload: { attributes: { old: 'kept' } } }));
    const client = await fixture.connect(claim);
    const provisionAs = async (extra: Readonly<Record<string, string>>) => {
      const { certificateOwnershipToken } = await create(client);
      return request(client, PROVISION, { certificateOwnershipToken, parameters: { SerialNumber: serial, ...extra } });
    };
    assert.equal((await provisionAs({})).topic, 'accepted');
    assert.deepEqual((await fixture.iot.send(new DescribeThingCommand({ thingName }))).attributes, { old: 'kept', serial });
    await fixture.iot.send(new CreateThingGroupCommand({ thingGroupName: 'Others' }));
    assert.equal((await provisionAs({ Group: 'Others' })).topic, 'accepted');
    assert.deepEqual((await fixture.iot.send(new ListThingGroupsForThingCommand({ thingName }))).thingGroups?.map(({ groupName }) => groupName), ['Others']);
    assert.equal((await fixture.iot.send(new ListThingPrincipalsV2Command({ thingName }))).thingPrincipalObjects?.length, 2);

    const failing = JSON.parse(templateBody) as { Resources: { thing: { OverrideSettings: object } } };
    failing.Resources.thing.OverrideSettings = { ThingGroups: 'FAIL' };
    const { versionId } = await fixture.iot.send(new CreateProvisioningTemplateVersionCommand({ templateName: 'Fleet', templateBody: JSON.stringify(failing), setAsDefault: true }));
    const refused = await provisionAs({ Group: 'Cores' });
    assert.deepEqual([refused.topic, versionId], ['rejected', 2]);
    await fixture.iot.send(new UpdateProvisioningTemplateCommand({ templateName: 'Fleet', defaultVersionId: 1 }));
  });

  it('lets a temporary claim provision by its own template only, and connect for five minutes', async () => {
    await fixture.iot.send(new CreateProvisioningTemplateCommand({ templateName: 'Other', templateBody, provisioningRoleArn: `arn:aws:iam::${ACCOUNT}:role/Provisioning`, enabled: true }));
    const made = await fixture.iot.send(new CreateProvisioningClaimCommand({ templateName: 'Fleet' }));
    const temporary = { id: made.certificateId ?? '', cert: made.certificatePem ?? '', key: made.keyPair?.PrivateKey ?? '' };
    const client = await fixture.connect(temporary);
    const { certificateOwnershipToken } = await create(client);
    const payload = { certificateOwnershipToken, parameters: { SerialNumber: serialNumber() } };
    const trespasser = await fixture.connect(temporary);
    await assert.rejects(request(trespasser, '$aws/provisioning-templates/Other/provision/json', payload));
    assert.equal((await request(client, PROVISION, payload)).topic, 'accepted');
    fixture.advance(5 * 60_000 + 2000);
    assert.equal((await rejected(client, CREATE, Buffer.alloc(0))).errorCode, 'AccessDenied');
    await assert.rejects(fixture.connect(temporary));
  });

  it('removes a certificate that no device took within an hour, and its token', async () => {
    const client = await fixture.connect(claim);
    const lost = await create(client);
    const used = await create(client);
    assert.equal((await request(client, PROVISION, { certificateOwnershipToken: used.certificateOwnershipToken, parameters: { SerialNumber: serialNumber() } })).topic, 'accepted');
    fixture.advance(3_600_001);
    const late = await rejected(client, PROVISION, { certificateOwnershipToken: lost.certificateOwnershipToken, parameters: { SerialNumber: serialNumber() } });
    assert.equal(late.errorCode, 'InvalidCertificateOwnershipToken');
    const removed = await fixture.started.sandbox.kernel.run(rootScope(ACCOUNT, 'us-east-1'), removeExpired);
    assert.ok(removed >= 1);
    await assert.rejects(statusOf(lost.certificateId), { name: 'ResourceNotFoundException' });
    assert.equal(await statusOf(used.certificateId), 'ACTIVE');
  });

  describe('RegisterThing of the control plane', () => {
    it('makes thing, certificate from a signing request and policy, and names them', async () => {
      const { csr } = await signingRequest();
      const body = {
        Parameters: { ThingName: { Type: 'String' }, CSR: { Type: 'String' } },
        Resources: {
          thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'ThingName' } } },
          certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateSigningRequest: { Ref: 'CSR' }, ThingPrincipalType: 'EXCLUSIVE_THING' } },
          policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: devicePolicy } },
        },
      };
      const made = await fixture.iot.send(new RegisterThingCommand({ templateBody: JSON.stringify(body), parameters: { ThingName: 'Bulk', CSR: csr } }));
      assert.match(made.certificatePem ?? '', /BEGIN CERTIFICATE/);
      assert.deepEqual(Object.keys(made.resourceArns ?? {}).sort(), ['certificate', 'policy', 'thing']);
      const principals = await fixture.iot.send(new ListThingPrincipalsV2Command({ thingName: 'Bulk' }));
      assert.deepEqual(principals.thingPrincipalObjects, [{ principal: made.resourceArns?.['certificate'], thingPrincipalType: 'EXCLUSIVE_THING' }]);
      const attached = await fixture.iot.send(new ListAttachedPoliciesCommand({ target: made.resourceArns?.['certificate'] }));
      assert.deepEqual(attached.policies?.map(({ policyArn }) => policyArn), [made.resourceArns?.['policy']]);
    });

    it('takes everything back when a part fails', async () => {
      const body = {
        Resources: {
          thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'Never' } },
          certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: claim.id } },
          policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'Missing' } },
        },
      };
      await assert.rejects(fixture.iot.send(new RegisterThingCommand({ templateBody: JSON.stringify(body), parameters: {} })), { name: 'ResourceNotFoundException' });
      await assert.rejects(fixture.iot.send(new DescribeThingCommand({ thingName: 'Never' })), { name: 'ResourceNotFoundException' });
    });
  });

  it('refuses a certificate that is not registered', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    const folder = mkdtempSync(path.join(tmpdir(), 'stranger-'));
    try {
      const keyFile = path.join(folder, 'key.pem');
      writeFileSync(keyFile, key);
      const cert = execFileSync('openssl', ['req', '-x509', '-new', '-key', keyFile, '-subj', '/CN=stranger', '-days', '1']).toString();
      await assert.rejects(fixture.connect({ id: '', cert, key }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
