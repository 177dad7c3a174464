import * as vscode from 'vscode';
import { ageText } from '../core/coreDevices/words';
import type { StackEvent, StackOutput, StackResource } from '../core/ports/stackApi';
import { iotArn, parseArn, roleArn } from '../core/util/arn';
import { rows } from './accountNodes';
import { BranchNode } from './branchNode';
import { GroupNode } from './groupNode';
import { FactNode, mapped, ResourceNode, type FleetNode } from './nodes';
import type { TreeScope } from './treeScope';

/** The roles stack, with how it stands, what it gives, what it holds and what happened to it. Nothing when there is none. */
export async function* stackNodes(scope: TreeScope, at: string): AsyncIterable<FleetNode> {
  const { connection: { stacks }, names, signal } = scope;
  const stack = await stacks.describeStack(names.stackName, { signal });
  if (stack === undefined) return;
  const id = `${at}/${stack.id}`;
  const none = vscode.l10n.t('none');
  yield new BranchNode({ id, label: stack.name, icon: stackIcon(stack.status), kind: vscode.l10n.t('stack'), description: stack.status, arn: stack.id, context: 'stack' }, scope, {
    open: true,
    facts: async () =>
      rows(id, [
        ['status', vscode.l10n.t('Status'), [stack.status, stack.statusReason].filter((part) => part !== undefined).join(' · ')],
        ['changed', vscode.l10n.t('Changed'), (stack.updatedAt ?? stack.createdAt)?.toLocaleString()],
      ]),
    lists: () => [
      new GroupNode(`${id}/outputs`, { id: 'outputs', title: vscode.l10n.t('Outputs'), icon: 'output', empty: none, list: (_, group) => outputNodes(group, stack.outputs) }, scope),
      new GroupNode(`${id}/resources`, { id: 'resources', title: vscode.l10n.t('Resources'), icon: 'symbol-misc', empty: none, list: (_, group) => mapped(stacks.listStackResources(stack.id, { signal }), (resource) => resourceNode(scope, group, resource)) }, scope),
      // A stack that was changed often has thousands; CloudFormation gives a hundred or so at a time, whatever is asked for.
      new GroupNode(`${id}/events`, { id: 'events', title: vscode.l10n.t('Events'), icon: 'history', empty: none, pageSize: 100, ages: true, list: (_, group) => mapped(stacks.stackEvents(stack.id, { signal }), (event) => eventNode(group, event)) }, scope),
    ],
  });
}

/** A roll-back that is complete is a failure, too: the stack is as it was before, or nothing. */
function stackIcon(status: string): string {
  if (/FAILED$|ROLLBACK_COMPLETE$/.test(status)) return 'error';
  return /IN_PROGRESS$/.test(status) ? 'sync' : 'layers';
}

async function* outputNodes(at: string, outputs: readonly StackOutput[]): AsyncIterable<FleetNode> {
  for (const { key, value } of outputs) yield new FactNode(`${at}/${key}`, key, value, 'symbol-constant');
}

function resourceNode(scope: TreeScope, at: string, { logicalId, physicalId, type, status }: StackResource): FleetNode {
  const page = physicalId === undefined ? undefined : arnOf(scope, type, physicalId);
  return new ResourceNode({
    id: `${at}/${logicalId}`,
    // The beginning of a physical id is that of the stack: in a narrow view all of them look the same.
    label: logicalId,
    ...(physicalId === undefined ? {} : { name: physicalId }),
    icon: /FAILED$/.test(status) ? 'error' : 'symbol-misc',
    kind: type,
    description: [type, status, physicalId].filter((part) => part !== undefined).join(' · '),
    ...(page === undefined ? {} : { consoleArn: page }),
  });
}

/** ARN to open in the console. It is not copied: a role's path, for one, is not known. */
function arnOf({ connection: { target } }: TreeScope, type: string, physicalId: string): string | undefined {
  if (parseArn(physicalId) !== undefined) return physicalId;
  switch (type) {
    case 'AWS::IAM::Role':
      return roleArn(target, physicalId);
    case 'AWS::IoT::Policy':
      return iotArn(target, `policy/${physicalId}`);
    case 'AWS::IoT::RoleAlias':
      return iotArn(target, `rolealias/${physicalId}`);
    case 'AWS::IoT::ProvisioningTemplate':
      return iotArn(target, `provisioningtemplate/${physicalId}`);
    case 'AWS::IoT::ThingGroup':
      return iotArn(target, `thinggroup/${physicalId}`);
    default:
      return undefined;
  }
}

function eventNode(at: string, { id, timestamp, logicalId, resourceType, status, reason }: StackEvent): FleetNode {
  return new ResourceNode({
    id: `${at}/${id}`,
    label: logicalId,
    icon: /FAILED$/.test(status) ? 'error' : /COMPLETE$/.test(status) ? 'pass' : 'sync',
    kind: resourceType,
    description: () => [status, reason, ageText(timestamp, new Date())].filter((part) => part !== undefined).join(' · '),
  });
}
