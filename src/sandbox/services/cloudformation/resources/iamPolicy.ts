import { validationError, type JsonObject } from '../template/model';
import { generatedName } from './names';
import { documentText, strings, text, unlessGone, type ResourceContext, type ResourceProvider } from './provider';

async function put(context: ResourceContext, next: JsonObject, previous: JsonObject): Promise<void> {
  const { call } = context;
  const PolicyName = text(next, 'PolicyName') ?? '';
  const oldName = text(previous, 'PolicyName') ?? PolicyName;
  const roles = strings(next, 'Roles');
  for (const RoleName of roles) {
    await call.invoke('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument: documentText(next['PolicyDocument']) });
  }
  for (const RoleName of strings(previous, 'Roles')) {
    if (!roles.includes(RoleName) || oldName !== PolicyName) await unlessGone(call.invoke('iam', 'DeleteRolePolicy', { RoleName, PolicyName: oldName }));
  }
}

function onlyRoles(properties: JsonObject): void {
  if (strings(properties, 'Users').length > 0 || strings(properties, 'Groups').length > 0) {
    throw validationError('The local sandbox attaches IAM policies to roles only, not to users and groups.');
  }
  if (strings(properties, 'Roles').length === 0) throw validationError('At least one of [Groups,Roles,Users] must be non-empty.');
}

/**
 * An inline policy on the roles it names.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iam-policy.html
 */
export const iamPolicy: ResourceProvider = {
  type: 'AWS::IAM::Policy',
  service: 'iam',
  properties: {
    PolicyName: { kind: 'string', required: true },
    PolicyDocument: { kind: 'document', required: true },
    Roles: { kind: 'array' },
    Users: { kind: 'array' },
    Groups: { kind: 'array' },
  },
  attributes: ['Id'],
  capability: { named: false },

  async create(context, properties) {
    onlyRoles(properties);
    await put(context, properties, {});
    const physicalId = generatedName(context, 64);
    return { physicalId, attributes: { Id: physicalId } };
  },
  async read(context, physicalId, properties) {
    for (const RoleName of strings(properties, 'Roles')) {
      const found = await unlessGone(context.call.invoke('iam', 'GetRolePolicy', { RoleName, PolicyName: text(properties, 'PolicyName') ?? '' }));
      if (found === undefined) return undefined;
    }
    return { Id: physicalId };
  },
  async update(context, physicalId, next, previous) {
    onlyRoles(next);
    await put(context, next, previous);
    return { Id: physicalId };
  },
  async delete(context, _physicalId, properties) {
    for (const RoleName of strings(properties, 'Roles')) {
      await unlessGone(context.call.invoke('iam', 'DeleteRolePolicy', { RoleName, PolicyName: text(properties, 'PolicyName') ?? '' }));
    }
  },
};
