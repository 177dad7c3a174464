import '../../helpers/vscodeStub';
import assert from 'node:assert/strict';
import { logWaiting } from '../../../src/platform/waitingText';
import { Emitter } from '../../../src/core/util/emitter';
import type { Waiting } from '../../../src/core/ports/waiting';
import { describeConnection, withWaiting } from '../../../src/status/statusBar';

const connected = describeConnection({
  kind: 'connected',
  choice: { kind: 'profile', profile: 'work' },
  target: { label: 'work', account: '123456789012', region: 'eu-west-1', partition: 'aws', callerArn: 'arn:aws:iam::123456789012:user/u', isSandbox: false },
});
const throttled: Waiting = { reason: 'throttled', action: 'iot:ListThings', seconds: 3 };

describe('the status bar, while calls wait', () => {
  it('still says which account is meant; then why it waits and for how long, to screen readers too', () => {
    const text = withWaiting(connected, throttled);
    assert.equal(text.text, '$(cloud) work · 123456789012 · eu-west-1 $(watch) AWS asks to slow down: waiting for 3 s');
    assert.equal(text.label, 'AWS connection: work · 123456789012 · eu-west-1, AWS asks to slow down: waiting for 3 s');
    assert.match(text.tooltip, /^iot:ListThings waits: .* by themselves/);
    assert.ok(text.tooltip.endsWith(connected.tooltip));
    assert.match(withWaiting(connected, { ...throttled, reason: 'turn' }).text, /waiting for a turn at AWS for 3 s$/);
  });

  it('is as before when nobody waits', () => {
    assert.deepEqual(withWaiting(connected, undefined), connected);
  });

  it('the log has two lines of it, however long it lasts', () => {
    const changes = new Emitter<Waiting | undefined>();
    const lines: string[] = [];
    logWaiting({ current: undefined, onDidChange: changes.event }, { info: (line) => lines.push(line) });
    for (const seconds of [1, 2, 3]) changes.fire({ ...throttled, seconds });
    changes.fire(undefined);
    changes.fire(undefined);
    assert.deepEqual(lines, ['iot:ListThings is throttled by AWS and waits', 'nothing waits any more, after 3 s']);
  });
});
