import {
  DescribeIndexCommand,
  GetIndexingConfigurationCommand,
  ListThingGroupsCommand,
  ListThingsCommand,
  ListThingTypesCommand,
  SearchIndexCommand,
  UpdateIndexingConfigurationCommand,
  type ListThingsCommandInput,
  type ThingDocument,
  type ThingIndexingConfiguration,
} from '@aws-sdk/client-iot';
import type { CallOptions } from '../../core/ports/iotApi';
import type { HitPage, Indexing, IndexState, SearchApi, ThingHit } from '../../core/ports/searchApi';
import type { Thing } from '../../core/ports/thingApi';
import type { AwsClients } from '../clients';
import { defined } from '../objects';
import { find, pageSize } from './common';

const indexName = 'AWS_Things';

export function searchCalls(aws: AwsClients): SearchApi {
  return {
    async searchThings(input: { query: string; maxResults: number; nextToken?: string }, options?: CallOptions): Promise<HitPage> {
      const { query, maxResults, nextToken } = input;
      const answer = await aws.call({ action: 'iot:SearchIndex', resource: query }, options, (http) =>
        aws.iot.send(new SearchIndexCommand({ indexName, queryString: query, maxResults, nextToken }), http),
      );
      return { hits: (answer.things ?? []).map(hitOf), ...defined({ nextToken: answer.nextToken === '' ? undefined : answer.nextToken }) };
    },

    async getIndexing(options?: CallOptions): Promise<Indexing> {
      const found = await configuration(aws, options);
      return { things: found.thingIndexingMode ?? 'OFF', connectivity: found.thingConnectivityIndexingMode === 'STATUS', ...(coversMore(found) ? { more: true } : {}) };
    },

    async describeThingIndex(options?: CallOptions): Promise<IndexState | undefined> {
      const answer = await find(aws, { action: 'iot:DescribeIndex', resource: indexName }, options, (http) => aws.iot.send(new DescribeIndexCommand({ indexName }), http));
      return answer && (answer.indexStatus ?? 'BUILDING');
    },

    async updateIndexing({ things, connectivity }: Pick<Indexing, 'things' | 'connectivity'>, options?: CallOptions): Promise<void> {
      const modes = { thingIndexingMode: things, thingConnectivityIndexingMode: connectivity ? ('STATUS' as const) : ('OFF' as const) };
      // Whether AWS keeps what is left out is not documented (unverified), so all of it is sent again.
      const kept = things === 'OFF' ? {} : settable(await configuration(aws, options));
      await aws.call({ action: 'iot:UpdateIndexingConfiguration' }, options, (http) =>
        aws.iot.send(new UpdateIndexingConfigurationCommand({ thingIndexingConfiguration: { ...kept, ...modes } }), http),
      );
    },

    listThingsByAttribute({ name, value, prefix = false }: { name: string; value: string; prefix?: boolean }, options?: CallOptions): AsyncIterable<Thing> {
      return listThings(aws, `${name}=${value}`, { attributeName: name, attributeValue: value, usePrefixAttributeValue: prefix }, options);
    },

    listThingsOfType(typeName: string, options?: CallOptions): AsyncIterable<Thing> {
      return listThings(aws, typeName, { thingTypeName: typeName }, options);
    },

    listThingGroupNames(start: string, options?: CallOptions): AsyncIterable<string> {
      return aws.pages({ action: 'iot:ListThingGroups', resource: start }, options, async (nextToken, http) => {
        const answer = await aws.iot.send(new ListThingGroupsCommand({ maxResults: pageSize, nextToken, ...(start === '' ? {} : { namePrefixFilter: start }) }), http);
        return { items: answer.thingGroups?.map(({ groupName }) => groupName ?? ''), next: answer.nextToken };
      });
    },

    listThingTypeNames(options?: CallOptions): AsyncIterable<string> {
      return aws.pages({ action: 'iot:ListThingTypes' }, options, async (nextToken, http) => {
        const answer = await aws.iot.send(new ListThingTypesCommand({ maxResults: pageSize, nextToken }), http);
        return { items: answer.thingTypes?.map(({ thingTypeName }) => thingTypeName ?? ''), next: answer.nextToken };
      });
    },
  };
}

function listThings(aws: AwsClients, resource: string, filter: ListThingsCommandInput, options: CallOptions | undefined): AsyncIterable<Thing> {
  return aws.pages({ action: 'iot:ListThings', resource }, options, async (nextToken, http) => {
    const answer = await aws.iot.send(new ListThingsCommand({ ...filter, maxResults: pageSize, nextToken }), http);
    return {
      items: answer.things?.map((thing) => ({
        name: thing.thingName ?? '',
        arn: thing.thingArn ?? '',
        attributes: thing.attributes ?? {},
        ...defined({ typeName: thing.thingTypeName, version: thing.version }),
      })),
      next: answer.nextToken,
    };
  });
}

async function configuration(aws: AwsClients, options: CallOptions | undefined): Promise<Partial<ThingIndexingConfiguration>> {
  const answer = await aws.call({ action: 'iot:GetIndexingConfiguration' }, options, (http) => aws.iot.send(new GetIndexingConfigurationCommand({}), http));
  return answer.thingIndexingConfiguration ?? {};
}

/** "You can't modify managed fields": https://docs.aws.amazon.com/iot/latest/apireference/API_ThingIndexingConfiguration.html */
function settable(found: Partial<ThingIndexingConfiguration>): Partial<ThingIndexingConfiguration> {
  const rest = { ...found };
  delete rest.managedFields;
  return rest;
}

function coversMore({ namedShadowIndexingMode, deviceDefenderIndexingMode, customFields = [], filter }: Partial<ThingIndexingConfiguration>): boolean {
  return namedShadowIndexingMode === 'ON' || deviceDefenderIndexingMode === 'VIOLATIONS' || customFields.length > 0 || (filter?.namedShadowNames ?? []).length > 0 || (filter?.geoLocations ?? []).length > 0;
}

function hitOf({ thingName, thingTypeName, thingGroupNames, attributes, connectivity }: ThingDocument): ThingHit {
  const { connected, timestamp } = connectivity ?? {};
  return {
    name: thingName ?? '',
    groups: thingGroupNames ?? [],
    attributes: attributes ?? {},
    // Without a time, the thing has not connected: https://docs.aws.amazon.com/iot/latest/apireference/API_ThingConnectivity.html
    ...defined({ typeName: thingTypeName, connected, connectionChangedAt: timestamp === undefined || timestamp <= 0 ? undefined : new Date(timestamp) }),
  };
}
