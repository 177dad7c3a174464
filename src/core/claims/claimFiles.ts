import { WorkspaceFileNames } from '../../ids';

/** The request for the certificate; holds no secret. */
export const claimRequestFile = `${WorkspaceFileNames.claimFolder}/claim.csr.pem`;

/**
 * Files of one claim, in the order in which they are put away: the key first, the certificate last. When that is
 * interrupted, a certificate without its key is left, which the next try recognises and puts to the others.
 */
export const claimFiles: readonly string[] = [
  WorkspaceFileNames.claimPrivateKey,
  WorkspaceFileNames.claimPublicKey,
  claimRequestFile,
  WorkspaceFileNames.claimCertificate,
];

/** Where a claim's files go when new ones take their place. `label` is unique to that claim, for example its id. */
export function archivedName(file: string, label: string): string {
  return `${WorkspaceFileNames.claimFolder}/previous-${label}/${file.slice(file.lastIndexOf('/') + 1)}`;
}
