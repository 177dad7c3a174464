import * as l10n from '@vscode/l10n';
import { stackFailure } from '../../core/stack/stackFailure';
import { watchStack } from '../steps/stackWatch';
import type { TeardownWork } from './runTeardown';

/**
 * Deletes a stack and waits until it is gone, telling its events; follows a deletion that is under way. After a failed one
 * it may be run again. Throws FleetError with the first cause. An abort ends the waiting; CloudFormation goes on.
 */
export async function removeStack({ connection, clock, progress, signal }: Omit<TeardownWork, 'files' | 'ledger'>, id: string, name: string): Promise<void> {
  const { stacks } = connection;
  const before = await stacks.describeStack(id, { signal });
  if (before === undefined || before.status === 'DELETE_COMPLETE') return;
  const underWay = before.status === 'DELETE_IN_PROGRESS';
  if (!underWay) await stacks.deleteStack(id, { signal });
  const { stack, events } = await watchStack({ connection, stackId: id, clock, progress, signal, ...(underWay ? {} : { before }) });
  if (stack === undefined || stack.status === 'DELETE_COMPLETE') return;
  // A role with a policy that somebody attached by hand: https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html
  throw stackFailure(name, stack, events, l10n.t('Something outside the stack may hold on to it, such as a policy attached to a role by hand. Take that away.'));
}
