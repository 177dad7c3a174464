/** Text ↔ value by schema, for labels, query parameters, headers and query forms. */
import type { NormalizedSchema } from '@smithy/core/schema';
import { Fault } from '../kernel/types';

export type TimestampFormat = 'dateTime' | 'httpDate' | 'epochSeconds';

/** 5, 6, 7 are the timestamp schemas with a fixed format; 4 is the protocol's own. */
export function timestampFormat(schema: NormalizedSchema, fallback: TimestampFormat): TimestampFormat {
  switch (schema.getSchema()) {
    case 5:
      return 'dateTime';
    case 6:
      return 'httpDate';
    case 7:
      return 'epochSeconds';
    default:
      return fallback;
  }
}

export function scalarFromText(schema: NormalizedSchema, text: string, name: string, format: TimestampFormat): unknown {
  if (schema.isTimestampSchema()) return timestampFromText(text, timestampFormat(schema, format), name);
  if (schema.isBooleanSchema()) {
    if (text === 'true') return true;
    if (text === 'false') return false;
    throw unreadable(name, 'a boolean');
  }
  if (schema.isNumericSchema() || schema.isBigDecimalSchema()) {
    const value = Number(text);
    if (text.trim() === '' || Number.isNaN(value)) throw unreadable(name, 'a number');
    return value;
  }
  if (schema.isBigIntegerSchema()) return BigInt(text);
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, 'base64'));
  return text;
}

export function scalarToText(schema: NormalizedSchema, value: unknown, format: TimestampFormat): string {
  if (value instanceof Date) return timestampToText(value, timestampFormat(schema, format));
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  // Handlers keep times as text in the store; a text where a time is due is read as one.
  if (schema.isTimestampSchema() && typeof value === 'string') return timestampToText(new Date(value), timestampFormat(schema, format));
  return String(value);
}

export function timestampToText(date: Date, format: TimestampFormat): string {
  if (format === 'httpDate') return date.toUTCString();
  if (format === 'epochSeconds') return String(date.getTime() / 1000);
  return date.toISOString().replace('.000Z', 'Z');
}

function timestampFromText(text: string, format: TimestampFormat, name: string): Date {
  const seconds = format === 'epochSeconds' || /^-?\d+(\.\d+)?$/.test(text);
  const date = seconds ? new Date(Number(text) * 1000) : new Date(text);
  if (Number.isNaN(date.getTime())) throw unreadable(name, 'a timestamp');
  return date;
}

/** https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html: malformed requests are SerializationException. */
export function unreadable(name: string, expected: string): Fault {
  return new Fault('SerializationException', `The value at '${name}' is not ${expected}.`);
}
