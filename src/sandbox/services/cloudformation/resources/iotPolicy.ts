import { generatedName } from './names';
import { documentText, documentValue, present, tagsOf, text, unlessGone, type ResourceContext, type ResourceProvider } from './provider';
import { replaceIotTags } from './iotTags';

/** https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicyVersion.html: a policy has up to five versions. */
const VERSION_LIMIT = 5;

interface Versions {
  readonly policyVersions?: readonly { readonly versionId: string; readonly isDefaultVersion: boolean }[];
}

async function otherVersions(context: ResourceContext, policyName: string): Promise<string[]> {
  const { policyVersions = [] } = await context.call.invoke<Versions>('iot', 'ListPolicyVersions', { policyName });
  return policyVersions.filter((version) => !version.isDefaultVersion).map((version) => version.versionId).sort((a, b) => Number(a) - Number(b));
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iot-policy.html */
export const iotPolicy: ResourceProvider = {
  type: 'AWS::IoT::Policy',
  service: 'iot',
  properties: {
    PolicyName: { kind: 'string', createOnly: true },
    PolicyDocument: { kind: 'document', required: true },
    Tags: { kind: 'array' },
  },
  attributes: ['Arn', 'Id'],
  nameProperty: 'PolicyName',

  async create(context, properties) {
    const tags = tagsOf(context, properties);
    const { policyName, policyArn } = await context.call.invoke<{ policyName: string; policyArn: string }>('iot', 'CreatePolicy', present({
      policyName: text(properties, 'PolicyName') ?? generatedName(context, 128),
      policyDocument: documentText(properties['PolicyDocument']),
      tags: tags.length > 0 ? tags : undefined,
    }));
    return { physicalId: policyName, attributes: { Arn: policyArn, Id: policyName } };
  },
  async read(context, policyName) {
    const found = await unlessGone(context.call.invoke<{ policyArn: string }>('iot', 'GetPolicy', { policyName }));
    return found === undefined ? undefined : { Arn: found.policyArn, Id: policyName };
  },
  async actual(context, PolicyName) {
    const found = await unlessGone(context.call.invoke<{ policyDocument: string }>('iot', 'GetPolicy', { policyName: PolicyName }));
    return found === undefined ? undefined : { PolicyName, PolicyDocument: documentValue(found.policyDocument) };
  },
  async update(context, policyName, next, previous) {
    const document = documentText(next['PolicyDocument']);
    if (document !== documentText(previous['PolicyDocument'])) {
      const others = await otherVersions(context, policyName);
      const [oldest] = others;
      if (oldest !== undefined && others.length + 1 >= VERSION_LIMIT) await context.call.invoke('iot', 'DeletePolicyVersion', { policyName, policyVersionId: oldest });
      await context.call.invoke('iot', 'CreatePolicyVersion', { policyName, policyDocument: document, setAsDefault: true });
    }
    const { policyArn } = await context.call.invoke<{ policyArn: string }>('iot', 'GetPolicy', { policyName });
    await replaceIotTags(context, policyArn, next);
    return { Arn: policyArn, Id: policyName };
  },
  async delete(context, policyName, properties) {
    // Attachments are left alone, so a policy in use makes the deletion fail, as on AWS.
    if (await iotPolicy.read(context, policyName, properties) === undefined) return;
    for (const policyVersionId of await otherVersions(context, policyName)) {
      await context.call.invoke('iot', 'DeletePolicyVersion', { policyName, policyVersionId });
    }
    await context.call.invoke('iot', 'DeletePolicy', { policyName });
  },
};
