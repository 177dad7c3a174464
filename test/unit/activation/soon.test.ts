import assert from 'node:assert/strict';
import { Soon } from '../../../src/activation/soon';

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('work for the next turn', () => {
  it('is done in order, after what runs now', async () => {
    const done: string[] = [];
    const soon = new Soon();
    soon.add(() => done.push('one'));
    soon.add(() => done.push('two'));
    assert.deepEqual(done, []);
    await turn();
    assert.deepEqual(done, ['one', 'two']);
  });

  it('can be taken back, one piece or all', async () => {
    const done: string[] = [];
    const soon = new Soon();
    soon.add(() => done.push('one')).dispose();
    soon.add(() => done.push('two'));
    await turn();
    soon.add(() => done.push('three'));
    soon.dispose();
    await turn();
    assert.deepEqual(done, ['two']);
  });
});
