import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { filtered, intoJson, intoReadme, table, type Measured } from '../../bench/report';

const measured = (what: string, date = '2026-11-24'): Measured => ({
  date,
  machine: 'a machine',
  figures: [
    { what, ours: 6.5, reference: 5, referenceIs: 'an empty extension', unit: 'ms', p95: { ours: 9, reference: 8 } },
    { what: `${what} in detail`, ours: 1234.5, reference: 2000, referenceIs: 'its budget', unit: 'KB', minor: true },
  ],
});

describe('report of the bench', () => {
  it('tells each figure beside its reference, with the days and the machine', () => {
    const text = table({ one: measured('start'), two: measured('size', '2026-11-25') });
    assert.match(text, /^Medians, 2026-11-24, 2026-11-25, a machine\n\n\| what \|/);
    assert.match(text, /\n\| start \| 6\.50 ms \| 9\.00 \| 5\.00 ms \| 8\.00 \| 1\.30 \| an empty extension \|\n/);
    assert.match(text, /\n\| size in detail \| 1,235 KB \|  \| 2,000 KB \|  \| 0\.62 \| its budget \|\n/);
  });

  it('stands in the README without details, in the place of the table before', () => {
    const once = intoReadme('# Product\n<!-- bench -->\nold\n<!-- /bench -->\nMore $& text.\n', { one: measured('start') });
    assert.match(once, /^# Product\n<!-- bench -->\nMedians, [^]*\| start \|[^]*\|\n<!-- \/bench -->\nMore \$& text\.\n$/);
    assert.doesNotMatch(once, /old|in detail/);
    assert.equal(intoReadme(once, { one: measured('start') }), once);
    assert.throws(() => intoReadme('# Product\n', {}), /no lines <!-- bench -->/);
  });

  it('keeps the parts that were not measured this time', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-report-'));
    try {
      const file = path.join(folder, 'bench.json');
      intoJson(file, { one: measured('start'), two: measured('size') });
      const all = intoJson(file, { one: measured('start', '2026-11-25') });
      assert.deepEqual([all['one']?.date, all['two']?.date], ['2026-11-25', '2026-11-24']);
      assert.deepEqual(JSON.parse(fs.readFileSync(file, 'utf8')), all);
      assert.deepEqual(filtered({ ...all, three: { ...measured('x'), figures: [] } }, true)['three'], undefined);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
});
