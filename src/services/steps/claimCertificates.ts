import * as l10n from '@vscode/l10n';
import { WorkspaceFileNames } from '../../ids';
import { FleetError } from '../../core/errors';
import { archivedName, claimFiles, claimRequestFile } from '../../core/claims/claimFiles';
import { clockSlack, markRequest, type ClaimMarker } from '../../core/claims/claimMarker';
import type { Certificate } from '../../core/ports/iotApi';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import type { Clock } from '../../core/util/clock';
import type { Assessment } from './claimAssessment';
import type { ClaimKeys } from './claimKeys';
import { confirmChange, type RunContext } from './stepContext';

/** Certificates looked at in search of one whose answer was lost. Each costs a call. */
const searchLimit = 500;

/** Makes, finds and puts away claim certificates and their files. */
export class ClaimCertificates {
  private spareKey: Promise<string> | undefined;

  constructor(
    private readonly keys: ClaimKeys,
    private readonly clock: Clock,
  ) {}

  /** Makes a key in memory while something else is waited for; the next certificate takes it. */
  prepare(): void {
    this.spareKey ??= this.keys.makePrivateKey();
    // Whoever takes it is told.
    this.spareKey.catch(() => undefined);
  }

  /**
   * A certificate for the folder's key. The key is on disk before AWS hears of it, and the certificate is made
   * inactive: when an answer is lost, the next try finds the certificate by its public key, and nothing of an
   * interrupted try is ever live.
   */
  async obtain(context: RunContext, policyName: string, known: Extract<Assessment, { kind: 'none' | 'keyOnly' }>): Promise<Certificate> {
    const { connection, files, progress, signal } = context;
    const key = await this.privateKey(context);
    const publicKey = this.keys.publicKeyOf(key) ?? '';
    let certificate: Certificate | undefined;
    if (known.kind === 'keyOnly') {
      progress.report(l10n.t('Looking for a certificate of an earlier try …'));
      certificate = await this.find(context, policyName, publicKey, known.marker);
    }
    if (certificate === undefined) {
      const csrPem = await this.keys.makeRequest(key);
      if (known.kind === 'none' || known.marker === undefined) {
        const { account, region } = connection.target;
        await files.write(claimRequestFile, markRequest(csrPem, { account, region, requestedAt: this.clock.now() }));
      }
      progress.report(l10n.t('Requesting the claim certificate …'));
      certificate = await connection.iot.createCertificateFromCsr({ csrPem, setAsActive: false }, { signal });
    }
    if (this.keys.readCertificate(certificate.pem)?.publicKey !== publicKey) {
      throw new FleetError(l10n.t('AWS IoT answered with a certificate that does not fit the key of the claim.'), { category: 'service', code: 'otherKey', advice: l10n.t('The certificate was not written to the folder. Run the step again.') });
    }
    await files.write(WorkspaceFileNames.claimCertificate, certificate.pem);
    return certificate;
  }

  /** Public key and root CA next to the certificate; both can be written again at any time. */
  async writeCompanions({ connection, files, signal }: RunContext): Promise<void> {
    const key = await files.readPrivate(WorkspaceFileNames.claimPrivateKey);
    const publicKey = key === undefined ? undefined : this.keys.publicKeyOf(key);
    if (publicKey !== undefined) await writeChanged(files, WorkspaceFileNames.claimPublicKey, publicKey);
    await writeChanged(files, WorkspaceFileNames.rootCa, await connection.rootCaPem(signal));
  }

  /** Asks, makes a live certificate that is left behind inactive, and moves the files away. Nothing is deleted. */
  async putAway(context: RunContext, found: Extract<Assessment, { kind: 'unusable' }>): Promise<void> {
    const { connection, files, signal } = context;
    const existing: string[] = [];
    for (const file of claimFiles) if (found.files.includes(file) && (await files.exists(file))) existing.push(file);
    const label = await freeLabel(files, existing, found.label);
    await confirmChange(context, {
      title: l10n.t('Put the claim files away and make new ones?'),
      detail: [
        found.reason,
        ...existing.map((file) => l10n.t('{0} becomes {1}', file, archivedName(file, label))),
        ...(found.live === undefined ? [] : [l10n.t('Its certificate {0} is active and is made inactive: devices can no longer claim with it.', found.live.id)]),
      ].join('\n'),
      action: l10n.t('Put Away and Make New'),
    });
    if (found.live !== undefined) await connection.iot.updateCertificateStatus(found.live.id, 'INACTIVE', { signal });
    for (const file of existing) await files.rename(file, archivedName(file, label));
  }

  /** ARNs of other active certificates that may claim by this policy. */
  async othersAlive({ connection, signal }: RunContext, policyName: string, own: string): Promise<readonly string[]> {
    const others: string[] = [];
    for await (const arn of connection.iot.listTargetsForPolicy(policyName, { signal })) {
      const id = certificateIdOf(arn);
      if (id === undefined || arn === own) continue;
      if ((await connection.iot.describeCertificate(id, { signal }))?.status === 'ACTIVE') others.push(arn);
    }
    return others;
  }

  private async privateKey({ files, progress }: RunContext): Promise<string> {
    const existing = await files.readPrivate(WorkspaceFileNames.claimPrivateKey);
    if (existing !== undefined) return existing;
    progress.report(l10n.t('Making the private key on this computer …'));
    const spare = this.spareKey;
    this.spareKey = undefined;
    const key = await (spare ?? this.keys.makePrivateKey());
    await files.writePrivate(WorkspaceFileNames.claimPrivateKey, key);
    return key;
  }

  private async find({ connection, signal }: RunContext, policyName: string, publicKey: string, marker: ClaimMarker | undefined): Promise<Certificate | undefined> {
    const seen = new Set<string>();
    let inactive: Certificate | undefined;
    const look = async (id: string): Promise<Certificate | undefined> => {
      if (seen.has(id)) return undefined;
      seen.add(id);
      const certificate = await connection.iot.describeCertificate(id, { signal });
      if (certificate === undefined || this.keys.readCertificate(certificate.pem)?.publicKey !== publicKey) return undefined;
      if (certificate.status === 'ACTIVE') return certificate;
      if (certificate.status === 'INACTIVE') inactive ??= certificate;
      return undefined;
    };
    for await (const arn of connection.iot.listTargetsForPolicy(policyName, { signal })) {
      const id = certificateIdOf(arn);
      const found = id === undefined ? undefined : await look(id);
      if (found !== undefined) return found;
    }
    const earliest = marker === undefined ? undefined : marker.requestedAt.getTime() - clockSlack;
    for await (const { id, createdAt } of connection.iot.listCertificates({ signal })) {
      const tooOld = earliest !== undefined && createdAt !== undefined && createdAt.getTime() < earliest;
      if (tooOld || seen.size >= searchLimit) break;
      const found = await look(id);
      if (found !== undefined) return found;
    }
    return inactive;
  }
}

async function writeChanged(files: WorkspaceFiles, file: string, text: string): Promise<void> {
  if ((await files.read(file)) !== text) await files.write(file, text);
}

/** A label under which none of the files exists yet: an older claim that was put away stays as it is. */
export async function freeLabel(files: WorkspaceFiles, existing: readonly string[], wanted: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const label = number === 1 ? wanted : `${wanted}-${number}`;
    const taken = await Promise.all(existing.map((file) => files.exists(archivedName(file, label))));
    if (!taken.includes(true)) return label;
  }
}

function certificateIdOf(arn: string): string | undefined {
  return /:cert\/([0-9a-f]{64})$/.exec(arn)?.[1];
}
