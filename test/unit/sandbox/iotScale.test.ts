import assert from 'node:assert/strict';
import type { ListThingsResponse, SearchIndexResponse } from '@aws-sdk/client-iot';
import type { CallContext, Kernel, Transaction } from '../../../src/sandbox/kernel/types';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';

const THINGS = 20_000;

/** Rows in memory, in key order, that counts how many it hands out. */
class CountingTransaction implements Transaction {
  reads = 0;
  private readonly tables = new Map<string, Map<string, unknown>>();
  private readonly sorted = new Map<string, string[]>();

  get<T>(table: string, key: string): Promise<T | undefined> {
    this.reads++;
    return Promise.resolve(this.tables.get(table)?.get(key) as T | undefined);
  }

  put(table: string, key: string, value: unknown): void {
    const rows = this.tables.get(table) ?? new Map<string, unknown>();
    rows.set(key, value);
    this.tables.set(table, rows);
    this.sorted.delete(table);
  }

  delete(table: string, key: string): void {
    this.tables.get(table)?.delete(key);
    this.sorted.delete(table);
  }

  async *list<T>(table: string, options: { prefix?: string; after?: string; limit?: number; reverse?: boolean } = {}): AsyncIterable<readonly [string, T]> {
    let keys = this.sorted.get(table) ?? [...(this.tables.get(table)?.keys() ?? [])].sort();
    this.sorted.set(table, keys);
    const { prefix = '', after, limit = Infinity, reverse = false } = options;
    keys = keys.filter((key) => key.startsWith(prefix) && (after === undefined || (reverse ? key < after : key > after)));
    if (reverse) keys.reverse();
    for (const key of keys.slice(0, limit)) {
      this.reads++;
      yield [key, this.tables.get(table)?.get(key) as T];
    }
  }
}

describe('sandbox IoT: large registries', () => {
  const tx = new CountingTransaction();
  const { handlers } = createIotService({ ca: {}, resourceDelay: 0 } as Kernel);
  const context = { account: '470123856219', region: 'us-east-1', partition: 'aws', tx, now: () => new Date() } as unknown as CallContext;
  const call = async <T>(operation: string, input: object): Promise<{ answer: T; reads: number }> => {
    tx.reads = 0;
    const answer = (await handlers[operation]?.(input as never, context)) as T;
    return { answer, reads: tx.reads };
  };
  const list = (input: object) => call<ListThingsResponse>('ListThings', input);

  before(async () => {
    await call('CreateThingType', { thingTypeName: 'Rare' });
    await call('CreateThingType', { thingTypeName: 'Common' });
    for (let i = 0; i < THINGS; i++) {
      const thingName = `thing-${String(i).padStart(6, '0')}`;
      await call('CreateThing', { thingName, thingTypeName: i % 10_000 === 9_999 ? 'Rare' : 'Common', attributePayload: { attributes: { site: `s${i % 100}`, serial: String(i) } } });
    }
  });

  it('reads one page, wherever it is', async () => {
    let nextToken: string | undefined;
    let seen = 0;
    for (let i = 0; i < 5; i++) {
      const { answer, reads } = await list({ maxResults: 250, nextToken });
      assert.ok(reads <= 2 * 251, `${reads} rows read for a page of 250`);
      seen += answer.things?.length ?? 0;
      nextToken = answer.nextToken;
    }
    assert.equal(seen, 1250);
  });

  it('reads what a filter selects', async () => {
    const rare = await list({ thingTypeName: 'Rare' });
    assert.deepEqual(rare.answer.things?.map((thing) => thing.thingName), ['thing-009999', 'thing-019999']);
    assert.ok(rare.reads <= 5);
    const serial = await list({ attributeName: 'serial', attributeValue: '777' });
    assert.deepEqual(serial.answer.things?.map((thing) => thing.thingName), ['thing-000777']);
    assert.ok(serial.reads <= 3);
    const prefix = await list({ attributeName: 'serial', attributeValue: '777', usePrefixAttributeValue: true, maxResults: 250 });
    assert.equal(prefix.answer.things?.length, 11, '777 and 7770 to 7779');
  });

  it('bounds a call whose filters combine badly, and finishes over several', async () => {
    const found: string[] = [];
    let nextToken: string | undefined;
    let calls = 0;
    do {
      const { answer, reads } = await list({ attributeName: 'serial', thingTypeName: 'Rare', nextToken });
      assert.ok(reads < 5_000, `${reads} rows read`);
      found.push(...(answer.things ?? []).map((thing) => thing.thingName ?? ''));
      nextToken = answer.nextToken;
      calls++;
    } while (nextToken !== undefined);
    assert.deepEqual(found.sort(), ['thing-009999', 'thing-019999']);
    assert.ok(calls > 1);
  });

  describe('by the fleet index', () => {
    const search = (queryString: string, more: object = {}) => call<SearchIndexResponse>('SearchIndex', { queryString, ...more });
    const names = ({ things = [] }: SearchIndexResponse) => things.map(({ thingName }) => thingName);
    before(() => call('UpdateIndexingConfiguration', { thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY' } }));

    it('reads what a prefix, a value or the rarer of two conditions selects', async () => {
      const rows: readonly (readonly [query: string, found: readonly string[], most: number])[] = [
        ['thingName:thing-00077*', Array.from({ length: 10 }, (_, i) => `thing-00077${String(i)}`), 50],
        ['attributes.serial:777', ['thing-000777'], 10],
        ['777', ['thing-000777'], 50],
        ['thingTypeName:common AND attributes.serial:777', ['thing-000777'], 600],
        ['attributes.site:s77 AND NOT thingName:thing-01* AND attributes.serial:7777', ['thing-007777'], 600],
        ['thingTypeName:rare', ['thing-009999', 'thing-019999'], 10],
      ];
      for (const [query, found, most] of rows) {
        const { answer, reads } = await search(query);
        assert.deepEqual([names(answer), answer.nextToken], [found, undefined], query);
        assert.ok(reads <= most, `${query}: ${reads} rows read`);
      }
    });

    it('reads a page of a large answer, and bounds a call that finds nothing', async () => {
      const page = await search('thingTypeName:common', { maxResults: 100 });
      assert.equal(page.answer.things?.length, 100);
      assert.ok(page.reads <= 400, `${page.reads} rows read`);
      const nothing = await search('NOT thingName:*');
      assert.deepEqual(nothing.answer.things, []);
      assert.ok(nothing.answer.nextToken !== undefined && nothing.reads <= 10_000, `${nothing.reads} rows read`);
    });
  });
});
