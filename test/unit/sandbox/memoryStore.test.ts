import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { SandboxProcess as ExtensionSandbox } from '../../../src/services/sandboxProcess';
import { openLevelStore } from '../../../src/sandbox/store/levelStore';
import { MemoryStore } from '../../../src/sandbox/store/memoryStore';
import type { ReadView, Store, Write } from '../../../src/sandbox/store/store';
import { SandboxProcess } from '../../helpers/sandboxProcess';

type Range = Parameters<ReadView['entries']>[0];

async function read(view: ReadView, range: Range): Promise<(readonly [string, string])[]> {
  const found: (readonly [string, string])[] = [];
  for await (const entry of view.entries(range)) found.push([...entry]);
  return found;
}

/** Few and short, from all planes, so that writes meet each other. */
const key = fc.string({ unit: fc.constantFrom('a', 'b', '\u0000', 'é', '\uFFFD', '\u{1F600}'), maxLength: 4 }).map((text) => `x${text}`);
const everything: Range = { from: 'x', to: 'y' };
const write = fc.oneof(fc.record({ type: fc.constant('put' as const), key, value: fc.string() }), fc.record({ type: fc.constant('del' as const), key }));
const range = fc.record({ from: key, to: key, reverse: fc.boolean() });

describe('sandbox: the store in memory', () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(path.join(tmpdir(), 'sandbox-memory-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('answers what LevelDB answers, whatever is written, cleared and read, snapshots included', async () => {
    const level = await openLevelStore(folder, false);
    const stores: readonly Store[] = [level, new MemoryStore()];
    const both = async <T>(work: (store: Store) => Promise<T>): Promise<T> => {
      const [one, other] = await Promise.all(stores.map(work));
      assert.deepEqual(other, one);
      return one as T;
    };
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.array(write, { maxLength: 30 }), { maxLength: 6 }), fc.array(range, { maxLength: 5 }), key, async (batches, ranges, one) => {
          await both((store) => store.clear([{ type: 'put', key: 'xkept', value: '1' }]));
          for (const batch of batches) {
            const snapshots = stores.map((store) => store.snapshot());
            const before = await both((store) => read(store, everything));
            await both((store) => store.write(batch));
            for (const snapshot of snapshots) {
              assert.deepEqual(await read(snapshot, everything), before);
              assert.equal(await snapshot.get(one), new Map(before).get(one));
              await snapshot.close();
            }
            await both((store) => store.get(one));
            for (const item of ranges) await both((store) => read(store, item));
          }
        }),
        { numRuns: 60 },
      );
    } finally {
      await level.close();
    }
  });

  it('splits and empties its chunks: thousands of rows in any order, forwards and backwards', async () => {
    const store = new MemoryStore();
    const keys = Array.from({ length: 5_000 }, (_, index) => `k${String((index * 2_711) % 5_000).padStart(5, '0')}`);
    for (const item of keys) await store.write([{ type: 'put', key: item, value: item }]);
    const sorted = [...keys].sort();
    const all: Range = { from: 'k', to: 'l' };
    assert.deepEqual((await read(store, all)).map(([item]) => item), sorted);
    assert.deepEqual((await read(store, { ...all, reverse: true })).map(([item]) => item), [...sorted].reverse());
    assert.deepEqual((await read(store, { from: 'k01000', to: 'k01003' })).map(([item]) => item), ['k01000', 'k01001', 'k01002']);
    await store.write(keys.slice(1).map((item): Write => ({ type: 'del', key: item })));
    assert.deepEqual(await read(store, all), [[keys[0], keys[0]]]);
  });

  describe('in a program without a build for the platform', function () {
    this.timeout(300_000);
    let program: string;

    beforeEach(async () => {
      const { ensureBuilt } = (await import(pathToFileURL(path.resolve('scripts/lib/build.mjs')).href)) as { ensureBuilt: (names: readonly string[]) => Promise<void> };
      await ensureBuilt(['sandbox']);
      const copy = path.join(folder, 'program');
      await mkdir(copy);
      for (const file of (await readdir('dist/sandbox')).filter((name) => name.endsWith('.js'))) await cp(path.join('dist/sandbox', file), path.join(copy, file));
      program = path.join(copy, 'main.js');
    });

    it('serves all the same, and says that nothing is kept', async () => {
      const state = path.join(folder, 'state');
      const first = await SandboxProcess.start({ program, state });
      assert.equal((first.info as { volatile?: boolean }).volatile, true);
      await first.reset();
      await first.stop();
      // Without a folder nothing was meant to be kept: nothing to tell.
      const warned: string[] = [];
      const sandbox = new ExtensionSandbox({ program, stateFolder: state, log: () => undefined, warn: (message) => warned.push(message) });
      await sandbox.start();
      await sandbox.stop();
      sandbox.dispose();
      assert.deepEqual(warned, ['The local sandbox has no store for this platform: what it holds is lost when it stops.']);
    });
  });
});
