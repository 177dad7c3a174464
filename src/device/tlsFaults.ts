import { DeviceFault } from '../core/device/deviceFault';

/**
 * Codes of Node's TLS and system errors: https://nodejs.org/api/tls.html#x509-certificate-error-codes and
 * https://nodejs.org/api/errors.html#common-system-errors. In VS Code the library is BoringSSL, whose alert names are those
 * of OpenSSL without or with the prefix `ERR_SSL_`.
 */
const clockCodes: ReadonlySet<string> = new Set(['CERT_NOT_YET_VALID', 'CERT_HAS_EXPIRED']);
const trustCodes = /^(UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|CERT_|INVALID_CA|PATH_LENGTH|HOSTNAME_MISMATCH|ERR_TLS_CERT_ALTNAME)/;
const alert = /ALERT|HANDSHAKE_FAILURE/;

/** What a device makes of an error while it opens a connection. */
export function openingFault(error: unknown, address: string): DeviceFault {
  const code = codeOf(error);
  if (clockCodes.has(code)) return new DeviceFault({ kind: 'clock', code, ...validityOf(error) }, { cause: error });
  if (trustCodes.test(code)) return new DeviceFault({ kind: 'serverNotTrusted', code }, { cause: error });
  if (alert.test(code)) return new DeviceFault({ kind: 'certificateRefused', code }, { cause: error });
  return new DeviceFault({ kind: 'unreachable', code, address }, { cause: error });
}

/** The same once the handshake is done: TLS 1.3 refuses a client's certificate only then. */
export function laterFault(error: unknown, otherwise: DeviceFault): DeviceFault {
  const code = codeOf(error);
  return alert.test(code) ? new DeviceFault({ kind: 'certificateRefused', code }, { cause: error }) : otherwise;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : error instanceof Error ? error.name : 'UNKNOWN';
}

function validityOf(error: unknown): { validFrom?: Date; validTo?: Date } {
  const certificate = error instanceof Error && 'cert' in error ? (error.cert as { valid_from?: string; valid_to?: string } | undefined) : undefined;
  const date = (text: string | undefined): Date | undefined => {
    const at = new Date(text ?? Number.NaN);
    return Number.isNaN(at.getTime()) ? undefined : at;
  };
  const validFrom = date(certificate?.valid_from);
  const validTo = date(certificate?.valid_to);
  return { ...(validFrom === undefined ? {} : { validFrom }), ...(validTo === undefined ? {} : { validTo }) };
}
