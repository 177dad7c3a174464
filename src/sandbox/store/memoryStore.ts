import { compareUtf8 } from './overlay';
import type { ReadView, Snapshot, Store, Write } from './store';

type Entry = readonly [key: string, value: string];
/** Sorted, never changed once made: whoever reads one goes on reading what it was. */
type Chunk = readonly Entry[];

const longestChunk = 256;

/** A sorted map in memory, for platforms that the native store was not built for. It is gone with the process. */
export class MemoryStore implements Store {
  private chunks: readonly Chunk[] = [];

  async get(key: string): Promise<string | undefined> {
    return find(this.chunks, key);
  }

  entries(range: Parameters<ReadView['entries']>[0]): AsyncIterable<Entry> {
    return within(this.chunks, range);
  }

  snapshot(): Snapshot {
    const { chunks } = this;
    return { get: async (key) => find(chunks, key), entries: (range) => within(chunks, range), close: async () => undefined };
  }

  async write(batch: readonly Write[]): Promise<void> {
    const chunks = [...this.chunks];
    for (const write of batch) apply(chunks, write);
    this.chunks = chunks;
  }

  async clear(keep: readonly Write[]): Promise<void> {
    this.chunks = [];
    await this.write(keep);
  }

  async close(): Promise<void> {
    this.chunks = [];
  }
}

function apply(chunks: Chunk[], write: Write): void {
  const at = Math.max(0, firstAbove(chunks, (chunk) => compareUtf8(chunk[0]?.[0] ?? '', write.key) > 0) - 1);
  const chunk = [...(chunks[at] ?? [])];
  const index = firstFrom(chunk, write.key);
  const present = chunk[index]?.[0] === write.key ? 1 : 0;
  if (write.type === 'del') chunk.splice(index, present);
  else chunk.splice(index, present, [write.key, write.value]);
  const parts = chunk.length > longestChunk ? [chunk.slice(0, chunk.length / 2), chunk.slice(chunk.length / 2)] : [chunk];
  chunks.splice(at, 1, ...parts.filter((part) => part.length > 0));
}

function find(chunks: readonly Chunk[], key: string): string | undefined {
  const chunk = chunks[firstAbove(chunks, (other) => compareUtf8(other[0]?.[0] ?? '', key) > 0) - 1];
  const entry = chunk?.[firstFrom(chunk, key)];
  return entry?.[0] === key ? entry[1] : undefined;
}

async function* within(chunks: readonly Chunk[], { from, to, reverse = false }: Parameters<ReadView['entries']>[0]): AsyncIterable<Entry> {
  const first = Math.max(0, firstAbove(chunks, (chunk) => compareUtf8(chunk[0]?.[0] ?? '', from) > 0) - 1);
  const end = firstAbove(chunks, (chunk) => compareUtf8(chunk[0]?.[0] ?? '', to) >= 0);
  for (let step = 0; step < end - first; step += 1) {
    const chunk = chunks[reverse ? end - 1 - step : first + step] ?? [];
    const entries = chunk.slice(firstFrom(chunk, from), firstFrom(chunk, to));
    yield* reverse ? entries.reverse() : entries;
  }
}

/** Index of the first entry whose key is not below this one; the length when there is none. */
function firstFrom(chunk: Chunk, key: string): number {
  return firstAbove(chunk, (entry) => compareUtf8(entry[0], key) >= 0);
}

/** Index of the first item of a sorted list for which this is true; the length when there is none. */
function firstAbove<T>(items: readonly T[], isAbove: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && isAbove(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
