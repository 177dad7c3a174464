import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Limiter } from '../../../../src/aws/limiter';
import { Pace } from '../../../../src/aws/pace/pace';
import { awsRates, type Rates } from '../../../../src/aws/pace/rates';
import { TokenBucket } from '../../../../src/aws/pace/tokenBucket';
import { CancelledError } from '../../../../src/core/errors';
import { ManualClock, settled } from '../../../fakes/manualClock';

describe('a token bucket', () => {
  let clock: ManualClock;
  let passed: { name: number; at: number }[];
  const started = (): number => new ManualClock().now().getTime();

  beforeEach(() => {
    clock = new ManualClock();
    passed = [];
  });

  const take = (bucket: TokenBucket, name: number, signal?: AbortSignal): Promise<void> =>
    bucket.take(signal).then(() => void passed.push({ name, at: clock.now().getTime() - started() }));

  it('lets the burst through at once, then holds the rate over time, in order', async () => {
    const bucket = new TokenBucket({ perSecond: 5, burst: 10 }, clock);
    const all = Array.from({ length: 60 }, (_, name) => take(bucket, name));
    await settled();
    assert.equal(passed.length, 10);
    for (let second = 1; second <= 10; second++) {
      await clock.advance(1000);
      assert.equal(passed.length, Math.min(60, 10 + 5 * second), `after ${second} s`);
    }
    await Promise.all(all);
    assert.deepEqual(passed.map(({ name }) => name), Array.from({ length: 60 }, (_, name) => name));
    // No second in which more than the rate passes, once the burst is used up.
    const later = passed.slice(10);
    for (const { at } of later) assert.ok(later.filter((other) => other.at >= at && other.at < at + 1000).length <= 5);
  });

  it('has its burst again after a pause, and no more than that', async () => {
    const bucket = new TokenBucket({ perSecond: 5, burst: 10 }, clock);
    await Promise.all(Array.from({ length: 10 }, (_, name) => take(bucket, name)));
    await clock.advance(60_000);
    const all = Array.from({ length: 11 }, (_, name) => take(bucket, name));
    await settled();
    assert.equal(passed.length, 20);
    await clock.advance(200);
    await Promise.all(all);
  });

  it('keeps the rate for who comes while others wait: nobody overtakes', async () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, clock);
    const all = [take(bucket, 0), take(bucket, 1)];
    await clock.advance(999);
    all.push(take(bucket, 2));
    await clock.advance(2);
    assert.deepEqual(passed, [{ name: 0, at: 0 }, { name: 1, at: 1000 }]);
    await clock.advance(1000);
    await Promise.all(all);
    assert.deepEqual(passed[2], { name: 2, at: 2000 });
  });

  it('lets who cancels go at once, and who stands behind takes the turn', async () => {
    const bucket = new TokenBucket({ perSecond: 1, burst: 1 }, clock);
    await take(bucket, 0);
    const abort = new AbortController();
    setMaxListeners(0, abort.signal);
    const cancelled = Array.from({ length: 20 }, (_, name) => take(bucket, 100 + name, abort.signal));
    const last = take(bucket, 1);
    await settled();
    abort.abort();
    for (const one of cancelled) await assert.rejects(one, CancelledError);
    await clock.advance(1000);
    await last;
    assert.deepEqual(passed.map(({ name }) => name), [0, 1]);
    await assert.rejects(bucket.take(AbortSignal.abort()), CancelledError);
  });

  it('outlives a clock that is set back', async () => {
    const bucket = new TokenBucket({ perSecond: 2, burst: 1 }, clock);
    await take(bucket, 0);
    clock.set(-3_600_000);
    const next = take(bucket, 1);
    await clock.advance(500);
    await next;
  });
});

describe('the pace of a connection', () => {
  const rates: Rates = { ...awsRates, iot: { each: { perSecond: 1, burst: 2 }, apis: { DescribeThing: { perSecond: 1, burst: 5 } } }, iam: { whole: { perSecond: 1, burst: 3 } } };

  /** How many of so many calls may go at once. */
  const atOnce = async (pace: Pace, action: string, calls = 30): Promise<number> => {
    let gone = 0;
    for (let call = 0; call < calls; call++) void pace.turn(action).then(() => gone++);
    await settled();
    return gone;
  };

  it('counts each API of AWS IoT by itself, and the calls of the other services together', async () => {
    const pace = new Pace(rates, new ManualClock());
    assert.equal(await atOnce(pace, 'iot:ListThings'), 2);
    assert.equal(await atOnce(pace, 'iot:GetPolicy'), 2);
    assert.equal(await atOnce(pace, 'iot:DescribeThing'), 5);
    assert.equal(await atOnce(pace, 'iam:GetRole', 2), 2);
    assert.equal(await atOnce(pace, 'iam:GetPolicy'), 1);
    // One service's queue is no other's.
    assert.equal(await atOnce(pace, 'cloudformation:DescribeStacks', 1), 1);
    assert.equal(await atOnce(pace, 'greengrass:ListCoreDevices', 1), 1);
  });

  it('without rates nothing ever waits', async () => {
    assert.equal(await atOnce(new Pace(undefined, new ManualClock()), 'iot:ListThings', 1000), 1000);
  });

  it('goes over no published quota in the long run', async () => {
    for (const [action, allowed] of [['iot:ListThings', 10], ['iot:DescribeCertificate', 10], ['iot:SearchIndex', 15], ['iot:UpdateIndexingConfiguration', 1], ['lambda:GetPolicy', 15]] as const) {
      const clock = new ManualClock();
      const pace = new Pace(awsRates, clock);
      const abort = new AbortController();
      setMaxListeners(0, abort.signal);
      let gone = 0;
      for (let call = 0; call < 2000; call++) void pace.turn(action, abort.signal).then(() => gone++, () => undefined);
      await clock.advance(60_000);
      assert.ok(gone <= allowed + (allowed / 2) * 60, `${action}: ${gone}`);
      assert.ok(gone >= (allowed / 2) * 60, `${action}: ${gone}`);
      abort.abort();
      await clock.advance(5000);
    }
  });

  it('knows every call that the adapters make, and has no rate for one that they do not make', async () => {
    const folder = path.join(import.meta.dirname, '../../../../src/aws');
    const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
    const texts = await Promise.all(files.map(async (file) => readFile(path.join(folder, file), 'utf8')));
    const actions = new Set(texts.flatMap((text) => [...text.matchAll(/\baction(?:: | = )'([^']+)'/g)].map((match) => match[1] ?? '')));
    assert.ok(actions.size > 60, String(actions.size));
    const pace = new Pace(awsRates, new ManualClock());
    await Promise.all([...actions].map(async (action) => pace.turn(action)));
    await assert.rejects(pace.turn('s3:GetObject'));
    const { iot } = awsRates;
    assert.ok('apis' in iot);
    assert.deepEqual(Object.keys(iot.apis).filter((api) => !actions.has(`iot:${api}`)), []);
  });
});

describe('calls at once', () => {
  it('are no more than the limit, in order; who cancels leaves the line and takes no place', async () => {
    const limiter = new Limiter(2);
    const ends: (() => void)[] = [];
    const started: number[] = [];
    const task = (name: number) => async (): Promise<void> => {
      started.push(name);
      await new Promise<void>((resolve) => ends.push(resolve));
    };
    const abort = new AbortController();
    const running = [limiter.run(task(0)), limiter.run(task(1))];
    const cancelled = assert.rejects(limiter.run(task(2), abort.signal), CancelledError);
    running.push(limiter.run(task(3)));
    abort.abort();
    await cancelled;
    assert.deepEqual(started, [0, 1]);
    ends.shift()?.();
    await settled();
    assert.deepEqual(started, [0, 1, 3]);
    while (ends.length > 0) {
      ends.shift()?.();
      await settled();
    }
    await Promise.all(running);
    assert.equal(limiter.busy, false);
  });
});
