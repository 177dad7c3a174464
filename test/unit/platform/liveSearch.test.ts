import assert from 'node:assert/strict';
import { LiveSearch, type LiveItem } from '../../../src/platform/liveSearch';

type Row = LiveItem<string>;

class FakeList {
  busy = false;
  items: readonly Row[] = [];
  activeItems: readonly Row[] = [];
}

const row = (label: string): Row => ({ label, value: label });
const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('LiveSearch', () => {
  let list: FakeList;
  let asked: { text: string; signal: AbortSignal; show: (items: readonly Row[]) => void; end: (error?: Error) => void }[];
  let failures: unknown[];
  let live: LiveSearch<string>;
  beforeEach(() => {
    list = new FakeList();
    asked = [];
    failures = [];
    const search = (text: string, show: (items: readonly Row[]) => void, signal: AbortSignal): Promise<void> =>
      new Promise((resolve, reject) => asked.push({ text, signal, show, end: (error) => (error === undefined ? resolve() : reject(error)) }));
    live = new LiveSearch(list, { search, failed: (error) => failures.push(error) }, 20);
  });
  afterEach(() => live.stop());

  it('asks once the typing pauses, for what stands there then', async () => {
    for (const text of ['p', 'pu', 'pump']) live.typed(text);
    assert.deepEqual([asked.length, list.busy], [0, true]);
    await pause(40);
    assert.deepEqual(asked.map(({ text }) => text), ['pump']);
    asked[0]?.show([row('Pump-1')]);
    assert.deepEqual([list.items.length, list.busy], [1, true], 'rows come before the end');
    asked[0]?.end();
    await pause(0);
    assert.equal(list.busy, false);
  });

  it('ends the search before, whose rows and failure count no more', async () => {
    live.start('a');
    live.start('b');
    assert.deepEqual(asked.map(({ signal }) => signal.aborted), [true, false]);
    asked[0]?.show([row('old')]);
    asked[0]?.end(new Error('too late'));
    await pause(0);
    assert.deepEqual([list.items, list.busy, failures], [[], true, []]);
    asked[1]?.show([row('new')]);
    assert.deepEqual(list.items.map(({ label }) => label), ['new']);
  });

  it('tells a failure, and is at rest then', async () => {
    live.start('a');
    asked[0]?.end(new Error('broken'));
    await pause(0);
    assert.deepEqual([failures.map(String), list.busy], [['Error: broken'], false]);
  });

  it('keeps the row that somebody went to, and else the first', () => {
    live.start('a');
    const [first, second] = [row('1'), row('2')];
    asked[0]?.show([Object.assign(row('things'), { kind: -1 }), first, second]);
    list.activeItems = [second];
    asked[0]?.show([row('0'), row('1'), row('2')]);
    assert.deepEqual(list.activeItems.map(({ label }) => label), ['2']);
    list.activeItems = list.items.slice(0, 1);
    asked[0]?.show([row('9'), row('0')]);
    assert.deepEqual(list.activeItems.map(({ label }) => label), ['0'], 'left to VS Code, which takes the first');
  });
});
