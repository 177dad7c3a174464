import * as l10n from '@vscode/l10n';
import type { StackResource } from '../ports/stackApi';
import { stackCondition } from '../stack/condition';
import { counted } from '../util/counted';
import type { Staying, TeardownAction } from './actions';
import type { StackFact } from './facts';

/** Types of a stack's resources that are named before the rest is only counted. */
const mostTypes = 6;

/**
 * The stack, which goes last.
 * @param going its resources that go with it
 * @param loses what else is lost, localized
 * @param blocks what else stands in the way, localized
 */
export function stackAction(stack: StackFact, going: readonly StackResource[], loses: readonly string[], blocks: readonly string[]): TeardownAction {
  const busy = stackCondition(stack.status) === 'working' && stack.status !== 'DELETE_IN_PROGRESS';
  const isProtected = !busy && stack.protected === true && stack.status !== 'DELETE_IN_PROGRESS';
  const reasons = [
    ...(busy ? [l10n.t('CloudFormation is at it ({0}). Wait until it is done.', stack.status)] : []),
    ...(isProtected ? [l10n.t('Termination protection is on: CloudFormation refuses to delete it until that is turned off.')] : []),
    ...blocks,
  ];
  return {
    id: `stack:${stack.id}`,
    kind: 'stack',
    key: stack.id,
    name: stack.name,
    arn: stack.id,
    loses: [
      stackLoses(going.map(({ type }) => type)),
      ...loses,
      ...(going.some(({ type }) => type === 'AWS::IAM::Role') ? [l10n.t('Roles are of all regions: whether role aliases or templates elsewhere use them was not looked at')] : []),
    ].join('. '),
    ...(reasons.length === 0 ? {} : { blockedBy: reasons.join(' ') }),
    ...(isProtected ? { isProtected: true as const } : {}),
    ...(stack.status === 'DELETE_FAILED' ? { isStuck: true as const } : {}),
  };
}

/** A resource that the stack's template keeps. */
export function keptByTemplate({ logicalId, physicalId, type }: StackResource): Staying {
  return { kind: 'stackResource', name: physicalId ?? logicalId, why: l10n.t('{0} ({1}): the template of the stack keeps it by its DeletionPolicy.', logicalId, type) };
}

function stackLoses(types: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  const shown = [...counts].slice(0, mostTypes).map(([type, count]) => (count === 1 ? type : `${count} × ${type}`));
  const listed = [...shown, ...(counts.size > mostTypes ? ['…'] : [])].join(', ');
  return counted(types.length, l10n.t('Everything that is in it, 1 resource: {0}', listed), l10n.t('Everything that is in it, {0} resources: {1}', types.length, listed));
}
