import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import { archivedName, claimFiles } from '../../core/claims/claimFiles';
import { WorkspaceFileNames } from '../../ids';
import { assessClaim } from './claimAssessment';
import { freeLabel, type ClaimCertificates } from './claimCertificates';
import type { ClaimKeys } from './claimKeys';
import { confirmChange, type RunContext, type Step } from './stepContext';

/**
 * A new claim certificate in place of the present one. The old files are kept under another name, and the old certificate
 * lives on until the new one is active: an interruption at any point leaves a claim that works, and the next try goes on there.
 */
export async function rotateClaim(context: RunContext, keys: ClaimKeys, certificates: ClaimCertificates, step: Pick<Step, 'run'>): Promise<void> {
  const { connection, files, look, signal, ui } = context;
  const { claimPolicyName } = await look.names();
  const found = await assessClaim(context, keys);
  const usable = found.kind === 'usable' ? found.certificate : undefined;
  const alive = (await connection.iot.getPolicy(claimPolicyName, { signal })) === undefined ? [] : await certificates.othersAlive(context, claimPolicyName, '');
  // Live certificates whose files this folder has put away: an earlier try has not come to its end. Others are not ours to end.
  const leftBehind: string[] = [];
  for (const arn of alive) if (await files.exists(archivedName(WorkspaceFileNames.claimCertificate, label(certificateId(arn))))) leftBehind.push(arn);
  // A certificate that is not active yet is the new one of such a try.
  const own = usable?.status === 'INACTIVE' && leftBehind.length > 0 ? undefined : usable;
  if (own === undefined && alive.length === 0) {
    throw new FleetError(l10n.t('There is no claim certificate in this folder that could be replaced.'), {
      category: 'notFound',
      code: 'noClaimToRotate',
      advice: l10n.t('Create one first.'),
      remedies: [{ kind: 'runStep', step: 'claimCertificate' }],
    });
  }
  if (own?.status === 'ACTIVE' && leftBehind.length > 0 && (await finishesEarlier(context, leftBehind))) return makeInactive(context, leftBehind, own.id);
  const old = [...(own?.status === 'ACTIVE' ? [own.arn] : []), ...leftBehind];
  const short = shortNames(old.length === 0 && own !== undefined ? [own.arn] : old);
  const after = await ui.choose<'keep' | 'deactivate'>({
    title: l10n.t('Replace the claim certificate: what becomes of the old one, {0}?', short),
    choices: [
      { label: l10n.t('Leave it active for now'), detail: l10n.t('Devices on their way still carry it. Make it inactive when the last of them has registered.'), value: 'keep' },
      { label: l10n.t('Make it inactive once the new one is active'), detail: l10n.t('Devices that carry it and are not registered yet can no longer register.'), value: 'deactivate' },
    ],
  });
  if (own !== undefined) await putFilesAway(context, own.id);
  await step.run({ ...context, approved: true });
  if (after === 'keep') return;
  const now = await files.read(WorkspaceFileNames.claimCertificate);
  await makeInactive(context, old, now === undefined ? undefined : keys.readCertificate(now)?.id);
}

/** The new certificate of an earlier try is active and the old one is so still: was that meant, or did the try break off there? */
async function finishesEarlier({ ui }: RunContext, leftBehind: readonly string[]): Promise<boolean> {
  return ui.choose<boolean>({
    title: l10n.t('An earlier replacement has left the old claim certificate active: {0}', shortNames(leftBehind)),
    choices: [
      { label: l10n.t('Finish it: make the old one inactive'), detail: l10n.t("This folder's certificate stays. Devices that carry the old one and are not registered yet can no longer register."), value: true },
      { label: l10n.t("Replace this folder's certificate as well"), value: false },
    ],
  });
}

async function makeInactive({ connection, progress, signal }: RunContext, arns: readonly string[], current: string | undefined): Promise<void> {
  progress.report(l10n.t('Making the old claim certificate inactive …'));
  for (const id of arns.map(certificateId)) if (id !== current) await connection.iot.updateCertificateStatus(id, 'INACTIVE', { signal });
}

async function putFilesAway(context: RunContext, id: string): Promise<void> {
  const { files } = context;
  const existing: string[] = [];
  for (const file of claimFiles) if (await files.exists(file)) existing.push(file);
  const name = await freeLabel(files, existing, label(id));
  await confirmChange(context, {
    title: l10n.t('Make a new claim certificate?'),
    detail: [...existing.map((file) => l10n.t('{0} becomes {1}', file, archivedName(file, name))), l10n.t('A new key and certificate take their place in {0}/.', WorkspaceFileNames.claimFolder)].join('\n'),
    action: l10n.t('Replace'),
  });
  for (const file of existing) await files.rename(file, archivedName(file, name));
}

const certificateId = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

/** Names the files of a claim that was put away. */
const label = (id: string): string => id.slice(0, 12);

const shortNames = (arns: readonly string[]): string => arns.map((arn) => `${label(certificateId(arn))}…`).join(', ');
