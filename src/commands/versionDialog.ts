import * as vscode from 'vscode';
import type { Interaction } from '../core/ports/interaction';
import type { AwsTarget } from '../core/ports/identity';
import { deployedUri } from '../platform/deployedUri';

/** A document with versions, and what may be done to them. `Id`: text for policies, a number for templates. */
export interface Versioned<Id extends string | number> {
  readonly kind: 'policy' | 'template';
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly { readonly versionId: Id; readonly isDefault: boolean; readonly createdAt?: Date }[];
  /** Localized: whom the default version is for. */
  readonly defaultIs: string;
  readonly placeholder: string;
  /** Deletes several at once; undefined where there are none to spare. */
  readonly prune?: { readonly label: string; readonly description?: string; readonly versionIds: readonly Id[] };
  makeDefault(versionId: Id): Promise<void>;
  delete(versionIds: readonly Id[]): Promise<void>;
}

/** Looks at versions and changes them: open, compare, default, delete, prune. Answers whether anything changed. */
export async function manageVersions<Id extends string | number>(ui: Interaction, target: AwsTarget, document: Versioned<Id>): Promise<boolean> {
  const { kind, name, versions, prune } = document;
  const version = await ui.choose<(typeof versions)[number] | 'prune'>({
    title: vscode.l10n.t('Versions of {0}', name),
    placeholder: document.placeholder,
    choices: [
      ...versions.map((each) => ({
        label: vscode.l10n.t('Version {0}', each.versionId),
        ...(each.isDefault ? { description: document.defaultIs } : {}),
        ...(each.createdAt === undefined ? {} : { detail: each.createdAt.toLocaleString() }),
        value: each,
      })),
      ...(prune === undefined ? [] : [{ label: prune.label, ...(prune.description === undefined ? {} : { description: prune.description }), value: 'prune' as const }]),
    ],
  });
  if (version === 'prune') {
    await document.delete(prune?.versionIds ?? []);
    return true;
  }
  const action = await ui.choose<'open' | 'compare' | 'default' | 'delete'>({
    title: vscode.l10n.t('Version {0} of {1}', version.versionId, name),
    choices: [
      { label: vscode.l10n.t('Open'), value: 'open' },
      ...(version.isDefault
        ? []
        : [
            { label: vscode.l10n.t('Compare with the Default'), value: 'compare' as const },
            { label: vscode.l10n.t('Make Default'), value: 'default' as const },
            { label: vscode.l10n.t('Delete'), value: 'delete' as const },
          ]),
    ],
  });
  const uri = deployedUri(kind, target, name, String(version.versionId));
  switch (action) {
    case 'open':
      await vscode.window.showTextDocument(uri, { preview: true });
      return false;
    case 'compare':
      await vscode.commands.executeCommand('vscode.diff', uri, deployedUri(kind, target, name), vscode.l10n.t('{0}: version {1} ↔ default', name, version.versionId), { preview: true });
      return false;
    case 'default':
      await document.makeDefault(version.versionId);
      return true;
    case 'delete':
      await document.delete([version.versionId]);
      return true;
  }
}
