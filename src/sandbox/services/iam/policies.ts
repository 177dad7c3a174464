/** Managed policies and their versions: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html */
import { Fault, type CallContext, type Handlers } from '../../kernel/types';
import { encodeRfc3986 } from '../../wire/percentEncoding';
import { alreadyExists, deleteConflict, limitExceeded, noSuchEntity } from './faults';
import { managedPolicies } from './managedPolicies';
import { pageOf, type PageInput } from './paging';
import { checkIdentityPolicy, policySize } from './policyDocument';
import { Tables, uniqueId, type PolicyRecord, type PolicyVersionRecord, type RoleRecord, type Tag } from './records';
import { seconds } from './roles';
import { partners, requirePolicy, requireRole, versionKey, versionsOf } from './store';
import { mergeTags } from './tags';

interface ByArn {
  readonly PolicyArn: string;
}

interface ByVersion extends ByArn {
  readonly VersionId: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_SIZE = 6144;
const MAX_VERSIONS = 5;

interface CreatePolicy {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
  readonly Path?: string;
  readonly Description?: string;
  readonly Tags?: readonly Tag[];
}

async function createPolicy(input: CreatePolicy, call: CallContext): Promise<object> {
  checkDocument(input.PolicyDocument);
  const nameKey = input.PolicyName.toLowerCase();
  if ((await call.tx.get(Tables.policyName, nameKey)) !== undefined) {
    throw alreadyExists(`A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`);
  }
  const path = input.Path ?? '/';
  const now = seconds(call.now());
  const policy: PolicyRecord = {
    PolicyName: input.PolicyName,
    PolicyId: uniqueId('ANPA'),
    Path: path,
    Arn: `arn:${call.partition}:iam::${call.account}:policy${path}${input.PolicyName}`,
    CreateDate: now,
    UpdateDate: now,
    Description: input.Description,
    DefaultVersionId: 'v1',
    lastVersion: 1,
    tags: mergeTags([], input.Tags ?? []),
  };
  call.tx.put(Tables.policy, policy.Arn, policy);
  call.tx.put(Tables.policyName, nameKey, policy.Arn);
  call.tx.put<PolicyVersionRecord>(Tables.policyVersion, versionKey(policy.Arn, 'v1'), { VersionId: 'v1', CreateDate: now, document: input.PolicyDocument });
  // Create and list answer without the description, get answers with it.
  return { Policy: { ...(await policyAnswer(call, policy)), Description: undefined } };
}

async function deletePolicy({ PolicyArn }: ByArn, call: CallContext): Promise<void> {
  const policy = await requireOwn(call, PolicyArn);
  const users = [...(await partners(call, Tables.attachedRole, PolicyArn)), ...(await partners(call, Tables.boundaryRole, PolicyArn))];
  if (users.length > 0) throw deleteConflict('Cannot delete a policy attached to entities.');
  if ((await versionsOf(call, PolicyArn)).length > 1) {
    throw deleteConflict("This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.");
  }
  call.tx.delete(Tables.policyVersion, versionKey(PolicyArn, policy.DefaultVersionId));
  call.tx.delete(Tables.policyName, policy.PolicyName.toLowerCase());
  call.tx.delete(Tables.policy, PolicyArn);
}

interface ListPolicies extends PageInput {
  readonly Scope?: 'All' | 'AWS' | 'Local';
  readonly OnlyAttached?: boolean;
  readonly PathPrefix?: string;
}

async function listPolicies(input: ListPolicies, call: CallContext): Promise<object> {
  const { items, ...page } = await pageOf(input, async function* (after) {
    for await (const policy of policiesOf(input.Scope ?? 'All', call)) {
      if (after !== undefined && policy.Arn <= after) continue;
      if (!policy.Path.startsWith(input.PathPrefix ?? '/')) continue;
      const answer = await policyAnswer(call, policy);
      if (input.OnlyAttached === true && answer.AttachmentCount === 0) continue;
      yield [policy.Arn, { ...answer, Description: undefined, Tags: undefined }] as const;
    }
  });
  return { Policies: items, ...page };
}

/** In the order of ARNs: account numbers sort before `aws`. */
async function* policiesOf(scope: 'All' | 'AWS' | 'Local', call: CallContext): AsyncIterable<PolicyRecord> {
  if (scope !== 'AWS') for await (const [, policy] of call.tx.list<PolicyRecord>(Tables.policy)) yield policy;
  if (scope !== 'Local') yield* managedPolicies(call.partition).map(({ record }) => record).sort((a, b) => (a.Arn < b.Arn ? -1 : 1));
}

async function createPolicyVersion(input: ByArn & { readonly PolicyDocument: string; readonly SetAsDefault?: boolean }, call: CallContext): Promise<object> {
  const policy = await requireOwn(call, input.PolicyArn);
  checkDocument(input.PolicyDocument);
  if ((await versionsOf(call, input.PolicyArn)).length >= MAX_VERSIONS) {
    throw limitExceeded(`A managed policy can have up to ${MAX_VERSIONS} versions. Before you create a new version, you must delete an existing version.`);
  }
  const number = policy.lastVersion + 1;
  const now = seconds(call.now());
  const version: PolicyVersionRecord = { VersionId: `v${number}`, CreateDate: now, document: input.PolicyDocument };
  const isDefault = input.SetAsDefault === true;
  call.tx.put(Tables.policyVersion, versionKey(input.PolicyArn, version.VersionId), version);
  call.tx.put<PolicyRecord>(Tables.policy, input.PolicyArn, {
    ...policy,
    lastVersion: number,
    UpdateDate: now,
    DefaultVersionId: isDefault ? version.VersionId : policy.DefaultVersionId,
  });
  return { PolicyVersion: { VersionId: version.VersionId, IsDefaultVersion: isDefault, CreateDate: now } };
}

async function requireVersion({ PolicyArn, VersionId }: ByVersion, call: CallContext): Promise<{ policy: PolicyRecord; version: PolicyVersionRecord }> {
  const policy = await requirePolicy(call, PolicyArn);
  const version = (await versionsOf(call, PolicyArn)).find((candidate) => candidate.VersionId === VersionId);
  if (version === undefined) throw noSuchEntity(`Policy ${PolicyArn} version ${VersionId} does not exist or is not attachable.`);
  return { policy, version };
}

async function listPolicyVersions(input: ByArn & PageInput, call: CallContext): Promise<object> {
  const policy = await requirePolicy(call, input.PolicyArn);
  const newestFirst = [...(await versionsOf(call, input.PolicyArn))].reverse();
  const { items, ...page } = await pageOf(input, async function* (after) {
    const start = after === undefined ? 0 : newestFirst.findIndex((version) => version.VersionId === after) + 1;
    for (const version of newestFirst.slice(start)) yield [version.VersionId, version] as const;
  });
  return { Versions: items.map((version) => ({ ...versionAnswer(policy, version), Document: undefined })), ...page };
}

async function deletePolicyVersion(input: ByVersion, call: CallContext): Promise<void> {
  await requireOwn(call, input.PolicyArn);
  const { policy, version } = await requireVersion(input, call);
  if (version.VersionId === policy.DefaultVersionId) throw deleteConflict('Cannot delete the default version of a policy.');
  call.tx.delete(Tables.policyVersion, versionKey(input.PolicyArn, input.VersionId));
}

async function listEntities(input: ByArn & PageInput & { readonly EntityFilter?: string; readonly PolicyUsageFilter?: string }, call: CallContext): Promise<object> {
  await requirePolicy(call, input.PolicyArn);
  const wantsRoles = input.EntityFilter === undefined || input.EntityFilter === 'Role';
  // Both usages unless one is asked for: https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html
  const tables = [...(input.PolicyUsageFilter === 'PermissionsBoundary' ? [] : [Tables.attachedRole]), ...(input.PolicyUsageFilter === 'PermissionsPolicy' ? [] : [Tables.boundaryRole])];
  const found = wantsRoles ? await Promise.all(tables.map(async (table) => partners(call, table, input.PolicyArn))) : [];
  const names = [...new Set(found.flat())].sort();
  const { items, ...page } = await pageOf(input, async function* (after) {
    for (const name of names) if (after === undefined || name > after) yield [name, await requireRole(call, name)] as readonly [string, RoleRecord];
  });
  return { PolicyRoles: items.map(({ RoleName, RoleId }) => ({ RoleName, RoleId })), PolicyUsers: [], PolicyGroups: [], ...page };
}

/** Policies that AWS owns cannot be changed. */
async function requireOwn(call: CallContext, arn: string): Promise<PolicyRecord> {
  const policy = await requirePolicy(call, arn);
  if (arn.includes(':iam::aws:')) throw new Fault('AccessDenied', `User: ${call.principal.arn} is not authorized to perform: iam:${call.operation} on resource: policy ${arn}`, {}, 403);
  return policy;
}

function checkDocument(document: string): void {
  checkIdentityPolicy(document);
  if (policySize(document) > MAX_SIZE) throw limitExceeded(`Cannot exceed quota for PolicySize: ${MAX_SIZE}`);
}

async function policyAnswer(call: CallContext, policy: PolicyRecord) {
  const { PolicyName, PolicyId, Arn, Path, DefaultVersionId, Description, CreateDate, UpdateDate, tags } = policy;
  return {
    PolicyName,
    PolicyId,
    Arn,
    Path,
    DefaultVersionId,
    AttachmentCount: (await partners(call, Tables.attachedRole, Arn)).length,
    PermissionsBoundaryUsageCount: (await partners(call, Tables.boundaryRole, Arn)).length,
    IsAttachable: true,
    Description,
    CreateDate,
    UpdateDate,
    Tags: tags,
  };
}

function versionAnswer(policy: PolicyRecord, version: PolicyVersionRecord) {
  return {
    Document: encodeRfc3986(version.document),
    VersionId: version.VersionId,
    IsDefaultVersion: version.VersionId === policy.DefaultVersionId,
    CreateDate: version.CreateDate,
  };
}

export const policyHandlers: Handlers = {
  CreatePolicy: createPolicy,
  GetPolicy: async ({ PolicyArn }: ByArn, call: CallContext) => ({ Policy: await policyAnswer(call, await requirePolicy(call, PolicyArn)) }),
  DeletePolicy: deletePolicy,
  ListPolicies: listPolicies,
  CreatePolicyVersion: createPolicyVersion,
  GetPolicyVersion: async (input: ByVersion, call: CallContext) => {
    const { policy, version } = await requireVersion(input, call);
    return { PolicyVersion: versionAnswer(policy, version) };
  },
  ListPolicyVersions: listPolicyVersions,
  SetDefaultPolicyVersion: async (input: ByVersion, call: CallContext) => {
    const policy = await requireOwn(call, input.PolicyArn);
    await requireVersion(input, call);
    call.tx.put<PolicyRecord>(Tables.policy, input.PolicyArn, { ...policy, DefaultVersionId: input.VersionId, UpdateDate: seconds(call.now()) });
  },
  DeletePolicyVersion: deletePolicyVersion,
  ListEntitiesForPolicy: listEntities,
};
