import * as vscode from 'vscode';
import type { FleetHit } from '../core/search/hits';
import type { ResourceGroup } from './groupNode';
import type { FleetNode } from './nodes';
import type { TreeScope } from './treeScope';

/** What somebody searched for, on top of the tree, whole: in its own list it may be the millionth. */
export function foundGroup(found: () => readonly FleetHit[]): ResourceGroup {
  return {
    id: 'found',
    title: vscode.l10n.t('Found'),
    icon: 'search',
    empty: vscode.l10n.t('nothing'),
    ages: true,
    async *list(scope, id) {
      for (const hit of found()) yield await hitNode(scope, id, hit);
    },
  };
}

async function hitNode(scope: TreeScope, id: string, hit: FleetHit): Promise<FleetNode> {
  if (hit.kind === 'coreDevice') {
    const { CoreDeviceNode } = await import(/* webpackChunkName: "coreDevices" */ './coreDeviceNodes');
    return new CoreDeviceNode(scope, hit, id);
  }
  const { certificateNode, policyNode, thingNode } = await import(/* webpackChunkName: "accountTree" */ './accountNodes');
  if (hit.kind === 'thing') return thingNode(scope, id, hit.name, { arn: hit.arn, typeName: hit.typeName });
  return hit.kind === 'policy' ? policyNode(scope, id, hit) : certificateNode(scope, id, hit.arn, { description: hit.status });
}
