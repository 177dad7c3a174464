import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { hasCode, makeFolder, writeDurably } from '../../../src/platform/durableFiles';

describe('durable writes', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'durable-'));
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  it('writes with the mode asked for and leaves no temporary file', async () => {
    const file = path.join(folder, 'key');
    await writeDurably(file, 'secret', { mode: 0o600, replace: false });
    assert.equal(await readFile(file, 'utf8'), 'secret');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    assert.deepEqual(await readdir(folder), ['key']);
  });

  it('never replaces a file unless told so', async () => {
    const file = path.join(folder, 'key');
    await writeFile(file, 'first');
    await assert.rejects(writeDurably(file, 'second', { mode: 0o600, replace: false }), (error) => hasCode(error, 'EEXIST'));
    assert.equal(await readFile(file, 'utf8'), 'first');
    assert.deepEqual(await readdir(folder), ['key']);
    await writeDurably(file, 'third', { mode: 0o600, replace: true });
    assert.equal(await readFile(file, 'utf8'), 'third');
  });

  it('lets exactly one of many writers of the same name win', async () => {
    const file = path.join(folder, 'key');
    const results = await Promise.allSettled(Array.from({ length: 8 }, async (_, index) => writeDurably(file, `writer ${index}`, { mode: 0o600, replace: false })));
    assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
    const winner = results.findIndex((result) => result.status === 'fulfilled');
    assert.equal(await readFile(file, 'utf8'), `writer ${winner}`);
    assert.deepEqual(await readdir(folder), ['key']);
  });

  it('replaces a link, not what it points to', async () => {
    const target = path.join(folder, 'elsewhere');
    const file = path.join(folder, 'key');
    await writeFile(target, 'untouched');
    await symlink(target, file);
    await writeDurably(file, 'secret', { mode: 0o600, replace: true });
    assert.equal(await readFile(target, 'utf8'), 'untouched');
    assert.equal(await readFile(file, 'utf8'), 'secret');
  });

  it('makes folders with everything above them', async () => {
    const deep = path.join(folder, 'a', 'b');
    await makeFolder(deep, 0o700);
    await makeFolder(deep, 0o700);
    assert.equal((await stat(deep)).mode & 0o777, 0o700);
  });
});
