import type { NormalizedSchema } from '@smithy/core/schema';
import type { Validate } from '../kernel/kernel';
import { Fault, type ServiceName } from '../kernel/types';
import { violationsOf, type ConstraintTable } from '../../core/validation/constraints';
import type { Models } from './models';
import { requiredMembers } from './serviceModel';

/**
 * Checks an input against the service model: required members, then lengths, ranges, patterns and enums, in AWS's
 * words: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html (ValidationError). IoT says
 * InvalidRequestException instead: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateRoleAlias.html
 */
export function createValidator(models: Models, tables: Readonly<Record<ServiceName, ConstraintTable>>): Validate {
  return (service, operationName, input) => {
    const operation = models[service].operations.get(operationName);
    if (operation === undefined) throw new Fault('InvalidAction', `The sandbox does not implement ${operationName} of ${service}.`);
    const problems: string[] = [];
    if (operation.input.isStructSchema()) checkStruct(operation.input, input, '', tables[service], problems);
    if (problems.length === 0) return;
    const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
    const message = `${count} detected: ${problems.join('; ')}`;
    // unverified: the text of Greengrass. https://docs.aws.amazon.com/greengrass/v2/APIReference/API_ListCoreDevices.html
    if (service === 'greengrass') throw new Fault('ValidationException', message, { reason: 'FIELD_VALIDATION_FAILED' });
    // unverified: the text of Lambda, of which no error of this kind is documented.
    if (service === 'lambda') throw new Fault('ValidationException', message);
    throw service === 'iot' ? new Fault('InvalidRequestException', message) : new Fault('ValidationError', message);
  };
}

function checkStruct(schema: NormalizedSchema, value: object, path: string, table: ConstraintTable, problems: string[]): void {
  const values = value as Readonly<Record<string, unknown>>;
  const struct = schema.getName() ?? '';
  const required = new Set(requiredMembers(schema));
  for (const [name, member] of schema.structIterator()) {
    const at = path === '' ? wireName(name) : `${path}.${wireName(name)}`;
    const item = values[name];
    if (item === undefined || item === null) {
      if (required.has(name)) problems.push(`Value null at '${at}' failed to satisfy constraint: Member must not be null`);
      continue;
    }
    checkValue(member, item, at, `${struct}.${name}`, table, problems);
  }
}

function checkValue(schema: NormalizedSchema, value: unknown, path: string, key: string, table: ConstraintTable, problems: string[]): void {
  for (const violation of violationsOf(table[key], value)) {
    problems.push(`Value '${shown(value)}' at '${path}' failed to satisfy constraint: ${violation}`);
  }
  if (schema.isStructSchema()) {
    if (typeof value === 'object' && value !== null) checkStruct(schema, value, path, table, problems);
  } else if (schema.isListSchema() && Array.isArray(value)) {
    value.forEach((item: unknown, index) => {
      if (item !== null) checkValue(schema.getValueSchema(), item, `${path}.${index + 1}.member`, `${key}[]`, table, problems);
    });
  } else if (schema.isMapSchema() && typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      for (const violation of violationsOf(table[`${key}{key}`], name)) {
        problems.push(`Value '${shown(value)}' at '${path}' failed to satisfy constraint: Map keys must satisfy constraint: [${violation}]`);
      }
      if (item !== null && item !== undefined) checkValue(schema.getValueSchema(), item, `${path}.${name}.member`, `${key}{}`, table, problems);
    }
  }
}

/** AWS names members with a small first letter in these messages, whatever the wire says. */
function wireName(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return `{${Object.entries(value).map(([name, item]) => `${name}=${shown(item)}`).join(', ')}}`;
  return String(value);
}
