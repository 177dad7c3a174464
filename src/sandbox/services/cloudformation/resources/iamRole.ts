import { isObject, type JsonObject } from '../template/model';
import { generatedName } from './names';
import {
  documentText, documentValue, list, present, strings, tagsOf, text, unlessGone,
  type Created, type ResourceContext, type ResourceProvider,
} from './provider';

interface Role {
  readonly Arn: string;
  readonly RoleId: string;
}

/** What GetRole says besides. */
interface RoleAnswer {
  readonly Path: string;
  readonly AssumeRolePolicyDocument: string;
  readonly Description?: string;
  readonly MaxSessionDuration?: number;
  readonly PermissionsBoundary?: { readonly PermissionsBoundaryArn: string };
}

const attributesOf = (role: Role): Created['attributes'] => ({ Arn: role.Arn, RoleId: role.RoleId });

function inlinePolicies(properties: JsonObject): Map<string, string> {
  return new Map(list(properties, 'Policies').filter(isObject).map((policy) => [text(policy, 'PolicyName') ?? '', documentText(policy['PolicyDocument'])]));
}

async function applyPolicies(context: ResourceContext, RoleName: string, next: JsonObject, previous: JsonObject): Promise<void> {
  const { call } = context;
  const wanted = inlinePolicies(next);
  const existing = inlinePolicies(previous);
  for (const [PolicyName, PolicyDocument] of wanted) {
    if (existing.get(PolicyName) !== PolicyDocument) await call.invoke('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument });
  }
  for (const PolicyName of existing.keys()) {
    if (!wanted.has(PolicyName)) await unlessGone(call.invoke('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));
  }
  const attached = new Set(strings(previous, 'ManagedPolicyArns'));
  const toAttach = new Set(strings(next, 'ManagedPolicyArns'));
  for (const PolicyArn of toAttach) if (!attached.has(PolicyArn)) await call.invoke('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
  for (const PolicyArn of attached) if (!toAttach.has(PolicyArn)) await unlessGone(call.invoke('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-role.html */
export const iamRole: ResourceProvider = {
  type: 'AWS::IAM::Role',
  service: 'iam',
  properties: {
    AssumeRolePolicyDocument: { kind: 'document', required: true },
    Description: { kind: 'string' },
    ManagedPolicyArns: { kind: 'array' },
    MaxSessionDuration: { kind: 'integer' },
    Path: { kind: 'string', createOnly: true },
    PermissionsBoundary: { kind: 'string' },
    Policies: { kind: 'array' },
    RoleName: { kind: 'string', createOnly: true },
    Tags: { kind: 'array' },
  },
  attributes: ['Arn', 'RoleId'],
  nameProperty: 'RoleName',
  capability: { named: true },

  async create(context, properties) {
    const RoleName = text(properties, 'RoleName') ?? generatedName(context, 64);
    const tags = tagsOf(context, properties);
    const { Role } = await context.call.invoke<{ Role: Role }>('iam', 'CreateRole', present({
      RoleName,
      AssumeRolePolicyDocument: documentText(properties['AssumeRolePolicyDocument']),
      Path: text(properties, 'Path'),
      Description: text(properties, 'Description'),
      MaxSessionDuration: properties['MaxSessionDuration'],
      PermissionsBoundary: text(properties, 'PermissionsBoundary'),
      Tags: tags.length > 0 ? tags : undefined,
    }));
    await applyPolicies(context, RoleName, properties, {});
    return { physicalId: RoleName, attributes: attributesOf(Role) };
  },

  async read(context, RoleName) {
    const found = await unlessGone(context.call.invoke<{ Role: Role }>('iam', 'GetRole', { RoleName }));
    return found === undefined ? undefined : attributesOf(found.Role);
  },

  async actual(context, RoleName, expected) {
    const { call } = context;
    const found = await unlessGone(call.invoke<{ Role: RoleAnswer }>('iam', 'GetRole', { RoleName }));
    if (found === undefined) return undefined;
    const { PolicyNames } = await call.invoke<{ PolicyNames: string[] }>('iam', 'ListRolePolicies', { RoleName });
    const { AttachedPolicies } = await call.invoke<{ AttachedPolicies: { PolicyArn: string }[] }>('iam', 'ListAttachedRolePolicies', { RoleName });
    // In the template's order, so that a policy is held against the one of its name.
    const order = [...inlinePolicies(expected).keys()];
    const names = [...PolicyNames].sort((a, b) => (order.indexOf(a) + 1 || Infinity) - (order.indexOf(b) + 1 || Infinity));
    const policies: JsonObject[] = [];
    for (const PolicyName of names) {
      const { PolicyDocument } = await call.invoke<{ PolicyDocument: string }>('iam', 'GetRolePolicy', { RoleName, PolicyName });
      policies.push({ PolicyName, PolicyDocument: documentValue(PolicyDocument) });
    }
    const { Role } = found;
    return present({
      RoleName, Path: Role.Path, Description: Role.Description, MaxSessionDuration: Role.MaxSessionDuration ?? 3600,
      AssumeRolePolicyDocument: documentValue(Role.AssumeRolePolicyDocument),
      PermissionsBoundary: Role.PermissionsBoundary?.PermissionsBoundaryArn,
      ManagedPolicyArns: AttachedPolicies.map((policy) => policy.PolicyArn),
      Policies: policies,
    });
  },

  async update(context, RoleName, next, previous) {
    const { call } = context;
    const trust = documentText(next['AssumeRolePolicyDocument']);
    if (trust !== documentText(previous['AssumeRolePolicyDocument'])) {
      await call.invoke('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument: trust });
    }
    if (next['Description'] !== previous['Description'] || next['MaxSessionDuration'] !== previous['MaxSessionDuration']) {
      await call.invoke('iam', 'UpdateRole', { RoleName, Description: text(next, 'Description') ?? '', MaxSessionDuration: next['MaxSessionDuration'] ?? 3600 });
    }
    const boundary = text(next, 'PermissionsBoundary');
    if (boundary !== text(previous, 'PermissionsBoundary')) {
      if (boundary === undefined) await call.invoke('iam', 'DeleteRolePermissionsBoundary', { RoleName });
      else await call.invoke('iam', 'PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: boundary });
    }
    await applyPolicies(context, RoleName, next, previous);
    const { Role } = await call.invoke<{ Role: Role & { Tags?: { Key: string; Value: string }[] } }>('iam', 'GetRole', { RoleName });
    const tags = tagsOf(context, next);
    const surplus = (Role.Tags ?? []).map((tag) => tag.Key).filter((key) => !tags.some((tag) => tag.Key === key));
    if (surplus.length > 0) await call.invoke('iam', 'UntagRole', { RoleName, TagKeys: surplus });
    if (tags.length > 0) await call.invoke('iam', 'TagRole', { RoleName, Tags: tags });
    return attributesOf(Role);
  },

  async delete(context, RoleName, properties) {
    // Only what the template put there: a policy attached by others makes DeleteRole fail, as on AWS.
    if (await iamRole.read(context, RoleName, properties) === undefined) return;
    await applyPolicies(context, RoleName, {}, properties);
    await context.call.invoke('iam', 'DeleteRole', { RoleName });
  },
};
