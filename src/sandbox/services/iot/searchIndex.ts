import type { SearchIndexRequest, SearchIndexResponse, ThingDocument } from '@aws-sdk/client-iot';
import { Fault, type CallContext } from '../../kernel/types';
import { CONNECTED_FIELD, connectivityOf } from './connectivity';
import { invalidRequest, notFound } from './faults';
import { checkIndexName, THINGS_INDEX, thingsIndex } from './indexingConfiguration';
import type { Input } from './inputs';
import { composite, keysOf, lastPart } from './paging';
import { invalidQuery, parseQuery, termsOf, type Query } from './searchQuery';
import { indexedFields, NAME_FIELD, readSearchKey, SEARCH } from './searchTable';
import type { ValueTest } from './searchTerms';

interface ThingRecord {
  readonly name: string;
  readonly id: string;
  readonly typeName?: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A range of the table that holds a match's row: the rows of one field, from a prefix on. */
interface Source {
  readonly field: string;
  readonly prefix: string;
  /** Leaves rows out without reading the thing. */
  readonly test?: ValueTest;
}

/** "This maximum number cannot exceed 100": https://docs.aws.amazon.com/iot/latest/apireference/API_SearchIndex.html. The default is unverified. */
const MAX_RESULTS = 100;
/** A call reads no more than this; its page may then be short, as AWS allows. */
const ROWS_PER_CALL = 50_000;
const THINGS_PER_CALL = 2_000;
/** So far sources are counted to find the smallest. */
const COUNTED = 500;

const everything: readonly Source[] = [{ field: NAME_FIELD, prefix: composite(NAME_FIELD, '') }];

export const searchHandlers = {
  async SearchIndex(input: Input<SearchIndexRequest>, call: CallContext): Promise<SearchIndexResponse> {
    const indexName = input.indexName ?? THINGS_INDEX;
    if (input.queryVersion !== undefined && input.queryVersion !== '2017-09-30') throw invalidRequest('Invalid queryVersion. Expected one of: [2017-09-30]');
    checkIndexName(indexName);
    if (indexName !== THINGS_INDEX) throw invalidRequest(`The sandbox does not search ${indexName}.`);
    const index = await thingsIndex(call);
    if (index === undefined) throw notFound(`Index ${indexName} does not exist. Please enable index by calling UpdateIndexingConfiguration`);
    // unverified: the text, and that an index that is built anew answers meanwhile.
    if (index.status === 'BUILDING') throw new Fault('IndexNotReadyException', `Index ${indexName} is not ready. Status: ${index.status}`);
    const query = parseQuery(input.queryString);
    for (const { field } of termsOf(query)) if (field !== undefined) checkField(field, index, input.queryString);

    const request = JSON.stringify([input.queryString, input.indexName, input.queryVersion]);
    const start = input.nextToken === undefined ? { source: 0 } : readToken(input.nextToken, request);
    const size = Math.min(input.maxResults ?? MAX_RESULTS, MAX_RESULTS);
    const sources = await sourcesOf(call, query);
    const things: ThingDocument[] = [];
    let rows = 0;
    let read = 0;
    for (let number = start.source; number < sources.length; number++) {
      const { prefix, test } = sources[number] ?? everything[0] ?? { prefix: '', test: undefined };
      let after = number === start.source ? start.after : undefined;
      for await (const [key] of call.tx.list(SEARCH, { prefix, ...(after === undefined ? {} : { after }) })) {
        if (things.length === size || rows === ROWS_PER_CALL || read === THINGS_PER_CALL) return { things, nextToken: makeToken(request, number, after ?? '') };
        after = key;
        rows++;
        const row = readSearchKey(key);
        if (test?.matches(row.value) === false) continue;
        read++;
        const document = await documentOf(call, row.thing, index.connectivity);
        // A thing may stand in several rows; it is an answer where it stands first.
        if (document !== undefined && holds(query, document) && isFirst(sources, number, row.value, document)) things.push(document);
      }
    }
    return { things };
  },
};

function checkField(field: string, index: { readonly connectivity: boolean; readonly shadows: boolean }, query: string): void {
  const needs = (what: string): Fault => invalidRequest(`Query includes one or more constraints for ${what} attribute, but ${what} indexing is not enabled for AWS_Things index`);
  if (/^(thingName|thingId|thingTypeName|thingGroupNames|attributes\..+)$/.test(field)) return;
  if (/^connectivity\.(connected|timestamp|disconnectReason|version)$/.test(field)) {
    if (!index.connectivity) throw needs('Connectivity');
  } else if (/^shadow\.(reported|desired|delta|metadata|hasDelta)/.test(field)) {
    // The sandbox keeps no shadows: such a term is true of no thing.
    if (!index.shadows) throw needs('Shadow');
  } else if (field.startsWith('deviceDefender.')) throw needs('Devicedefender');
  else throw invalidQuery(`Unable to parse query, invalid field name, field name: ${field}`, query);
}

/** Ranges that together hold every match: of several conditions that all must hold, those of the one with the fewest rows. */
async function sourcesOf(call: CallContext, query: Query): Promise<readonly Source[]> {
  switch (query.kind) {
    case 'not':
      return everything;
    case 'or': {
      const all = await Promise.all(query.parts.map((part) => sourcesOf(call, part)));
      return all.includes(everything) ? everything : all.flat();
    }
    case 'and': {
      let best = everything;
      let least = COUNTED + 1;
      for (const part of query.parts) {
        const sources = await sourcesOf(call, part);
        const count = sources === everything ? least : await size(call, sources, least);
        if (count < least || (best === everything && sources !== everything)) [best, least] = [sources, count];
      }
      return best;
    }
    case 'term': {
      const { field, test } = query;
      if (field === undefined) return test.text === '*' ? everything : (await indexedFields(call)).map((each) => source(each, test));
      // Only what is connected has a row: all others are not.
      if (field.startsWith('connectivity.') && !(field === CONNECTED_FIELD && test.exact && test.prefix === 'true')) return everything;
      return [source(field, test)];
    }
  }
}

function source(field: string, test: ValueTest): Source {
  return { field, prefix: test.exact ? composite(field, test.prefix, '') : composite(field, test.prefix), ...(test.exact || test.open ? {} : { test }) };
}

async function size(call: CallContext, sources: readonly Source[], limit: number): Promise<number> {
  let count = 0;
  for (const { prefix } of sources) {
    if (count >= limit) break;
    count += (await keysOf(call.tx, SEARCH, prefix, limit - count)).length;
  }
  return count;
}

async function documentOf(call: CallContext, name: string, connectivity: boolean): Promise<ThingDocument | undefined> {
  const [record, groups, connection] = await Promise.all([
    call.tx.get<ThingRecord>('iot.thing', name),
    keysOf(call.tx, 'iot.groupByThing', composite(name, '')),
    connectivity ? connectivityOf(call, name) : undefined,
  ]);
  return (
    record && {
      thingName: record.name,
      thingId: record.id,
      ...(record.typeName === undefined ? {} : { thingTypeName: record.typeName }),
      ...(groups.length === 0 ? {} : { thingGroupNames: groups.map(lastPart) }),
      ...(Object.keys(record.attributes).length === 0 ? {} : { attributes: { ...record.attributes } }),
      // unverified: what AWS says of a thing that never connected.
      ...(connectivity ? { connectivity: connection ?? { connected: false, timestamp: 0 } } : {}),
    }
  );
}

function holds(query: Query, document: ThingDocument): boolean {
  switch (query.kind) {
    case 'and':
      return query.parts.every((part) => holds(part, document));
    case 'or':
      return query.parts.some((part) => holds(part, document));
    case 'not':
      return !holds(query.part, document);
    case 'term':
      return query.field === undefined && query.test.text === '*' ? true : valuesOf(document, query.field).some((value) => query.test.matches(value));
  }
}

function isFirst(sources: readonly Source[], number: number, value: string, document: ThingDocument): boolean {
  for (const [each, { field, prefix, test }] of sources.slice(0, number + 1).entries()) {
    const values = valuesOf(document, field).filter((other) => `${composite(field, other)} `.startsWith(prefix) && test?.matches(other) !== false);
    if (values.length > 0) return each === number && values.sort()[0] === value;
  }
  return false;
}

/** In lower case. Without a field: all values of the registry. */
function valuesOf(document: ThingDocument, field: string | undefined): string[] {
  const { thingName, thingId, thingTypeName, thingGroupNames = [], attributes = {}, connectivity } = document;
  const known = (...values: readonly (string | undefined)[]): string[] => values.flatMap((value) => (value === undefined ? [] : [value.toLowerCase()]));
  switch (field) {
    case undefined:
      return known(thingName, thingId, thingTypeName, ...thingGroupNames, ...Object.values(attributes));
    case NAME_FIELD:
      return known(thingName);
    case 'thingId':
      return known(thingId);
    case 'thingTypeName':
      return known(thingTypeName);
    case 'thingGroupNames':
      return known(...thingGroupNames);
    case CONNECTED_FIELD:
      return known(String(connectivity?.connected ?? false));
    case 'connectivity.timestamp':
      return known(String(connectivity?.timestamp ?? 0));
    case 'connectivity.disconnectReason':
      return known(connectivity?.disconnectReason);
    default:
      return field.startsWith('attributes.') && Object.hasOwn(attributes, field.slice('attributes.'.length)) ? known(attributes[field.slice('attributes.'.length)]) : [];
  }
}

function makeToken(request: string, number: number, after: string): string {
  return Buffer.from(JSON.stringify([request, number, after])).toString('base64url');
}

function readToken(token: string, request: string): { readonly source: number; readonly after?: string } {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch {
    content = undefined;
  }
  if (!Array.isArray(content) || typeof content[0] !== 'string' || typeof content[1] !== 'number' || typeof content[2] !== 'string') throw invalidRequest('Invalid nextToken');
  if (content[0] !== request) throw invalidRequest('nextToken was from a request with different parameters');
  return { source: content[1], ...(content[2] === '' ? {} : { after: content[2] }) };
}
