import * as vscode from 'vscode';
import { isFleetError } from '../core/errors';
import type { Connection } from '../core/ports/connection';
import type { FleetNames } from '../core/provisioning/steps';
import { iotArn } from '../core/util/arn';
import { deployedUri } from '../platform/deployedUri';
import type { ResourceGroup } from './groupNode';
import { ResourceNode, type FleetNode } from './nodes';

export const coreDevicesGroup = 'coreDevices';

/** The account's resources of this flow, each kind read lazily through the connection. */
export function resourceGroups(connection: Connection, names: FleetNames): readonly ResourceGroup[] {
  const { iot, target } = connection;
  return [
    {
      id: 'stack',
      title: vscode.l10n.t('Roles stack'),
      icon: 'layers',
      empty: vscode.l10n.t('no stack named {0}', names.stackName),
      list: (signal) => stackNodes(connection, names.stackName, signal),
    },
    {
      id: 'roleAliases',
      title: vscode.l10n.t('Role aliases'),
      icon: 'link',
      empty: vscode.l10n.t('none'),
      list: (signal) => map(iot.listRoleAliases({ signal }), (name) => node('roleAlias', 'link', vscode.l10n.t('role alias'), name, iotArn(target, `rolealias/${name}`), names.roleAliasName)),
    },
    {
      id: 'policies',
      title: vscode.l10n.t('IoT policies'),
      icon: 'shield',
      empty: vscode.l10n.t('none'),
      list: (signal) =>
        map(iot.listPolicies({ signal }), (policy) => {
          const uses = [names.iotPolicyName, names.claimPolicyName];
          return node('policy', 'shield', vscode.l10n.t('IoT policy'), policy.name, policy.arn, uses, undefined, deployedUri('policy', target, policy.name));
        }),
    },
    {
      id: 'templates',
      title: vscode.l10n.t('Provisioning templates'),
      icon: 'file-code',
      empty: vscode.l10n.t('none'),
      async *list(signal) {
        for await (const { name, arn, enabled } of iot.listProvisioningTemplates({ signal })) {
          // The list does not tell hooks, and each look is a call: only the template in use is looked at.
          const hook = name === names.templateName ? (await iot.describeProvisioningTemplate(name, { signal }))?.preProvisioningHook : undefined;
          const state = [
            enabled ? vscode.l10n.t('enabled') : vscode.l10n.t('disabled'),
            ...(hook === undefined ? [] : [vscode.l10n.t('hook {0}, payload {1}', hook.targetArn.replace(/^.*:function:/, ''), hook.payloadVersion)]),
          ].join(' · ');
          yield node('template', 'file-code', vscode.l10n.t('provisioning template'), name, arn, names.templateName, state, deployedUri('template', target, name));
        }
      },
    },
    {
      id: 'thingGroups',
      title: vscode.l10n.t('Thing groups'),
      icon: 'organization',
      empty: vscode.l10n.t('none'),
      list: (signal) => map(iot.listThingGroups({ signal }), (group) => node('thingGroup', 'organization', vscode.l10n.t('thing group'), group.name, group.arn, names.thingGroupName)),
    },
    {
      id: 'claimCertificates',
      title: vscode.l10n.t('Claim certificates'),
      icon: 'verified',
      empty: vscode.l10n.t('none that carries {0}', names.claimPolicyName),
      list: (signal) => claimCertificateNodes(connection, names.claimPolicyName, signal),
    },
    {
      id: coreDevicesGroup,
      title: vscode.l10n.t('Greengrass core devices'),
      icon: 'server-environment',
      empty: vscode.l10n.t('none has reported'),
      async *list(signal, log) {
        const { coreDeviceNodes } = await import(/* webpackChunkName: "coreDevices" */ './coreDeviceNodes');
        yield* coreDeviceNodes(connection, signal, log);
      },
    },
  ];
}

async function* stackNodes(connection: Connection, stackName: string, signal: AbortSignal): AsyncIterable<FleetNode> {
  const stack = await connection.stacks.describeStack(stackName, { signal });
  if (stack === undefined) return;
  yield new ResourceNode({ id: `stack/${stack.id}`, label: stack.name, icon: 'layers', kind: vscode.l10n.t('stack'), description: stack.status, arn: stack.id });
  for await (const resource of connection.stacks.listStackResources(stack.id, { signal })) {
    yield new ResourceNode({
      id: `stack/${stack.id}/${resource.logicalId}`,
      label: resource.physicalId ?? resource.logicalId,
      icon: 'symbol-field',
      kind: resource.type,
      description: `${resource.type} · ${resource.status}`,
    });
  }
}

/** The certificates that carry the claim policy; an account may hold thousands of others, one for each device. */
async function* claimCertificateNodes(connection: Connection, claimPolicy: string, signal: AbortSignal): AsyncIterable<FleetNode> {
  try {
    for await (const arn of connection.iot.listTargetsForPolicy(claimPolicy, { signal })) {
      const id = /:cert\/([0-9a-f]{64})$/.exec(arn)?.[1];
      if (id === undefined) continue;
      const certificate = await connection.iot.describeCertificate(id, { signal });
      yield new ResourceNode({
        id: `certificate/${arn}`,
        label: id.slice(0, 12) + '…',
        icon: 'verified',
        kind: vscode.l10n.t('claim certificate'),
        context: 'claim',
        description: certificate?.status ?? vscode.l10n.t('not found'),
        arn,
      });
    }
  } catch (error) {
    // Without the claim policy there is no claim certificate yet: an empty list, not an error.
    if (!(isFleetError(error) && error.category === 'notFound')) throw error;
  }
}

function node(
  prefix: string,
  icon: string,
  kind: string,
  name: string,
  arn: string,
  usedNames: string | readonly string[],
  state?: string,
  opens?: vscode.Uri,
): FleetNode {
  const used = typeof usedNames === 'string' ? usedNames === name : usedNames.includes(name);
  const description = [state, used ? vscode.l10n.t('in use') : undefined].filter((part) => part !== undefined).join(' · ');
  return new ResourceNode({
    id: `${prefix}/${arn}`,
    label: name,
    icon,
    kind,
    arn,
    context: prefix,
    ...(description === '' ? {} : { description }),
    ...(opens === undefined ? {} : { opens }),
  });
}

async function* map<A, B>(items: AsyncIterable<A>, by: (item: A) => B): AsyncIterable<B> {
  for await (const item of items) yield by(item);
}
