import { Fault } from '../../../kernel/types';
import { isObject, type Json, type JsonObject } from '../template/model';
import { generatedName } from './names';
import { present, tagsOf, text, unlessGone, type ResourceProvider } from './provider';
import { replaceIotTags } from './iotTags';

function attributePayload(value: Json | undefined, merge: boolean): { attributes: JsonObject; merge: boolean } | undefined {
  if (!isObject(value)) return undefined;
  return { attributes: isObject(value['Attributes']) ? value['Attributes'] : {}, merge };
}

function groupProperties(properties: JsonObject): { thingGroupDescription?: string; attributePayload?: { attributes: JsonObject; merge: boolean } } {
  const source = isObject(properties['ThingGroupProperties']) ? properties['ThingGroupProperties'] : {};
  const description = text(source, 'ThingGroupDescription');
  const payload = attributePayload(source['AttributePayload'], false);
  return { ...(description === undefined ? {} : { thingGroupDescription: description }), ...(payload === undefined ? {} : { attributePayload: payload }) };
}

interface Group {
  readonly thingGroupName: string;
  readonly thingGroupArn: string;
  readonly thingGroupId: string;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iot-thinggroup.html */
export const iotThingGroup: ResourceProvider = {
  type: 'AWS::IoT::ThingGroup',
  service: 'iot',
  properties: {
    ThingGroupName: { kind: 'string', createOnly: true },
    ParentGroupName: { kind: 'string', createOnly: true },
    ThingGroupProperties: { kind: 'object' },
    Tags: { kind: 'array' },
  },
  attributes: ['Arn', 'Id'],
  nameProperty: 'ThingGroupName',

  async create(context, properties) {
    const tags = tagsOf(context, properties);
    const group = groupProperties(properties);
    const thingGroupName = text(properties, 'ThingGroupName') ?? generatedName(context, 128);
    // CreateThingGroup answers success for an equal group; a stack must not take over one that it did not make.
    const existing = await iotThingGroup.read(context, thingGroupName, properties);
    if (existing !== undefined) throw new Fault('ResourceAlreadyExistsException', `Thing Group ${thingGroupName} already exists`, {}, 409);
    const made = await context.call.invoke<Group>('iot', 'CreateThingGroup', present({
      thingGroupName,
      parentGroupName: text(properties, 'ParentGroupName'),
      thingGroupProperties: Object.keys(group).length > 0 ? group : undefined,
      tags: tags.length > 0 ? tags : undefined,
    }));
    return { physicalId: made.thingGroupName, attributes: { Arn: made.thingGroupArn, Id: made.thingGroupId } };
  },
  async read(context, thingGroupName) {
    const found = await unlessGone(context.call.invoke<Group>('iot', 'DescribeThingGroup', { thingGroupName }));
    return found === undefined ? undefined : { Arn: found.thingGroupArn, Id: found.thingGroupId };
  },
  async update(context, thingGroupName, next) {
    await context.call.invoke('iot', 'UpdateThingGroup', { thingGroupName, thingGroupProperties: groupProperties(next) });
    const attributes = await iotThingGroup.read(context, thingGroupName, next) ?? {};
    const arn = attributes['Arn'];
    if (arn !== undefined) await replaceIotTags(context, arn, next);
    return attributes;
  },
  async delete(context, thingGroupName) {
    await unlessGone(context.call.invoke('iot', 'DeleteThingGroup', { thingGroupName }));
  },
};
