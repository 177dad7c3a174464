import * as vscode from 'vscode';
import { iotArn } from '../core/util/arn';
import { deployedUri } from '../platform/deployedUri';
import { BranchNode } from './branchNode';
import { GroupNode } from './groupNode';
import { FactNode, mapped, MessageNode, ResourceNode, type FleetNode } from './nodes';
import type { TreeScope } from './treeScope';
import { versionsGroup } from './versionNodes';

interface Named {
  readonly name: string;
  readonly arn: string;
}

const none = (): string => vscode.l10n.t('none');

function join(...parts: readonly (string | undefined)[]): { description?: string } {
  const description = parts.filter((part) => part !== undefined && part !== '').join(' · ');
  return description === '' ? {} : { description };
}

function inUse(used: boolean): string | undefined {
  return used ? vscode.l10n.t('in use') : undefined;
}

/** An IoT policy: its versions, and what it is attached to. `at`: id of the node above, which makes ids unique wherever a resource stands. */
export function policyNode(scope: TreeScope, at: string, policy: Named): FleetNode {
  const { connection: { target }, names } = scope;
  const id = `${at}/${policy.arn}`;
  const targets = (): GroupNode =>
    new GroupNode(
      `${id}/targets`,
      { id: 'targets', title: vscode.l10n.t('Attached to'), icon: 'references', empty: vscode.l10n.t('nothing'), list: (_, group) => targetNodes(scope, group, policy.name) },
      scope,
    );
  return new BranchNode(
    { id, label: policy.name, icon: 'shield', kind: vscode.l10n.t('IoT policy'), arn: policy.arn, context: 'policy', opens: deployedUri('policy', target, policy.name), ...join(inUse([names.iotPolicyName, names.claimPolicyName].includes(policy.name))) },
    scope,
    { lists: () => [versionsGroup(scope, id, 'policy', policy), targets()] },
  );
}

/** What has a policy. Certificates that have a claim policy, whichever it is, are claims. */
async function* targetNodes(scope: TreeScope, at: string, policy: string): AsyncIterable<FleetNode> {
  const { connection: { iot }, names, signal } = scope;
  let claim: boolean | undefined = policy === names.claimPolicyName ? true : undefined;
  for await (const arn of iot.listTargetsForPolicy(policy, { signal })) {
    claim ??= await isClaimPolicy((await iot.getPolicy(policy, { signal }))?.document);
    yield principalNode(scope, at, arn, claim);
  }
}

async function isClaimPolicy(document: string | undefined): Promise<boolean> {
  if (document === undefined) return false;
  const { policyKindOfText } = await import(/* webpackChunkName: "policy" */ '../core/policy/analyze');
  return policyKindOfText(document) === 'claim';
}

/** What a policy may be attached to, or a thing: a certificate, a thing group, an identity of Amazon Cognito. */
export function principalNode(scope: TreeScope, at: string, arn: string, claim = false): FleetNode {
  if (/:cert\/[0-9a-f]{64}$/.test(arn)) return certificateNode(scope, at, arn, { claim });
  const group = /:thinggroup\/(.+)$/.exec(arn)?.[1];
  if (group !== undefined) return thingGroupNode(scope, at, { name: group, arn });
  return new ResourceNode({ id: `${at}/${arn}`, label: arn, icon: 'account', kind: vscode.l10n.t('identity') });
}

/** A certificate: its state, its policies, its things. `known`: what is known of it without a call. */
export function certificateNode(scope: TreeScope, at: string, arn: string, known: { readonly description?: string; readonly claim?: boolean } = {}): FleetNode {
  const { connection: { iot }, signal } = scope;
  const id = `${at}/${arn}`;
  const certificateId = arn.slice(arn.lastIndexOf('/') + 1);
  return new BranchNode(
    {
      id,
      label: `${certificateId.slice(0, 12)}…`,
      name: certificateId,
      icon: 'verified',
      kind: known.claim === true ? vscode.l10n.t('claim certificate') : vscode.l10n.t('certificate'),
      context: known.claim === true ? 'claim' : 'certificate',
      arn,
      ...join(known.description),
    },
    scope,
    {
      async facts() {
        const certificate = await iot.describeCertificate(certificateId, { signal });
        if (certificate === undefined) return [new MessageNode(`${id}/gone`, vscode.l10n.t('AWS knows this certificate no longer'))];
        return rows(id, [['status', vscode.l10n.t('Status'), certificate.status], ['created', vscode.l10n.t('Created'), certificate.createdAt?.toLocaleString()]]);
      },
      lists: () => [
        new GroupNode(`${id}/policies`, { id: 'policiesOfCertificate', title: vscode.l10n.t('Policies'), icon: 'shield', empty: none(), list: (_, group) => mapped(iot.listAttachedPolicies(arn, { signal }), (policy) => policyNode(scope, group, policy)) }, scope),
        new GroupNode(`${id}/things`, { id: 'thingsOfCertificate', title: vscode.l10n.t('Things'), icon: 'circuit-board', empty: none(), list: (_, group) => mapped(iot.listPrincipalThings(arn, { signal }), (name) => thingNode(scope, group, name)) }, scope),
      ],
    },
  );
}

/** A thing: what is registered of it, without its shadow; its groups and its certificates. `known`: what is known of it without a call. */
export function thingNode(scope: TreeScope, at: string, name: string, known: { readonly arn?: string; readonly typeName?: string | undefined } = {}): FleetNode {
  const { connection: { iot, target }, signal } = scope;
  const arn = known.arn ?? iotArn(target, `thing/${name}`);
  const id = `${at}/${arn}`;
  return new BranchNode({ id, label: name, icon: 'circuit-board', kind: vscode.l10n.t('thing'), arn, context: 'thing', ...join(known.typeName) }, scope, {
    async facts() {
      const thing = await iot.describeThing(name, { signal });
      if (thing === undefined) return [new MessageNode(`${id}/gone`, vscode.l10n.t('AWS knows this thing no longer'))];
      return rows(id, [
        ['type', vscode.l10n.t('Thing type'), thing.typeName ?? none()],
        ['billing', vscode.l10n.t('Billing group'), thing.billingGroupName],
        ...Object.entries(thing.attributes).map(([key, value]) => [`attribute/${key}`, vscode.l10n.t('Attribute {0}', key), value] as const),
      ]);
    },
    lists: () => [
      new GroupNode(`${id}/groups`, { id: 'groupsOfThing', title: vscode.l10n.t('Groups'), icon: 'organization', empty: none(), list: (_, group) => mapped(iot.listThingGroupsForThing(name, { signal }), (one) => thingGroupNode(scope, group, one)) }, scope),
      new GroupNode(`${id}/certificates`, { id: 'certificatesOfThing', title: vscode.l10n.t('Certificates'), icon: 'verified', empty: none(), list: (_, group) => mapped(iot.listThingPrincipals(name, { signal }), (principal) => principalNode(scope, group, principal)) }, scope),
    ],
  });
}

/** A thing group: what is known of it, its policies, its direct members, and the groups below it. */
export function thingGroupNode(scope: TreeScope, at: string, group: Named): FleetNode {
  const { connection: { iot }, names, signal } = scope;
  const id = `${at}/${group.arn}`;
  return new BranchNode({ id, label: group.name, icon: 'organization', kind: vscode.l10n.t('thing group'), arn: group.arn, context: 'thingGroup', ...join(inUse(group.name === names.thingGroupName)) }, scope, {
    async facts() {
      const described = await iot.describeThingGroup(group.name, { signal });
      if (described === undefined) return [new MessageNode(`${id}/gone`, vscode.l10n.t('AWS knows this thing group no longer'))];
      return rows(id, [
        ['parent', vscode.l10n.t('Parent group'), described.parentName],
        ['text', vscode.l10n.t('Description'), described.description === '' ? undefined : described.description],
        ...Object.entries(described.attributes ?? {}).map(([key, value]) => [`attribute/${key}`, vscode.l10n.t('Attribute {0}', key), value] as const),
      ]);
    },
    lists: () => [
      // What a group carries, all its members carry: a policy of a group is in force for devices that do not show it.
      new GroupNode(`${id}/policies`, { id: 'policiesOfGroup', title: vscode.l10n.t('Policies'), icon: 'shield', empty: none(), list: (_, at2) => mapped(iot.listAttachedPolicies(group.arn, { signal }), (policy) => policyNode(scope, at2, policy)) }, scope),
      new GroupNode(`${id}/groups`, { id: 'childGroups', title: vscode.l10n.t('Child groups'), icon: 'organization', empty: none(), list: (_, at2) => mapped(iot.listChildThingGroups(group.name, { signal }), (child) => thingGroupNode(scope, at2, child)) }, scope),
      new GroupNode(`${id}/things`, { id: 'members', title: vscode.l10n.t('Things'), icon: 'circuit-board', empty: none(), list: (_, at2) => mapped(iot.listThingsInThingGroup(group.name, { signal }), (name) => thingNode(scope, at2, name)) }, scope),
    ],
  });
}

/** A role alias: the role behind it, and how long its credentials live. */
export function roleAliasNode(scope: TreeScope, at: string, name: string): FleetNode {
  const { connection: { iot, target }, names, signal } = scope;
  const arn = iotArn(target, `rolealias/${name}`);
  const id = `${at}/${arn}`;
  return new BranchNode({ id, label: name, icon: 'link', kind: vscode.l10n.t('role alias'), arn, context: 'roleAlias', ...join(inUse(name === names.roleAliasName)) }, scope, {
    async facts() {
      const alias = await iot.describeRoleAlias(name, { signal });
      if (alias === undefined) return [new MessageNode(`${id}/gone`, vscode.l10n.t('AWS knows this role alias no longer'))];
      return rows(id, [['role', vscode.l10n.t('Role'), alias.roleArn], ['duration', vscode.l10n.t('Credentials last'), vscode.l10n.t('{0} min', Math.round(alias.credentialDurationSeconds / 60))]]);
    },
  });
}

/** A provisioning template: its role and hook, and its versions. `state`: what the list told. */
export function templateNode(scope: TreeScope, at: string, template: Named, state: string): FleetNode {
  const { connection: { iot, target }, names, signal } = scope;
  const id = `${at}/${template.arn}`;
  const { name } = template;
  return new BranchNode(
    { id, label: name, icon: 'file-code', kind: vscode.l10n.t('provisioning template'), arn: template.arn, context: 'template', opens: deployedUri('template', target, name), ...join(state, inUse(name === names.templateName)) },
    scope,
    {
      async facts() {
        const described = await iot.describeProvisioningTemplate(name, { signal });
        if (described === undefined) return [new MessageNode(`${id}/gone`, vscode.l10n.t('AWS knows this provisioning template no longer'))];
        return rows(id, [
          ['role', vscode.l10n.t('Role'), described.provisioningRoleArn],
          ['type', vscode.l10n.t('Type'), described.type === 'FLEET_PROVISIONING' ? undefined : described.type],
          ['hook', vscode.l10n.t('Hook'), described.preProvisioningHook?.targetArn],
          ['text', vscode.l10n.t('Description'), described.description === '' ? undefined : described.description],
        ]);
      },
      lists: () => [versionsGroup(scope, id, 'template', template)],
    },
  );
}

/** One line for each value that is known. */
export function rows(id: string, values: readonly (readonly [key: string, label: string, value: string | undefined])[]): readonly FleetNode[] {
  return values.flatMap(([key, label, value]) => (value === undefined ? [] : [new FactNode(`${id}/${key}`, label, value)]));
}
