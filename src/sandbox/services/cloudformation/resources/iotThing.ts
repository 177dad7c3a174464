import { Fault } from '../../../kernel/types';
import { isObject, type JsonObject } from '../template/model';
import { generatedName } from './names';
import { present, text, unlessGone, type ResourceProvider } from './provider';

interface Thing {
  readonly thingName: string;
  readonly thingArn: string;
  readonly thingId: string;
}

function attributes(properties: JsonObject): JsonObject | undefined {
  const payload = properties['AttributePayload'];
  return isObject(payload) && isObject(payload['Attributes']) ? payload['Attributes'] : undefined;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-iot-thing.html */
export const iotThing: ResourceProvider = {
  type: 'AWS::IoT::Thing',
  service: 'iot',
  properties: {
    ThingName: { kind: 'string', createOnly: true },
    AttributePayload: { kind: 'object' },
  },
  attributes: ['Arn', 'Id'],
  nameProperty: 'ThingName',

  async create(context, properties) {
    const own = attributes(properties);
    const thingName = text(properties, 'ThingName') ?? generatedName(context, 128);
    // CreateThing answers success for an equal thing; a stack must not take over one that it did not make.
    if (await iotThing.read(context, thingName, properties) !== undefined) {
      throw new Fault('ResourceAlreadyExistsException', `Thing ${thingName} already exists in account`, {}, 409);
    }
    const thing = await context.call.invoke<Thing>('iot', 'CreateThing', present({
      thingName,
      attributePayload: own === undefined ? undefined : { attributes: own },
    }));
    return { physicalId: thing.thingName, attributes: { Arn: thing.thingArn, Id: thing.thingId } };
  },
  async read(context, thingName) {
    const found = await unlessGone(context.call.invoke<Thing>('iot', 'DescribeThing', { thingName }));
    return found === undefined ? undefined : { Arn: found.thingArn, Id: found.thingId };
  },
  async update(context, thingName, next) {
    await context.call.invoke('iot', 'UpdateThing', { thingName, attributePayload: { attributes: attributes(next) ?? {}, merge: false } });
    return await iotThing.read(context, thingName, next) ?? {};
  },
  async delete(context, thingName) {
    await unlessGone(context.call.invoke('iot', 'DeleteThing', { thingName }));
  },
};
