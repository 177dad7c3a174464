import { WorkspaceFileNames } from '../../ids';
import type { Certificate } from '../../core/ports/iotApi';
import type { FleetNames } from '../../core/provisioning/steps';
import type { ClaimFact } from '../../core/teardown/facts';
import { all, each, isNotFound } from '../removal';
import { certificateIdOf } from '../testDevice/certificateId';
import type { GatherWork } from './gatherTeardown';
import type { Principals } from './principals';

type Work = Pick<GatherWork, 'connection' | 'files' | 'signal'>;

const certificatesAtOnce = 4;

/**
 * Certificates that may be claims, newest first: those that carry the claim policy, and the one in the folder's claim files
 * as long as it has no thing (its policy may be gone by a teardown that was interrupted). Throws FleetError when one cannot be read.
 */
export async function claimCandidates(work: Work, carriers: readonly string[], device: Principals | undefined): Promise<readonly ClaimFact[]> {
  const withDevicePolicy = new Set(device?.certificates);
  const found: { readonly fact: ClaimFact; readonly createdAt: number }[] = [];
  const add = async (id: string, carriesClaimPolicy: boolean): Promise<void> => {
    const certificate = await work.connection.iot.describeCertificate(id, { signal: work.signal });
    if (certificate === undefined) return;
    const things = await thingsOf(work, certificate).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
    if (things === undefined) return;
    const fact = { id, arn: certificate.arn, status: certificate.status, things, carriesClaimPolicy, carriesDevicePolicy: withDevicePolicy.has(certificate.arn) };
    if (carriesClaimPolicy || (things.length === 0 && !fact.carriesDevicePolicy)) found.push({ fact, createdAt: certificate.createdAt?.getTime() ?? 0 });
  };
  const ids = carriers.flatMap((arn) => /:cert\/([0-9a-f]{64})$/.exec(arn)?.[1] ?? []);
  await each(ids, certificatesAtOnce, (id) => add(id, true));
  const own = await folderClaim(work);
  if (own !== undefined && !ids.includes(own)) await add(own, false);
  return found.sort((a, b) => b.createdAt - a.createdAt).map(({ fact }) => fact);
}

/** One certificate, by its id; undefined when it is gone. */
export async function claimFact(work: Work, names: FleetNames, id: string): Promise<ClaimFact | undefined> {
  const { connection, signal } = work;
  const certificate = await connection.iot.describeCertificate(id, { signal });
  if (certificate === undefined) return undefined;
  const [things, policies, own] = await Promise.all([thingsOf(work, certificate), all(connection.iot.listAttachedPolicies(certificate.arn, { signal })), folderClaim(work)]);
  const carries = (policy: string): boolean => policies.some(({ name }) => name === policy);
  return { id, arn: certificate.arn, status: certificate.status, things, carriesClaimPolicy: carries(names.claimPolicyName) || own === id, carriesDevicePolicy: carries(names.iotPolicyName) };
}

async function thingsOf({ connection, signal }: Work, { arn }: Certificate): Promise<readonly string[]> {
  return all(connection.iot.listPrincipalThings(arn, { signal }));
}

async function folderClaim({ files }: Work): Promise<string | undefined> {
  const pem = await files.read(WorkspaceFileNames.claimCertificate);
  return pem === undefined ? undefined : certificateIdOf(pem);
}
