import * as l10n from '@vscode/l10n';
import type { StackResource } from '../ports/stackApi';
import { roleNameOfArn } from '../util/arn';
import { counted } from '../util/counted';
import type { HandFacts, OtherUses } from './facts';

/** Names that are told before the rest is only hinted at. */
const mostNames = 5;

const list = (names: readonly string[]): string => [...names.slice(0, mostNames), ...(names.length > mostNames ? ['…'] : [])].join(', ');

/** Why a policy cannot go: other templates give it to devices, which then could not register. Localized, like all of these. */
export function policyUsers(policy: string, others: OtherUses | undefined): string | undefined {
  const users = (others?.templates ?? []).filter(({ policies }) => policies.includes(policy)).map(({ name }) => name);
  if (users.length === 0) return undefined;
  return counted(
    users.length,
    l10n.t('The provisioning template {0} gives it to devices as well. Delete it, or let it name another policy, first.', list(users)),
    l10n.t('The provisioning templates {0} give it to devices as well. Delete them, or let them name another policy, first.', list(users)),
  );
}

/** Why a thing group stays: a template that names a missing group registers nobody. */
export function groupUsers(group: string, others: OtherUses | undefined): string | undefined {
  const users = (others?.templates ?? []).filter(({ groups }) => groups.includes(group)).map(({ name }) => name);
  if (users.length === 0) return undefined;
  return counted(users.length, l10n.t('The provisioning template {0} puts devices into it as well.', list(users)), l10n.t('The provisioning templates {0} put devices into it as well.', list(users)));
}

/** Who loses a role alias besides the devices of this set-up. */
export function aliasUsers(others: OtherUses | undefined): readonly string[] {
  if (others === undefined) return [];
  return [
    ...(others.policies.length === 0 ? [] : [l10n.t('The policies {0} let devices use it as well.', list(others.policies))]),
    ...(others.onlyPolicies === undefined ? [] : [l10n.t('Only {0} policies of the account were looked at: devices that use it by another one lose it too, and are neither named nor counted.', others.onlyPolicies)]),
  ];
}

/** Why a stack cannot go: a role of it works for others. */
export function roleUsers(resources: readonly StackResource[], others: OtherUses | undefined): readonly string[] {
  if (others === undefined) return [];
  const roles = resources.flatMap(({ type, physicalId, status }) => (type === 'AWS::IAM::Role' && physicalId !== undefined && status !== 'DELETE_COMPLETE' ? [physicalId] : []));
  return roles.flatMap((role) => {
    const by = ({ roleArn }: { readonly roleArn: string }): boolean => roleNameOfArn(roleArn) === role;
    const users = [
      ...others.aliases.filter(by).map(({ name }) => l10n.t('role alias {0}', name)),
      ...others.templates.filter(by).map(({ name }) => l10n.t('provisioning template {0}', name)),
    ];
    return users.length === 0 ? [] : [l10n.t('Its role {0} is used by others as well: {1}. Delete these, or point them at another role, first.', role, list(users))];
  });
}

/** Why a stack cannot go: others work with a role or a managed policy of it, and IAM then deletes neither. */
export function identityUsers(hand: HandFacts | undefined): readonly string[] {
  if (hand === undefined) return [];
  return [
    ...hand.roles.flatMap(({ name, profiles }) =>
      profiles.length === 0 ? [] : [l10n.t('Its role {0} is in an instance profile ({1}): EC2 instances may run with it. Remove it from there first.', name, list(profiles))],
    ),
    ...hand.policies.flatMap(({ arn, holders: { roles, users, groups } }) => {
      const names = [...roles.map((name) => l10n.t('role {0}', name)), ...users.map((name) => l10n.t('user {0}', name)), ...groups.map((name) => l10n.t('group {0}', name))];
      return names.length === 0 ? [] : [l10n.t('Its managed policy {0} is in use elsewhere as well: {1}. Detach it there first.', arn, list(names))];
    }),
  ];
}
