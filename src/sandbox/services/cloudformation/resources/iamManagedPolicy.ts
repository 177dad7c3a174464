import { validationError, type JsonObject } from '../template/model';
import { generatedName } from './names';
import { documentText, present, strings, text, unlessGone, type ResourceContext, type ResourceProvider } from './provider';

interface ManagedPolicy {
  readonly Arn: string;
  readonly PolicyId: string;
}

async function attach(context: ResourceContext, PolicyArn: string, next: JsonObject, previous: JsonObject): Promise<void> {
  if (strings(next, 'Users').length > 0 || strings(next, 'Groups').length > 0) {
    throw validationError('The local sandbox attaches IAM policies to roles only, not to users and groups.');
  }
  const wanted = strings(next, 'Roles');
  const existing = strings(previous, 'Roles');
  for (const RoleName of wanted) if (!existing.includes(RoleName)) await context.call.invoke('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
  for (const RoleName of existing) if (!wanted.includes(RoleName)) await unlessGone(context.call.invoke('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
}

async function removeOldVersions(context: ResourceContext, PolicyArn: string): Promise<void> {
  const { Versions = [] } = await context.call.invoke<{ Versions?: { VersionId: string; IsDefaultVersion: boolean }[] }>('iam', 'ListPolicyVersions', { PolicyArn });
  for (const version of Versions) {
    if (!version.IsDefaultVersion) await context.call.invoke('iam', 'DeletePolicyVersion', { PolicyArn, VersionId: version.VersionId });
  }
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-managedpolicy.html */
export const iamManagedPolicy: ResourceProvider = {
  type: 'AWS::IAM::ManagedPolicy',
  service: 'iam',
  properties: {
    Description: { kind: 'string', createOnly: true },
    Groups: { kind: 'array' },
    ManagedPolicyName: { kind: 'string', createOnly: true },
    Path: { kind: 'string', createOnly: true },
    PolicyDocument: { kind: 'document', required: true },
    Roles: { kind: 'array' },
    Users: { kind: 'array' },
  },
  attributes: ['PolicyArn', 'PolicyId'],
  nameProperty: 'ManagedPolicyName',
  capability: { named: true },

  async create(context, properties) {
    const { Policy } = await context.call.invoke<{ Policy: ManagedPolicy }>('iam', 'CreatePolicy', present({
      PolicyName: text(properties, 'ManagedPolicyName') ?? generatedName(context, 128),
      PolicyDocument: documentText(properties['PolicyDocument']),
      Description: text(properties, 'Description'),
      Path: text(properties, 'Path'),
    }));
    await attach(context, Policy.Arn, properties, {});
    return { physicalId: Policy.Arn, attributes: { PolicyArn: Policy.Arn, PolicyId: Policy.PolicyId } };
  },
  async read(context, PolicyArn) {
    const found = await unlessGone(context.call.invoke<{ Policy: ManagedPolicy }>('iam', 'GetPolicy', { PolicyArn }));
    return found === undefined ? undefined : { PolicyArn: found.Policy.Arn, PolicyId: found.Policy.PolicyId };
  },
  async update(context, PolicyArn, next, previous) {
    const document = documentText(next['PolicyDocument']);
    if (document !== documentText(previous['PolicyDocument'])) {
      await removeOldVersions(context, PolicyArn);
      await context.call.invoke('iam', 'CreatePolicyVersion', { PolicyArn, PolicyDocument: document, SetAsDefault: true });
    }
    await attach(context, PolicyArn, next, previous);
    return await iamManagedPolicy.read(context, PolicyArn, next) ?? {};
  },
  async delete(context, PolicyArn, properties) {
    if (await iamManagedPolicy.read(context, PolicyArn, properties) === undefined) return;
    await attach(context, PolicyArn, {}, properties);
    await removeOldVersions(context, PolicyArn);
    await context.call.invoke('iam', 'DeletePolicy', { PolicyArn });
  },
};
