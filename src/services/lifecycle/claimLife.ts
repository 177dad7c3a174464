import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { StepRun } from '../../core/ports/services';
import type { Certificate } from '../../core/ports/iotApi';

type Work = Pick<StepRun, 'connection' | 'ui' | 'signal'>;

/** Each costs a call of its own, and nobody looks through more. A claim policy that devices keep may be on as many certificates as there are devices. */
export const mostClaims = 100;

/** Certificates that carry the claim policy, newest first. `more`: there are others. An account may hold thousands without it. */
export async function claimsOffered({ connection, signal }: Pick<Work, 'connection' | 'signal'>, claimPolicy: string): Promise<{ readonly claims: readonly Certificate[]; readonly more: boolean }> {
  if ((await connection.iot.getPolicy(claimPolicy, { signal })) === undefined) return { claims: [], more: false };
  const ids: string[] = [];
  let more = false;
  for await (const arn of connection.iot.listTargetsForPolicy(claimPolicy, { signal })) {
    const id = /:cert\/([0-9a-f]{64})$/.exec(arn)?.[1];
    if (id === undefined) continue;
    more = ids.length === mostClaims;
    if (more) break;
    ids.push(id);
  }
  const claims = (await Promise.all(ids.map(async (id) => connection.iot.describeCertificate(id, { signal })))).filter((claim) => claim !== undefined);
  return { claims: claims.sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0)), more };
}

export type ClaimChange = 'activate' | 'deactivate' | 'revoke';

/** What may be done with a claim certificate in its state. AWS IoT has no way back from REVOKED. */
export function claimChanges(certificate: Certificate): readonly ClaimChange[] {
  if (certificate.status === 'ACTIVE') return ['deactivate', 'revoke'];
  return certificate.status === 'INACTIVE' ? ['activate', 'revoke'] : [];
}

/** Asks, then changes the certificate's status: the kill switch for all devices that carry this claim and have not registered yet. */
export async function changeClaim({ connection, ui, signal }: Work, certificate: Certificate, change: ClaimChange): Promise<void> {
  const short = `${certificate.id.slice(0, 12)}…`;
  const texts = {
    activate: { title: l10n.t('Activate the claim certificate {0}?', short), detail: l10n.t('Devices that carry it can register themselves again.'), action: l10n.t('Activate'), status: 'ACTIVE' },
    deactivate: {
      title: l10n.t('Make the claim certificate {0} inactive?', short),
      detail: l10n.t('Devices that carry it and are not registered yet can no longer register. Registered devices have certificates of their own and keep working. It can be activated again.'),
      action: l10n.t('Make Inactive'),
      status: 'INACTIVE',
    },
    revoke: {
      title: l10n.t('Revoke the claim certificate {0}?', short),
      detail: l10n.t('Devices that carry it and are not registered yet can never register with it. Registered devices keep working. This cannot be undone.'),
      action: l10n.t('Revoke'),
      status: 'REVOKED',
    },
  } as const;
  if (!claimChanges(certificate).includes(change)) {
    throw new FleetError(l10n.t('The claim certificate {0} is {1}: that cannot be changed.', short, certificate.status), { category: 'conflict', code: 'claimStatus' });
  }
  const { status, ...request } = texts[change];
  await ui.confirm({ ...request, target: connection.target });
  await connection.iot.updateCertificateStatus(certificate.id, status, { signal });
}
