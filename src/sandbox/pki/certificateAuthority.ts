import 'reflect-metadata';
import { createHash, createPrivateKey, createPublicKey, generateKeyPair, randomBytes, webcrypto, type KeyPairKeyObjectResult } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import * as x509 from '@peculiar/x509';
import { Fault, type ServerCertificateAuthority } from '../kernel/types';
import { pemBlock, toPem } from './pem';

/** AWS IoT's own certificates end on 31 December 2049 at midnight UTC: https://docs.aws.amazon.com/iot/latest/developerguide/device-certs-create.html */
const NOT_AFTER = new Date('2049-12-31T23:59:59Z');
/** The authority outlives what it signs. */
const AUTHORITY_NOT_AFTER = new Date('2059-12-31T23:59:59Z');
/** A device whose clock is a little behind may use its certificate at once. */
const CLOCK_SKEW_MS = 2 * 60_000;

const SUBJECT = 'CN=AWS IoT Certificate';
const SERVER_SUBJECT = 'O=Greengrass Fleet Provisioning, CN=Local AWS Sandbox';
/** Made anew at each start; verifiers take 398 days at most. */
const SERVER_LIFETIME_MS = 397 * 86_400_000;
const AUTHORITY_SUBJECT = 'OU=Local AWS Sandbox, O=Greengrass Fleet Provisioning, CN=Sandbox Root CA';

/** AWS signs with RSA. An EC key is made a hundred times faster, which every fresh sandbox feels; every TLS client takes both. */
const AUTHORITY_KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** https://docs.aws.amazon.com/iot/latest/apireference/API_CreateCertificateFromCsr.html */
const MIN_RSA_BITS = 2048;
const CURVES: readonly (string | undefined)[] = ['prime256v1', 'secp384r1', 'secp521r1'];

/** Pairs that a refused call left are for later ones; more than this are not kept. */
const MAX_READY = 8;

const generate = promisify(generateKeyPair);
/** In a thread of libuv's pool: the other callers do not wait for the prime numbers. */
const newKeys = (): Promise<KeyPairKeyObjectResult> => generate('rsa', { modulusLength: 2048 });

/**
 * Makes a certificate authority, or loads the one whose `persisted` text an earlier call gave.
 *
 * `persisted` is what makes it the same authority after a restart: its certificate and its PKCS#8 private key, both PEM, one
 * after the other. Store it before the first certificate is issued, one per state folder, and never serve it: whoever has
 * the key can make certificates that this sandbox's devices trust. Throws when a given text holds no usable pair.
 */
export async function createCertificateAuthority(persisted?: string): Promise<{ readonly authority: ServerCertificateAuthority; readonly persisted: string }> {
  const bundle = persisted ?? (await newAuthority());
  const certificatePem = pemBlock(bundle, 'CERTIFICATE');
  const der = createPrivateKey(pemBlock(bundle, 'PRIVATE KEY')).export({ format: 'der', type: 'pkcs8' });
  const key = await webcrypto.subtle.importKey('pkcs8', der, AUTHORITY_KEY, false, ['sign']);
  return { authority: new SandboxAuthority(certificatePem, new x509.X509Certificate(certificatePem), key), persisted: bundle };
}

class SandboxAuthority implements ServerCertificateAuthority {
  private readonly ready: KeyPairKeyObjectResult[] = [];

  constructor(
    readonly certificatePem: string,
    private readonly certificate: x509.X509Certificate,
    private readonly key: webcrypto.CryptoKey,
  ) {}

  /**
   * The subject of the request is kept, as iot:Certificate.Subject.* policy variables need it; a request without one gets
   * AWS's own (unverified). Throws InvalidRequestException for a request that cannot be read, whose signature does not match,
   * or whose key is neither RSA of 2048 bits or more nor on P-256, P-384 or P-521. unverified: the texts.
   */
  async issueFromCsr(csrPem: string, now: Date): Promise<{ pem: string; id: string }> {
    const request = await readRequest(csrPem);
    checkKey(Buffer.from(request.publicKey.rawData));
    return this.issue(request.publicKey, request.subject === '' ? SUBJECT : request.subjectName, now, NOT_AFTER);
  }

  async prepareKeys(): Promise<void> {
    if (this.ready.length < MAX_READY) this.ready.push(await newKeys());
  }

  async issueWithKeys(now: Date, lifetimeMs?: number): Promise<{ pem: string; id: string; privateKeyPem: string; publicKeyPem: string }> {
    const { publicKey, privateKey } = this.ready.pop() ?? (await newKeys());
    const notAfter = lifetimeMs === undefined ? NOT_AFTER : new Date(now.getTime() + lifetimeMs);
    const spki = new x509.PublicKey(publicKey.export({ format: 'der', type: 'spki' }));
    const certificate = await this.issue(spki, SUBJECT, now, notAfter);
    return {
      ...certificate,
      privateKeyPem: String(privateKey.export({ format: 'pem', type: 'pkcs1' })),
      publicKeyPem: String(publicKey.export({ format: 'pem', type: 'spki' })),
    };
  }

  async issueServer(names: readonly string[], now: Date): Promise<{ pem: string; privateKeyPem: string }> {
    const keys = await webcrypto.subtle.generateKey(AUTHORITY_KEY, true, ['sign', 'verify']);
    const extensions = [
      new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }))),
      // Apple's verifier wants the purpose stated: https://support.apple.com/en-us/103769
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
    ];
    const certificate = await this.issue(new x509.PublicKey(await webcrypto.subtle.exportKey('spki', keys.publicKey)), SERVER_SUBJECT, now, new Date(now.getTime() + SERVER_LIFETIME_MS), extensions);
    return { pem: certificate.pem, privateKeyPem: toPem('PRIVATE KEY', new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey))) };
  }

  private async issue(
    publicKey: x509.PublicKey,
    subject: x509.X509CertificateCreateParamsName,
    now: Date,
    notAfter: Date,
    extensions: readonly x509.Extension[] = [],
  ): Promise<{ pem: string; id: string }> {
    const certificate = await x509.X509CertificateGenerator.create(
      {
        serialNumber: serialNumber(),
        subject,
        issuer: this.certificate.subjectName,
        notBefore: new Date(now.getTime() - CLOCK_SKEW_MS),
        notAfter,
        signingAlgorithm: SIGNING,
        publicKey,
        signingKey: this.key,
        extensions: [
          await x509.AuthorityKeyIdentifierExtension.create(this.certificate.publicKey, false, webcrypto),
          await x509.SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
          ...extensions,
        ],
      },
      webcrypto,
    );
    const der = new Uint8Array(certificate.rawData);
    return { pem: toPem('CERTIFICATE', der), id: certificateId(der) };
  }
}

/** AWS IoT names a certificate by the SHA-256 of its DER, in lower-case hexadecimal digits. */
export function certificateId(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('hex');
}

/** Certificate and private key, PEM. */
async function newAuthority(): Promise<string> {
  const keys = await webcrypto.subtle.generateKey(AUTHORITY_KEY, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: AUTHORITY_SUBJECT,
      // A fixed past date: certificates may be made for any "now" that a test chooses.
      notBefore: new Date('2015-01-01T00:00:00Z'),
      notAfter: AUTHORITY_NOT_AFTER,
      signingAlgorithm: SIGNING,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto),
      ],
    },
    webcrypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return toPem('CERTIFICATE', new Uint8Array(certificate.rawData)) + toPem('PRIVATE KEY', new Uint8Array(pkcs8));
}

async function readRequest(csrPem: string): Promise<x509.Pkcs10CertificateRequest> {
  let request: x509.Pkcs10CertificateRequest;
  let genuine: boolean;
  try {
    request = new x509.Pkcs10CertificateRequest(csrPem.trim());
    genuine = await request.verify(webcrypto);
  } catch {
    throw badRequest('The certificate signing request could not be parsed.');
  }
  if (!genuine) throw badRequest('The signature of the certificate signing request does not match its public key.');
  return request;
}

function checkKey(spki: Buffer): void {
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const details = key.asymmetricKeyDetails;
  const accepted =
    (key.asymmetricKeyType === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS) || (key.asymmetricKeyType === 'ec' && CURVES.includes(details?.namedCurve));
  if (!accepted) throw badRequest('The public key must be RSA with at least 2048 bits, or ECC on the curve NIST P-256, P-384 or P-521.');
}

function badRequest(message: string): Fault {
  return new Fault('InvalidRequestException', message);
}

/** 20 bytes, positive: the first bit is not set. */
function serialNumber(): string {
  const bytes = randomBytes(20);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
