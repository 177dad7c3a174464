import type { CallContext } from '../../kernel/types';
import { composite, keysOf } from './paging';

/**
 * What the fleet index knows, by value: `<field> <value in lower case> <thing>`. Sorted rows of the store rather than an
 * index in memory: a million things cost nothing at the start, a prefix is a range, and a search sees what its snapshot
 * saw. Kept whether indexing is on or off, so that turning it on reads nothing.
 */
export const SEARCH = 'iot.search';

/** Every thing has exactly one row of this field. */
export const NAME_FIELD = 'thingName';

/** One row, in three parts: no value may hold a space. Search is case-insensitive, names of fields are not: query-syntax.html. */
export const searchKey = (field: string, value: string, thing: string): string => composite(field, value.toLowerCase(), thing);

export interface SearchRow {
  readonly value: string;
  readonly thing: string;
}

export function readSearchKey(key: string): SearchRow {
  const [, value = '', thing = ''] = key.split(' ');
  return { value, thing };
}

/** The rows of what a thing itself holds. */
export function thingSearchKeys(thing: { readonly name: string; readonly id: string; readonly typeName?: string; readonly attributes: Readonly<Record<string, string>> }): readonly string[] {
  return [
    searchKey(NAME_FIELD, thing.name, thing.name),
    searchKey('thingId', thing.id, thing.name),
    ...(thing.typeName === undefined ? [] : [searchKey('thingTypeName', thing.typeName, thing.name)]),
    ...Object.entries(thing.attributes).map(([name, value]) => searchKey(`attributes.${name}`, value, thing.name)),
  ];
}

/** The row of a membership. unverified: that groups above the direct one do not count. */
export const groupSearchKey = (group: string, thing: string): string => searchKey('thingGroupNames', group, thing);

/** Fields that some thing has a value in: from one to the next, not row by row. */
export async function indexedFields(call: CallContext): Promise<readonly string[]> {
  const fields: string[] = [];
  let after: string | undefined;
  for (;;) {
    const [key] = await nextKey(call, after);
    if (key === undefined) return fields;
    const field = key.slice(0, key.indexOf(' '));
    fields.push(field);
    after = `${field} \u{10FFFF}`;
  }
}

async function nextKey(call: CallContext, after: string | undefined): Promise<readonly string[]> {
  if (after === undefined) return keysOf(call.tx, SEARCH, '', 1);
  for await (const [key] of call.tx.list(SEARCH, { after, limit: 1 })) return [key];
  return [];
}
