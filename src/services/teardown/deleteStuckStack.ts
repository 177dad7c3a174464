import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { Stack, StackResource, StuckDeletion } from '../../core/ports/stackApi';
import { all } from '../removal';
import { endDeletion, type StackWork } from './removeStack';

/** Resources that CloudFormation could not delete. Throws FleetError for a stack whose deletion has not failed: only then may they be left. */
export async function stuckResources({ connection, signal }: Pick<StackWork, 'connection' | 'signal'>, id: string, name: string): Promise<readonly StackResource[]> {
  const stack = await connection.stacks.describeStack(id, { signal });
  if (stack?.status !== 'DELETE_FAILED') throw notStuck(name, stack);
  return (await all(connection.stacks.listStackResources(id, { signal }))).filter(({ status }) => status === 'DELETE_FAILED');
}

/**
 * Deletes a stack whose deletion has failed, and leaves in the account what it is told to, or what cannot be deleted. Follows a
 * deletion that is under way, so that it may be run again. Answers what was left. Throws FleetError.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html (RetainResources, DeletionMode)
 */
export async function deleteStuckStack(work: StackWork, id: string, name: string, how: StuckDeletion): Promise<readonly StackResource[]> {
  const { signal } = work;
  const { stacks } = work.connection;
  const before = await stacks.describeStack(id, { signal });
  if (before !== undefined && !['DELETE_FAILED', 'DELETE_IN_PROGRESS', 'DELETE_COMPLETE'].includes(before.status)) throw notStuck(name, before);
  await endDeletion(work, before, name, async () => stacks.deleteStuckStack(id, how, { signal }), l10n.t('Look at what failed now, and leave that as well.'));
  // "For deleted stacks, ListStackResources returns resource information for up to 90 days": API_ListStackResources.html
  return (await all(stacks.listStackResources(id, { signal }))).filter(({ status }) => status === 'DELETE_SKIPPED');
}

function notStuck(name: string, stack: Stack | undefined): FleetError {
  return new FleetError(stack === undefined ? l10n.t('There is no stack {0}.', name) : l10n.t('The stack {0} is in {1}: only of a stack in DELETE_FAILED may resources be left.', name, stack.status), {
    category: 'conflict',
    code: 'stackNotStuck',
    advice: l10n.t('Look at the plan again.'),
  });
}
