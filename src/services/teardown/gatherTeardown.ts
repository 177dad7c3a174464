import * as l10n from '@vscode/l10n';
import type { Connection } from '../../core/ports/connection';
import type { DeviceLedger, LedgerEntry } from '../../core/ports/deviceLedger';
import type { AwsTarget } from '../../core/ports/identity';
import type { Progress } from '../../core/ports/interaction';
import type { IotPolicy } from '../../core/ports/iotApi';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import type { FleetNames } from '../../core/provisioning/steps';
import { templateFacts } from '../../core/provisioning/templateBody';
import type { Fact } from '../../core/relations/facts';
import type { PolicyFact, SetupFacts, TeardownFacts, TeardownScope } from '../../core/teardown/facts';
import { all } from '../removal';
import { namesOf, stackMeaning } from '../steps/accountLook';
import { claimCandidates, claimFact } from './claimFacts';
import { lookUnlessGone as look } from '../look';
import { otherUses, type Own } from './otherUses';
import { principalsOf, type Principals } from './principals';
import { stackHoldings, type StackHoldings } from './stackHoldings';

export interface GatherWork {
  readonly connection: Connection;
  /** Names of the settings, or as the stack knows them better. */
  readonly names: FleetNames;
  readonly files: Pick<WorkspaceFiles, 'read'>;
  readonly ledger: DeviceLedger;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Reads what a teardown would reach; changes nothing. What may not be read is `unreadable` with the reason; throws CancelledError only. */
export async function gatherTeardown(work: GatherWork, scope: TeardownScope): Promise<TeardownFacts> {
  const { connection, names, ledger } = work;
  const { target } = connection;
  switch (scope.kind) {
    case 'testDevices':
      return { scope: 'testDevices', target, testDevices: await ownDevices(ledger, target) };
    case 'oneClaim':
      return { scope: 'oneClaim', target, claim: await look(() => claimFact(work, names, scope.certificateId)), claimPolicyName: names.claimPolicyName };
    case 'everything':
      return { scope: 'everything', target, testDevices: await ownDevices(ledger, target), setup: await gatherSetup(work) };
  }
}

/** The ledger's devices of this account and region. */
async function ownDevices(ledger: DeviceLedger, { account, region }: AwsTarget): Promise<readonly LedgerEntry[]> {
  return (await ledger.entries()).filter((entry) => entry.account === account && entry.region === region);
}

async function gatherSetup(work: GatherWork): Promise<SetupFacts> {
  const { connection, progress, signal } = work;
  const { iot, stacks } = connection;
  const call = { signal };
  progress.report(l10n.t('Reading what is deployed …'));
  const stack = await look(() => stacks.describeStack(work.names.stackName, call));
  const names = stack.kind === 'found' ? namesOf(work.names, await stackMeaning(connection, stack.value, signal)) : work.names;
  const [stackFact, roleAlias, template, group, claimPolicy, devicePolicy] = await Promise.all([
    detailOf(stack, async ({ id, name, status, terminationProtection }) => ({ id, name, status, ...(terminationProtection === true ? { protected: true } : {}), resources: await all(stacks.listStackResources(id, call)) })),
    look(() => iot.describeRoleAlias(names.roleAliasName, call)),
    look(() => iot.describeProvisioningTemplate(names.templateName, call)),
    look(() => iot.describeThingGroup(names.thingGroupName, call)).then((found) => detailOf(found, ({ name, arn }) => groupFact(connection, name, arn, signal))),
    look(() => iot.getPolicy(names.claimPolicyName, call)),
    look(() => iot.getPolicy(names.iotPolicyName, call)),
  ]);
  const gone: StackHoldings = { retained: { kind: 'missing' }, byHand: { kind: 'missing' } };
  const holdings = stack.kind === 'found' && stackFact.kind === 'found' ? await stackHoldings(connection, stack.value, stackFact.value.resources, signal) : gone;
  progress.report(l10n.t('Counting the devices in the field …'));
  const counted = (found: number): void => progress.report(l10n.t('Counting the devices in the field: {0} …', found));
  const devicePrincipals = await detailOf(devicePolicy, ({ name }) => principalsOf(iot, name, signal, counted));
  const claimPrincipals = names.claimPolicyName === names.iotPolicyName ? devicePrincipals : await detailOf(claimPolicy, ({ name }) => principalsOf(iot, name, signal, counted));
  const extra = (valueOr(stackFact)?.resources ?? []).flatMap(({ type, physicalId, status }) => (type === 'AWS::IoT::Policy' && physicalId !== undefined && status !== 'DELETE_COMPLETE' ? [physicalId] : []));
  const stackPolicies = await look(() => policiesOf(work, extra.filter((name) => name !== names.claimPolicyName && name !== names.iotPolicyName), counted));
  progress.report(l10n.t('Looking for what else works with it …'));
  const ofStack = (type: string): readonly string[] => (valueOr(stackFact)?.resources ?? []).flatMap((resource) => (resource.type === type && resource.physicalId !== undefined ? [resource.physicalId] : []));
  const own: Own = {
    templates: new Set([names.templateName, ...ofStack('AWS::IoT::ProvisioningTemplate')]),
    aliases: new Set([names.roleAliasName, ...ofStack('AWS::IoT::RoleAlias')]),
    policies: new Set([names.claimPolicyName, names.iotPolicyName, ...extra]),
    given: template.kind === 'found' ? templateFacts(template.value.templateBody).policies : [],
    ...(roleAlias.kind === 'found' ? { alias: roleAlias.value.name } : {}),
  };
  const read = (policies: number): void => progress.report(l10n.t('Looking for what else works with it: {0} policies read …', policies));
  const others = await look(() => otherUses(connection, own, signal, { counted, read }));
  progress.report(l10n.t('Looking at the claim certificates …'));
  const claims = await look(() => claimCandidates(work, valueOr(claimPrincipals)?.certificates ?? [], valueOr(devicePrincipals)));
  return {
    names,
    stack: stackFact,
    ...holdings,
    others,
    roleAlias,
    template,
    group,
    claims: claimPrincipals.kind === 'unreadable' ? claimPrincipals : claims,
    principals: joined(devicePrincipals, claimPrincipals, stackPolicies.kind === 'found' ? { kind: 'found', value: stackPolicies.value.principals } : stackPolicies),
    claimPolicy: await policyFact(work, claimPolicy),
    devicePolicy: await policyFact(work, devicePolicy),
    stackPolicies: stackPolicies.kind === 'found' ? { kind: 'found', value: stackPolicies.value.policies } : stackPolicies,
  };
}

async function groupFact({ iot }: Connection, name: string, arn: string, signal: AbortSignal): Promise<{ name: string; arn: string; children: readonly string[]; things: readonly string[] }> {
  const [children, things] = await Promise.all([all(iot.listChildThingGroups(name, { signal })), all(iot.listThingsInThingGroup(name, { signal }))]);
  return { name, arn, children: children.map((child) => child.name), things };
}

async function policyFact({ connection, signal }: GatherWork, policy: Fact<IotPolicy>): Promise<Fact<PolicyFact>> {
  return detailOf(policy, async ({ name, arn }) => ({ name, arn, versions: (await connection.iot.listPolicyVersions(name, { signal })).length }));
}

/** Policies by name, without those that are gone, and everyone who has one of them. Throws FleetError. */
async function policiesOf({ connection: { iot }, signal }: GatherWork, policyNames: readonly string[], counted: (found: number) => void): Promise<{ policies: readonly PolicyFact[]; principals: ReadonlySet<string> }> {
  const policies: PolicyFact[] = [];
  const principals = new Set<string>();
  for (const policyName of policyNames) {
    const policy = await iot.getPolicy(policyName, { signal });
    if (policy === undefined) continue;
    for (const arn of (await principalsOf(iot, policyName, signal, counted)).everyone) principals.add(arn);
    policies.push({ name: policyName, arn: policy.arn, versions: (await iot.listPolicyVersions(policyName, { signal })).length });
  }
  return { policies, principals };
}

/** All that have the device policy or one of the stack's, and those that have the claim policy by a group. Certificates that carry the claim policy themselves are looked at one by one. */
function joined(device: Fact<Principals>, claim: Fact<Principals>, ofStack: Fact<ReadonlySet<string>>): Fact<ReadonlySet<string>> {
  if (device.kind === 'unreadable') return device;
  if (claim.kind === 'unreadable') return claim;
  if (ofStack.kind === 'unreadable') return ofStack;
  return { kind: 'found', value: new Set([...(valueOr(device)?.everyone ?? []), ...(valueOr(claim)?.others ?? []), ...(valueOr(ofStack) ?? [])]) };
}

function valueOr<T>(fact: Fact<T>): T | undefined {
  return fact.kind === 'found' ? fact.value : undefined;
}

/** What is known of something that was found; the reason when it cannot be read, `missing` when it went meanwhile. */
async function detailOf<A, B>(fact: Fact<A>, read: (value: A) => Promise<B>): Promise<Fact<B>> {
  return fact.kind === 'found' ? look(() => read(fact.value)) : fact;
}
