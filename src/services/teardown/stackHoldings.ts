import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { Stack, StackResource } from '../../core/ports/stackApi';
import type { Fact } from '../../core/relations/facts';
import { templateParts, type TemplatePart, type TemplateScope } from '../../core/stack/templateParts';
import { byHand, otherHolders, type RoleHoldings } from '../../core/teardown/byHand';
import type { HandFacts } from '../../core/teardown/facts';
import { all, isNotFound } from '../removal';
import { lookUnlessGone as look } from '../look';
import { parsedTemplate } from './parsedTemplate';

export interface StackHoldings {
  readonly retained: Fact<readonly StackResource[]>;
  readonly byHand: Fact<HandFacts>;
}

/** What a deletion of the stack would leave in the account, and what would make it fail in IAM. Throws CancelledError only. */
export async function stackHoldings(connection: Connection, stack: Pick<Stack, 'id' | 'name' | 'parameters'>, resources: readonly StackResource[], signal: AbortSignal): Promise<StackHoldings> {
  const there = resources.filter(({ status }) => status !== 'DELETE_COMPLETE' && status !== 'DELETE_SKIPPED');
  // A stack that a change set was made for and that never came to be has no template either.
  if (there.length === 0) return { retained: { kind: 'missing' }, byHand: { kind: 'missing' } };
  const scope: TemplateScope = {
    place: connection.target,
    stack,
    parameters: new Map(stack.parameters.map(({ key, value }) => [key, value])),
    physicalIds: new Map(there.flatMap(({ logicalId, physicalId }) => (physicalId === undefined ? [] : [[logicalId, physicalId] as const]))),
  };
  const parts = await look(async () => {
    const found = templateParts(await parsedTemplate(await connection.stacks.processedTemplate(stack.id, { signal })), scope);
    if (found === undefined) throw new FleetError(l10n.t('The template of the stack {0} is neither JSON nor YAML.', stack.name), { category: 'validation', code: 'templateUnreadable' });
    return found;
  });
  if (parts.kind !== 'found') return { retained: parts, byHand: { kind: 'missing' } };
  const kept = new Set(parts.value.flatMap(({ retained, logicalId }) => (retained ? [logicalId] : [])));
  const going = there.filter(({ logicalId }) => !kept.has(logicalId));
  return {
    retained: { kind: 'found', value: there.filter(({ logicalId }) => kept.has(logicalId)) },
    byHand: await look(async () => handFacts(connection, going, parts.value, scope, signal)),
  };
}

async function handFacts({ roles }: Connection, going: readonly StackResource[], parts: readonly TemplatePart[], scope: TemplateScope, signal: AbortSignal): Promise<HandFacts> {
  const call = { signal };
  const ofType = (type: string): readonly string[] => going.flatMap((resource) => (resource.type === type && resource.physicalId !== undefined ? [resource.physicalId] : []));
  const roleNames = ofType('AWS::IAM::Role');
  const holdings = await Promise.all(
    roleNames.map(async (name) =>
      present(async (): Promise<RoleHoldings> => {
        const [managed, inline, profiles] = await Promise.all([all(roles.listAttachedRolePolicies(name, call)), all(roles.inlineRolePolicyNames(name, call)), all(roles.instanceProfilesOfRole(name, call))]);
        return byHand({ name, managed, inline, profiles }, parts, scope);
      }),
    ),
  );
  const policies = await Promise.all(
    ofType('AWS::IAM::ManagedPolicy').map(async (arn) => present(async () => ({ arn, holders: otherHolders(arn, await roles.entitiesOfPolicy(arn, call), new Set(roleNames), parts, scope) }))),
  );
  return { roles: holdings.flat(), policies: policies.flat() };
}

/** None for what is gone meanwhile: nothing holds on to it. Throws FleetError for what cannot be read. */
async function present<T>(read: () => Promise<T>): Promise<readonly T[]> {
  try {
    return [await read()];
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}
