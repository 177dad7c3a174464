import * as vscode from 'vscode';
import type { DeployedKind } from '../platform/deployedUri';
import { deployedUri } from '../platform/deployedUri';
import { GroupNode } from './groupNode';
import { ResourceNode, type FleetNode } from './nodes';
import type { TreeScope } from './treeScope';

interface Version {
  readonly versionId: string | number;
  readonly isDefault: boolean;
  readonly createdAt?: Date;
}

/** The versions of a policy or a provisioning template, newest first; each opens read-only, with the language service. AWS keeps five. */
export function versionsGroup(scope: TreeScope, at: string, kind: DeployedKind, of: { readonly name: string; readonly arn: string }): GroupNode {
  const { iot, target } = scope.connection;
  const { signal } = scope;
  const read = async (): Promise<readonly Version[]> => {
    if (kind === 'policy') return iot.listPolicyVersions(of.name, { signal });
    const versions: Version[] = [];
    for await (const version of iot.listProvisioningTemplateVersions(of.name, { signal })) versions.push(version);
    return versions;
  };
  return new GroupNode(
    `${at}/versions`,
    {
      id: 'versions',
      title: vscode.l10n.t('Versions'),
      icon: 'versions',
      empty: vscode.l10n.t('none'),
      async *list(_, id) {
        // Ids are numbers, for policies as text: "10" is younger than "9".
        const versions = [...(await read())].sort((a, b) => Number(b.versionId) - Number(a.versionId));
        for (const version of versions) {
          const versionId = String(version.versionId);
          yield versionNode(id, kind, of, version, deployedUri(kind, target, of.name, versionId));
        }
      },
    },
    scope,
  );
}

function versionNode(at: string, kind: DeployedKind, { name, arn }: { readonly name: string; readonly arn: string }, { versionId, isDefault, createdAt }: Version, opens: vscode.Uri): FleetNode {
  const description = [isDefault ? vscode.l10n.t('default') : undefined, createdAt?.toLocaleString()].filter((part) => part !== undefined).join(' · ');
  return new ResourceNode({
    id: `${at}/${versionId}`,
    label: vscode.l10n.t('Version {0}', versionId),
    icon: isDefault ? 'star-full' : 'history',
    kind: kind === 'policy' ? vscode.l10n.t('version of the IoT policy {0}', name) : vscode.l10n.t('version of the provisioning template {0}', name),
    name,
    version: String(versionId),
    arn,
    context: `${kind}Version;${isDefault ? 'defaultVersion' : 'otherVersion'}`,
    opens,
    ...(description === '' ? {} : { description }),
  });
}
