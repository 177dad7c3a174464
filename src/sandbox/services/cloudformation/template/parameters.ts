import { isObject, templateFormatError, validationError, type Json, type JsonObject, type ParameterDefinition, type Template } from './model';

const TYPES = ['String', 'Number', 'List<Number>', 'CommaDelimitedList', 'List<String>'];
const MEMBERS = [
  'Type', 'Default', 'Description', 'NoEcho', 'AllowedValues', 'AllowedPattern', 'ConstraintDescription', 'MinLength', 'MaxLength', 'MinValue', 'MaxValue',
];
const MASK = '****';

/** A parameter as a request carries it. */
export interface ParameterInput {
  readonly ParameterKey?: string | undefined;
  readonly ParameterValue?: string | undefined;
  readonly UsePreviousValue?: boolean | undefined;
}

/** Reads one member of the Parameters section. */
export function readParameter(name: string, value: Json): ParameterDefinition {
  if (!/^[a-zA-Z0-9]+$/.test(name)) throw templateFormatError(`Parameter name ${name} is non alphanumeric.`);
  if (!isObject(value)) throw templateFormatError('Any Parameters member must be an object.');
  const unknown = Object.keys(value).find((key) => !MEMBERS.includes(key));
  if (unknown !== undefined) throw validationError(`Invalid template parameter property '${unknown}'`);
  const type = value['Type'];
  if (typeof type !== 'string') throw templateFormatError('Every Parameters object must contain a Type member.');
  if (type.startsWith('AWS::')) {
    throw validationError(`Parameter ${name}: the type ${type} is not supported by the local sandbox. Use String, Number, List<Number> or CommaDelimitedList.`);
  }
  if (!TYPES.includes(type)) throw templateFormatError(`Unrecognized parameter type: ${type}`);
  const allowed = value['AllowedValues'];
  if (allowed !== undefined && !Array.isArray(allowed)) throw templateFormatError('Every AllowedValues member must be a list.');
  const definition: ParameterDefinition = {
    type,
    noEcho: value['NoEcho'] === true || String(scalar(value, 'NoEcho')) === 'true',
    ...textMember(value, 'Default', 'defaultValue'),
    ...textMember(value, 'Description', 'description'),
    ...textMember(value, 'AllowedPattern', 'allowedPattern'),
    ...textMember(value, 'ConstraintDescription', 'constraintDescription'),
    ...(allowed === undefined ? {} : { allowedValues: allowed.map(String) }),
    ...numberMember(value, 'MinLength', 'minLength'),
    ...numberMember(value, 'MaxLength', 'maxLength'),
    ...numberMember(value, 'MinValue', 'minValue'),
    ...numberMember(value, 'MaxValue', 'maxValue'),
  };
  return definition;
}

function scalar(object: JsonObject, key: string): string | number | boolean | undefined {
  const value = object[key];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

function textMember<K extends string>(object: JsonObject, key: string, as: K): Partial<Record<K, string>> {
  if (object[key] === undefined) return {};
  const value = scalar(object, key);
  if (value === undefined) throw templateFormatError(`Every ${key} member must be a string.`);
  return { [as]: String(value) } as Partial<Record<K, string>>;
}

function numberMember<K extends string>(object: JsonObject, key: string, as: K): Partial<Record<K, number>> {
  if (object[key] === undefined) return {};
  const value = Number(scalar(object, key) ?? NaN);
  if (Number.isNaN(value)) throw templateFormatError(`Every ${key} member must be a number.`);
  return { [as]: value } as Partial<Record<K, number>>;
}

/**
 * Values for every parameter of the template: given ones, previous ones where asked for, defaults.
 * @param previous the stack's present values, for UsePreviousValue
 */
export function resolveParameters(
  template: Template,
  given: readonly ParameterInput[],
  previous: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const inputs = new Map(given.map((input) => [input.ParameterKey ?? '', input]));
  const extra = [...inputs.keys()].filter((key) => template.parameters[key] === undefined);
  if (extra.length > 0) throw validationError(`Parameters: [${extra.join(', ')}] do not exist in the template`);
  const values: Record<string, string> = {};
  const missing: string[] = [];
  for (const [name, definition] of Object.entries(template.parameters)) {
    const input = inputs.get(name);
    if (input?.UsePreviousValue === true && input.ParameterValue !== undefined) {
      throw validationError(`Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true and non empty value for a parameter`);
    }
    if (input?.UsePreviousValue === true && previous[name] === undefined) {
      throw validationError(`Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`);
    }
    const value = input?.UsePreviousValue === true ? previous[name] : (input?.ParameterValue ?? definition.defaultValue);
    if (value === undefined) missing.push(name);
    else values[name] = value;
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  for (const [name, value] of Object.entries(values)) checkValue(name, template.parameters[name] as ParameterDefinition, value);
  return values;
}

/** Items of a list parameter: separated by commas, blanks around each dropped. */
export function listItems(value: string): string[] {
  return value === '' ? [] : value.split(',').map((item) => item.trim());
}

/** What Ref to the parameter gives. */
export function parameterReference(definition: ParameterDefinition, value: string): Json {
  return definition.type === 'CommaDelimitedList' || definition.type.startsWith('List<') ? listItems(value) : value;
}

/** The value as the API shows it. */
export function shownValue(definition: ParameterDefinition | undefined, value: string): string {
  return definition?.noEcho === true ? MASK : value;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html */
function checkValue(name: string, definition: ParameterDefinition, value: string): void {
  const refuse = (requirement: string): never => {
    // With a ConstraintDescription, AWS shows that instead of the rule.
    throw validationError(
      definition.constraintDescription === undefined
        ? `Parameter '${name}' ${requirement}`
        : `Parameter ${name} failed to satisfy constraint: ${definition.constraintDescription}`,
    );
  };
  const isList = definition.type === 'CommaDelimitedList' || definition.type.startsWith('List<');
  const items = isList ? listItems(value) : [value];
  if (definition.type === 'Number' || definition.type === 'List<Number>') {
    for (const item of items) {
      const number = item.trim() === '' ? NaN : Number(item);
      if (!Number.isFinite(number)) throw validationError(`Parameter '${name}' must be a number`);
      if (definition.minValue !== undefined && number < definition.minValue) refuse(`must be a number not less than ${definition.minValue}`);
      if (definition.maxValue !== undefined && number > definition.maxValue) refuse(`must be a number not greater than ${definition.maxValue}`);
    }
  }
  if (definition.allowedValues !== undefined) {
    for (const item of items) if (!definition.allowedValues.includes(item)) refuse('must be one of AllowedValues');
  }
  if (definition.type === 'String') {
    if (definition.minLength !== undefined && value.length < definition.minLength) refuse(`must contain at least ${definition.minLength} characters`);
    if (definition.maxLength !== undefined && value.length > definition.maxLength) refuse(`must contain at most ${definition.maxLength} characters`);
  }
  if (definition.allowedPattern !== undefined && (definition.type === 'String' || definition.type === 'CommaDelimitedList')) {
    const pattern = compile(name, definition.allowedPattern);
    for (const item of items) if (!pattern.test(item)) refuse(`must match pattern ${definition.allowedPattern}`);
  }
}

/** AllowedPattern matches the whole value (Java's Matcher.matches). */
function compile(name: string, pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 's');
  } catch {
    throw validationError(`Parameter '${name}' AllowedPattern must be a valid regular expression.`);
  }
}
