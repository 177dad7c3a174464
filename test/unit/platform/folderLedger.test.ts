import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LedgerEntry } from '../../../src/core/ports/deviceLedger';
import { FolderLedger } from '../../../src/platform/folderLedger';

const entry = (digit: string, more: Partial<LedgerEntry> = {}): LedgerEntry => ({ account: '470123856219', region: 'us-east-1', certificateId: digit.repeat(64), createdAt: `2026-01-0${digit}T00:00:00.000Z`, kept: false, ...more });

describe('the ledger of test devices', () => {
  let root: string;
  let ledger: FolderLedger;
  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'ledger-'));
    ledger = new FolderLedger(path.join(root, 'deep', 'devices'));
  });
  afterEach(async () => rm(root, { recursive: true }));

  it('is empty before its folder exists, and keeps, replaces and forgets devices', async () => {
    assert.deepEqual(await ledger.entries(), []);
    await ledger.remove('1'.repeat(64));
    await ledger.put(entry('2'));
    await ledger.put(entry('1'));
    await ledger.put(entry('2', { thingName: 'x', kept: true }));
    assert.deepEqual(await new FolderLedger(path.join(root, 'deep', 'devices')).entries(), [entry('1'), entry('2', { thingName: 'x', kept: true })]);
    await ledger.remove('1'.repeat(64));
    assert.deepEqual((await ledger.entries()).length, 1);
    if (process.platform !== 'win32') assert.equal((await stat(path.join(root, 'deep', 'devices', `${'2'.repeat(64)}.json`))).mode & 0o777, 0o600);
  });

  it('takes many at once, and what others put there does not disturb it', async () => {
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => ledger.put(entry(String(digit)))));
    await writeFile(path.join(root, 'deep', 'devices', `${'a'.repeat(64)}.json`), '{');
    await writeFile(path.join(root, 'deep', 'devices', `${'b'.repeat(64)}.json`), '{"account":1}');
    await writeFile(path.join(root, 'deep', 'devices', 'note.txt'), 'x');
    assert.equal((await ledger.entries()).length, 9);
    await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((digit) => ledger.remove(String(digit).repeat(64))));
    assert.equal((await ledger.entries()).length, 1);
  });

  it('takes no id that is no id: it becomes the name of a file', async () => {
    await assert.rejects(ledger.put({ ...entry('1'), certificateId: '../../x' }));
    await assert.rejects(ledger.remove('..'));
  });
});
