import { isObject, type Json, type JsonObject } from '../template/model';
import { generatedName } from './names';
import { present, tagsOf, text, unlessGone, type ResourceContext, type ResourceProvider } from './provider';
import { replaceIotTags } from './iotTags';

/** The template writes members with capitals, the API with small letters. */
function hook(value: Json | undefined): { targetArn?: string; payloadVersion?: string } | undefined {
  if (!isObject(value)) return undefined;
  const targetArn = text(value, 'TargetArn');
  const payloadVersion = text(value, 'PayloadVersion');
  return { ...(targetArn === undefined ? {} : { targetArn }), ...(payloadVersion === undefined ? {} : { payloadVersion }) };
}

interface TemplateAnswer {
  readonly templateBody: string;
  readonly provisioningRoleArn: string;
  readonly enabled: boolean;
  readonly description?: string;
  readonly type?: string;
  readonly preProvisioningHook?: { readonly targetArn: string; readonly payloadVersion?: string };
}

const VERSION_LIMIT = 5;

async function newVersion(context: ResourceContext, templateName: string, properties: JsonObject): Promise<void> {
  const { versions = [] } = await context.call.invoke<{ versions?: { versionId: number; isDefaultVersion: boolean }[] }>('iot', 'ListProvisioningTemplateVersions', { templateName });
  const [oldest] = versions.filter((version) => !version.isDefaultVersion).map((version) => version.versionId).sort((a, b) => a - b);
  if (oldest !== undefined && versions.length >= VERSION_LIMIT) await context.call.invoke('iot', 'DeleteProvisioningTemplateVersion', { templateName, versionId: oldest });
  await context.call.invoke('iot', 'CreateProvisioningTemplateVersion', { templateName, templateBody: text(properties, 'TemplateBody'), setAsDefault: true });
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iot-provisioningtemplate.html */
export const iotProvisioningTemplate: ResourceProvider = {
  type: 'AWS::IoT::ProvisioningTemplate',
  service: 'iot',
  properties: {
    TemplateName: { kind: 'string', createOnly: true },
    TemplateBody: { kind: 'string', required: true },
    ProvisioningRoleArn: { kind: 'string', required: true },
    Description: { kind: 'string' },
    Enabled: { kind: 'boolean' },
    PreProvisioningHook: { kind: 'object' },
    TemplateType: { kind: 'string', createOnly: true },
    Tags: { kind: 'array' },
  },
  attributes: ['TemplateArn'],
  nameProperty: 'TemplateName',

  async create(context, properties) {
    const tags = tagsOf(context, properties);
    const { templateName, templateArn } = await context.call.invoke<{ templateName: string; templateArn: string }>('iot', 'CreateProvisioningTemplate', present({
      templateName: text(properties, 'TemplateName') ?? generatedName(context, 36),
      templateBody: text(properties, 'TemplateBody'),
      provisioningRoleArn: text(properties, 'ProvisioningRoleArn'),
      description: text(properties, 'Description'),
      enabled: properties['Enabled'],
      preProvisioningHook: hook(properties['PreProvisioningHook']),
      type: text(properties, 'TemplateType'),
      tags: tags.length > 0 ? tags : undefined,
    }));
    return { physicalId: templateName, attributes: { TemplateArn: templateArn } };
  },
  async read(context, templateName) {
    const found = await unlessGone(context.call.invoke<{ templateArn: string }>('iot', 'DescribeProvisioningTemplate', { templateName }));
    return found === undefined ? undefined : { TemplateArn: found.templateArn };
  },
  async actual(context, TemplateName) {
    const found = await unlessGone(context.call.invoke<TemplateAnswer>('iot', 'DescribeProvisioningTemplate', { templateName: TemplateName }));
    if (found === undefined) return undefined;
    const { preProvisioningHook } = found;
    return present({
      TemplateName, TemplateBody: found.templateBody, TemplateType: found.type, ProvisioningRoleArn: found.provisioningRoleArn, Description: found.description, Enabled: found.enabled,
      PreProvisioningHook: preProvisioningHook === undefined ? undefined : present({ TargetArn: preProvisioningHook.targetArn, PayloadVersion: preProvisioningHook.payloadVersion }),
    });
  },
  async update(context, templateName, next, previous) {
    const nextHook = hook(next['PreProvisioningHook']);
    await context.call.invoke('iot', 'UpdateProvisioningTemplate', present({
      templateName,
      description: text(next, 'Description') ?? '',
      enabled: next['Enabled'] ?? false,
      provisioningRoleArn: text(next, 'ProvisioningRoleArn'),
      preProvisioningHook: nextHook,
      removePreProvisioningHook: nextHook === undefined && previous['PreProvisioningHook'] !== undefined ? true : undefined,
    }));
    if (next['TemplateBody'] !== previous['TemplateBody']) await newVersion(context, templateName, next);
    const attributes = await iotProvisioningTemplate.read(context, templateName, next) ?? {};
    const arn = attributes['TemplateArn'];
    if (arn !== undefined) await replaceIotTags(context, arn, next);
    return attributes;
  },
  async delete(context, templateName) {
    await unlessGone(context.call.invoke('iot', 'DeleteProvisioningTemplate', { templateName }));
  },
};
