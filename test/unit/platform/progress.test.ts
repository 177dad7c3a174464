import { progressReports } from '../../helpers/vscodeStub';
import assert from 'node:assert/strict';
import type { Waiting } from '../../../src/core/ports/waiting';
import { Emitter } from '../../../src/core/util/emitter';
import { NotificationProgress } from '../../../src/platform/progress';

describe('the progress of a running command', () => {
  const changes = new Emitter<Waiting | undefined>();
  let current: Waiting | undefined;
  const waiting = {
    get current() {
      return current;
    },
    onDidChange: changes.event,
  };
  const tell = (next: Waiting | undefined): void => {
    current = next;
    changes.fire(next);
  };

  it('says that AWS asks to slow down after what is being done, once, and no longer than that lasts', async () => {
    progressReports.length = 0;
    const logged: string[] = [];
    await new NotificationProgress((title, message) => logged.push(`${title}: ${message}`), waiting).run('Provision Everything', async (progress) => {
      progress.report('Creating the policy');
      for (const seconds of [1, 2, 3]) tell({ reason: 'throttled', action: 'iot:CreatePolicy', seconds });
      progress.report('Attaching it');
      tell(undefined);
    });
    tell({ reason: 'throttled', action: 'iot:CreatePolicy', seconds: 1 });
    assert.deepEqual(progressReports, [
      'Creating the policy',
      'Creating the policy – AWS asks to slow down: waiting',
      'Attaching it – AWS asks to slow down: waiting',
      'Attaching it',
    ]);
    assert.deepEqual(logged, ['Provision Everything: Creating the policy', 'Provision Everything: Attaching it']);
  });
});
