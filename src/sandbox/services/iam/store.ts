/** Reads that several operations share. */
import type { CallContext } from '../../kernel/types';
import { invalidInput, noSuchPolicy, noSuchRole } from './faults';
import { managedPolicies } from './managedPolicies';
import { SEPARATOR, Tables, keyOf, type PolicyRecord, type PolicyVersionRecord, type RoleRecord } from './records';

export async function requireRole(call: CallContext, name: string): Promise<RoleRecord> {
  const role = await call.tx.get<RoleRecord>(Tables.role, name.toLowerCase());
  if (role === undefined) throw noSuchRole(name);
  return role;
}

export async function findPolicy(call: CallContext, arn: string): Promise<PolicyRecord | undefined> {
  const managed = managedPolicies(call.partition).find(({ record }) => record.Arn === arn);
  return managed?.record ?? (await call.tx.get<PolicyRecord>(Tables.policy, arn));
}

/** Throws InvalidInputException for what is no policy ARN, NoSuchEntityException (or `missing`) for one that is not there. */
export async function requirePolicy(call: CallContext, arn: string, missing: (arn: string) => Error = noSuchPolicy): Promise<PolicyRecord> {
  if (!/^arn:[a-z0-9-]+:iam::(aws|\d{12}):policy\/.+$/.test(arn)) throw invalidInput(`ARN ${arn} is not valid.`);
  const policy = await findPolicy(call, arn);
  if (policy === undefined) throw missing(arn);
  return policy;
}

export async function versionsOf(call: CallContext, arn: string): Promise<readonly PolicyVersionRecord[]> {
  const managed = managedPolicies(call.partition).find(({ record }) => record.Arn === arn);
  if (managed !== undefined) return [{ VersionId: managed.record.DefaultVersionId, CreateDate: managed.record.UpdateDate, document: managed.document }];
  const versions: PolicyVersionRecord[] = [];
  for await (const [, version] of call.tx.list<PolicyVersionRecord>(Tables.policyVersion, { prefix: arn + SEPARATOR })) versions.push(version);
  return versions;
}

export function versionKey(arn: string, versionId: string): string {
  return keyOf(arn, versionId.slice(1).padStart(8, '0'));
}

/** The second parts of the keys that start with this part. */
export async function partners(call: CallContext, table: string, first: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const [key] of call.tx.list(table, { prefix: first + SEPARATOR })) found.push(key.slice(first.length + 1));
  return found;
}

/** Whether a table holds at least so many rows under this prefix. */
export async function hasRows(call: CallContext, table: string, prefix: string, count: number): Promise<boolean> {
  const rows = call.tx.list(table, { prefix, limit: count })[Symbol.asyncIterator]();
  for (let seen = 0; seen < count; seen++) if ((await rows.next()).done === true) return false;
  return true;
}
