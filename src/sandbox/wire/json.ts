import type { NormalizedSchema } from '@smithy/core/schema';
import { timestampFormat, timestampToText, unreadable } from './values';

/** JSON text value → member value. Unknown members are dropped, null members are absent, as AWS does. */
export function fromJson(schema: NormalizedSchema, value: unknown, name: string): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isDocumentSchema()) return value;
  if (schema.isStructSchema()) return structFromJson(schema, value, name);
  if (schema.isListSchema()) {
    if (!Array.isArray(value)) throw unreadable(name, 'a list');
    const member = schema.getValueSchema();
    return value.map((item, index) => fromJson(member, item, `${name}.${index + 1}.member`) ?? null);
  }
  if (schema.isMapSchema()) {
    const member = schema.getValueSchema();
    const entries = Object.entries(object(value, name)).filter(([, item]) => item !== null);
    return Object.fromEntries(entries.map(([key, item]) => [key, fromJson(member, item, `${name}.${key}`)]));
  }
  return scalarFromJson(schema, value, name);
}

export function structFromJson(schema: NormalizedSchema, value: unknown, name: string, skip: ReadonlySet<string> = new Set()): Record<string, unknown> {
  const source = object(value, name);
  const result: Record<string, unknown> = {};
  for (const [key, member] of schema.structIterator()) {
    if (skip.has(key)) continue;
    const item = fromJson(member, source[jsonName(member, key)], name === '' ? key : `${name}.${key}`);
    if (item !== undefined) result[key] = item;
  }
  return result;
}

/** Member value → JSON value; times are epoch seconds, bytes base64. */
export function toJson(schema: NormalizedSchema, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (schema.isDocumentSchema()) return value;
  if (schema.isStructSchema()) return structToJson(schema, value);
  if (schema.isListSchema()) {
    const member = schema.getValueSchema();
    return (value as readonly unknown[]).map((item) => toJson(member, item) ?? null);
  }
  if (schema.isMapSchema()) {
    const member = schema.getValueSchema();
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(member, item)]));
  }
  if (schema.isTimestampSchema()) {
    // Handlers keep times as ISO text in the store.
    const date = value instanceof Date ? value : new Date(value as string);
    const format = timestampFormat(schema, 'epochSeconds');
    return format === 'epochSeconds' ? date.getTime() / 1000 : timestampToText(date, format);
  }
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value;
}

export function structToJson(schema: NormalizedSchema, value: unknown, skip: ReadonlySet<string> = new Set()): Record<string, unknown> {
  const source = value as Readonly<Record<string, unknown>>;
  const result: Record<string, unknown> = {};
  for (const [key, member] of schema.structIterator()) {
    const item = skip.has(key) ? undefined : toJson(member, source[key]);
    if (item !== undefined) result[jsonName(member, key)] = item;
  }
  return result;
}

function scalarFromJson(schema: NormalizedSchema, value: unknown, name: string): unknown {
  if (schema.isTimestampSchema()) {
    const date = typeof value === 'number' ? new Date(Math.round(value * 1000)) : new Date(String(value));
    if (Number.isNaN(date.getTime())) throw unreadable(name, 'a timestamp');
    return date;
  }
  if (schema.isBlobSchema()) {
    if (typeof value !== 'string') throw unreadable(name, 'base64 text');
    return new Uint8Array(Buffer.from(value, 'base64'));
  }
  if (schema.isNumericSchema()) {
    if (typeof value === 'number') return value;
    if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value);
    throw unreadable(name, 'a number');
  }
  if (schema.isBooleanSchema()) {
    if (typeof value !== 'boolean') throw unreadable(name, 'a boolean');
    return value;
  }
  if (schema.isStringSchema() && typeof value !== 'string') throw unreadable(name, 'a string');
  return value;
}

function jsonName(member: NormalizedSchema, key: string): string {
  const traits: Readonly<Record<string, unknown>> = member.getMergedTraits();
  return typeof traits['jsonName'] === 'string' ? traits['jsonName'] : key;
}

function object(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw unreadable(name, 'a structure');
  return value as Readonly<Record<string, unknown>>;
}
