import assert from 'node:assert/strict';
import type { Cause, DeviceRunView } from '../../../src/core/device/trace';
import { parseFromTestDevicePage, toPage } from '../../../src/webview/testDeviceProtocol';
import { NewestThrottle, type Timers } from '../../../src/webview/testDeviceThrottle';

const cause: Cause = { code: 'x', text: 'why', statement: '{}', documentation: 'https://docs.aws.amazon.com/', mends: [{ label: 'Mend It', act: { kind: 'command', command: 'evil', args: ['secret'] } }] };

describe('test device page', () => {
  it('takes only messages of the protocol', () => {
    for (const type of ['ready', 'again', 'cancel', 'cleanUp']) assert.deepEqual(parseFromTestDevicePage({ type, extra: 1 }), { type });
    assert.deepEqual(parseFromTestDevicePage({ type: 'mend', cause: 1, mend: 2 }), { type: 'mend', cause: 1, mend: 2 });
    assert.deepEqual(parseFromTestDevicePage({ type: 'documentation', cause: 0 }), { type: 'documentation', cause: 0 });
    const bad: readonly unknown[] = [null, undefined, 'ready', 1, [], {}, { type: 'run' }, { type: 'mend' }, { type: 'mend', cause: 0 }, { type: 'mend', cause: -1, mend: 0 }, { type: 'mend', cause: 0, mend: 0.5 }, { type: 'documentation', cause: '0' }, { type: 'constructor' }];
    for (const message of bad) assert.equal(parseFromTestDevicePage(message), undefined, JSON.stringify(message));
  });

  it('is told the words of a mend, not what it does', () => {
    const view: DeviceRunView = { title: 't', facts: [], steps: [], verdict: { outcome: 'refused', step: 'register', text: 'no', cause } };
    const text = JSON.stringify(toPage({ kind: 'device', view }));
    assert.match(text, /Mend It/);
    assert.doesNotMatch(text, /evil|secret|docs\.aws/);
  });

  it('is told at once, then the newest at most once per interval, and always the last', () => {
    const sent: number[] = [];
    let due: (() => void) | undefined;
    const timers: Timers = {
      after: (_milliseconds, call) => {
        due = call;
        return () => (due = undefined);
      },
    };
    const throttle = new NewestThrottle<number>(100, (value) => sent.push(value), timers);
    const tick = (): void => {
      const call = due;
      due = undefined;
      call?.();
    };
    for (const value of [1, 2, 3]) throttle.push(value);
    assert.deepEqual(sent, [1]);
    tick();
    assert.deepEqual(sent, [1, 3]);
    tick();
    throttle.push(4);
    assert.deepEqual(sent, [1, 3, 4]);
    throttle.push(5);
    throttle.clear();
    tick();
    assert.deepEqual(sent, [1, 3, 4], 'what was forgotten is not sent');
  });
});
