import path from 'node:path';
import { ClassicLevel } from 'classic-level';
import { DATABASE } from './database';
import { StoreError, type ReadView, type Snapshot, type Store, type Write } from './store';

/** Raised when the layout of keys or values changes; an unknown version is refused rather than misread. */
const FORMAT = '1';
const FORMAT_KEY = '\u0000format';

/**
 * LevelDB in a state folder. Its lock file keeps a second sandbox out, and its write-ahead log makes each batch all or
 * nothing after a kill: https://github.com/Level/classic-level and https://github.com/google/leveldb/blob/main/doc/index.md
 * @param durable fsync each batch, so that an acknowledged write also survives a power cut
 */
export async function openLevelStore(folder: string, durable: boolean): Promise<Store> {
  const db = new ClassicLevel<string, string>(path.join(folder, DATABASE), { keyEncoding: 'utf8', valueEncoding: 'utf8' });
  try {
    await db.open();
  } catch (error) {
    throw openError(folder, error);
  }
  const format = await db.get(FORMAT_KEY);
  if (format === undefined) {
    await db.put(FORMAT_KEY, FORMAT, { sync: durable });
  } else if (format !== FORMAT) {
    await db.close();
    throw new StoreError(`The state folder ${folder} has format ${format}; this sandbox reads format ${FORMAT}. Start with --reset or another folder.`);
  }
  const view: ReadView = {
    get: (key) => db.get(key),
    entries: ({ from, to, reverse }) => db.iterator({ gte: from, lt: to, reverse: reverse ?? false }),
  };
  return {
    ...view,
    snapshot(): Snapshot {
      const snapshot = db.snapshot();
      return {
        get: (key) => db.get(key, { snapshot }),
        entries: ({ from, to, reverse }) => db.iterator({ gte: from, lt: to, reverse: reverse ?? false, snapshot }),
        close: () => snapshot.close(),
      };
    },
    write: (batch: readonly Write[]) => db.batch([...batch], { sync: durable }),
    async clear(keep) {
      const kept = new Set([FORMAT_KEY, ...keep.map(({ key }) => key)]);
      const batch: Write[] = [...keep];
      for await (const key of db.keys()) if (!kept.has(key)) batch.push({ type: 'del', key });
      await db.batch(batch, { sync: durable });
    },
    close: () => db.close(),
  };
}

function openError(folder: string, error: unknown): StoreError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'LEVEL_LOCKED') {
    return new StoreError(`Another sandbox is using the state folder ${folder}. Stop it or choose another folder.`, { cause: error });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(`Cannot open the state folder ${folder}: ${reason}`, { cause: error });
}
