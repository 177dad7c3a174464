import { createHash, X509Certificate } from 'node:crypto';

/** A certificate's id as AWS IoT numbers it: SHA-256 of the DER, 64 hexadecimal digits. Undefined when the text is none. */
export function certificateIdOf(pem: string): string | undefined {
  try {
    return createHash('sha256').update(new X509Certificate(pem).raw).digest('hex');
  } catch {
    return undefined;
  }
}
