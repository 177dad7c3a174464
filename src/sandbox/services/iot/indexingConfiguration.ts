import type {
  DescribeIndexRequest,
  DescribeIndexResponse,
  Field,
  GetIndexingConfigurationResponse,
  IndexStatus,
  ListIndicesResponse,
  ThingGroupIndexingConfiguration,
  ThingIndexingConfiguration,
  UpdateIndexingConfigurationRequest,
} from '@aws-sdk/client-iot';
import type { CallContext } from '../../kernel/types';
import { invalidRequest, notFound } from './faults';
import type { Input } from './inputs';

export const THINGS_INDEX = 'AWS_Things';
export const GROUPS_INDEX = 'AWS_ThingGroups';

interface IndexingRecord {
  readonly things: Omit<ThingIndexingConfiguration, 'managedFields'>;
  readonly groups: Omit<ThingGroupIndexingConfiguration, 'managedFields'>;
  /** While AWS reads what there is: what it does, and until when. */
  readonly building?: { readonly status: IndexStatus; readonly until: string };
}

const TABLE = 'iot.indexing';
const off: IndexingRecord = { things: { thingIndexingMode: 'OFF' }, groups: { thingGroupIndexingMode: 'OFF' } };

const field = (type: Field['type'], ...names: readonly string[]): readonly Field[] => names.map((name) => ({ name, type }));

/** https://docs.aws.amazon.com/iot/latest/developerguide/managing-fleet-index.html#managed-field */
const managed = {
  registry: [...field('String', 'thingName', 'thingId', 'thingTypeName', 'thingGroupNames'), ...field('Number', 'registry.version')],
  connectivity: [...field('Boolean', 'connectivity.connected'), ...field('Number', 'connectivity.timestamp', 'connectivity.version'), ...field('String', 'connectivity.disconnectReason')],
  groups: [...field('String', 'thingGroupName', 'thingGroupId', 'parentGroupNames', 'description'), ...field('Number', 'version')],
};

/** @param buildingTime milliseconds for which a new index is not ready */
export function indexingHandlers(buildingTime: number) {
  return {
    async GetIndexingConfiguration(_: object, call: CallContext): Promise<GetIndexingConfigurationResponse> {
      const { things, groups } = await read(call);
      const fields = [...(isOn(things) ? managed.registry : []), ...(things.thingConnectivityIndexingMode === 'STATUS' ? managed.connectivity : [])];
      return {
        thingIndexingConfiguration: {
          thingConnectivityIndexingMode: 'OFF',
          deviceDefenderIndexingMode: 'OFF',
          namedShadowIndexingMode: 'OFF',
          ...things,
          ...(fields.length === 0 ? {} : { managedFields: fields }),
        },
        thingGroupIndexingConfiguration: { ...groups, ...(groups.thingGroupIndexingMode === 'ON' ? { managedFields: [...managed.groups] } : {}) },
      };
    },

    /** What is not given stays: https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateIndexingConfiguration.html */
    async UpdateIndexingConfiguration(input: Input<UpdateIndexingConfigurationRequest>, call: CallContext): Promise<object> {
      const old = await read(call);
      const things = withoutManaged(input.thingIndexingConfiguration) ?? old.things;
      const groups = withoutManaged(input.thingGroupIndexingConfiguration) ?? old.groups;
      // unverified text
      if (!isOn(things) && things.thingConnectivityIndexingMode === 'STATUS') throw invalidRequest('thingConnectivityIndexingMode cannot be STATUS when thingIndexingMode is OFF.');
      const changed = isOn(things) && JSON.stringify(things) !== JSON.stringify(old.things);
      const until = new Date(call.now().getTime() + buildingTime).toISOString();
      const record: IndexingRecord = { things, groups, ...(changed ? { building: { status: isOn(old.things) ? 'REBUILDING' : 'BUILDING', until } } : {}) };
      call.tx.put(TABLE, 'configuration', record);
      return {};
    },

    async DescribeIndex(input: Input<DescribeIndexRequest>, call: CallContext): Promise<DescribeIndexResponse> {
      const { indexName } = input;
      checkIndexName(indexName);
      const record = await read(call);
      // Texts of these errors as others have measured them.
      if (!(indexName === THINGS_INDEX ? isOn(record.things) : record.groups.thingGroupIndexingMode === 'ON')) throw notFound(`Index ${indexName} does not exist`);
      return { indexName, indexStatus: indexName === THINGS_INDEX ? statusOf(record, call) : 'ACTIVE', schema: indexName === THINGS_INDEX ? schemaOf(record.things) : 'REGISTRY' };
    },

    async ListIndices(_: object, call: CallContext): Promise<ListIndicesResponse> {
      const { things, groups } = await read(call);
      return { indexNames: [...(isOn(things) ? [THINGS_INDEX] : []), ...(groups.thingGroupIndexingMode === 'ON' ? [GROUPS_INDEX] : [])] };
    },
  };
}

/** Throws InvalidRequestException. */
export function checkIndexName(name: string): void {
  if (name !== THINGS_INDEX && name !== GROUPS_INDEX) throw invalidRequest(`Unrecognized indexName ${name}`);
}

/** Status of the index of things and what it covers; undefined while it is off. */
export async function thingsIndex(call: CallContext): Promise<{ readonly status: IndexStatus; readonly connectivity: boolean; readonly shadows: boolean } | undefined> {
  const record = await read(call);
  if (!isOn(record.things)) return undefined;
  return {
    status: statusOf(record, call),
    connectivity: record.things.thingConnectivityIndexingMode === 'STATUS',
    shadows: record.things.thingIndexingMode === 'REGISTRY_AND_SHADOW',
  };
}

export async function connectivityIsIndexed(call: CallContext): Promise<boolean> {
  return (await read(call)).things.thingConnectivityIndexingMode === 'STATUS';
}

async function read(call: CallContext): Promise<IndexingRecord> {
  return (await call.tx.get<IndexingRecord>(TABLE, 'configuration')) ?? off;
}

const isOn = (things: IndexingRecord['things']): boolean => things.thingIndexingMode !== 'OFF';

function statusOf({ building }: IndexingRecord, call: CallContext): IndexStatus {
  return building !== undefined && call.now().toISOString() < building.until ? building.status : 'ACTIVE';
}

/** https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeIndex.html */
function schemaOf(things: IndexingRecord['things']): 'REGISTRY' | 'REGISTRY_AND_SHADOW' | 'REGISTRY_AND_CONNECTIVITY_STATUS' | 'REGISTRY_AND_SHADOW_AND_CONNECTIVITY_STATUS' | 'MULTI_INDEXING_MODE' {
  if (things.deviceDefenderIndexingMode === 'VIOLATIONS' || things.namedShadowIndexingMode === 'ON') return 'MULTI_INDEXING_MODE';
  const connectivity = things.thingConnectivityIndexingMode === 'STATUS';
  if (things.thingIndexingMode === 'REGISTRY_AND_SHADOW') return connectivity ? 'REGISTRY_AND_SHADOW_AND_CONNECTIVITY_STATUS' : 'REGISTRY_AND_SHADOW';
  return connectivity ? 'REGISTRY_AND_CONNECTIVITY_STATUS' : 'REGISTRY';
}

/** "You can't modify managed fields by updating fleet indexing configuration": API_ThingGroupIndexingConfiguration.html */
function withoutManaged<T extends { managedFields?: unknown }>(configuration: T | undefined): Omit<T, 'managedFields'> | undefined {
  if (configuration === undefined) return undefined;
  const rest = { ...configuration };
  delete rest.managedFields;
  return rest;
}
