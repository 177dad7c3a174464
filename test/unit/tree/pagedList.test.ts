import assert from 'node:assert/strict';
import { PagedList } from '../../../src/tree/pagedList';

async function* upTo(count: number, seen: number[] = []): AsyncGenerator<number> {
  for (let index = 0; index < count; index += 1) {
    seen.push(index);
    yield index;
  }
}

describe('paged list', () => {
  it('reads only as far as somebody looked', async () => {
    const seen: number[] = [];
    const list = new PagedList(() => upTo(100, seen), 10);
    assert.deepEqual(seen, []);
    assert.equal((await list.first()).length, 10);
    assert.equal(seen.length, 10);
    assert.equal(list.hasMore, true);
    await list.first();
    assert.equal(seen.length, 10, 'a second look reads nothing');
    await list.more();
    assert.deepEqual(list.items, [...Array(20).keys()]);
  });

  it('knows the end', async () => {
    const list = new PagedList(() => upTo(3), 10);
    assert.deepEqual(await list.first(), [0, 1, 2]);
    assert.equal(list.hasMore, false);
    await list.more();
    assert.deepEqual(list.items, [0, 1, 2]);
  });

  it('finds the end of an empty list', async () => {
    const list = new PagedList(() => upTo(0), 10);
    assert.deepEqual(await list.first(), []);
    assert.equal(list.hasMore, false);
  });

  it('reads a page once when asked twice at the same time', async () => {
    const list = new PagedList(() => upTo(100), 10);
    await Promise.all([list.more(), list.more(), list.first()]);
    assert.equal(list.items.length, 10);
  });

  it('starts anew after a failure, without showing anything twice', async () => {
    let attempt = 0;
    async function* flaky(): AsyncGenerator<number> {
      attempt += 1;
      yield* upTo(4);
      if (attempt === 1) throw new Error('throttled');
      yield* [4, 5];
    }
    const list = new PagedList(() => flaky(), 3);
    await list.first();
    await assert.rejects(list.more(), /throttled/);
    await list.more();
    await list.more();
    assert.deepEqual(list.items, [0, 1, 2, 3, 4, 5]);
    assert.equal(attempt, 2);
  });
});
