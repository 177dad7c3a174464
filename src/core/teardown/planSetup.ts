import * as l10n from '@vscode/l10n';
import type { LedgerEntry } from '../ports/deviceLedger';
import type { AwsTarget } from '../ports/identity';
import type { Fact } from '../relations/facts';
import { stackCondition } from '../stack/condition';
import { iotArn } from '../util/arn';
import { counted } from '../util/counted';
import { aliasUsers, groupUsers, identityUsers, policyUsers, roleUsers } from './otherUses';
import { claimAction, isDevice, roleActions, testDeviceAction, type Staying, type TeardownAction, type TeardownPlan } from './actions';
import type { OtherUses, PolicyFact, SetupFacts } from './facts';
import { keptByTemplate, stackAction } from './stackAction';

/** The plan for all of a set-up. */
export function planSetup(setup: SetupFacts, testDevices: readonly LedgerEntry[], target: AwsTarget): Pick<TeardownPlan, 'actions' | 'stays' | 'unknown' | 'fieldDevices'> {
  const stays: Staying[] = [];
  const tests = new Set(testDevices.map(({ certificateId }) => iotArn(target, `cert/${certificateId}`)));
  const candidates = (valueOf(setup.claims) ?? []).filter(({ arn }) => !tests.has(arn));
  const claims = candidates.filter((claim) => !isDevice(claim));
  const claimArns = new Set(claims.map(({ arn }) => arn));
  const ofOthers = (arn: string): boolean => !tests.has(arn) && !claimArns.has(arn);
  const principals = new Set([...(valueOf(setup.principals) ?? []), ...candidates.map(({ arn }) => arn)].filter(ofOthers));
  // Devices with a policy of others lose the role alias alone.
  const losing = new Set([...principals, ...[...(valueOf(setup.others)?.principals ?? [])].filter(ofOthers)]);
  const group = valueOf(setup.group);
  const retained = valueOf(setup.retained) ?? [];
  const keeps = (type: string, name: string): boolean => retained.some((resource) => resource.type === type && resource.physicalId === name);
  const testThings = new Set(testDevices.flatMap(({ thingName }) => thingName ?? []));
  const members = (group?.things ?? []).filter((thing) => !testThings.has(thing));
  // A thing and its certificate are one device; which belong together would take a call for each. The larger number is asked for.
  const fieldDevices = Math.max(losing.size, members.length);

  const devicePolicy = without(valueOf(setup.devicePolicy), 'AWS::IoT::Policy', keeps);
  const claimPolicy = without(valueOf(setup.claimPolicy), 'AWS::IoT::Policy', keeps);
  const others = valueOf(setup.others);
  const actions: TeardownAction[] = [...testDevices.map((entry) => testDeviceAction(entry, target)), ...claims.map(claimAction)];
  if (claimPolicy !== undefined && claimPolicy.name !== devicePolicy?.name) {
    const devices = candidates.length - claims.length;
    actions.push(policyAction(claimPolicy, devices === 0 ? l10n.t('Nobody: the claim certificates are gone by then.') : counted(devices, l10n.t('It is taken off the certificate of a device, which stays active.'), l10n.t('It is taken off {0} certificates of devices, which stay active.', devices)), others));
  }
  if (devicePolicy !== undefined) {
    actions.push(policyAction(devicePolicy, withoutPolicy(principals.size), others));
  }
  for (const policy of valueOf(setup.stackPolicies) ?? []) {
    if (keeps('AWS::IoT::Policy', policy.name)) continue;
    actions.push(policyAction(policy, l10n.t('It is part of the stack. It is taken off the certificates that have it, which stay active.'), others));
  }
  const template = without(valueOf(setup.template), 'AWS::IoT::ProvisioningTemplate', keeps);
  if (template !== undefined) actions.push(named('provisioningTemplate', template, l10n.t('No device can register by it any more. Devices that are registered stay as they are.')));
  const alias = without(valueOf(setup.roleAlias), 'AWS::IoT::RoleAlias', keeps);
  if (alias !== undefined) {
    actions.push(named('roleAlias', alias, [withoutCredentials(fieldDevices), ...aliasUsers(others)].join(' ')));
  }
  const stack = valueOf(setup.stack);
  const groupKept = group !== undefined && keeps('AWS::IoT::ThingGroup', group.name);
  const ofStack = group !== undefined && !groupKept && stack?.resources.some(({ type, physicalId }) => type === 'AWS::IoT::ThingGroup' && physicalId === group.name) === true;
  if (group !== undefined && !ofStack && !groupKept) {
    const why = whyGroupStays(group.children, members) ?? groupUsers(group.name, others);
    if (why === undefined) actions.push(named('thingGroup', group, l10n.t('Nobody: no thing of others is in it.')));
    else stays.push({ kind: 'thingGroup', name: group.name, why });
  }
  const hand = valueOf(setup.byHand);
  actions.push(...(hand?.roles ?? []).flatMap(roleActions));
  if (stack !== undefined && stackCondition(stack.status) !== 'none') {
    const going = stack.resources.filter(({ status, logicalId }) => status !== 'DELETE_COMPLETE' && !retained.some((resource) => resource.logicalId === logicalId));
    const ofGroup = ofStack ? { loses: [counted(members.length, l10n.t('The thing group {0} is part of it: 1 thing loses its deployments.', group.name), l10n.t('The thing group {0} is part of it: {1} things lose its deployments.', group.name, members.length))], blocks: [group.children.length > 0 ? whyGroupStays(group.children, members) : undefined, groupUsers(group.name, others)] } : { loses: [], blocks: [] };
    actions.push(stackAction(stack, going, ofGroup.loses, [...ofGroup.blocks, ...roleUsers(going, others), ...identityUsers(hand)].flatMap((reason) => reason ?? [])));
  }
  stays.push(...retained.map(keptByTemplate));
  return { actions, stays, unknown: unknownOf(setup), fieldDevices };
}

/** Deployments hang on a group: a device that leaves it loses their components. https://docs.aws.amazon.com/greengrass/v2/developerguide/manage-deployments.html */
function whyGroupStays(children: readonly string[], members: readonly string[]): string | undefined {
  if (children.length > 0) return counted(children.length, l10n.t('It has a group below it: {0}.', children[0] ?? ''), l10n.t('It has {0} groups below it, such as {1}.', children.length, children[0] ?? ''));
  if (members.length > 0) return counted(members.length, l10n.t('The thing {0} is in it: its deployments hang on it.', members[0] ?? ''), l10n.t('{0} things are in it, such as {1}: their deployments hang on it.', members.length, members[0] ?? ''));
  return undefined;
}

/** One line for each part that could not be read. */
function unknownOf(setup: SetupFacts): readonly string[] {
  const parts: readonly (readonly [string, Fact<unknown>])[] = [
    [l10n.t('The claim certificates could not be read completely'), setup.claims],
    [l10n.t('The devices in the field could not be counted completely'), setup.principals],
    [l10n.t('The claim policy could not be read'), setup.claimPolicy],
    [l10n.t('The device policy could not be read'), setup.devicePolicy],
    [l10n.t('The policies of the stack could not be read'), setup.stackPolicies],
    [l10n.t('The provisioning template could not be read'), setup.template],
    [l10n.t('The role alias could not be read'), setup.roleAlias],
    [l10n.t('The thing group could not be read'), setup.group],
    [l10n.t('The stack could not be read'), setup.stack],
    [l10n.t('The template of the stack could not be read'), setup.retained],
    [l10n.t('Whether the roles of the stack have policies or uses of others could not be found out'), setup.byHand],
    [l10n.t('Whether other templates or role aliases work with it could not be found out'), setup.others],
  ];
  return parts.flatMap(([text, fact]) => (fact.kind === 'unreadable' ? [`${text}: ${fact.why}`] : []));
}

function policyAction(policy: PolicyFact, loses: string, others: OtherUses | undefined): TeardownAction {
  const blockedBy = policyUsers(policy.name, others);
  const action = named('iotPolicy', policy, policy.versions > 1 ? `${loses} ${l10n.t('All of its {0} versions.', policy.versions)}` : loses);
  return blockedBy === undefined ? action : { ...action, blockedBy };
}

function named(kind: 'iotPolicy' | 'provisioningTemplate' | 'roleAlias' | 'thingGroup', { name, arn }: { readonly name: string; readonly arn: string }, loses: string): TeardownAction {
  return { id: `${kind}:${name}`, kind, key: name, name, arn, loses };
}

/** Undefined for what the stack's template keeps. */
function without<T extends { readonly name: string }>(found: T | undefined, type: string, keeps: (type: string, name: string) => boolean): T | undefined {
  return found === undefined || keeps(type, found.name) ? undefined : found;
}

function valueOf<T>(fact: Fact<T>): T | undefined {
  return fact.kind === 'found' ? fact.value : undefined;
}

function withoutPolicy(devices: number): string {
  if (devices === 0) return l10n.t('Nobody: no device in the field has it.');
  return counted(
    devices,
    l10n.t('1 device in the field may do nothing any more that only this policy allows, such as connecting. It is taken off its certificate, which stays active.'),
    l10n.t('{0} devices in the field may do nothing any more that only this policy allows, such as connecting. It is taken off their certificates, which stay active.', devices),
  );
}

function withoutCredentials(devices: number): string {
  if (devices === 0) return l10n.t('Nobody: no device in the field is known.');
  return counted(
    devices,
    l10n.t('1 device in the field gets no AWS credentials from then on: no artifacts from S3, no logs to CloudWatch.'),
    l10n.t('{0} devices in the field get no AWS credentials from then on: no artifacts from S3, no logs to CloudWatch.', devices),
  );
}
