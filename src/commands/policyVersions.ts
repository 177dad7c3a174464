import * as vscode from 'vscode';
import type { StepRun } from '../core/ports/services';
import type { FleetNames } from '../core/provisioning/steps';
import { targetAt } from '../platform/otherRegion';
import { deletePolicyVersions, makeDefaultPolicyVersion, policyVersions, prunable } from '../services/lifecycle/policyLife';
import { deleteVersions, makeDefaultVersion } from '../services/lifecycle/templateLife';
import { manageVersions } from './versionDialog';

export type Work = Pick<StepRun, 'connection' | 'ui' | 'signal'>;

/** An account may have thousands of policies; those that a person may look through. */
const mostOffered = 250;

/** Looks at the versions of a policy and changes them. Answers whether anything changed. */
export async function managePolicyVersions(work: Work, names: FleetNames, hint: unknown): Promise<boolean> {
  const name = policyOf(work, hint) ?? (await choosePolicy(work, names));
  const versions = await policyVersions(work, name);
  const spare = prunable(versions);
  return manageVersions(work.ui, work.connection.target, {
    kind: 'policy',
    name,
    versions,
    defaultIs: vscode.l10n.t('default: what holds for devices'),
    placeholder: vscode.l10n.t('AWS IoT keeps five at most'),
    ...(spare.length > 0 ? { prune: { label: vscode.l10n.t('Delete all but the default and the newest…'), description: spare.join(', '), versionIds: spare } } : {}),
    makeDefault: async (versionId) => makeDefaultPolicyVersion(work, name, versionId),
    delete: async (versionIds) => deletePolicyVersions(work, name, versionIds),
  });
}

/** The version of a tree node becomes the default, or goes. Anything else than such a node: the versions of a policy are offered. */
export async function changeVersion(work: Work, names: FleetNames, hint: unknown, change: 'default' | 'delete'): Promise<boolean> {
  const { name, version, copyText = '' } = targetAt(work.connection.target, hint);
  if (name === undefined || version === undefined) return managePolicyVersions(work, names, undefined);
  if (copyText.includes(':provisioningtemplate/')) await (change === 'default' ? makeDefaultVersion(work, name, Number(version)) : deleteVersions(work, name, [Number(version)]));
  else await (change === 'default' ? makeDefaultPolicyVersion(work, name, version) : deletePolicyVersions(work, name, [version]));
  return true;
}

function policyOf({ connection: { target } }: Work, hint: unknown): string | undefined {
  return /:policy\/([\w+=,.@-]+)$/.exec(targetAt(target, hint).copyText ?? '')?.[1];
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
