/**
 * Reads the runtime schemas that the AWS SDK clients export (`Name$`) into what a server needs: operations with their
 * HTTP binding, and errors with their code and status. The tuples are public exports but undocumented, so each read is
 * checked at run time: a changed format stops the sandbox at once instead of giving odd answers.
 */
import { inspect } from 'node:util';
import { NormalizedSchema } from '@smithy/core/schema';
import type { ServiceName } from '../kernel/types';

export type Protocol = 'restJson' | 'query';

export interface HttpBinding {
  readonly method: string;
  /** As in the model: `/role-aliases/{roleAlias}`, `{name+}` for greedy labels, `?name=value` for fixed parameters. */
  readonly template: string;
  readonly status: number;
}

export interface OperationModel {
  readonly name: string;
  readonly http: HttpBinding | undefined;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
}

export interface ErrorModel {
  /** Name of the SDK class. */
  readonly name: string;
  /** What the wire says: the query error code where the model gives one, else the name. */
  readonly code: string;
  readonly httpStatus: number;
  readonly fault: 'client' | 'server';
  readonly schema: NormalizedSchema;
}

export interface ServiceModel {
  readonly service: ServiceName;
  readonly protocol: Protocol;
  /** XML namespace of query answers; empty for REST-JSON. */
  readonly xmlNamespace: string;
  readonly operations: ReadonlyMap<string, OperationModel>;
  /** By name and by code. */
  readonly errors: ReadonlyMap<string, ErrorModel>;
}

export class SchemaFormatError extends Error {
  constructor(what: string, value: unknown) {
    super(`The SDK's schema format has changed: ${what} (${inspect(value, { depth: 0 })})`);
    this.name = 'SchemaFormatError';
  }
}

/** Static schema kinds: https://github.com/smithy-lang/smithy-typescript (packages/types/src/schema/static-schemas.ts). */
const OPERATION = 9;
const ERROR = -3;
const STRUCTURE = 3;
const UNION = 4;

/** Builds the model from the namespace object of an SDK client package. */
export function readServiceModel(service: ServiceName, protocol: Protocol, xmlNamespace: string, exported: Readonly<Record<string, unknown>>): ServiceModel {
  const operations = new Map<string, OperationModel>();
  const errors = new Map<string, ErrorModel>();
  for (const [exportName, value] of Object.entries(exported)) {
    if (!exportName.endsWith('$') || !isTuple(value)) continue;
    if (value[0] === OPERATION) {
      const operation = readOperation(value, protocol);
      operations.set(operation.name, operation);
    } else if (value[0] === ERROR && !text(value[1], 'namespace').startsWith('smithy.ts.sdk.synthetic')) {
      const error = readError(value);
      errors.set(error.name, error);
      if (!errors.has(error.code)) errors.set(error.code, error);
    }
  }
  if (operations.size === 0 || errors.size === 0) throw new SchemaFormatError(`${service} exports no operations or no errors`, operations.size);
  return { service, protocol, xmlNamespace, operations, errors };
}

function readOperation(tuple: readonly unknown[], protocol: Protocol): OperationModel {
  if (tuple.length < 6) throw new SchemaFormatError('operation tuple', tuple.length);
  const name = text(tuple[2], 'operation name');
  const http = record(tuple[3])?.['http'];
  return {
    name,
    http: protocol === 'restJson' ? readHttp(http, name) : undefined,
    input: normalize(tuple[4]),
    output: normalize(tuple[5]),
  };
}

function readHttp(value: unknown, operation: string): HttpBinding {
  if (!isTuple(value)) throw new SchemaFormatError(`http trait of ${operation}`, value);
  const status = value[2];
  if (typeof status !== 'number') throw new SchemaFormatError(`http status of ${operation}`, status);
  return { method: text(value[0], 'method'), template: text(value[1], 'path'), status };
}

function readError(tuple: readonly unknown[]): ErrorModel {
  const name = text(tuple[2], 'error name');
  const traits = record(tuple[3]) ?? {};
  const fault = traits['error'];
  if (fault !== 'client' && fault !== 'server') throw new SchemaFormatError(`error trait of ${name}`, fault);
  const query = traits['awsQueryError'];
  const queryCode = isTuple(query) ? text(query[0], 'query error code') : name;
  const queryStatus = isTuple(query) && typeof query[1] === 'number' ? query[1] : undefined;
  const status = traits['httpError'];
  const fallback = fault === 'client' ? 400 : 500;
  return { name, code: queryCode, httpStatus: queryStatus ?? (typeof status === 'number' ? status : fallback), fault, schema: normalize(tuple) };
}

/** How many members, from the first on, the model marks as required. */
export function requiredMembers(schema: NormalizedSchema): readonly string[] {
  const tuple: unknown = schema.getSchema();
  if (!isTuple(tuple) || (tuple[0] !== STRUCTURE && tuple[0] !== UNION && tuple[0] !== ERROR)) return [];
  const names = tuple[4];
  if (!Array.isArray(names)) throw new SchemaFormatError('member names', names);
  const count = tuple[6] ?? 0;
  if (typeof count !== 'number') throw new SchemaFormatError('number of required members', count);
  return names.slice(0, count).map((name) => text(name, 'member name'));
}

/** A `NormalizedSchema` from whatever a tuple holds: a schema, a thunk of one, or the unit type. */
function normalize(value: unknown): NormalizedSchema {
  if (!isTuple(value) && typeof value !== 'function' && typeof value !== 'string' && typeof value !== 'number') {
    throw new SchemaFormatError('schema reference', value);
  }
  return NormalizedSchema.of(value as Parameters<typeof NormalizedSchema.of>[0]);
}

function isTuple(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
}

function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new SchemaFormatError(what, value);
  return value;
}
