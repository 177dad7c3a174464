import { createHash, createPrivateKey, createPublicKey, generateKeyPair, webcrypto, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';

/** Keys and certificates of a claim. Key texts are secrets: they go into the private file and nowhere else. */
export interface ClaimKeys {
  /** A new RSA key, as PKCS#1 PEM: the form in which AWS IoT itself gives keys. */
  makePrivateKey(): Promise<string>;
  /** Public part as SPKI PEM; undefined when the text holds no private key. */
  publicKeyOf(privateKeyPem: string): string | undefined;
  /** A PKCS#10 request for the key, PEM. */
  makeRequest(privateKeyPem: string): Promise<string>;
  /** What a certificate says; undefined when the text is none. */
  readCertificate(pem: string): CertificateFacts | undefined;
}

export interface CertificateFacts {
  /** As AWS IoT numbers it: SHA-256 of the DER, 64 hexadecimal digits. */
  readonly id: string;
  /** SPKI PEM. */
  readonly publicKey: string;
}

export class NodeClaimKeys implements ClaimKeys {
  async makePrivateKey(): Promise<string> {
    // 2048 bits is what AWS IoT issues, and the least it takes: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateCertificateFromCsr.html
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
    return privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  }

  publicKeyOf(privateKeyPem: string): string | undefined {
    try {
      return createPublicKey(createPrivateKey(privateKeyPem)).export({ type: 'spki', format: 'pem' }).toString();
    } catch {
      return undefined;
    }
  }

  async makeRequest(privateKeyPem: string): Promise<string> {
    // Loaded on first use: a certificate is made once in a project's life.
    await import('reflect-metadata');
    const x509 = await import('@peculiar/x509');
    const key = createPrivateKey(privateKeyPem);
    const algorithm =
      key.asymmetricKeyType === 'ec'
        ? { name: 'ECDSA', namedCurve: curveOf(key.asymmetricKeyDetails?.namedCurve), hash: 'SHA-256' }
        : { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
    const pkcs8 = key.export({ type: 'pkcs8', format: 'der' });
    const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
    const keys = {
      privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, true, ['sign']),
      publicKey: await webcrypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
    };
    const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: 'CN=Greengrass Fleet Claim', keys, signingAlgorithm: algorithm }, webcrypto);
    return `${request.toString('pem').trim()}\n`;
  }

  readCertificate(pem: string): CertificateFacts | undefined {
    try {
      const certificate = new X509Certificate(pem);
      return {
        id: createHash('sha256').update(certificate.raw).digest('hex'),
        publicKey: certificate.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      };
    } catch {
      return undefined;
    }
  }
}

function curveOf(name: string | undefined): string {
  const curves: Readonly<Record<string, string>> = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' };
  return curves[name ?? ''] ?? 'P-256';
}
