import { generatedName } from './names';
import { present, tagsOf, text, unlessGone, type Created, type ResourceProvider } from './provider';
import { replaceIotTags } from './iotTags';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iot-rolealias.html */
export const iotRoleAlias: ResourceProvider = {
  type: 'AWS::IoT::RoleAlias',
  service: 'iot',
  properties: {
    RoleAlias: { kind: 'string', createOnly: true },
    RoleArn: { kind: 'string', required: true },
    CredentialDurationSeconds: { kind: 'integer' },
    Tags: { kind: 'array' },
  },
  attributes: ['RoleAliasArn'],
  nameProperty: 'RoleAlias',

  async create(context, properties) {
    const tags = tagsOf(context, properties);
    // Generated names have '_' for '-' here (the resource's handler does so).
    const name = text(properties, 'RoleAlias') ?? generatedName(context, 128).replaceAll('-', '_');
    const { roleAlias, roleAliasArn } = await context.call.invoke<{ roleAlias: string; roleAliasArn: string }>('iot', 'CreateRoleAlias', present({
      roleAlias: name,
      roleArn: text(properties, 'RoleArn'),
      credentialDurationSeconds: properties['CredentialDurationSeconds'],
      tags: tags.length > 0 ? tags : undefined,
    }));
    return { physicalId: roleAlias, attributes: { RoleAliasArn: roleAliasArn } };
  },
  async read(context, roleAlias): Promise<Created['attributes'] | undefined> {
    const found = await unlessGone(context.call.invoke<{ roleAliasDescription: { roleAliasArn: string } }>('iot', 'DescribeRoleAlias', { roleAlias }));
    return found === undefined ? undefined : { RoleAliasArn: found.roleAliasDescription.roleAliasArn };
  },
  async actual(context, RoleAlias) {
    const found = await unlessGone(context.call.invoke<{ roleAliasDescription: { roleArn: string; credentialDurationSeconds: number } }>('iot', 'DescribeRoleAlias', { roleAlias: RoleAlias }));
    if (found === undefined) return undefined;
    return { RoleAlias, RoleArn: found.roleAliasDescription.roleArn, CredentialDurationSeconds: found.roleAliasDescription.credentialDurationSeconds };
  },
  async update(context, roleAlias, next) {
    const { roleAliasArn } = await context.call.invoke<{ roleAliasArn: string }>('iot', 'UpdateRoleAlias', present({
      roleAlias,
      roleArn: text(next, 'RoleArn'),
      credentialDurationSeconds: next['CredentialDurationSeconds'] ?? 3600,
    }));
    await replaceIotTags(context, roleAliasArn, next);
    return { RoleAliasArn: roleAliasArn };
  },
  async delete(context, roleAlias) {
    await unlessGone(context.call.invoke('iot', 'DeleteRoleAlias', { roleAlias }));
  },
};
