import * as l10n from '@vscode/l10n';
import { WorkspaceFileNames } from '../../ids';
import { claimFiles, claimRequestFile } from '../../core/claims/claimFiles';
import { readMarker, type ClaimMarker } from '../../core/claims/claimMarker';
import type { Certificate } from '../../core/ports/iotApi';
import type { ClaimKeys } from './claimKeys';
import type { StepContext } from './stepContext';

/** What the folder's claim files are worth in the connected account. */
export type Assessment =
  | { readonly kind: 'none' }
  /** Key and certificate belong together, and the account knows the certificate. */
  | { readonly kind: 'usable'; readonly certificate: Certificate }
  /** The key is good; its certificate has to be found or made. */
  | { readonly kind: 'keyOnly'; readonly publicKey: string; readonly marker: ClaimMarker | undefined }
  /** Some files are of no use here and must make room. */
  | {
      readonly kind: 'unusable';
      /** Localized. */
      readonly reason: string;
      readonly files: readonly string[];
      /** Names the folder that they go to. */
      readonly label: string;
      /** A certificate of this account that is active and would be left behind. */
      readonly live: Certificate | undefined;
    };

export async function assessClaim({ connection, files, signal }: StepContext, keys: ClaimKeys): Promise<Assessment> {
  const [key, pem, request] = await Promise.all([
    files.readPrivate(WorkspaceFileNames.claimPrivateKey),
    files.read(WorkspaceFileNames.claimCertificate),
    files.read(claimRequestFile),
  ]);
  if (key === undefined && pem === undefined) return { kind: 'none' };
  const publicKey = key === undefined ? undefined : keys.publicKeyOf(key);
  const marker = request === undefined ? undefined : readMarker(request);
  const { account, region } = connection.target;

  if (pem === undefined) {
    if (publicKey === undefined) return unusable(l10n.t('The claim\'s private key file holds no private key.'), 'key');
    if (marker !== undefined && (marker.account !== account || marker.region !== region)) {
      return unusable(l10n.t('The claim\'s key was made for account {0} in {1}.', marker.account, marker.region), `${marker.account}-${marker.region}`);
    }
    return { kind: 'keyOnly', publicKey, marker };
  }

  const facts = keys.readCertificate(pem);
  const onlyCertificate = [WorkspaceFileNames.claimCertificate];
  if (facts === undefined) {
    const reason = l10n.t('The claim\'s certificate file holds no certificate.');
    return unusable(reason, 'certificate', undefined, publicKey === undefined ? claimFiles : onlyCertificate);
  }
  const label = facts.id.slice(0, 12);
  const certificate = await connection.iot.describeCertificate(facts.id, { signal });
  const live = certificate?.status === 'ACTIVE' ? certificate : undefined;
  if (publicKey === undefined) return unusable(l10n.t('The private key of the claim certificate is missing.'), label, live);
  if (publicKey !== facts.publicKey) return unusable(l10n.t('The claim\'s certificate does not belong to its private key.'), label, live, onlyCertificate);
  if (certificate === undefined) return unusable(l10n.t('The claim certificate is of another account or region than {0} in {1}, or it was deleted.', account, region), label);
  if (certificate.status === 'ACTIVE' || certificate.status === 'INACTIVE') return { kind: 'usable', certificate };
  return unusable(l10n.t('The claim certificate is {0} and cannot be used any more.', certificate.status), label);
}

function unusable(reason: string, label: string, live?: Certificate, files: readonly string[] = claimFiles): Assessment {
  return { kind: 'unusable', reason, files, label, live };
}
