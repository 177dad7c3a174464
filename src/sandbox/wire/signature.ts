/** Signature Version 4, verified: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { Fault } from '../kernel/types';
import type { WireRequest } from './http';
import { encodeRfc3986 } from './percentEncoding';

export interface CredentialScope {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export interface Authorization extends CredentialScope {
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** How far the clock of a signature may be off: https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html */
const MAX_SKEW_MS = 5 * 60_000;
const ALGORITHM = 'AWS4-HMAC-SHA256';
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';

/** Parses the header without believing it. Undefined: no usable SigV4 header. */
export function parseAuthorization(header: string | undefined): Authorization | undefined {
  if (header === undefined || !header.startsWith(`${ALGORITHM} `)) return undefined;
  const fields = new Map(
    header
      .slice(ALGORITHM.length + 1)
      .split(',')
      .map((part) => part.trim())
      .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)] as const),
  );
  const [accessKeyId, date, region, service, terminator] = (fields.get('Credential') ?? '').split('/');
  const signedHeaders = fields.get('SignedHeaders');
  const signature = fields.get('Signature');
  if (!accessKeyId || !date || !region || !service || terminator !== 'aws4_request' || !signedHeaders || !signature) return undefined;
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature };
}

/** Throws SignatureDoesNotMatch when the secret, the clock or the content is not the signer's. */
export function verifySignature(request: WireRequest, authorization: Authorization, secretAccessKey: string, now: Date): void {
  const timestamp = request.headers.get('x-amz-date') ?? '';
  checkClock(timestamp, authorization, now);
  if (!authorization.signedHeaders.includes('host')) throw mismatch("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  const canonical = canonicalRequest(request, authorization.signedHeaders);
  const scope = `${authorization.date}/${authorization.region}/${authorization.service}/aws4_request`;
  const text = [ALGORITHM, timestamp, scope, sha256(canonical)].join('\n');
  const key = [authorization.date, authorization.region, authorization.service, 'aws4_request'].reduce<Buffer | string>(
    (previous, part) => hmac(previous, part),
    `AWS4${secretAccessKey}`,
  );
  const expected = hmac(key, text);
  const given = Buffer.from(authorization.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw mismatch(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
}

function checkClock(timestamp: string, authorization: Authorization, now: Date): void {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (parts === null) throw new Fault('IncompleteSignature', "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.", {}, 400);
  if (!timestamp.startsWith(authorization.date)) {
    throw mismatch(`Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${authorization.date}' != '${timestamp.slice(0, 8)}', from '${timestamp}'.`);
  }
  const [, year, month, day, hour, minute, second] = parts.map(Number);
  const signed = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second);
  const skew = now.getTime() - signed;
  if (Math.abs(skew) <= MAX_SKEW_MS) return;
  const server = compact(now);
  const limit = compact(new Date(now.getTime() + (skew > 0 ? -MAX_SKEW_MS : MAX_SKEW_MS)));
  throw skew > 0
    ? mismatch(`Signature expired: ${timestamp} is now earlier than ${limit} (${server} - 5 min.)`)
    : mismatch(`Signature not yet current: ${timestamp} is still later than ${limit} (${server} + 5 min.)`);
}

function canonicalRequest(request: WireRequest, signedHeaders: readonly string[]): string {
  const names = [...signedHeaders].sort();
  const headers = names.map((name) => `${name}:${(request.headers.get(name) ?? '').trim().replace(/ +/g, ' ')}\n`).join('');
  return [request.method, canonicalPath(request.path), canonicalQuery(request.query), headers, names.join(';'), payloadHash(request)].join('\n');
}

/** The hash that was signed must be the hash of what arrived. */
function payloadHash(request: WireRequest): string {
  const actual = sha256(request.body);
  const declared = request.headers.get('x-amz-content-sha256');
  if (declared === undefined || declared === actual) return actual;
  if (declared === UNSIGNED_PAYLOAD) return declared;
  throw new Fault('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.", {}, 400);
}

/** Every service but S3 encodes the already encoded path once more, after removing dot segments. */
function canonicalPath(path: string): string {
  const kept: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop();
    else if (segment !== '' && segment !== '.') kept.push(segment);
  }
  const trailing = path.endsWith('/') && kept.length > 0 ? '/' : '';
  return `/${kept.map(encodeRfc3986).join('/')}${trailing}`;
}

function canonicalQuery(query: string): string {
  if (query === '') return '';
  return query
    .split('&')
    .map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [encodeRfc3986(decode(name)), encodeRfc3986(decode(value.join('=')))] as const;
    })
    .sort(([a, x], [b, y]) => (a === b ? order(x, y) : order(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compact(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

function mismatch(message: string): Fault {
  return new Fault('SignatureDoesNotMatch', message, {}, 403);
}
