import type { Scope, Transaction } from './types';
import { Overlay } from '../store/overlay';
import type { ReadView, Write } from '../store/store';

/** A read-only call wrote something: the kernel runs it again among the writers. */
export class NeedsWriterError extends Error {
  constructor() {
    super('This call writes and is run again as a writer.');
    this.name = 'NeedsWriterError';
  }
}

const DATA = 'd';
/** Above every character, so that `prefix + LAST` bounds all keys with that prefix. */
const LAST = '\u{10FFFF}\u{10FFFF}';

/** Key of a row: IAM is global within an account, all else is regional. */
export function rowPrefix(table: string, scope: Scope): string {
  const region = table.startsWith('iam.') ? '' : scope.region;
  return `${tablePrefix(table)}${scope.account}\u0000${region}\u0000`;
}

export function tablePrefix(table: string): string {
  return `${DATA}\u0000${table}\u0000`;
}

/** End of the range that starts with this prefix. */
export function endOf(prefix: string): string {
  return prefix + LAST;
}

export class OverlayTransaction implements Transaction {
  private readonly overlay: Overlay;
  private refusedWrite = false;

  constructor(
    view: ReadView,
    private readonly scope: Scope,
    private readonly writable: boolean,
  ) {
    this.overlay = new Overlay(view);
  }

  async get<T>(table: string, key: string): Promise<T | undefined> {
    const text = await this.overlay.get(rowPrefix(table, this.scope) + key);
    return text === undefined ? undefined : (JSON.parse(text) as T);
  }

  put<T>(table: string, key: string, value: T): void {
    this.requireWriter();
    this.overlay.put(rowPrefix(table, this.scope) + key, JSON.stringify(value));
  }

  delete(table: string, key: string): void {
    this.requireWriter();
    this.overlay.delete(rowPrefix(table, this.scope) + key);
  }

  async *list<T>(
    table: string,
    options: { prefix?: string; after?: string; limit?: number; reverse?: boolean } = {},
  ): AsyncIterable<readonly [key: string, value: T]> {
    const row = rowPrefix(table, this.scope);
    const { prefix = '', after, limit = Infinity, reverse = false } = options;
    let from = row + prefix;
    let to = endOf(row + prefix);
    // Both are exclusive of `after`; the smallest key that follows a key is the key with a NUL.
    if (after !== undefined && reverse) to = row + after;
    else if (after !== undefined) from = `${row}${after}\u0000` > from ? `${row}${after}\u0000` : from;
    let count = 0;
    if (limit <= 0) return;
    for await (const [key, value] of this.overlay.entries({ from, to, reverse })) {
      yield [key.slice(row.length), JSON.parse(value) as T];
      if (++count >= limit) return;
    }
  }

  savepoint(): () => void {
    return this.overlay.savepoint();
  }

  get batch(): readonly Write[] {
    return this.overlay.batch;
  }

  /** True when a reader tried to write, even if the handler swallowed the error. */
  get needsWriter(): boolean {
    return this.refusedWrite;
  }

  private requireWriter(): void {
    if (this.writable) return;
    this.refusedWrite = true;
    throw new NeedsWriterError();
  }
}
