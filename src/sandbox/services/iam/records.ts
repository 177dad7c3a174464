import { randomBytes } from 'node:crypto';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export interface RoleRecord {
  readonly RoleName: string;
  readonly RoleId: string;
  readonly Path: string;
  readonly Arn: string;
  /** ISO time. */
  readonly CreateDate: string;
  /** As it was given; encoded only in answers. */
  readonly trustPolicy: string;
  readonly Description?: string | undefined;
  readonly MaxSessionDuration: number;
  readonly permissionsBoundary?: string | undefined;
  readonly tags: readonly Tag[];
}

export interface PolicyRecord {
  readonly PolicyName: string;
  readonly PolicyId: string;
  readonly Path: string;
  readonly Arn: string;
  readonly CreateDate: string;
  readonly UpdateDate: string;
  readonly Description?: string | undefined;
  readonly DefaultVersionId: string;
  /** Number of the newest version ever made: numbers are not used again. */
  readonly lastVersion: number;
  readonly tags: readonly Tag[];
}

export interface PolicyVersionRecord {
  readonly VersionId: string;
  readonly CreateDate: string;
  readonly document: string;
}

export interface InstanceProfileRecord {
  readonly InstanceProfileName: string;
  readonly InstanceProfileId: string;
  readonly Path: string;
  readonly Arn: string;
  readonly CreateDate: string;
  /** Lower-case name of its role. */
  readonly role?: string;
}

/** Tables are global in the account; see Transaction. */
export const Tables = {
  /** By lower-case name: names differ in more than case, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
  role: 'iam.role',
  /** role / policy name → document */
  inline: 'iam.rolePolicy',
  /** role / policy ARN */
  attachment: 'iam.roleAttachment',
  /** policy ARN / role: the same the other way round */
  attachedRole: 'iam.policyRole',
  /** policy ARN / role, for policies used as boundary */
  boundaryRole: 'iam.boundaryRole',
  policy: 'iam.policy',
  /** lower-case name → ARN */
  policyName: 'iam.policyName',
  /** policy ARN / zero-padded number */
  policyVersion: 'iam.policyVersion',
  /** by lower-case name */
  instanceProfile: 'iam.instanceProfile',
  /** role / instance profile */
  roleProfile: 'iam.roleProfile',
} as const;

/** Between the parts of a key: sorts before all that names and ARNs may hold. */
export const SEPARATOR = '\u0001';

export function keyOf(...parts: readonly string[]): string {
  return parts.join(SEPARATOR);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids */
export function uniqueId(prefix: 'AROA' | 'ANPA' | 'ASIA' | 'AIPA'): string {
  return prefix + [...randomBytes(17)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(byte & 31)).join('');
}
