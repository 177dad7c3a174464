import type { CallContext } from '../../../kernel/types';
import { providerOf } from '../resources/registry';
import type { JsonObject } from '../template/model';
import { propertyDifferences } from './propertyDifferences';
import type { ResourceRecord, StackRecord } from './records';

/** What the template says of a resource, and what the account has of that. */
export interface Observation {
  readonly expected: JsonObject;
  /** Absent: the resource is gone. */
  readonly actual?: JsonObject;
}

/** Undefined for what is not checked: types without support, and what is not there by the stack's own doing. */
export async function observe(call: CallContext, stack: StackRecord, record: ResourceRecord): Promise<Observation | undefined> {
  const { logicalId, physicalId, type } = record;
  const provider = providerOf(type);
  if (provider.actual === undefined || physicalId === undefined || !/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(record.status)) return undefined;
  // Tags come from the stack as well as from the template: they are left out.
  const properties = Object.fromEntries(Object.entries(record.properties).filter(([name]) => name !== 'Tags'));
  const expected = documentsRead(properties, provider.properties);
  const actual = await provider.actual({ call, stackName: stack.name, logicalId, stackTags: stack.tags }, physicalId, expected);
  if (actual === undefined) return { expected };
  return { expected, actual: Object.fromEntries(Object.keys(expected).flatMap((name) => (actual[name] === undefined ? [] : [[name, actual[name]]]))) };
}

/**
 * The records as the account has the resources, for a change set that reverts drift: a property that differs is what the
 * account has, a resource that is gone is to be made again.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
 */
export async function observedRecords(call: CallContext, stack: StackRecord, records: ReadonlyMap<string, ResourceRecord>): Promise<ReadonlyMap<string, ResourceRecord>> {
  const found = new Map<string, ResourceRecord>();
  for (const [logicalId, record] of records) found.set(logicalId, asObserved(record, await observe(call, stack, record)));
  return found;
}

function asObserved(record: ResourceRecord, seen: Observation | undefined): ResourceRecord {
  if (seen === undefined) return record;
  const { expected, actual } = seen;
  if (actual === undefined) {
    const { logicalId, type, updatedAt, properties, needs, deletionPolicy, updateReplacePolicy } = record;
    return { logicalId, type, updatedAt, properties, needs, deletionPolicy, updateReplacePolicy, attributes: {}, status: 'DELETE_COMPLETE' };
  }
  const properties = Object.entries(record.properties).flatMap(([name, value]) => {
    const one = (from: JsonObject): JsonObject => (from[name] === undefined ? {} : { [name]: from[name] });
    const differs = expected[name] !== undefined && propertyDifferences(one(expected), one(actual)).length > 0;
    return differs ? Object.entries(one(actual)) : [[name, value] as const];
  });
  return { ...record, properties: Object.fromEntries(properties) };
}

/** Documents that the template gives as text, as values. */
function documentsRead(properties: JsonObject, rules: Readonly<Record<string, { readonly kind: string }>>): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [name, rules[name]?.kind === 'document' && typeof value === 'string' ? (JSON.parse(value) as JsonObject) : value]),
  );
}
