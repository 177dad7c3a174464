import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  CreateThingTypeRequest,
  CreateThingTypeResponse,
  DeleteThingTypeRequest,
  DeprecateThingTypeRequest,
  DescribeThingTypeRequest,
  DescribeThingTypeResponse,
  ListThingTypesRequest,
  ListThingTypesResponse,
  ThingTypeProperties,
  UpdateThingTypeRequest,
} from '@aws-sdk/client-iot';
import type { CallContext } from '../../kernel/types';
import { arnOf } from './arns';
import { alreadyExists, invalidRequest, notFound } from './faults';
import type { Input } from './inputs';
import { composite, keysOf, readPage } from './paging';
import { deleteTags, setTags } from './tags';

interface ThingTypeRecord {
  readonly name: string;
  readonly id: string;
  readonly properties: ThingTypeProperties;
  readonly createdAt: string;
  /** Set while the type is deprecated. */
  readonly deprecatedAt?: string;
}

const TABLE = 'iot.thingType';
/** https://docs.aws.amazon.com/iot/latest/developerguide/thing-types.html: "wait five minutes after you deprecate a thing type before you can delete it" */
const DELETE_DELAY_MS = 5 * 60_000;

export const thingTypeHandlers = {
  async CreateThingType(input: Input<CreateThingTypeRequest>, call: CallContext): Promise<CreateThingTypeResponse> {
    const arn = arnOf(call, 'thingtype', input.thingTypeName);
    const properties = input.thingTypeProperties ?? {};
    let record = await call.tx.get<ThingTypeRecord>(TABLE, input.thingTypeName);
    if (record !== undefined && !isDeepStrictEqual(record.properties, properties)) {
      // unverified text
      throw alreadyExists(`Thing type ${record.name} already exists in your account with different properties`, record.id, arn);
    }
    if (record === undefined) {
      record = { name: input.thingTypeName, id: randomUUID(), properties, createdAt: call.now().toISOString() };
      put(call, record);
      setTags(call.tx, arn, input.tags);
    }
    return { thingTypeName: record.name, thingTypeArn: arn, thingTypeId: record.id };
  },

  async DescribeThingType(input: Input<DescribeThingTypeRequest>, call: CallContext): Promise<DescribeThingTypeResponse> {
    const record = await requireThingType(call, input.thingTypeName);
    return { ...definition(call, record), thingTypeId: record.id };
  },

  async UpdateThingType(input: Input<UpdateThingTypeRequest>, call: CallContext): Promise<object> {
    const record = await requireThingType(call, input.thingTypeName);
    put(call, { ...record, properties: { ...record.properties, ...input.thingTypeProperties } });
    return {};
  },

  async DeprecateThingType(input: Input<DeprecateThingTypeRequest>, call: CallContext): Promise<object> {
    const { deprecatedAt, ...record } = await requireThingType(call, input.thingTypeName);
    put(call, input.undoDeprecate === true ? record : { ...record, deprecatedAt: deprecatedAt ?? call.now().toISOString() });
    return {};
  },

  async DeleteThingType(input: Input<DeleteThingTypeRequest>, call: CallContext): Promise<object> {
    const record = await requireThingType(call, input.thingTypeName);
    // "First you must mark it as deprecated, then remove any associated things": API_DeleteThingType.html. The texts are unverified.
    if (record.deprecatedAt === undefined) throw invalidRequest(`Cannot delete. Thing type ${record.name} must be deprecated before deletion`);
    if (call.now().getTime() - Date.parse(record.deprecatedAt) < DELETE_DELAY_MS) {
      throw invalidRequest(`Cannot delete. Please wait for 5 minutes after deprecation and then retry. Thing type ${record.name}`);
    }
    if ((await keysOf(call.tx, 'iot.thingByType', composite(record.name, ''), 1)).length > 0) {
      throw invalidRequest(`Cannot delete. Thing type ${record.name} is still associated with one or more things`);
    }
    call.tx.delete(TABLE, record.name);
    deleteTags(call.tx, arnOf(call, 'thingtype', record.name));
    return {};
  },

  async ListThingTypes(input: Input<ListThingTypesRequest>, call: CallContext): Promise<ListThingTypesResponse> {
    const page = await readPage<ThingTypeRecord>(call.tx, {
      list: `thingTypes ${input.thingTypeName ?? ''}`,
      table: TABLE,
      token: input.nextToken,
      size: input.maxResults,
      ...(input.thingTypeName === undefined ? {} : { prefix: input.thingTypeName, accept: (key) => key === input.thingTypeName }),
    });
    return { thingTypes: page.entries.map(([, record]) => definition(call, record)), nextToken: page.nextToken };
  },
};

/** Throws ResourceNotFoundException, and InvalidRequestException when the type is deprecated: no thing may take it then. */
export async function requireUsableThingType(call: CallContext, name: string): Promise<void> {
  const record = await requireThingType(call, name);
  if (record.deprecatedAt !== undefined) throw invalidRequest(`Can not use deprecated thing type:${name}`); // unverified text
}

async function requireThingType(call: CallContext, name: string): Promise<ThingTypeRecord> {
  const record = await call.tx.get<ThingTypeRecord>(TABLE, name);
  if (record === undefined) throw notFound(`Thing type ${name} not found.`); // unverified text
  return record;
}

function put(call: CallContext, record: ThingTypeRecord): void {
  call.tx.put(TABLE, record.name, record);
}

function definition(call: CallContext, record: ThingTypeRecord): Omit<DescribeThingTypeResponse, 'thingTypeId'> {
  return {
    thingTypeName: record.name,
    thingTypeArn: arnOf(call, 'thingtype', record.name),
    thingTypeProperties: record.properties,
    thingTypeMetadata: {
      deprecated: record.deprecatedAt !== undefined,
      deprecationDate: record.deprecatedAt === undefined ? undefined : new Date(record.deprecatedAt),
      creationDate: new Date(record.createdAt),
    },
  };
}
