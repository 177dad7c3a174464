import { intrinsicName, isObject, templateError, templateFormatError, type Json, type JsonObject } from './model';

/** A value that exists only after its resource does; any function that touches it is unknown too. */
export const UNKNOWN: unique symbol = Symbol('known after the resource exists');
/** AWS::NoValue: the property or item is left out. */
export const NO_VALUE: unique symbol = Symbol('AWS::NoValue');

export type Value = null | boolean | number | string | typeof UNKNOWN | typeof NO_VALUE | Value[] | { [key: string]: Value };

/** Where a template's names get their values. */
export interface Scope {
  /** Parameter, pseudo parameter or resource. Undefined: no such name. */
  ref(name: string): Json | typeof UNKNOWN | typeof NO_VALUE | undefined;
  getAtt(resource: string, attribute: string): Json | typeof UNKNOWN;
  condition(name: string): boolean;
  mapping(map: string, top: string, second: string): Json | undefined;
  importValue(exportName: string): string;
  zones(region: string): readonly string[];
  readonly region: string;
}

type Evaluate = (argument: Json, scope: Scope) => Value;

/** Resolves every intrinsic function in a value. Throws ValidationError in AWS's words. */
export function evaluate(value: Json, scope: Scope): Value {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  if (!isObject(value)) return value;
  const name = intrinsicName(value);
  if (name !== undefined) {
    const run = FUNCTIONS[name];
    if (run === undefined) throw templateError(`Unsupported function: ${name}`);
    return run(value[name] as Json, scope);
  }
  const entries = Object.entries(value).map(([key, member]): [string, Value] => [key, evaluate(member, scope)]);
  return Object.fromEntries(entries.filter(([, member]) => member !== NO_VALUE));
}

/** True when a part of the value is not known yet. */
export function isUnknown(value: Value): boolean {
  if (value === UNKNOWN) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(isUnknown);
}

/** The value as text, for Join, Sub and outputs. */
export function asText(value: Value): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function ref(argument: Json, scope: Scope): Value {
  if (typeof argument !== 'string') throw templateError('every Ref object must have a single String value.');
  const value = scope.ref(argument);
  if (value === undefined) throw templateFormatError(`Unresolved resource dependencies [${argument}] in the Resources block of the template`);
  return value;
}

/** Resource and attribute of a Fn::GetAtt argument, or an error. The attribute may itself be a function. */
export function getAttParts(argument: Json): [string, Json] {
  const parts = typeof argument === 'string' ? [argument.slice(0, argument.indexOf('.')), argument.slice(argument.indexOf('.') + 1)] : argument;
  if (Array.isArray(parts) && parts.length === 2 && typeof parts[0] === 'string' && parts[0] !== '' && parts[1] !== undefined && parts[1] !== '') {
    if (typeof argument !== 'string' || argument.includes('.')) return [parts[0], parts[1]];
  }
  throw templateError('every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute');
}

function getAtt(argument: Json, scope: Scope): Value {
  const [resource, attribute] = getAttParts(argument);
  const name = asText(evaluate(attribute, scope));
  if (name === undefined) throw templateError('every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute');
  return scope.getAtt(resource, name);
}

const SUB_VARIABLE = /\$\{([^}]*)\}/g;

/** Names that a Fn::Sub text uses, `${!literal}` left out. */
export function subVariables(text: string): string[] {
  return [...text.matchAll(SUB_VARIABLE)].map((match) => (match[1] ?? '').trim()).filter((name) => !name.startsWith('!'));
}

/** Text and own variables of a Fn::Sub argument, or an error. */
export function subParts(argument: Json): [string, JsonObject] {
  if (typeof argument === 'string') return [argument, {}];
  if (Array.isArray(argument) && argument.length === 2 && typeof argument[0] === 'string' && isObject(argument[1])) return [argument[0], argument[1]];
  throw templateError('One or more Fn::Sub intrinsic functions don\'t specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string');
}

function sub(argument: Json, scope: Scope): Value {
  const [text, variables] = subParts(argument);
  const unknown: string[] = [];
  const result = text.replace(SUB_VARIABLE, (whole, inner: string) => {
    const name = inner.trim();
    // ${!x} writes ${x}: how IoT and IAM policy variables get through.
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (!/^[a-zA-Z0-9_.:]+$/.test(name)) {
      throw templateError('variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons');
    }
    const own = variables[name];
    const value = own !== undefined ? evaluate(own, scope) : name.includes('.') ? getAtt(name, scope) : ref(name, scope);
    if (value === UNKNOWN) {
      unknown.push(name);
      return whole;
    }
    const asString = asText(value);
    if (asString === undefined) throw templateError('Fn::Sub expressions must resolve to a string');
    return asString;
  });
  return unknown.length > 0 ? UNKNOWN : result;
}

function listOf(argument: Json, name: string, count: number): Json[] {
  if (!Array.isArray(argument) || argument.length !== count) throw templateError(`every ${name} object requires ${count} parameters`);
  return argument;
}

function join(argument: Json, scope: Scope): Value {
  const [delimiter, items] = Array.isArray(argument) ? argument : [];
  if (typeof delimiter !== 'string' || items === undefined || (argument as Json[]).length !== 2) {
    throw templateError('every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.');
  }
  const list = evaluate(items, scope);
  if (list === UNKNOWN) return UNKNOWN;
  if (!Array.isArray(list)) {
    throw templateError('every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.');
  }
  if (isUnknown(list)) return UNKNOWN;
  return list.map((item) => {
    const text = asText(item);
    if (text === undefined) throw templateError('every value of the list of a Fn::Join object must be a string');
    return text;
  }).join(delimiter);
}

function select(argument: Json, scope: Scope): Value {
  const [rawIndex, rawList] = listOf(argument, 'Fn::Select', 2) as [Json, Json];
  const index = Number(asText(evaluate(rawIndex, scope)) ?? NaN);
  const list = evaluate(rawList, scope);
  if (list === UNKNOWN) return UNKNOWN;
  if (!Array.isArray(list) || !Number.isInteger(index)) {
    throw templateError('Fn::Select requires a list argument with two elements: an integer index and a list');
  }
  const item = list[index];
  if (item === undefined) throw templateError(`Fn::Select  cannot select nonexistent value at index ${index}`);
  return item;
}

function split(argument: Json, scope: Scope): Value {
  const [delimiter, source] = listOf(argument, 'Fn::Split', 2) as [Json, Json];
  if (typeof delimiter !== 'string' || delimiter === '') throw templateError('every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.');
  const value = evaluate(source, scope);
  if (value === UNKNOWN) return UNKNOWN;
  const text = asText(value);
  if (text === undefined) throw templateError('every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.');
  return text.split(delimiter);
}

function findInMap(argument: Json, scope: Scope): Value {
  if (!Array.isArray(argument) || argument.length !== 3) throw templateError('every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value');
  const keys = argument.map((part) => asText(evaluate(part, scope)));
  const [map, top, second] = keys;
  if (map === undefined || top === undefined || second === undefined) throw templateError('every Fn::FindInMap object requires three parameters, the map name, map key and the attribute for return value');
  const value = scope.mapping(map, top, second);
  if (value === undefined) throw templateError(`Unable to get mapping for ${map}::${top}::${second}`);
  return value;
}

function choose(argument: Json, scope: Scope): Value {
  if (!Array.isArray(argument) || argument.length !== 3) throw templateError('Fn::If requires a list argument with three elements');
  const [condition, whenTrue, whenFalse] = argument as [Json, Json, Json];
  if (typeof condition !== 'string') throw templateError('Fn::If requires a condition name as its first argument');
  return evaluate(scope.condition(condition) ? whenTrue : whenFalse, scope);
}

/** The value of a condition's expression. Conditions see parameters and mappings only. */
export function evaluateCondition(value: Json, scope: Scope): boolean {
  if (isObject(value) && Object.keys(value).length === 1) {
    const [[name, argument]] = Object.entries(value) as [[string, Json]];
    const all = (minimum: number): boolean[] => {
      if (!Array.isArray(argument) || argument.length < minimum || argument.length > 10) {
        throw templateError(`every ${name} object requires a list of at least ${minimum} and at most 10 boolean parameters.`);
      }
      return argument.map((item) => evaluateCondition(item, scope));
    };
    switch (name) {
      case 'Condition':
        if (typeof argument === 'string') return scope.condition(argument);
        break;
      case 'Fn::Equals': {
        const [left, right] = listOf(argument, 'Fn::Equals', 2) as [Json, Json];
        return JSON.stringify(comparable(evaluate(left, scope))) === JSON.stringify(comparable(evaluate(right, scope)));
      }
      case 'Fn::And': return all(2).every(Boolean);
      case 'Fn::Or': return all(2).some(Boolean);
      case 'Fn::Not': return !evaluateCondition((listOf(argument, 'Fn::Not', 1) as [Json])[0], scope);
    }
  }
  throw templateFormatError('Every Conditions member must be a boolean function.');
}

function comparable(value: Value): unknown {
  return asText(value) ?? value;
}

function base64(argument: Json, scope: Scope): Value {
  const value = evaluate(argument, scope);
  if (value === UNKNOWN) return UNKNOWN;
  const text = asText(value);
  if (text === undefined) throw templateError('every Fn::Base64 object must have a String-typed value.');
  return Buffer.from(text).toString('base64');
}

function importValue(argument: Json, scope: Scope): Value {
  const name = asText(evaluate(argument, scope));
  if (name === undefined) throw templateError('the attribute in Fn::ImportValue must be a string or a function that returns a string');
  return scope.importValue(name);
}

function getZones(argument: Json, scope: Scope): Value {
  const region = asText(evaluate(argument, scope));
  return [...scope.zones(region === undefined || region === '' ? scope.region : region)];
}

function cidr(argument: Json, scope: Scope): Value {
  if (!Array.isArray(argument) || argument.length < 2 || argument.length > 3) throw templateError('Fn::Cidr requires a list argument with two or three elements');
  const [block, count, bits] = argument.map((part) => asText(evaluate(part, scope)));
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(block ?? '');
  if (match === null) throw templateError('Fn::Cidr supports IPv4 blocks such as 10.0.0.0/16 only');
  const [a, b, c, d, prefix] = match.slice(1).map(Number) as [number, number, number, number, number];
  const size = Number(bits ?? 8);
  const number = Number(count);
  if (!(number >= 1 && number <= 256) || size > 32 - prefix || number > 2 ** (32 - prefix - size)) throw templateError('Fn::Cidr parameters do not fit into the given block');
  const base = ((a * 256 + b) * 256 + c) * 256 + d;
  return Array.from({ length: number }, (_, index) => {
    const address = base + index * 2 ** size;
    return `${[24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')}/${32 - size}`;
  });
}

const FUNCTIONS: Readonly<Record<string, Evaluate>> = {
  Ref: ref,
  'Fn::GetAtt': getAtt,
  'Fn::Sub': sub,
  'Fn::Join': join,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::FindInMap': findInMap,
  'Fn::If': choose,
  'Fn::Base64': base64,
  'Fn::ImportValue': importValue,
  'Fn::GetAZs': getZones,
  'Fn::Cidr': cidr,
};
