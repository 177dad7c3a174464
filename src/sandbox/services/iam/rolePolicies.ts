/** Policies of roles, inline and attached: https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
import type { CallContext, Handlers } from '../../kernel/types';
import { encodeRfc3986 } from '../../wire/percentEncoding';
import { limitExceeded, noSuchEntity, noSuchPolicy, notAttachable } from './faults';
import { pageOf, type PageInput } from './paging';
import { checkIdentityPolicy, policySize } from './policyDocument';
import { SEPARATOR, Tables, keyOf } from './records';
import { findPolicy, partners, requirePolicy, requireRole } from './store';

interface Inline {
  readonly RoleName: string;
  readonly PolicyName: string;
}

interface Attached {
  readonly RoleName: string;
  readonly PolicyArn: string;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const MAX_INLINE_SIZE = 10_240;
const MAX_ATTACHED = 10;

async function putRolePolicy(input: Inline & { readonly PolicyDocument: string }, call: CallContext): Promise<void> {
  await requireRole(call, input.RoleName);
  checkIdentityPolicy(input.PolicyDocument);
  const role = input.RoleName.toLowerCase();
  const key = keyOf(role, input.PolicyName);
  let size = policySize(input.PolicyDocument);
  for await (const [other, { document }] of call.tx.list<{ document: string }>(Tables.inline, { prefix: role + SEPARATOR })) {
    if (other !== key) size += policySize(document);
  }
  if (size > MAX_INLINE_SIZE) throw limitExceeded(`Maximum policy size of ${MAX_INLINE_SIZE} bytes exceeded for role ${input.RoleName}`);
  call.tx.put(Tables.inline, key, { document: input.PolicyDocument });
}

async function requireInline({ RoleName, PolicyName }: Inline, call: CallContext): Promise<string> {
  await requireRole(call, RoleName);
  const policy = await call.tx.get<{ document: string }>(Tables.inline, keyOf(RoleName.toLowerCase(), PolicyName));
  if (policy === undefined) throw noSuchEntity(`The role policy with name ${PolicyName} cannot be found.`);
  return policy.document;
}

async function deleteRolePolicy(input: Inline, call: CallContext): Promise<void> {
  await requireInline(input, call);
  call.tx.delete(Tables.inline, keyOf(input.RoleName.toLowerCase(), input.PolicyName));
}

async function listRolePolicies(input: PageInput & { readonly RoleName: string }, call: CallContext): Promise<object> {
  await requireRole(call, input.RoleName);
  const { items, ...page } = await pageOf(input, (after) => secondParts(call, Tables.inline, input.RoleName.toLowerCase(), after));
  return { PolicyNames: items, ...page };
}

async function attachRolePolicy({ RoleName, PolicyArn }: Attached, call: CallContext): Promise<void> {
  await requireRole(call, RoleName);
  await requirePolicy(call, PolicyArn, notAttachable);
  const role = RoleName.toLowerCase();
  const attached = await partners(call, Tables.attachment, role);
  if (!attached.includes(PolicyArn) && attached.length >= MAX_ATTACHED) throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${MAX_ATTACHED}`);
  call.tx.put(Tables.attachment, keyOf(role, PolicyArn), {});
  call.tx.put(Tables.attachedRole, keyOf(PolicyArn, role), {});
}

async function detachRolePolicy({ RoleName, PolicyArn }: Attached, call: CallContext): Promise<void> {
  await requireRole(call, RoleName);
  const role = RoleName.toLowerCase();
  if ((await call.tx.get(Tables.attachment, keyOf(role, PolicyArn))) === undefined) throw noSuchPolicy(PolicyArn);
  call.tx.delete(Tables.attachment, keyOf(role, PolicyArn));
  call.tx.delete(Tables.attachedRole, keyOf(PolicyArn, role));
}

async function listAttachedRolePolicies(input: PageInput & { readonly RoleName: string; readonly PathPrefix?: string }, call: CallContext): Promise<object> {
  await requireRole(call, input.RoleName);
  const { items, ...page } = await pageOf(input, async function* (after) {
    for await (const [key, arn] of secondParts(call, Tables.attachment, input.RoleName.toLowerCase(), after)) {
      const policy = await findPolicy(call, arn);
      if (policy?.Path.startsWith(input.PathPrefix ?? '/')) yield [key, { PolicyName: policy.PolicyName, PolicyArn: arn }] as const;
    }
  });
  return { AttachedPolicies: items, ...page };
}

async function* secondParts(call: CallContext, table: string, first: string, after: string | undefined): AsyncIterable<readonly [string, string]> {
  const prefix = first + SEPARATOR;
  for await (const [key] of call.tx.list(table, after === undefined ? { prefix } : { prefix, after })) yield [key, key.slice(prefix.length)];
}

export const rolePolicyHandlers: Handlers = {
  PutRolePolicy: putRolePolicy,
  GetRolePolicy: async (input: Inline, call: CallContext) => {
    const document = await requireInline(input, call);
    const { RoleName } = await requireRole(call, input.RoleName);
    return { RoleName, PolicyName: input.PolicyName, PolicyDocument: encodeRfc3986(document) };
  },
  DeleteRolePolicy: deleteRolePolicy,
  ListRolePolicies: listRolePolicies,
  AttachRolePolicy: attachRolePolicy,
  DetachRolePolicy: detachRolePolicy,
  ListAttachedRolePolicies: listAttachedRolePolicies,
};
