/** The REST-JSON protocol, server side: https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
import type { NormalizedSchema } from '@smithy/core/schema';
import type { Fault } from '../kernel/types';
import type { WireRequest, WireResponse } from './http';
import { fromJson, structFromJson, structToJson, toJson } from './json';
import type { Route } from './restRouter';
import type { OperationModel, ServiceModel } from './serviceModel';
import { scalarFromText, scalarToText, unreadable, type TimestampFormat } from './values';

type Values = Record<string, unknown>;
type Traits = Readonly<Record<string, unknown>>;

export function decodeRestJson(route: Route, request: WireRequest): Values {
  const { input } = route.operation;
  if (!input.isStructSchema()) return {};
  const query = new URLSearchParams(request.query);
  const result: Values = {};
  const elsewhere = new Set<string>();
  let payload: (() => unknown) | undefined;
  for (const [name, member] of input.structIterator()) {
    const traits: Traits = member.getMergedTraits();
    const value = readBinding(name, member, traits, route, query, request);
    if (traits['httpPayload'] !== undefined) payload = () => readPayload(member, name, request);
    else if (!isBound(traits)) continue;
    elsewhere.add(name);
    if (value !== undefined) result[name] = value;
    else if (payload !== undefined && traits['httpPayload'] !== undefined) {
      const content = payload();
      if (content !== undefined) result[name] = content;
    }
  }
  if (payload !== undefined || elsewhere.size === [...input.structIterator()].length) return result;
  return { ...structFromJson(input, parseBody(request.body), '', elsewhere), ...result };
}

export function encodeRestJson(operation: OperationModel, output: unknown, requestId: string): WireResponse {
  const headers: Record<string, string> = { 'content-type': 'application/json', 'x-amzn-requestid': requestId };
  let status = operation.http?.status ?? 200;
  if (!operation.output.isStructSchema()) return { status, headers, body: '' };
  const values = (output ?? {}) as Values;
  const elsewhere = new Set<string>();
  let payload: string | Uint8Array | undefined;
  for (const [name, member] of operation.output.structIterator()) {
    const traits: Traits = member.getMergedTraits();
    if (traits['httpPayload'] === undefined && !isBound(traits) && traits['httpResponseCode'] === undefined) continue;
    elsewhere.add(name);
    const value = values[name];
    if (traits['httpPayload'] !== undefined) payload = value === undefined ? '' : writePayload(member, value, headers);
    else if (value === undefined || value === null) continue;
    else if (traits['httpResponseCode'] !== undefined) status = Number(value);
    else writeHeaders(member, traits, value, headers);
  }
  return { status, headers, body: payload ?? JSON.stringify(structToJson(operation.output, values, elsewhere)) };
}

export function encodeRestJsonFault(model: ServiceModel, fault: Fault, requestId: string): WireResponse {
  const error = model.errors.get(fault.name);
  const values = { ...fault.members, message: fault.message };
  const members = error === undefined ? {} : structToJson(error.schema, values);
  return {
    status: error?.httpStatus ?? fault.httpStatus,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': error?.name ?? fault.name },
    body: JSON.stringify({ ...members, message: fault.message }),
  };
}

function isBound(traits: Traits): boolean {
  return ['httpLabel', 'httpQuery', 'httpQueryParams', 'httpHeader', 'httpPrefixHeaders'].some((trait) => traits[trait] !== undefined);
}

function readBinding(name: string, member: NormalizedSchema, traits: Traits, route: Route, query: URLSearchParams, request: WireRequest): unknown {
  if (traits['httpLabel'] !== undefined) return fromText(member, route.labels.get(name), name, 'dateTime');
  if (typeof traits['httpQuery'] === 'string') {
    const key = traits['httpQuery'];
    if (!query.has(key)) return undefined;
    if (!member.isListSchema()) return fromText(member, query.get(key) ?? undefined, name, 'dateTime');
    return query.getAll(key).map((text) => fromText(member.getValueSchema(), text, name, 'dateTime'));
  }
  if (traits['httpQueryParams'] !== undefined) return queryParams(member, route.operation, query);
  if (typeof traits['httpHeader'] === 'string') return readHeader(member, request.headers.get(traits['httpHeader'].toLowerCase()), name);
  if (typeof traits['httpPrefixHeaders'] === 'string') {
    const prefix = traits['httpPrefixHeaders'].toLowerCase();
    const entries = [...request.headers].filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]);
    return entries.length === 0 ? undefined : Object.fromEntries(entries);
  }
  return undefined;
}

/** All parameters that no other member of the operation has taken. */
function queryParams(member: NormalizedSchema, operation: OperationModel, query: URLSearchParams): unknown {
  const taken = new Set<unknown>();
  for (const [, other] of operation.input.structIterator()) taken.add((other.getMergedTraits() as Traits)['httpQuery']);
  const names = [...new Set(query.keys())].filter((key) => !taken.has(key));
  if (names.length === 0) return undefined;
  const lists = member.getValueSchema().isListSchema();
  return Object.fromEntries(names.map((key) => [key, lists ? query.getAll(key) : query.get(key)]));
}

function readHeader(member: NormalizedSchema, text: string | undefined, name: string): unknown {
  if (text === undefined || !member.isListSchema()) return fromText(member, text, name, 'httpDate');
  return text.split(',').map((item) => fromText(member.getValueSchema(), item.trim(), name, 'httpDate'));
}

function fromText(member: NormalizedSchema, text: string | undefined, name: string, format: TimestampFormat): unknown {
  return text === undefined ? undefined : scalarFromText(member, text, name, format);
}

function readPayload(member: NormalizedSchema, name: string, request: WireRequest): unknown {
  if (member.isBlobSchema()) return request.body.length === 0 ? undefined : request.body;
  if (member.isStringSchema()) return request.body.length === 0 ? undefined : Buffer.from(request.body).toString('utf8');
  return request.body.length === 0 ? undefined : fromJson(member, parseBody(request.body), name);
}

function writePayload(member: NormalizedSchema, value: unknown, headers: Record<string, string>): string | Uint8Array {
  if (value instanceof Uint8Array) {
    headers['content-type'] = 'application/octet-stream';
    return value;
  }
  if (member.isStringSchema()) {
    headers['content-type'] = 'text/plain';
    return String(value);
  }
  return JSON.stringify(toJson(member, value));
}

function writeHeaders(member: NormalizedSchema, traits: Traits, value: unknown, headers: Record<string, string>): void {
  if (typeof traits['httpPrefixHeaders'] === 'string') {
    for (const [key, item] of Object.entries(value as Values)) headers[`${traits['httpPrefixHeaders']}${key}`] = String(item);
  } else if (typeof traits['httpHeader'] === 'string') {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    const schema = member.isListSchema() ? member.getValueSchema() : member;
    headers[traits['httpHeader']] = items.map((item) => scalarToText(schema, item, 'httpDate')).join(',');
  }
}

function parseBody(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    throw unreadable('body', 'JSON');
  }
}
