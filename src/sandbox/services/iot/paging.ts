import type { Transaction } from '../../kernel/types';
import { invalidRequest } from './faults';

/**
 * Parts of a composite key are joined by a space: no AWS IoT name, ARN or attribute value may hold one, and it
 * sorts before every character that they may hold, so keys sort by their first part, then by their second.
 */
export const composite = (...parts: readonly string[]): string => parts.join(' ');

/** unverified: AWS documents 25 for ListCertificates only; the other lists say nothing of their default. */
export const DEFAULT_PAGE_SIZE = 25;

/** A filtered page looks at no more entries than this, so that no call walks a large table. It may then be short, as AWS allows. */
const EXAMINED_PER_PAGE = 2_000;

export interface PageRequest<T> {
  /** Names the list and its filters: a token of another list is refused. */
  readonly list: string;
  readonly table: string;
  readonly prefix?: string;
  readonly reverse?: boolean | undefined;
  readonly token: string | undefined;
  readonly size: number | undefined;
  /** Keeps an entry; without it every entry is kept. */
  readonly accept?: (key: string, value: T) => boolean | Promise<boolean>;
}

export interface Page<T> {
  readonly entries: readonly (readonly [key: string, value: T])[];
  readonly nextToken: string | undefined;
}

/** One page of a table, in key order. Throws InvalidRequestException for a token that this list has not given out. */
export async function readPage<T>(tx: Transaction, request: PageRequest<T>): Promise<Page<T>> {
  const size = request.size ?? DEFAULT_PAGE_SIZE;
  const after = request.token === undefined ? undefined : readToken(request.list, request.token);
  const rows = tx.list<T>(request.table, {
    ...(request.prefix === undefined ? {} : { prefix: request.prefix }),
    ...(after === undefined ? {} : { after }),
    ...(request.reverse === true ? { reverse: true } : {}),
    limit: request.accept === undefined ? size + 1 : EXAMINED_PER_PAGE + 1,
  });
  const entries: (readonly [string, T])[] = [];
  let examined = 0;
  let last = '';
  for await (const [key, value] of rows) {
    if (entries.length === size || examined === EXAMINED_PER_PAGE) return { entries, nextToken: makeToken(request.list, last) };
    examined++;
    last = key;
    if (request.accept === undefined || (await request.accept(key, value))) entries.push([key, value]);
  }
  return { entries, nextToken: undefined };
}

/** One page of a short list that is already in memory (for example the policies of one principal). */
export function pageOf<T>(items: readonly T[], list: string, token: string | undefined, size: number | undefined): { items: readonly T[]; nextToken: string | undefined } {
  const start = token === undefined ? 0 : Number(readToken(list, token));
  if (!Number.isSafeInteger(start) || start < 0) throw invalidToken();
  const end = start + (size ?? DEFAULT_PAGE_SIZE);
  return { items: items.slice(start, end), nextToken: end < items.length ? makeToken(list, String(end)) : undefined };
}

/** The keys with a prefix, in order; at most `limit` where one is given. */
export async function keysOf(tx: Transaction, table: string, prefix: string, limit?: number): Promise<readonly string[]> {
  const keys: string[] = [];
  for await (const [key] of tx.list(table, { prefix, ...(limit === undefined ? {} : { limit }) })) keys.push(key);
  return keys;
}

/** The last part of a composite key. */
export function lastPart(key: string): string {
  return key.slice(key.lastIndexOf(' ') + 1);
}

// The token holds all that the next page needs: it stays good after a restart, and nobody keeps a cursor.
function makeToken(list: string, after: string): string {
  return Buffer.from(JSON.stringify([list, after])).toString('base64url');
}

function readToken(list: string, token: string): string {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    throw invalidToken();
  }
  if (!Array.isArray(content) || content[0] !== list || typeof content[1] !== 'string') throw invalidToken();
  return content[1];
}

/** unverified: AWS documents InvalidRequestException for a bad token, but not its text. */
function invalidToken(): Error {
  return invalidRequest('Invalid pagination token.');
}

/** A number that grows with every resource made here: keys that hold it sort by creation, whatever the clock does. */
export async function nextSequence(tx: Transaction): Promise<string> {
  const next = ((await tx.get<number>('iot.counter', 'sequence')) ?? 0) + 1;
  tx.put('iot.counter', 'sequence', next);
  return String(next).padStart(12, '0');
}
