import type { ReadView, Write } from './store';

/** Uncommitted writes over a view; `undefined` marks a deletion. */
export class Overlay {
  private changes = new Map<string, string | undefined>();

  constructor(private readonly base: ReadView) {}

  async get(key: string): Promise<string | undefined> {
    return this.changes.has(key) ? this.changes.get(key) : this.base.get(key);
  }

  put(key: string, value: string): void {
    this.changes.set(key, value);
  }

  delete(key: string): void {
    this.changes.set(key, undefined);
  }

  /** Remembers the present writes; the result takes later ones back. */
  savepoint(): () => void {
    const saved = new Map(this.changes);
    return () => {
      this.changes = saved;
    };
  }

  get batch(): readonly Write[] {
    return [...this.changes].map(([key, value]) => (value === undefined ? { type: 'del', key } : { type: 'put', key, value }));
  }

  /** Own writes merged with the base's, in key order. Writes made after the call are not seen by it. */
  async *entries(range: { from: string; to: string; reverse?: boolean }): AsyncIterable<readonly [string, string]> {
    const direction = range.reverse ? -1 : 1;
    const own = [...this.changes]
      .filter(([key]) => compareUtf8(key, range.from) >= 0 && compareUtf8(key, range.to) < 0)
      .sort(([a], [b]) => direction * compareUtf8(a, b));
    const hidden = new Set(own.map(([key]) => key));
    let next = 0;
    for await (const [key, value] of this.base.entries(range)) {
      for (let mine = own[next]; mine !== undefined && direction * compareUtf8(mine[0], key) < 0; mine = own[++next]) {
        if (mine[1] !== undefined) yield [mine[0], mine[1]];
      }
      if (!hidden.has(key)) yield [key, value];
    }
    for (const [key, value] of own.slice(next)) if (value !== undefined) yield [key, value];
  }
}

/** The order of LevelDB's bytewise comparator; JavaScript's own order differs outside the basic plane. */
export function compareUtf8(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'));
}
