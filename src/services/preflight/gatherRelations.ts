import type { Connection } from '../../core/ports/connection';
import type { Role } from '../../core/ports/roleApi';
import type { FleetNames } from '../../core/provisioning/steps';
import { templateFacts } from '../../core/provisioning/templateBody';
import type { ClaimCertificate, Fact, RelationFacts, RoleDocument, RolePermissions } from '../../core/relations/facts';
import { iotArn } from '../../core/util/arn';
import { all } from '../removal';
import { namesOf, stackMeaning } from '../steps/accountLook';
import { look } from '../look';
import { roleFact } from './roleFact';

/** Claim certificates looked at; each costs a call. */
const mostClaims = 20;

/**
 * Looks at all that hangs together in a fleet. Reads only, four calls at once at most. What may not be read is
 * `unreadable` with the reason; throws CancelledError only.
 */
export async function gatherRelations(connection: Connection, base: FleetNames, signal: AbortSignal): Promise<RelationFacts> {
  const { iot, stacks, target } = connection;
  const call = { signal };
  const stack = await look(() => stacks.describeStack(base.stackName, call));
  const meaning = stack.kind === 'found' ? await stackMeaning(connection, stack.value, signal) : undefined;
  const names = namesOf(base, meaning);
  const [alias, devicePolicy, claimPolicy, template] = await Promise.all([
    look(() => iot.describeRoleAlias(names.roleAliasName, call)),
    look(() => iot.getPolicy(names.iotPolicyName, call)),
    look(() => iot.getPolicy(names.claimPolicyName, call)),
    look(() => iot.describeProvisioningTemplate(names.templateName, call)),
  ]);
  const role = async (arn: string): Promise<Fact<Role>> => roleFact(connection, arn, signal);
  const [aliasRole, provisioningRole, claims] = await Promise.all([
    alias.kind === 'found' ? role(alias.value.roleArn) : ({ kind: 'missing' } as const),
    template.kind === 'found' ? role(template.value.provisioningRoleArn) : ({ kind: 'missing' } as const),
    claimPolicy.kind === 'found' ? look(() => claimsOf(connection, names.claimPolicyName, signal)) : ({ kind: 'missing' } as const),
  ]);
  const permissions = async (of: Fact<Role>): Promise<Fact<RolePermissions>> => (of.kind === 'found' ? look(() => permissionsOf(connection, of.value.name, signal)) : of);
  const [aliasPermissions, provisioningPermissions, stackRoleNames] = await Promise.all([permissions(aliasRole), permissions(provisioningRole), stack.kind === 'found' ? rolesOfStack(connection, stack.value.id, signal) : undefined]);
  const named = templateFacts(template.kind === 'found' ? template.value.templateBody : '');
  const groups = await each(named.thingGroups, (name) => look(() => iot.describeThingGroup(name, call)));
  const templatePolicies = await each(named.policies, (name) => look(() => iot.getPolicy(name, call)));
  const { tokenExchangeRole, provisioningRole: stackProvisioning } = meaning ?? {};
  const stackRoles = {
    ...(tokenExchangeRole === undefined ? {} : { tokenExchange: tokenExchangeRole.arn }),
    ...(stackProvisioning === undefined ? {} : { provisioning: stackProvisioning.arn }),
    ...(stackRoleNames === undefined ? {} : { all: stackRoleNames }),
  };
  return { target, names, stack, stackRoles, alias, aliasRole, aliasPermissions, devicePolicy, claimPolicy, template, provisioningRole, provisioningPermissions, groups, templatePolicies, claims: listed(claims), moreClaims: claims.kind === 'found' && claims.value.length > mostClaims };
}

function listed(claims: RelationFacts['claims']): RelationFacts['claims'] {
  return claims.kind === 'found' ? { kind: 'found', value: claims.value.slice(0, mostClaims) } : claims;
}

export async function permissionsOf({ roles }: Connection, name: string, signal: AbortSignal): Promise<RolePermissions> {
  const managed: string[] = [];
  const documents: RoleDocument[] = [];
  for await (const policy of roles.listAttachedRolePolicies(name, { signal })) {
    const document = await look(() => roles.managedPolicy(policy.arn, { signal }));
    if (document.kind === 'found') documents.push({ name: policy.name, document: document.value, managed: true });
    else managed.push(policy.name);
  }
  return { inline: [...(await roles.inlineRolePolicies(name, { signal })), ...documents], managed };
}

/** Names of the roles that a stack made; undefined when they may not be listed. */
export async function rolesOfStack({ stacks }: Connection, stackId: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
  const listed = await look(() => all(stacks.listStackResources(stackId, { signal })));
  if (listed.kind !== 'found') return undefined;
  return listed.value.flatMap(({ type, physicalId }) => (type === 'AWS::IAM::Role' && physicalId !== undefined ? [physicalId] : []));
}

/** One more than is looked at when there are more. */
async function claimsOf({ iot, target }: Connection, policy: string, signal: AbortSignal): Promise<readonly ClaimCertificate[]> {
  const found: ClaimCertificate[] = [];
  const head = iotArn(target, 'cert/');
  for await (const arn of iot.listTargetsForPolicy(policy, { signal })) {
    if (!arn.startsWith(head)) continue;
    const id = arn.slice(head.length);
    if (found.length === mostClaims) return [...found, { id, certificate: { kind: 'missing' } }];
    found.push({ id, certificate: await look(() => iot.describeCertificate(id, { signal })) });
  }
  return found;
}

/** One after another: a template may name many. */
async function each<T>(names: readonly string[], read: (name: string) => Promise<T>): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>();
  for (const name of names) found.set(name, await read(name));
  return found;
}
