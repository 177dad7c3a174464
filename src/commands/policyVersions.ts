import * as vscode from 'vscode';
import type { IotPolicyVersion } from '../core/ports/iotApi';
import type { StepRun } from '../core/ports/services';
import type { FleetNames } from '../core/provisioning/steps';
import { targetOf } from '../platform/commandTargets';
import { deployedUri } from '../platform/deployedUri';
import { deletePolicyVersions, makeDefaultPolicyVersion, policyVersions, prunable } from '../services/lifecycle/policyLife';
import { deleteVersions, makeDefaultVersion } from '../services/lifecycle/templateLife';

export type Work = Pick<StepRun, 'connection' | 'ui' | 'signal'>;

/** An account may have thousands of policies; those that a person may look through. */
const mostOffered = 250;

/** Looks at the versions of a policy and changes them: open, compare, default, delete, prune. Answers whether anything changed. */
export async function managePolicyVersions(work: Work, names: FleetNames, hint: unknown): Promise<boolean> {
  const { ui, connection: { target } } = work;
  const name = policyOf(hint) ?? (await choosePolicy(work, names));
  const versions = await policyVersions(work, name);
  const spare = prunable(versions);
  const version = await ui.choose<IotPolicyVersion | 'prune'>({
    title: vscode.l10n.t('Versions of {0}', name),
    placeholder: vscode.l10n.t('AWS IoT keeps five at most'),
    choices: [
      ...versions.map((each) => ({
        label: vscode.l10n.t('Version {0}', each.versionId),
        ...(each.isDefault ? { description: vscode.l10n.t('default: what holds for devices') } : {}),
        ...(each.createdAt === undefined ? {} : { detail: each.createdAt.toLocaleString() }),
        value: each,
      })),
      ...(spare.length > 0 ? [{ label: vscode.l10n.t('Delete all but the default and the newest…'), description: spare.join(', '), value: 'prune' as const }] : []),
    ],
  });
  if (version === 'prune') {
    await deletePolicyVersions(work, name, spare);
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
  const uri = deployedUri('policy', target, name, version.versionId);
  switch (action) {
    case 'open':
      await vscode.window.showTextDocument(uri, { preview: true });
      return false;
    case 'compare':
      await vscode.commands.executeCommand('vscode.diff', uri, deployedUri('policy', target, name), vscode.l10n.t('{0}: version {1} ↔ default', name, version.versionId), { preview: true });
      return false;
    case 'default':
      await makeDefaultPolicyVersion(work, name, version.versionId);
      return true;
    case 'delete':
      await deletePolicyVersions(work, name, [version.versionId]);
      return true;
  }
}

/** The version of a tree node becomes the default, or goes. Anything else than such a node: the versions of a policy are offered. */
export async function changeVersion(work: Work, names: FleetNames, hint: unknown, change: 'default' | 'delete'): Promise<boolean> {
  const { name, version, copyText = '' } = targetOf(hint);
  if (name === undefined || version === undefined) return managePolicyVersions(work, names, undefined);
  if (copyText.includes(':provisioningtemplate/')) await (change === 'default' ? makeDefaultVersion(work, name, Number(version)) : deleteVersions(work, name, [Number(version)]));
  else await (change === 'default' ? makeDefaultPolicyVersion(work, name, version) : deletePolicyVersions(work, name, [version]));
  return true;
}

function policyOf(hint: unknown): string | undefined {
  return /:policy\/([\w+=,.@-]+)$/.exec(targetOf(hint).copyText ?? '')?.[1];
}

/** The policies of the settings first, then those of the account. */
async function choosePolicy({ connection: { iot }, ui, signal }: Work, names: FleetNames): Promise<string> {
  const own = [names.iotPolicyName, names.claimPolicyName];
  const found: string[] = [];
  for await (const { name } of iot.listPolicies({ signal })) {
    found.push(name);
    if (found.length === mostOffered) break;
  }
  const offered = [...own.filter((name) => found.includes(name)), ...found.filter((name) => !own.includes(name))];
  const [only = names.iotPolicyName] = offered;
  if (offered.length < 2) return only;
  return ui.choose({
    title: vscode.l10n.t('Versions of which IoT policy?'),
    choices: offered.map((name) => ({ label: name, value: name, ...(own.includes(name) ? { description: vscode.l10n.t('in use') } : {}) })),
  });
}
