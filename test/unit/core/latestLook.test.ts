import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { LatestLook } from '../../../src/core/util/latestLook';

describe('the latest of several looks', () => {
  /** A look that ends when the test says so, like a call to AWS. */
  function slow(): { readonly look: (signal: AbortSignal) => Promise<void>; readonly end: (error?: Error) => void; readonly signals: AbortSignal[] } {
    const ends = new EventEmitter();
    const over: Promise<unknown[]> = once(ends, 'end');
    const signals: AbortSignal[] = [];
    const look = async (signal: AbortSignal): Promise<void> => {
      signals.push(signal);
      const [error] = await over;
      if (error instanceof Error) throw error;
    };
    return { look, signals, end: (error) => ends.emit('end', error) };
  }
  const settled = async (promise: Promise<unknown>): Promise<boolean> => {
    const pending = Symbol('pending');
    await new Promise((resolve) => setImmediate(resolve));
    return (await Promise.race([promise.then(() => undefined, () => undefined), Promise.resolve(pending)])) !== pending;
  };

  it('answers who asked first when what was asked last is there', async () => {
    const looking = new LatestLook();
    const [older, newer] = [slow(), slow()];
    const first = looking.take(older.look);
    const last = looking.take(newer.look);
    older.end();
    assert.equal(await settled(first), false);
    newer.end();
    await Promise.all([first, last]);
    assert.deepEqual([older, newer].map(({ signals }) => signals[0]?.aborted), [true, false]);
  });

  it('fails as the last does, for all who wait; what was aborted fails for nobody', async () => {
    const looking = new LatestLook();
    const [older, newer] = [slow(), slow()];
    const both = [looking.take(older.look), looking.take(newer.look)];
    older.end(new Error('old'));
    newer.end(new Error('new'));
    const outcomes = await Promise.allSettled(both);
    assert.deepEqual(outcomes.map((outcome) => (outcome.status === 'rejected' ? (outcome.reason as Error).message : 'done')), ['new', 'new']);
    const next = slow();
    const third = looking.take(next.look);
    next.end();
    await third;
  });

  it('ends quietly when it is cancelled', async () => {
    const looking = new LatestLook();
    const only = slow();
    const done = looking.take(only.look);
    await settled(done);
    looking.cancel();
    only.end(new Error('aborted'));
    await done;
    assert.equal(only.signals[0]?.aborted, true);
  });

  it('takes a look that asks for the next one for the older of the two', async () => {
    const looking = new LatestLook();
    const seen: string[] = [];
    await looking.take(async (signal) => {
      if (!signal.aborted) {
        void looking.take(async (inner) => {
          await new Promise((resolve) => setImmediate(resolve));
          seen.push(inner.aborted ? 'inner aborted' : 'inner');
        });
      }
      seen.push(signal.aborted ? 'outer aborted' : 'outer');
    });
    assert.deepEqual(seen, ['outer aborted', 'inner']);
  });
});
