import * as l10n from '@vscode/l10n';
import type { Stack } from '../../core/ports/stackApi';
import { stackFailure } from '../../core/stack/stackFailure';
import { watchStack } from '../steps/stackWatch';
import type { TeardownWork } from './runTeardown';

/** A stack is removed from where no folder is known as well. */
export type StackWork = Omit<TeardownWork, 'files' | 'ledger'>;

/**
 * Deletes a stack and waits until it is gone, telling its events; follows a deletion that is under way. After a failed one
 * it may be run again. Throws FleetError with the first cause. An abort ends the waiting; CloudFormation goes on.
 */
export async function removeStack(work: StackWork, id: string, name: string): Promise<void> {
  const { connection, signal } = work;
  const before = await connection.stacks.describeStack(id, { signal });
  // A role with a policy that somebody attached by hand: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
  const advice = l10n.t('Something outside the stack may hold on to it, such as a policy attached to a role by hand. Take that away.');
  await endDeletion(work, before, name, async () => connection.stacks.deleteStack(id, { signal }), advice);
}

/** Begins a deletion unless one is under way or done, and waits for its end. Throws FleetError with the first cause. */
export async function endDeletion({ connection, clock, progress, signal }: StackWork, before: Stack | undefined, name: string, begin: () => Promise<void>, advice: string): Promise<void> {
  if (before === undefined || before.status === 'DELETE_COMPLETE') return;
  const underWay = before.status === 'DELETE_IN_PROGRESS';
  if (!underWay) await begin();
  const { stack, events } = await watchStack({ connection, stackId: before.id, clock, progress, signal, ...(underWay ? {} : { before }) });
  if (stack !== undefined && stack.status !== 'DELETE_COMPLETE') throw stackFailure(name, stack, events, advice);
}
