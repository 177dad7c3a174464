import assert from 'node:assert/strict';
import english from '../../../resources/l10n/bundle.l10n.json';
import { counted } from '../../../src/core/util/counted';

describe('texts with a number', () => {
  it('are in the singular for one, else in the plural', () => {
    assert.deepEqual([0, 1, 2, 1_000].map((count) => counted(count, 'a device', `${count} devices`)), ['0 devices', 'a device', '2 devices', '1000 devices']);
  });

  it('none has both forms in one word', () => {
    assert.deepEqual(Object.keys(english).filter((text) => /\w\(e?s\)/.test(text)), []);
  });
});
