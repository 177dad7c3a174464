import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { LiveItem } from '../../src/platform/liveSearch';
import { VsCodeWindow } from '../../src/platform/promptWindow';
import { eventually } from '../helpers/vscodeHost';

describe('a list that is searched as one types, in VS Code itself', () => {
  it('searches at once, fills in text, gives what is chosen, and ends its search when it is closed', async () => {
    const asked: string[] = [];
    const failures: unknown[] = [];
    let last: AbortSignal | undefined;
    const open = (value: string): Promise<string | undefined> =>
      new VsCodeWindow().livePick<string>({
        title: 'Find',
        placeholder: 'Name',
        value,
        async search(text, show, signal) {
          asked.push(text);
          last = signal;
          const rows: readonly LiveItem<string>[] = text === 'a' ? [{ label: 'fields', kind: vscode.QuickPickItemKind.Separator }, { label: 'xyz', fill: 'ab', alwaysShow: true }] : [{ label: 'not what was typed', value: 'chosen', alwaysShow: true }];
          show(rows);
        },
        pressed: () => undefined,
        failed: (error) => failures.push(error),
      });
    const press = (command: string, ended: () => boolean): Promise<unknown> =>
      eventually(async () => {
        await vscode.commands.executeCommand(command);
        return ended();
      }, { every: 100, what: command });

    let answer: string | undefined;
    const picked = open('a').then((value) => (answer = value));
    await press('workbench.action.acceptSelectedQuickOpenItem', () => answer !== undefined);
    assert.equal(await picked, 'chosen');
    assert.deepEqual([asked.slice(0, 2), failures, last?.aborted], [['a', 'ab'], [], true]);

    let closed = false;
    const given = open('b').finally(() => (closed = true));
    await press('workbench.action.closeQuickOpen', () => closed);
    assert.equal(await given, undefined);
  });
});
