import * as vscode from 'vscode';
import type { Waiting, WaitingCalls } from '../core/ports/waiting';
import type { Disposable } from '../core/util/emitter';
import type { Log } from './log';

/** For where the text may not change every second. */
export function waitingText({ reason }: Waiting): string {
  return reason === 'throttled' ? vscode.l10n.t('AWS asks to slow down: waiting') : vscode.l10n.t('waiting for a turn at AWS');
}

/** For where one sees the time pass. */
export function waitingSince({ reason, seconds }: Waiting): string {
  return reason === 'throttled' ? vscode.l10n.t('AWS asks to slow down: waiting for {0} s', seconds) : vscode.l10n.t('waiting for a turn at AWS for {0} s', seconds);
}

/** Why, and that nothing needs to be done. */
export function waitingReason({ reason, action }: Waiting): string {
  return reason === 'throttled'
    ? vscode.l10n.t('{0} waits: this account sent AWS too many requests. They are sent again by themselves, more slowly.', action)
    : vscode.l10n.t('{0} waits, so that this account does not send AWS too many requests. It goes on by itself.', action);
}

/** Two lines for each time that calls had to wait: when it is noticed, and when it is over. */
export function logWaiting(waiting: WaitingCalls, log: Pick<Log, 'info'>): Disposable {
  let before: Waiting | undefined;
  return waiting.onDidChange((now) => {
    if (now !== undefined && now.reason !== before?.reason) log.info(`${now.action} ${now.reason === 'throttled' ? 'is throttled by AWS and waits' : 'waits for its turn'}`);
    if (now === undefined && before !== undefined) log.info(`nothing waits any more, after ${before.seconds} s`);
    before = now;
  });
}
