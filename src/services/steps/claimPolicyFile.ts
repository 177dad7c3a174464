import * as l10n from '@vscode/l10n';
import { WorkspaceFileNames } from '../../ids';
import { claimPolicyDocument } from '../../core/claims/claimPolicy';
import { sameJson } from '../../core/util/json';
import { placeholderText, refuseFaults, type PolicyCheck } from './policyCheck';
import type { RunContext } from './stepContext';

const file = WorkspaceFileNames.claimPolicy;

/**
 * The claim policy to publish: ours for exactly this template, account, region and partition, unless the person keeps
 * a file of their own. `save` writes the file when it has to change.
 */
export async function claimPolicy({ connection, files, ui }: RunContext, templateName: string, check: PolicyCheck): Promise<{ readonly document: string; readonly save: () => Promise<void> }> {
  const { target } = connection;
  const ours = claimPolicyDocument(target, templateName);
  const current = await files.read(file);
  const write = { document: ours, save: () => files.write(file, ours) };
  if (current === undefined) return write;
  if (sameJson(current, ours)) return { document: ours, save: async () => undefined };
  const { fillPlaceholders } = await placeholderText();
  const filled = fillPlaceholders(current, { accountId: target.account, region: target.region });
  if (sameJson(filled.text, ours)) return write;
  const choice = await ui.choose({
    title: l10n.t('{0} is not the policy that this template needs', file),
    choices: [
      { label: l10n.t('Replace it'), detail: l10n.t('By the policy for the template {0} in account {1}, {2}', templateName, target.account, target.region), value: 'replace' as const },
      { label: l10n.t('Keep and publish it'), detail: l10n.t('Devices can claim only what it allows.'), value: 'keep' as const },
    ],
  });
  if (choice === 'keep') {
    refuseFaults(file, filled.text, filled.left, await check(filled.text, target));
    return { document: filled.text, save: async () => (filled.text === current ? undefined : files.write(file, filled.text)) };
  }
  await ui.reviewDiff({
    title: l10n.t('Replace {0}?', file),
    action: l10n.t('Replace File'),
    left: { label: l10n.t('{0} (now)', file), text: current },
    right: { label: l10n.t('{0} (new)', file), text: ours },
    language: 'json',
  });
  return write;
}
