import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateCertificateFromCsrCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreateThingCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  DetachThingPrincipalCommand,
  ListCertificatesCommand,
  ListTargetsForPolicyCommand,
  RegisterCertificateWithoutCACommand,
  ResourceAlreadyExistsException,
  UpdateCertificateCommand,
  type CertificateStatus,
} from '@aws-sdk/client-iot';
import { ACCOUNT, refuses, startIot, type IotFixture } from './iotFixture';
import { skip } from '../../helpers/skip';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = (title: string, run: () => Promise<void>): unknown =>
  it(title, function () {
    return hasOpenssl ? run() : skip(this, 'no openssl on the PATH');
  });

describe('sandbox IoT: certificates', () => {
  let fixture: IotFixture;
  let folder: string;
  before(async () => {
    fixture = await startIot();
    folder = mkdtempSync(path.join(tmpdir(), 'iot-certificates-'));
  });
  after(async () => {
    await fixture.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const createActive = () => fixture.iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  const describeCertificate = async (certificateId: string | undefined) =>
    (await fixture.iot.send(new DescribeCertificateCommand({ certificateId }))).certificateDescription;
  const update = (certificateId: string | undefined, newStatus: CertificateStatus) => fixture.iot.send(new UpdateCertificateCommand({ certificateId, newStatus }));
  const remove = (certificateId: string | undefined, forceDelete?: boolean) => fixture.iot.send(new DeleteCertificateCommand({ certificateId, forceDelete }));
  const inFile = (name: string, text: string): string => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  /** A PKCS#10 request made by OpenSSL, as a person or a device makes one. */
  const csr = (...algorithm: string[]): string => {
    const file = path.join(folder, `${algorithm.join('-').replace(/\W/g, '_')}.csr`);
    execFileSync('openssl', ['req', '-new', '-nodes', '-subj', '/CN=my-device/O=Mine', '-newkey', ...algorithm, '-keyout', `${file}.key`, '-out', file], { stdio: 'pipe' });
    return readFileSync(file, 'utf8');
  };
  const fromCsr = (certificateSigningRequest: string) => fixture.iot.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest, setAsActive: true }));

  it('makes a key pair and a certificate as AWS IoT does', async () => {
    const made = await createActive();
    const certificate = new X509Certificate(made.certificatePem ?? '');
    assert.equal(made.certificateId, createHash('sha256').update(certificate.raw).digest('hex'));
    assert.equal(made.certificateArn, `arn:aws:iot:us-east-1:${ACCOUNT}:cert/${made.certificateId}`);
    assert.equal(certificate.subject, 'CN=AWS IoT Certificate');
    assert.equal(certificate.ca, false);
    assert.equal(new Date(certificate.validTo).toISOString(), '2049-12-31T23:59:59.000Z');
    assert.ok(new Date(certificate.validFrom) < fixture.now);
    assert.match(made.keyPair?.PrivateKey ?? '', /^-----BEGIN RSA PRIVATE KEY-----\n/);
    assert.match(made.keyPair?.PublicKey ?? '', /^-----BEGIN PUBLIC KEY-----\n/);
    const key = createPrivateKey(made.keyPair?.PrivateKey ?? '');
    assert.equal(key.asymmetricKeyDetails?.modulusLength, 2048);
    assert.ok(certificate.checkPrivateKey(key));
    assert.ok(createPublicKey(made.keyPair?.PublicKey ?? '').equals(certificate.publicKey));
    const authority = new X509Certificate(readFileSync(fixture.started.caFile, 'utf8'));
    assert.ok(certificate.verify(authority.publicKey));
    assert.ok(certificate.checkIssued(authority));

    const description = await describeCertificate(made.certificateId);
    assert.equal(description?.status, 'ACTIVE');
    assert.equal(description.ownedBy, ACCOUNT);
    assert.equal(description.certificatePem, made.certificatePem);
    assert.equal(description.certificateMode, 'DEFAULT');
    assert.equal(description.customerVersion, 1);
    assert.deepEqual(description.validity, { notBefore: new Date(certificate.validFrom), notAfter: new Date(certificate.validTo) });
    assert.equal((await describeCertificate((await fixture.iot.send(new CreateKeysAndCertificateCommand({}))).certificateId))?.status, 'INACTIVE');
  });

  withOpenssl('passes openssl verify, from keys and from requests of each accepted kind', async () => {
    const made = [await createActive()];
    for (const algorithm of [['rsa:2048'], ['rsa:3072'], ['ec', '-pkeyopt', 'ec_paramgen_curve:P-256'], ['ec', '-pkeyopt', 'ec_paramgen_curve:P-384'], ['ec', '-pkeyopt', 'ec_paramgen_curve:P-521']]) {
      made.push(await fromCsr(csr(...algorithm)));
    }
    for (const { certificatePem = '', certificateId = '' } of made) {
      const answer = execFileSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', fixture.started.caFile, inFile('verify.pem', certificatePem)]).toString();
      assert.match(answer, /: OK/);
      const text = execFileSync('openssl', ['x509', '-noout', '-fingerprint', '-sha256', '-in', path.join(folder, 'verify.pem')]).toString();
      assert.equal(text.replace(/^.*=/, '').replaceAll(':', '').trim().toLowerCase(), certificateId);
    }
    const last = new X509Certificate(made.at(-1)?.certificatePem ?? '');
    assert.match(last.subject, /CN=my-device/);
    const otherAuthority = path.join(folder, 'other.pem');
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', '/CN=other', '-keyout', `${otherAuthority}.key`, '-out', otherAuthority], { stdio: 'pipe' });
    assert.notEqual(spawnSync('openssl', ['verify', '-CAfile', otherAuthority, path.join(folder, 'verify.pem')]).status, 0, 'the check can fail');
  });

  it('refuses requests that are none', async () => {
    await refuses(fromCsr('nonsense'), 'InvalidRequestException', 400);
    await refuses(fromCsr('-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----'), 'InvalidRequestException', 400);
  });

  withOpenssl('refuses requests that are forged, or for weak or foreign keys', async () => {
    await refuses(fromCsr(csr('rsa:1024')), 'InvalidRequestException', 400, '2048');
    await refuses(fromCsr(csr('ec', '-pkeyopt', 'ec_paramgen_curve:secp256k1')), 'InvalidRequestException', 400);
    await refuses(fromCsr(csr('ed25519')), 'InvalidRequestException', 400);
    const good = csr('ec', '-pkeyopt', 'ec_paramgen_curve:P-256');
    const der = Buffer.from(good.replace(/-----[^-]+-----/g, ''), 'base64');
    const subject = der.indexOf('my-device');
    der.write('my-devicE', subject);
    await refuses(fromCsr(`-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`), 'InvalidRequestException', 400, 'signature');
  });

  it('changes the status, and only to what a person may set', async () => {
    const { certificateId } = await createActive();
    await update(certificateId, 'INACTIVE');
    assert.deepEqual([(await describeCertificate(certificateId))?.status, (await describeCertificate(certificateId))?.customerVersion], ['INACTIVE', 2]);
    await update(certificateId, 'REVOKED');
    await refuses(update(certificateId, 'PENDING_TRANSFER'), 'CertificateStateException', 406);
    await refuses(update(certificateId, 'PENDING_ACTIVATION'), 'CertificateStateException', 406);
    await refuses(update('0'.repeat(64), 'ACTIVE'), 'ResourceNotFoundException', 404);
    await refuses(update('short', 'ACTIVE'), 'InvalidRequestException', 400);
  });

  it('deletes in the documented order of checks', async () => {
    const { certificateId, certificateArn } = await createActive();
    await fixture.iot.send(new CreatePolicyCommand({ policyName: 'Held', policyDocument: '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}' }));
    await fixture.iot.send(new AttachPolicyCommand({ policyName: 'Held', target: certificateArn }));
    await fixture.iot.send(new CreateThingCommand({ thingName: 'Holder' }));
    await fixture.iot.send(new AttachThingPrincipalCommand({ thingName: 'Holder', principal: certificateArn }));

    await refuses(remove(certificateId, true), 'CertificateStateException', 406, `Certificate must be deactivated (not ACTIVE) before deletion. Id: ${certificateId}`);
    await update(certificateId, 'INACTIVE');
    await refuses(remove(certificateId, true), 'DeleteConflictException', 409, `Things must be detached before deletion (arn: ${certificateArn})`);
    await fixture.iot.send(new DetachThingPrincipalCommand({ thingName: 'Holder', principal: certificateArn }));
    await refuses(remove(certificateId), 'DeleteConflictException', 409, `Certificate policies must be detached before deletion (arn: ${certificateArn})`);
    await remove(certificateId, true);
    await refuses(describeCertificate(certificateId), 'ResourceNotFoundException', 404);
    await refuses(remove(certificateId), 'ResourceNotFoundException', 404);
    assert.deepEqual((await fixture.iot.send(new ListTargetsForPolicyCommand({ policyName: 'Held' }))).targets, []);
  });

  withOpenssl('lists newest first, 25 at a time, and oldest first when asked', async () => {
    const own = await startIot('eu-west-1');
    try {
      const ids: string[] = [];
      for (let i = 0; i < 27; i++) {
        // Registered: that needs no RSA key.
        const options = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${i}`, '-keyout', path.join(folder, 'listed.key')];
        const certificatePem = execFileSync('openssl', ['req', ...options], { stdio: 'pipe' }).toString();
        ids.push((await own.iot.send(new RegisterCertificateWithoutCACommand({ certificatePem }))).certificateId ?? '');
      }
      const first = await own.iot.send(new ListCertificatesCommand({}));
      assert.deepEqual(first.certificates?.map((each) => each.certificateId), [...ids].reverse().slice(0, 25));
      const second = await own.iot.send(new ListCertificatesCommand({ marker: first.nextMarker }));
      assert.deepEqual(second.certificates?.map((each) => each.certificateId), ids.slice(0, 2).reverse());
      assert.equal(second.nextMarker, undefined);
      const oldest = await own.iot.send(new ListCertificatesCommand({ ascendingOrder: true, pageSize: 3 }));
      assert.deepEqual(oldest.certificates?.map((each) => each.certificateId), ids.slice(0, 3));
      assert.equal(oldest.certificates[0]?.certificateMode, 'SNI_ONLY');
      await refuses(own.iot.send(new ListCertificatesCommand({ marker: first.nextMarker, ascendingOrder: true })), 'InvalidRequestException', 400);
    } finally {
      await own.close();
    }
  });

  it('registers a certificate of another authority once', async () => {
    const other = await startIot();
    let certificatePem: string | undefined;
    try {
      certificatePem = (await other.iot.send(new CreateKeysAndCertificateCommand({}))).certificatePem;
    } finally {
      await other.close();
    }
    const register = () => fixture.iot.send(new RegisterCertificateWithoutCACommand({ certificatePem, status: 'ACTIVE' }));
    const { certificateId, certificateArn } = await register();
    assert.equal((await describeCertificate(certificateId))?.status, 'ACTIVE');
    const error = await refuses(register(), 'ResourceAlreadyExistsException', 409);
    assert.ok(error instanceof ResourceAlreadyExistsException);
    assert.deepEqual([error.resourceId, error.resourceArn], [certificateId, certificateArn]);
    await refuses(fixture.iot.send(new RegisterCertificateWithoutCACommand({ certificatePem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----' })), 'CertificateValidationException', 400);
    await refuses(fixture.iot.send(new RegisterCertificateWithoutCACommand({ certificatePem: 'x', status: 'ACTIVE' })), 'CertificateValidationException', 400);
  });
});
