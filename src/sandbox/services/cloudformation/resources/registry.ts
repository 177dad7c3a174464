import { templateError, templateFormatError, validationError, type Json, type JsonObject, type Template } from '../template/model';
import { referencesIn } from '../template/references';
import { iamManagedPolicy } from './iamManagedPolicy';
import { iamPolicy } from './iamPolicy';
import { iamRole } from './iamRole';
import { iotPolicy } from './iotPolicy';
import { iotProvisioningTemplate } from './iotProvisioningTemplate';
import { iotRoleAlias } from './iotRoleAlias';
import { iotThing } from './iotThing';
import { iotThingGroup } from './iotThingGroup';
import type { PropertyKind, ResourceProvider } from './provider';

const PROVIDERS: ReadonlyMap<string, ResourceProvider> = new Map(
  [iamRole, iamPolicy, iamManagedPolicy, iotRoleAlias, iotPolicy, iotProvisioningTemplate, iotThingGroup, iotThing].map((provider) => [provider.type, provider]),
);

/** The provider of a type that `checkTypes` has let through. */
export function providerOf(type: string): ResourceProvider {
  const provider = PROVIDERS.get(type);
  if (provider === undefined) throw templateFormatError(`Unrecognized resource types: [${type}]`);
  return provider;
}

/** Refuses types that the sandbox does not know, as AWS does for types that nobody knows. */
export function checkTypes(template: Template): void {
  const unknown = [...new Set(Object.values(template.resources).map((resource) => resource.type))].filter((type) => !PROVIDERS.has(type));
  if (unknown.length > 0) throw templateFormatError(`Unrecognized resource types: [${unknown.join(', ')}]`);
}

/** Refuses Fn::GetAtt of an attribute that the type does not have. */
export function checkAttributes(template: Template): void {
  const values: Json[] = [...Object.values(template.resources).map((resource) => resource.properties), ...Object.values(template.outputs).map((output) => output.value)];
  for (const reference of referencesIn(values)) {
    if (reference.kind !== 'getAtt' || reference.attribute === undefined) continue;
    const type = template.resources[reference.name]?.type;
    if (type !== undefined && !providerOf(type).attributes.includes(reference.attribute)) {
      throw templateError(`resource ${reference.name} does not support attribute type ${reference.attribute} in Fn::GetAtt`);
    }
  }
}

export interface NeededCapabilities {
  readonly capabilities: readonly ('CAPABILITY_IAM' | 'CAPABILITY_NAMED_IAM')[];
  /** Types that need them, for CapabilitiesReason. */
  readonly types: readonly string[];
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (Capabilities) */
export function neededCapabilities(template: Template): NeededCapabilities {
  const iam = Object.values(template.resources).filter((resource) => PROVIDERS.get(resource.type)?.capability !== undefined);
  const named = iam.some((resource) => {
    const provider = PROVIDERS.get(resource.type);
    return provider?.capability?.named === true && provider.nameProperty !== undefined && resource.properties[provider.nameProperty] !== undefined;
  });
  const types = [...new Set(iam.map((resource) => resource.type))];
  return { capabilities: types.length === 0 ? [] : [named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM'], types };
}

/**
 * Checks resolved properties against the type and brings scalars to the type's kind, as CloudFormation does.
 * Throws ValidationError "Properties validation failed for resource …".
 */
export function checkedProperties(type: string, logicalId: string, properties: JsonObject): JsonObject {
  const provider = providerOf(type);
  const fail = (problem: string): never => {
    throw validationError(`Properties validation failed for resource ${logicalId} with message: ${problem}`);
  };
  const problems = [
    ...Object.keys(properties).filter((name) => !Object.hasOwn(provider.properties, name)).map((name) => `#: extraneous key [${name}] is not permitted`),
    ...Object.entries(provider.properties).filter(([name, rule]) => rule.required === true && properties[name] === undefined).map(([name]) => `#: required key [${name}] not found`),
  ];
  if (problems.length === 1) fail(problems.join(''));
  if (problems.length > 1) fail(`#: ${problems.length} schema violations found\n${problems.join('\n')}`);
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => {
      const kind = provider.properties[name]?.kind ?? 'document';
      const converted = convert(kind, value);
      if (converted === undefined) fail(`#/${name}: expected type: ${TYPE_NAMES[kind]}, found: ${nameOf(value)}`);
      return [name, converted as Json];
    }),
  );
}

const TYPE_NAMES: Readonly<Record<PropertyKind, string>> = {
  string: 'String', integer: 'Integer', boolean: 'Boolean', array: 'JSONArray', object: 'JSONObject', document: 'JSONObject',
};

function nameOf(value: Json): string {
  if (Array.isArray(value)) return 'JSONArray';
  return { string: 'String', number: 'Integer', boolean: 'Boolean', object: 'JSONObject' }[typeof value as string] ?? 'Null';
}

function convert(kind: PropertyKind, value: Json): Json | undefined {
  switch (kind) {
    case 'string': return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value === 'string' ? value : undefined;
    case 'integer': {
      const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
      return typeof number === 'number' && Number.isInteger(number) ? number : undefined;
    }
    case 'boolean': return value === 'true' ? true : value === 'false' ? false : typeof value === 'boolean' ? value : undefined;
    case 'array': return Array.isArray(value) ? value : undefined;
    case 'object': return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
    // Documents may come as JSON text.
    case 'document': return (typeof value === 'object' && value !== null && !Array.isArray(value)) || typeof value === 'string' ? value : undefined;
  }
}
