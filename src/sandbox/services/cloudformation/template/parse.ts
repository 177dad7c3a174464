import { parse as parseJson, type ParseError } from 'jsonc-parser';
import { parseDocument } from 'yaml';
import { isJsonTooDeep, isYamlTooDeep } from './depth';
import {
  isObject, templateFormatError, validationError,
  type Json, type JsonObject, type OutputDefinition, type ResourceDefinition, type RetentionPolicy, type Template,
} from './model';
import { readParameter } from './parameters';
import { shortTags } from './yamlTags';

const SECTIONS = [
  'AWSTemplateFormatVersion', 'Description', 'Metadata', 'Parameters', 'Mappings', 'Conditions', 'Transform', 'Resources', 'Outputs', 'Rules', 'Hooks',
];
const RESOURCE_ATTRIBUTES = [
  'Type', 'Properties', 'DependsOn', 'Condition', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata', 'CreationPolicy', 'UpdatePolicy', 'Version',
];
const RETENTION: readonly string[] = ['Delete', 'Retain', 'Snapshot', 'RetainExceptOnCreate'];

/**
 * Reads a template in JSON or YAML and checks its shape, not its references.
 * Throws ValidationError with AWS's wording.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
 */
export function parseTemplate(body: string): Template {
  return shapeOf(parseText(body));
}

/** The document as plain values, short tags expanded. */
export function parseText(body: string): Json {
  return body.trimStart().startsWith('{') ? fromJson(body) : fromYaml(body);
}

/** unverified text */
function tooDeep(): Error {
  return templateFormatError('The template is nested too deeply.');
}

function fromJson(body: string): Json {
  if (isJsonTooDeep(body) || isYamlTooDeep(body)) throw tooDeep();
  const errors: ParseError[] = [];
  const value = parseJson(body, errors, { disallowComments: true, allowTrailingComma: false }) as Json;
  const [first] = errors;
  if (first === undefined) return value;
  // A flow mapping is YAML too, and CloudFormation accepts it.
  const asYaml = parseDocument(body, { schema: 'core', customTags: shortTags(), logLevel: 'silent' });
  if (asYaml.errors.length === 0 && asYaml.warnings.length === 0) return asYaml.toJS({ maxAliasCount: 100 }) as Json;
  const before = body.slice(0, first.offset).split('\n');
  throw templateFormatError(`JSON not well-formed. (line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1})`);
}

function fromYaml(body: string): Json {
  if (isYamlTooDeep(body)) throw tooDeep();
  // The core schema keeps `2012-10-17` a string, as CloudFormation does.
  const document = parseDocument(body, { schema: 'core', customTags: shortTags(), uniqueKeys: true, logLevel: 'silent' });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const at = problem.linePos?.[0] ?? { line: 1, col: 1 };
    throw templateFormatError(`YAML not well-formed. (line ${at.line}, column ${at.col})`);
  }
  try {
    return document.toJS({ maxAliasCount: 100 }) as Json;
  } catch {
    throw templateFormatError('YAML aliases are not allowed in CloudFormation templates');
  }
}

function shapeOf(document: Json): Template {
  if (!isObject(document)) throw templateFormatError('unsupported structure.');
  const unknown = Object.keys(document).filter((key) => !SECTIONS.includes(key));
  if (unknown.length > 0) throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`);
  const version = document['AWSTemplateFormatVersion'];
  if (version !== undefined && version !== '2010-09-09') throw templateFormatError('Unsupported version');
  if (document['Transform'] !== undefined || usesTransform(document)) {
    throw validationError('Transforms are not supported by the local sandbox: remove the Transform section or deploy this template to an AWS account.');
  }
  if (document['Rules'] !== undefined) {
    throw validationError('Rules are not supported by the local sandbox: remove the Rules section or deploy this template to an AWS account.');
  }
  const resources = section(document, 'Resources');
  if (Object.keys(resources).length === 0) throw templateFormatError('At least one Resources member must be defined.');
  const description = document['Description'];
  if (description !== undefined && typeof description !== 'string') throw templateFormatError('Every Description member must be a string.');
  if (description !== undefined && Buffer.byteLength(description) > 1024) throw templateFormatError('Description must be at most 1024 bytes');
  return {
    ...(version === undefined ? {} : { version }),
    ...(description === undefined ? {} : { description }),
    ...(document['Metadata'] === undefined ? {} : { metadata: section(document, 'Metadata') }),
    parameters: mapValues(section(document, 'Parameters'), readParameter),
    mappings: mappingsOf(section(document, 'Mappings')),
    conditions: section(document, 'Conditions'),
    resources: mapValues(resources, resourceOf),
    outputs: mapValues(section(document, 'Outputs'), outputOf),
  };
}

function section(document: JsonObject, name: string): JsonObject {
  const value = document[name];
  if (value === undefined || (value === null && name !== 'Resources')) return {};
  if (!isObject(value)) throw templateFormatError(`[/${name}] must be an object.`);
  return value;
}

function mapValues<T>(object: JsonObject, read: (name: string, value: Json) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, read(name, value)]));
}

function mappingsOf(mappings: JsonObject): JsonObject {
  for (const [name, mapping] of Object.entries(mappings)) {
    if (!isObject(mapping)) throw templateFormatError(`Every Mappings member ${name} must be a map`);
    for (const [key, attributes] of Object.entries(mapping)) {
      if (!isObject(attributes)) throw templateFormatError(`Every Mappings attribute must be a String or a List. [${name}.${key}]`);
    }
  }
  return mappings;
}

function resourceOf(name: string, value: Json): ResourceDefinition {
  if (!/^[a-zA-Z0-9]+$/.test(name)) throw templateFormatError(`Resource name ${name} is non alphanumeric.`);
  if (!isObject(value)) throw templateFormatError('Any Resources member must be an object.');
  const unknown = Object.keys(value).find((key) => !RESOURCE_ATTRIBUTES.includes(key));
  if (unknown !== undefined) throw validationError(`Invalid template resource property '${unknown}'`);
  const type = value['Type'];
  if (typeof type !== 'string' || type === '') throw templateFormatError(`[/Resources/${name}] Every Resources object must contain a Type member.`);
  const properties = value['Properties'] ?? {};
  if (!isObject(properties)) throw templateFormatError(`[/Resources/${name}/Properties] 'null' values are not allowed in templates`);
  refuseNull(properties, `/Resources/${name}/Properties`);
  const condition = value['Condition'];
  if (condition !== undefined && typeof condition !== 'string') throw templateFormatError(`Every Condition member must be a string. [/Resources/${name}]`);
  return {
    type,
    properties,
    dependsOn: dependsOn(name, value['DependsOn']),
    ...(condition === undefined ? {} : { condition }),
    deletionPolicy: retention(name, 'DeletionPolicy', value['DeletionPolicy']),
    updateReplacePolicy: retention(name, 'UpdateReplacePolicy', value['UpdateReplacePolicy']),
    ...(value['Metadata'] === undefined ? {} : { metadata: value['Metadata'] }),
  };
}

function refuseNull(value: Json, path: string): void {
  if (value === null) throw templateFormatError(`[${path}] 'null' values are not allowed in templates`);
  if (typeof value !== 'object') return;
  for (const [key, member] of Object.entries(value)) refuseNull(member, `${path}/${key}`);
}

function dependsOn(name: string, value: Json | undefined): readonly string[] {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? value : [value];
  if (!list.every((item): item is string => typeof item === 'string')) {
    throw templateFormatError(`DependsOn must be a string or list of strings. [/Resources/${name}]`);
  }
  return list;
}

function retention(name: string, attribute: string, value: Json | undefined): RetentionPolicy {
  if (value === undefined) return 'Delete';
  const allowed = attribute === 'DeletionPolicy' ? RETENTION : RETENTION.slice(0, 3);
  if (typeof value === 'string' && allowed.includes(value)) return value as RetentionPolicy;
  throw templateFormatError(`Unrecognized ${attribute} ${JSON.stringify(value)} for resource ${name}`);
}

function outputOf(name: string, value: Json): OutputDefinition {
  if (!/^[a-zA-Z0-9]+$/.test(name)) throw templateFormatError(`Output name ${name} is non alphanumeric.`);
  if (!isObject(value)) throw templateFormatError('Any Outputs member must be an object.');
  const content = value['Value'];
  if (content === undefined || content === null) throw templateFormatError('Every Outputs member must contain a Value object');
  const description = value['Description'];
  if (description !== undefined && typeof description !== 'string') throw templateFormatError('Every Description member must be a string.');
  const condition = value['Condition'];
  const target = value['Export'];
  if (target !== undefined && !(isObject(target) && target['Name'] !== undefined)) throw templateFormatError(`Output ${name} is malformed. The Export must have a Name.`);
  return {
    value: content,
    ...(description === undefined ? {} : { description }),
    ...(typeof condition === 'string' ? { condition } : {}),
    ...(isObject(target) && target['Name'] !== undefined ? { exportName: target['Name'] } : {}),
  };
}

function usesTransform(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, member]) => key === 'Fn::Transform' || usesTransform(member));
}
