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

  it('goes on behind what was read after a failure, which stays, and shows nothing twice', async () => {
    let attempt = 0;
    async function* flaky(): AsyncGenerator<number> {
      attempt += 1;
      yield* upTo(7);
      if (attempt === 1) throw new Error('throttled');
      yield* [7, 8];
    }
    const list = new PagedList(() => flaky(), 3);
    await list.first();
    await list.more();
    await assert.rejects(list.more(), /throttled/);
    assert.deepEqual(list.items, [0, 1, 2, 3, 4, 5], 'what somebody looks at does not go');
    assert.equal(list.hasMore, true);
    await list.more();
    assert.deepEqual(list.items, [...Array(9).keys()]);
    assert.equal(attempt, 2);
  });

  it('after a failure far down reads a few pages again, not all', async () => {
    let fails = true;
    const seen: number[] = [];
    async function* flaky(): AsyncGenerator<number> {
      for (let index = 0; ; index += 1) {
        if (index === 100 && fails) throw new Error('throttled');
        seen.push(index);
        yield index;
      }
    }
    const list = new PagedList(() => flaky(), 10);
    for (let page = 0; page < 10; page += 1) await list.more();
    await assert.rejects(list.more(), /throttled/);
    fails = false;
    seen.length = 0;
    await list.more();
    assert.deepEqual([list.items.length, seen.length], [50, 50]);
  });

  it('an item that a changing list tells twice stands once', async () => {
    async function* twice(): AsyncGenerator<number> {
      yield* [1, 2, 2, 3, 1, 4];
    }
    const list = new PagedList(() => twice(), 3, String);
    await list.first();
    assert.deepEqual(list.items, [1, 2]);
    await list.more();
    assert.deepEqual(list.items, [1, 2, 3, 4]);
  });
});
