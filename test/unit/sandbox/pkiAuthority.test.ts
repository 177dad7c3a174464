import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';

describe('sandbox PKI: certificate authority', () => {
  const now = new Date('2026-11-23T12:00:00Z');

  it('is the same authority after a restart', async () => {
    const first = await createCertificateAuthority();
    const again = await createCertificateAuthority(first.persisted);
    assert.equal(again.persisted, first.persisted);
    assert.equal(again.authority.certificatePem, first.authority.certificatePem);
    const issued = new X509Certificate((await again.authority.issueWithKeys(now)).pem);
    assert.ok(issued.verify(new X509Certificate(first.authority.certificatePem).publicKey));
    assert.doesNotMatch(first.authority.certificatePem, /PRIVATE/);
  });

  it('is another one in each sandbox', async () => {
    const [one, two] = [await createCertificateAuthority(), await createCertificateAuthority()];
    assert.notEqual(one.authority.certificatePem, two.authority.certificatePem);
    const issued = new X509Certificate((await one.authority.issueWithKeys(now)).pem);
    assert.equal(issued.verify(new X509Certificate(two.authority.certificatePem).publicKey), false);
  });

  it('ends a certificate when asked to', async () => {
    const { authority } = await createCertificateAuthority();
    const issued = new X509Certificate((await authority.issueWithKeys(now, 5 * 60_000)).pem);
    assert.equal(new Date(issued.validTo).toISOString(), '2026-11-23T12:05:00.000Z');
  });

  it('refuses a text that holds no authority', async () => {
    await assert.rejects(createCertificateAuthority('nothing'), /CERTIFICATE/);
  });
});
