import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import { archivedName, claimFiles } from '../../core/claims/claimFiles';
import { WorkspaceFileNames } from '../../ids';
import { assessClaim } from './claimAssessment';
import { freeLabel } from './claimCertificates';
import type { ClaimKeys } from './claimKeys';
import { confirmChange, type RunContext, type Step } from './stepContext';

/**
 * A new claim certificate in place of the present one. The old files are kept under another name and the old certificate
 * lives on until the new one is active, so that an interruption at any point leaves a claim that works; what is left over is
 * found again by the claim step.
 */
export async function rotateClaim(context: RunContext, keys: ClaimKeys, step: Pick<Step, 'run'>): Promise<void> {
  const { connection, files, progress, signal, ui } = context;
  const found = await assessClaim(context, keys);
  if (found.kind !== 'usable') {
    throw new FleetError(l10n.t('There is no claim certificate in this folder that could be replaced.'), {
      category: 'notFound',
      code: 'noClaimToRotate',
      advice: l10n.t('Create one first.'),
      remedies: [{ kind: 'runStep', step: 'claimCertificate' }],
    });
  }
  const old = found.certificate;
  const short = `${old.id.slice(0, 12)}…`;
  const after = await ui.choose<'keep' | 'deactivate'>({
    title: l10n.t('Replace the claim certificate: what becomes of the old one, {0}?', short),
    choices: [
      { label: l10n.t('Leave it active for now'), detail: l10n.t('Devices on their way still carry it. Make it inactive when the last of them has registered.'), value: 'keep' },
      { label: l10n.t('Make it inactive once the new one is active'), detail: l10n.t('Devices that carry it and are not registered yet can no longer register.'), value: 'deactivate' },
    ],
  });
  const existing: string[] = [];
  for (const file of claimFiles) if (await files.exists(file)) existing.push(file);
  const label = await freeLabel(files, existing, old.id.slice(0, 12));
  await confirmChange(context, {
    title: l10n.t('Make a new claim certificate?'),
    detail: [...existing.map((file) => l10n.t('{0} becomes {1}', file, archivedName(file, label))), l10n.t('A new key and certificate take their place in {0}/.', WorkspaceFileNames.claimFolder)].join('\n'),
    action: l10n.t('Replace'),
  });
  for (const file of existing) await files.rename(file, archivedName(file, label));
  await step.run({ ...context, approved: true });
  if (after === 'deactivate' && old.status === 'ACTIVE') {
    progress.report(l10n.t('Making the old claim certificate inactive …'));
    await connection.iot.updateCertificateStatus(old.id, 'INACTIVE', { signal });
  }
}
