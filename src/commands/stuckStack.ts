import * as vscode from 'vscode';
import type { StackResource, StuckDeletion } from '../core/ports/stackApi';
import { deleteStuckStack, stuckResources } from '../services/teardown/deleteStuckStack';
import type { TeardownCommandsDeps } from './teardownCommands';

/** Deletes a stack whose deletion has failed, and leaves in the account what cannot be deleted. */
export interface StuckOrder {
  /** The stack's id. */
  readonly stuck: string;
  readonly name: string;
}

export function isStuckOrder(value: unknown): value is StuckOrder {
  return typeof value === 'object' && value !== null && 'stuck' in value && typeof value.stuck === 'string' && 'name' in value && typeof value.name === 'string';
}

/** Never by itself: which way is asked for, then what it leaves is agreed to. */
export async function deleteStuck({ session, ui, progress, clock, refreshViews }: TeardownCommandsDeps, { stuck: id, name }: StuckOrder): Promise<void> {
  const connection = await session.connection();
  const failed = await progress.run(vscode.l10n.t('Stack {0}', name), async (_, signal) => stuckResources({ connection, signal }, id, name));
  const names = failed.map(wordsFor).join(', ');
  const how = await ui.choose<StuckDeletion>({
    title: vscode.l10n.t('CloudFormation could not delete all of the stack {0}', name),
    placeholder: vscode.l10n.t('What is left stays in the account and belongs to no stack any more.'),
    choices: [
      ...(failed.length === 0 ? [] : [{ label: vscode.l10n.t('Leave what failed'), detail: names, value: { leave: failed.map(({ logicalId }) => logicalId) } }]),
      { label: vscode.l10n.t('Delete by force'), detail: vscode.l10n.t('CloudFormation tries everything once more, and leaves whatever it cannot delete.'), value: 'force' as const },
    ],
  });
  await ui.confirm({
    title: vscode.l10n.t('Delete the stack {0} and leave what cannot be deleted?', name),
    detail: [
      how === 'force' ? vscode.l10n.t('It could not delete these the last time: {0}', names === '' ? '–' : names) : vscode.l10n.t('These stay in the account: {0}', names),
      vscode.l10n.t('No stack updates or deletes them any more. This cannot be undone.'),
    ].join('\n\n'),
    action: vscode.l10n.t('Delete Stack'),
    target: connection.target,
  });
  try {
    const left = await progress.run(vscode.l10n.t('Stack {0}', name), async (report, signal) => deleteStuckStack({ connection, clock, progress: report, signal }, id, name, how));
    if (left.length === 0) ui.inform(vscode.l10n.t('The stack {0} is deleted; nothing of it is left.', name));
    else ui.warn(vscode.l10n.t('The stack {0} is deleted. Left in the account: {1}', name, left.map(wordsFor).join(', ')));
  } finally {
    await refreshViews();
  }
}

function wordsFor({ logicalId, physicalId, type }: StackResource): string {
  return `${physicalId ?? logicalId} (${type})`;
}
