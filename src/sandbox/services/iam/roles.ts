/** Roles: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html and its neighbours. */
import type { CallContext, Handlers } from '../../kernel/types';
import { encodeRfc3986 } from '../../wire/percentEncoding';
import { alreadyExists, deleteConflict, limitExceeded, notAttachable } from './faults';
import { pageOf, type PageInput } from './paging';
import { parseTrustPolicy, policySize } from './policyDocument';
import { SEPARATOR, Tables, keyOf, uniqueId, type RoleRecord, type Tag } from './records';
import { hasRows, requirePolicy, requireRole } from './store';
import { mergeTags, withoutTags } from './tags';

interface Named {
  readonly RoleName: string;
}

interface CreateRole extends Named {
  readonly AssumeRolePolicyDocument: string;
  readonly Path?: string;
  readonly Description?: string;
  readonly MaxSessionDuration?: number;
  readonly PermissionsBoundary?: string;
  readonly Tags?: readonly Tag[];
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html (the defaults) */
const MAX_TRUST_POLICY = 2048;
const MAX_ROLES = 1000;
const DEFAULT_MAX_SESSION_SECONDS = 3600;

async function createRole(input: CreateRole, call: CallContext): Promise<object> {
  const key = input.RoleName.toLowerCase();
  if ((await call.tx.get(Tables.role, key)) !== undefined) throw alreadyExists(`Role with name ${input.RoleName} already exists.`);
  checkTrustPolicy(input.AssumeRolePolicyDocument);
  const boundary = input.PermissionsBoundary;
  if (boundary !== undefined) await requirePolicy(call, boundary, notAttachable);
  if (await hasRows(call, Tables.role, '', MAX_ROLES)) throw limitExceeded(`Cannot exceed quota for RolesPerAccount: ${MAX_ROLES}`);
  const path = input.Path ?? '/';
  const role: RoleRecord = {
    RoleName: input.RoleName,
    RoleId: uniqueId('AROA'),
    Path: path,
    Arn: `arn:${call.partition}:iam::${call.account}:role${path}${input.RoleName}`,
    CreateDate: seconds(call.now()),
    trustPolicy: input.AssumeRolePolicyDocument,
    Description: input.Description,
    MaxSessionDuration: input.MaxSessionDuration ?? DEFAULT_MAX_SESSION_SECONDS,
    permissionsBoundary: boundary,
    tags: mergeTags([], input.Tags ?? []),
  };
  call.tx.put(Tables.role, key, role);
  if (boundary !== undefined) call.tx.put(Tables.boundaryRole, keyOf(boundary, key), {});
  return { Role: roleAnswer(role) };
}

async function deleteRole({ RoleName }: Named, call: CallContext): Promise<void> {
  const role = await requireRole(call, RoleName);
  const key = RoleName.toLowerCase();
  if (await hasRows(call, Tables.roleProfile, key + SEPARATOR, 1)) throw deleteConflict('Cannot delete entity, must remove roles from instance profile first.');
  if (await hasRows(call, Tables.attachment, key + SEPARATOR, 1)) throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (await hasRows(call, Tables.inline, key + SEPARATOR, 1)) throw deleteConflict('Cannot delete entity, must delete policies first.');
  if (role.permissionsBoundary !== undefined) call.tx.delete(Tables.boundaryRole, keyOf(role.permissionsBoundary, key));
  call.tx.delete(Tables.role, key);
}

async function updateRole(input: Named & { readonly Description?: string; readonly MaxSessionDuration?: number }, call: CallContext): Promise<object> {
  await change(call, input.RoleName, (role) => ({
    ...role,
    Description: input.Description ?? role.Description,
    MaxSessionDuration: input.MaxSessionDuration ?? role.MaxSessionDuration,
  }));
  return {};
}

async function updateAssumeRolePolicy(input: Named & { readonly PolicyDocument: string }, call: CallContext): Promise<void> {
  await change(call, input.RoleName, (role) => {
    checkTrustPolicy(input.PolicyDocument);
    return { ...role, trustPolicy: input.PolicyDocument };
  });
}

async function listRoles(input: PageInput & { readonly PathPrefix?: string }, call: CallContext): Promise<object> {
  const { items, ...page } = await pageOf(input, (after) => rolesUnder(call, input.PathPrefix ?? '/', after));
  // ListRoles leaves out what only GetRole answers: tags, boundary, last use.
  return { Roles: items.map((role) => ({ ...roleAnswer({ ...role, tags: [], permissionsBoundary: undefined }), RoleLastUsed: undefined })), ...page };
}

async function* rolesUnder(call: CallContext, prefix: string, after: string | undefined): AsyncIterable<readonly [string, RoleRecord]> {
  for await (const [key, role] of call.tx.list<RoleRecord>(Tables.role, after === undefined ? {} : { after })) {
    if (role.Path.startsWith(prefix)) yield [key, role];
  }
}

async function listRoleTags(input: Named & PageInput, call: CallContext): Promise<object> {
  const role = await requireRole(call, input.RoleName);
  const sorted = [...role.tags].sort((a, b) => (a.Key < b.Key ? -1 : 1));
  const { items, ...page } = await pageOf(input, async function* (after) {
    for (const tag of sorted) if (after === undefined || tag.Key > after) yield [tag.Key, tag] as const;
  });
  return { Tags: items, ...page };
}

async function putBoundary(input: Named & { readonly PermissionsBoundary: string }, call: CallContext): Promise<void> {
  await requirePolicy(call, input.PermissionsBoundary, notAttachable);
  await moveBoundary(call, input.RoleName, input.PermissionsBoundary);
}

async function moveBoundary(call: CallContext, name: string, next: string | undefined): Promise<void> {
  const key = name.toLowerCase();
  await change(call, name, (role) => {
    if (role.permissionsBoundary !== undefined) call.tx.delete(Tables.boundaryRole, keyOf(role.permissionsBoundary, key));
    if (next !== undefined) call.tx.put(Tables.boundaryRole, keyOf(next, key), {});
    return { ...role, permissionsBoundary: next };
  });
}

async function change(call: CallContext, name: string, edit: (role: RoleRecord) => RoleRecord): Promise<RoleRecord> {
  const role = edit(await requireRole(call, name));
  call.tx.put(Tables.role, name.toLowerCase(), role);
  return role;
}

function checkTrustPolicy(document: string): void {
  parseTrustPolicy(document);
  if (policySize(document) > MAX_TRUST_POLICY) throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${MAX_TRUST_POLICY}`);
}

export function roleAnswer(role: RoleRecord): object {
  return {
    Path: role.Path,
    RoleName: role.RoleName,
    RoleId: role.RoleId,
    Arn: role.Arn,
    CreateDate: role.CreateDate,
    AssumeRolePolicyDocument: encodeRfc3986(role.trustPolicy),
    Description: role.Description,
    MaxSessionDuration: role.MaxSessionDuration,
    PermissionsBoundary:
      role.permissionsBoundary === undefined ? undefined : { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: role.permissionsBoundary },
    Tags: role.tags.length === 0 ? undefined : role.tags,
    RoleLastUsed: {},
  };
}

/** IAM keeps whole seconds. */
export function seconds(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

export const roleHandlers: Handlers = {
  CreateRole: createRole,
  GetRole: async ({ RoleName }: Named, call: CallContext) => ({ Role: roleAnswer(await requireRole(call, RoleName)) }),
  DeleteRole: deleteRole,
  UpdateRole: updateRole,
  UpdateRoleDescription: async (input: Named & { readonly Description: string }, call: CallContext) => ({
    Role: roleAnswer(await change(call, input.RoleName, (role) => ({ ...role, Description: input.Description }))),
  }),
  UpdateAssumeRolePolicy: updateAssumeRolePolicy,
  ListRoles: listRoles,
  TagRole: async (input: Named & { readonly Tags: readonly Tag[] }, call: CallContext) => {
    await change(call, input.RoleName, (role) => ({ ...role, tags: mergeTags(role.tags, input.Tags) }));
  },
  UntagRole: async (input: Named & { readonly TagKeys: readonly string[] }, call: CallContext) => {
    await change(call, input.RoleName, (role) => ({ ...role, tags: withoutTags(role.tags, input.TagKeys) }));
  },
  ListRoleTags: listRoleTags,
  PutRolePermissionsBoundary: putBoundary,
  DeleteRolePermissionsBoundary: async ({ RoleName }: Named, call: CallContext) => moveBoundary(call, RoleName, undefined),
};
