import * as l10n from '@vscode/l10n';
import { FleetError, type Remedy } from '../errors';
import type { Stack, StackEvent } from '../ports/stackApi';
import { causeAdvice, firstCause } from './failure';

/** An operation on a stack that did not end as asked for, with its first cause. */
export function stackFailure(name: string, stack: Stack, events: readonly StackEvent[], otherAdvice: string, remedies: readonly Remedy[] = []): FleetError {
  const cause = firstCause(events);
  const what = cause === undefined ? (stack.statusReason ?? stack.status) : `${cause.logicalId} (${cause.resourceType}): ${cause.reason ?? cause.status}`;
  const advice = cause === undefined ? undefined : causeAdvice(cause);
  return new FleetError(l10n.t('The stack {0} ended in {1}. First cause: {2}', name, stack.status, what), {
    category: 'service',
    code: 'stackFailed',
    advice: advice ?? otherAdvice,
    remedies: [...remedies, ...(stack.status === 'DELETE_FAILED' ? [{ kind: 'deleteStuckStack', stackId: stack.id, name } as const] : [])],
  });
}
