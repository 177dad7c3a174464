import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  CreateThingRequest,
  CreateThingResponse,
  DeleteThingRequest,
  DescribeThingRequest,
  DescribeThingResponse,
  ListThingsRequest,
  ListThingsResponse,
  UpdateThingRequest,
} from '@aws-sdk/client-iot';
import type { CallContext } from '../../kernel/types';
import { arnOf } from './arns';
import { initialAttributes, updatedAttributes, type Attributes } from './attributes';
import { alreadyExists, invalidRequest, notFound, versionConflict } from './faults';
import type { Input } from './inputs';
import { composite, keysOf, readPage } from './paging';
import { forgetConnectivity } from './connectivity';
import { SEARCH, thingSearchKeys } from './searchTable';
import { removeFromAllGroups } from './thingGroupMembers';
import { requireUsableThingType } from './thingTypes';

export interface ThingRecord {
  readonly name: string;
  readonly id: string;
  readonly typeName?: string;
  readonly attributes: Attributes;
  readonly version: number;
}

const TABLE = 'iot.thing';
/** `<type> <thing>` and `<attribute> <value> <thing>`: filtered lists read their part of these, never all things. */
const BY_TYPE = 'iot.thingByType';
const BY_ATTRIBUTE = 'iot.thingByAttribute';
/** https://docs.aws.amazon.com/general/latest/gr/iot-core.html#thing-limits: 3 attributes without a thing type, 50 with one. */
const MAX_ATTRIBUTES = { withoutType: 3, withType: 50 };

export const thingHandlers = {
  async CreateThing(input: Input<CreateThingRequest>, call: CallContext): Promise<CreateThingResponse> {
    const arn = arnOf(call, 'thing', input.thingName);
    const attributes = initialAttributes(input.attributePayload);
    const old = await call.tx.get<ThingRecord>(TABLE, input.thingName);
    if (old !== undefined) {
      // The same thing again is no error: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html. The text is unverified.
      if (old.typeName !== input.thingTypeName || !isDeepStrictEqual(old.attributes, attributes)) {
        throw alreadyExists(`Thing ${input.thingName} already exists in account with different attributes`, old.id, arn);
      }
      return { thingName: old.name, thingArn: arn, thingId: old.id };
    }
    if (input.billingGroupName !== undefined) throw notFound(); // the sandbox has no billing groups
    if (input.thingTypeName !== undefined) await requireUsableThingType(call, input.thingTypeName);
    const record: ThingRecord = {
      name: input.thingName,
      id: randomUUID(),
      ...(input.thingTypeName === undefined ? {} : { typeName: input.thingTypeName }),
      attributes,
      version: 1,
    };
    replace(call, undefined, checked(record));
    return { thingName: record.name, thingArn: arn, thingId: record.id };
  },

  async DescribeThing(input: Input<DescribeThingRequest>, call: CallContext): Promise<DescribeThingResponse> {
    const record = await requireThing(call, input.thingName);
    return {
      defaultClientId: record.name,
      thingName: record.name,
      thingId: record.id,
      thingArn: arnOf(call, 'thing', record.name),
      thingTypeName: record.typeName,
      attributes: record.attributes,
      version: record.version,
    };
  },

  async UpdateThing(input: Input<UpdateThingRequest>, call: CallContext): Promise<object> {
    const old = await requireThing(call, input.thingName);
    checkVersion(old, input.expectedVersion);
    if (input.removeThingType === true && input.thingTypeName !== undefined) {
      throw invalidRequest('thingTypeName and removeThingType cannot be used together.'); // unverified text
    }
    if (input.thingTypeName !== undefined) await requireUsableThingType(call, input.thingTypeName);
    const { typeName: oldType, ...rest } = old;
    const typeName = input.removeThingType === true ? undefined : (input.thingTypeName ?? oldType);
    const record: ThingRecord = {
      ...rest,
      ...(typeName === undefined ? {} : { typeName }),
      attributes: updatedAttributes(old.attributes, input.attributePayload),
      version: old.version + 1,
    };
    replace(call, old, checked(record));
    return {};
  },

  /** "Returns successfully with no error if … you specify a thing that doesn't exist": API_DeleteThing.html */
  async DeleteThing(input: Input<DeleteThingRequest>, call: CallContext): Promise<object> {
    const record = await call.tx.get<ThingRecord>(TABLE, input.thingName);
    if (record === undefined) return {};
    checkVersion(record, input.expectedVersion);
    if ((await keysOf(call.tx, 'iot.principalByThing', composite(record.name, ''), 1)).length > 0) {
      throw invalidRequest(`Cannot delete. Thing ${record.name} is still attached to one or more principals`);
    }
    await removeFromAllGroups(call, record.name);
    forgetConnectivity(call, record.name);
    replace(call, record, undefined);
    return {};
  },

  async ListThings(input: Input<ListThingsRequest>, call: CallContext): Promise<ListThingsResponse> {
    const { attributeName, attributeValue, thingTypeName } = input;
    const byPrefix = input.usePrefixAttributeValue === true;
    // unverified texts
    if (attributeValue !== undefined && attributeName === undefined) throw invalidRequest('attributeName is required when attributeValue is given.');
    if (byPrefix && attributeValue === undefined) throw invalidRequest('attributeValue is required when usePrefixAttributeValue is true.');
    const list = `things ${JSON.stringify([attributeName, attributeValue, thingTypeName, byPrefix])}`;
    const common = { list, token: input.nextToken, size: input.maxResults };
    let records: readonly ThingRecord[];
    let nextToken: string | undefined;
    const read = async (names: readonly string[]): Promise<readonly ThingRecord[]> => Promise.all(names.map((name) => requireThing(call, name)));
    if (attributeName !== undefined) {
      const prefix = attributeValue === undefined ? composite(attributeName, '') : composite(attributeName, attributeValue, ...(byPrefix ? [] : ['']));
      const ofType = async (_: string, name: string): Promise<boolean> => (await call.tx.get<ThingRecord>(TABLE, name))?.typeName === thingTypeName;
      const page = await readPage<string>(call.tx, { ...common, table: BY_ATTRIBUTE, prefix, ...(thingTypeName === undefined ? {} : { accept: ofType }) });
      [records, nextToken] = [await read(page.entries.map(([, name]) => name)), page.nextToken];
    } else if (thingTypeName !== undefined) {
      const page = await readPage<unknown>(call.tx, { ...common, table: BY_TYPE, prefix: composite(thingTypeName, '') });
      [records, nextToken] = [await read(page.entries.map(([key]) => key.slice(key.lastIndexOf(' ') + 1))), page.nextToken];
    } else {
      const page = await readPage<ThingRecord>(call.tx, { ...common, table: TABLE });
      [records, nextToken] = [page.entries.map(([, record]) => record), page.nextToken];
    }
    return {
      things: records.map((record) => ({
        thingName: record.name,
        thingTypeName: record.typeName,
        thingArn: arnOf(call, 'thing', record.name),
        attributes: record.attributes,
        version: record.version,
      })),
      nextToken,
    };
  },
};

/** Throws ResourceNotFoundException. */
export async function requireThing(call: CallContext, name: string): Promise<ThingRecord> {
  const record = await call.tx.get<ThingRecord>(TABLE, name);
  if (record === undefined) throw notFound(`Thing ${name} not found.`); // unverified text
  return record;
}

function checkVersion(record: ThingRecord, expected: number | undefined): void {
  if (expected !== undefined && expected !== record.version) throw versionConflict(`The version for thing ${record.name} does not match the expected version.`);
}

function checked(record: ThingRecord): ThingRecord {
  const limit = record.typeName === undefined ? MAX_ATTRIBUTES.withoutType : MAX_ATTRIBUTES.withType;
  if (Object.keys(record.attributes).length > limit) {
    throw invalidRequest(`The number of attributes of thing ${record.name} exceeds the maximum of ${limit}.`); // unverified text
  }
  return record;
}

/** Keeps the indexes in step with the thing. */
function replace(call: CallContext, old: ThingRecord | undefined, next: ThingRecord | undefined): void {
  if (old !== undefined) {
    call.tx.delete(TABLE, old.name);
    for (const [table, key] of indexKeys(old)) call.tx.delete(table, key);
  }
  if (next !== undefined) for (const [table, key, value] of thingRows(next)) call.tx.put(table, key, value);
}

/** All that the store holds of a thing itself. */
export function thingRows(record: ThingRecord): readonly (readonly [table: string, key: string, value: unknown])[] {
  return [[TABLE, record.name, record], ...indexKeys(record).map(([table, key]) => [table, key, record.name] as const)];
}

function indexKeys(record: ThingRecord): readonly (readonly [table: string, key: string])[] {
  return [
    ...Object.entries(record.attributes).map(([name, value]) => [BY_ATTRIBUTE, composite(name, value, record.name)] as const),
    ...(record.typeName === undefined ? [] : [[BY_TYPE, composite(record.typeName, record.name)] as const]),
    ...thingSearchKeys(record).map((key) => [SEARCH, key] as const),
  ];
}
