import assert from 'node:assert/strict';
import { coreDeviceArn, coreNameOfArn } from '../../../../src/core/coreDevices/identity';
import { afterFailure, afterLook, startWatch, watchLimit, type WatchState } from '../../../../src/core/coreDevices/watch';
import { ageText, durationText, isOld } from '../../../../src/core/coreDevices/words';
import type { CoreDevice } from '../../../../src/core/ports/greengrassApi';

const start = new Date('2026-11-24T10:00:00Z');
const at = (seconds: number): Date => new Date(start.getTime() + seconds * 1000);
const device = (reported: number | undefined, status: CoreDevice['status'] = 'HEALTHY'): CoreDevice => ({ name: 'Core', status, ...(reported !== undefined && { reportedAt: at(reported) }) });

/** Looks given as [seconds since the start, what is there]. */
function run(...looks: readonly (readonly [number, CoreDevice | undefined])[]): WatchState {
  let state: WatchState = startWatch(start);
  for (const [seconds, seen] of looks) {
    if (state.kind !== 'waiting') assert.fail(`ended before ${seconds} s`);
    state = afterLook(state, seen, at(seconds));
  }
  return state;
}

describe('watching for a core', () => {
  it('a core that was not there: its first report ends the watch, with the time of the report', () => {
    const end = run([0, undefined], [5, undefined], [40, device(33, 'UNHEALTHY')]);
    assert.deepEqual(end, { kind: 'reported', device: device(33, 'UNHEALTHY'), took: 33_000, before: false });
  });

  it("where AWS's clock cannot be right, the time of the look counts", () => {
    for (const reported of [-3000, 3000, undefined]) {
      const end = run([0, undefined], [40, device(reported)]);
      assert.ok(end.kind === 'reported' && end.took === 40_000, JSON.stringify(end));
    }
  });

  it('a core that reported a moment ago is the one: nobody has to wait a day for its next report', () => {
    assert.deepEqual(run([1, device(-120)]), { kind: 'reported', device: device(-120), took: 0, before: true });
    assert.equal(run([1, device(30)]).kind, 'reported');
  });

  it('an old report is no answer: a newer one is', () => {
    const waiting = run([0, device(-7200)], [60, device(-7200)]);
    assert.deepEqual(waiting, { kind: 'waiting', startedAt: start, looks: 2, failures: 0, old: device(-7200) });
    const end = run([0, device(-7200)], [60, device(-7200)], [80, device(70, 'UNHEALTHY')]);
    assert.deepEqual(end, { kind: 'reported', device: device(70, 'UNHEALTHY'), took: 70_000, before: false });
  });

  it('a core that is deleted meanwhile and comes back', () => {
    assert.equal(run([0, device(-7200)], [60, undefined], [80, device(70)]).kind, 'reported');
  });

  it('ends after an hour, with what was known', () => {
    const late = watchLimit / 1000;
    assert.equal(run([0, undefined], [late - 1, undefined]).kind, 'waiting');
    assert.deepEqual(run([0, undefined], [late, undefined]), { kind: 'silent', waited: watchLimit });
    assert.deepEqual(run([0, device(-7200)], [late, device(-7200)]), { kind: 'silent', waited: watchLimit, old: device(-7200) });
    assert.equal(run([0, undefined], [late + 5, device(late)]).kind, 'reported');
  });

  it('bears a few failures in a row, and none that will not pass', () => {
    const error = new Error('x');
    let state: WatchState = startWatch(start);
    for (let count = 0; count < 5; count += 1) if (state.kind === 'waiting') state = afterFailure(state, error, true);
    assert.ok(state.kind === 'waiting' && state.failures === 5);
    assert.deepEqual(afterFailure(state, error, true), { kind: 'failed', error });
    assert.deepEqual(afterFailure(startWatch(start), error, false), { kind: 'failed', error });
    const again = afterLook(state, undefined, at(30));
    assert.ok(again.kind === 'waiting' && again.failures === 0);
    assert.equal(afterLook(state, device(-7200), at(30)).kind, 'waiting', 'the first look that works finds an old report, not a new one');
  });
});

describe('words of core devices', () => {
  it('tells ages and durations', () => {
    const ages = [-5, 0, 59, 60, 3599, 3600, 47 * 3600, 48 * 3600].map((seconds) => ageText(at(-seconds), start));
    assert.deepEqual(ages, ['just now', 'just now', 'just now', '1 min ago', '59 min ago', '1 h ago', '47 h ago', '2 days ago']);
    assert.deepEqual([0, 59_400, 60_000, 185_000, 3_720_000].map(durationText), ['0 s', '59 s', '1 min 0 s', '3 min 5 s', '1 h 2 min']);
  });

  it('a report older than the daily one plus an hour may be of a device that has gone', () => {
    assert.deepEqual([at(0), at(-25 * 3600), at(-25 * 3600 - 1), undefined].map((time) => isOld(time, start)), [false, false, true, true]);
  });

  it('knows a core by its ARN or that of its thing', () => {
    const arn = coreDeviceArn({ partition: 'aws-cn', region: 'cn-north-1', account: '111122223333' }, 'Core-1');
    assert.equal(arn, 'arn:aws-cn:greengrass:cn-north-1:111122223333:coreDevices:Core-1');
    assert.equal(coreNameOfArn(arn), 'Core-1');
    assert.equal(coreNameOfArn('arn:aws:iot:eu-west-1:111122223333:thing/Core-2'), 'Core-2');
    for (const text of ['', 'Core-1', 'arn:aws:iot:eu-west-1:111122223333:policy/P', 'arn:aws:greengrass:eu-west-1:111122223333:components:C']) assert.equal(coreNameOfArn(text), undefined, text);
  });
});
