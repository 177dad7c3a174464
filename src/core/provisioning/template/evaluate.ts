import * as l10n from '@vscode/l10n';
import type { Node } from 'jsonc-parser';
import { textOf } from '../../policy/model';
import type { Span } from '../../policy/ruleContext';
import { membersIn, type TemplateModel } from './templateModel';
import { isFunction, looksLikeFunction, type FunctionName } from './vocabulary';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Stable names of what can go wrong while a template is worked out for one device. */
export type RenderProblemCode =
  | 'notATemplate'
  | 'missingParameter'
  | 'unknownReference'
  | 'badArguments'
  | 'badIndex'
  | 'unknownMapKey'
  | 'unknownFunction'
  | 'notText'
  | 'nestedValue'
  | 'missingProperty'
  | 'badValue'
  | 'policyNameAndDocument'
  | 'noThing'
  | 'manyThings'
  | 'noCertificate'
  | 'manyCertificates'
  | 'noResources';

export interface RenderProblem extends Span {
  readonly code: RenderProblemCode;
  /** Localized. */
  readonly message: string;
  /** The parameter that is missing, for `missingParameter`. */
  readonly parameter?: string;
}

export interface EvaluationScope {
  readonly template: TemplateModel;
  /** The value of a parameter or pseudo parameter; undefined when there is none. */
  readonly value: (name: string) => string | undefined;
  report(code: RenderProblemCode, at: Span, message: string, parameter?: string): void;
}

/** `${Name}`, and `${!Name}` which stands for `${Name}` itself. */
export const subPattern = /\$\{(!?)([^{}]*)\}/g;

/**
 * The value of an expression. Undefined when a part of it has none, which has been reported then. The page tells what
 * each function does and not its corner cases; those follow the functions of the same names in CloudFormation
 * (unverified for AWS IoT): https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function evaluate(node: Node | undefined, scope: EvaluationScope): Json | undefined {
  if (node === undefined) return undefined;
  switch (node.type) {
    case 'array': {
      const items = (node.children ?? []).map((item) => evaluate(item, scope));
      return items.some((item) => item === undefined) ? undefined : (items as Json[]);
    }
    case 'object':
      return evaluateObject(node, scope);
    default:
      return node.value as Json;
  }
}

function evaluateObject(node: Node, scope: EvaluationScope): Json | undefined {
  const members = [...membersIn(node, scope.template.source).values()];
  const called = members.find((member) => looksLikeFunction(member.name.value));
  if (called !== undefined) {
    const { value: name } = called.name;
    if (!isFunction(name)) {
      scope.report('unknownFunction', called.name, l10n.t('Provisioning templates have no function {0}.', name));
      return undefined;
    }
    if (members.length > 1) {
      scope.report('badArguments', node, l10n.t('{0} must be the only member of its object.', name));
      return undefined;
    }
    return call(name, called.value, node, scope);
  }
  const result: [string, Json][] = [];
  let complete = true;
  for (const member of members) {
    const value = evaluate(member.value, scope);
    if (value === undefined) complete = false;
    else result.push([member.name.value, value]);
  }
  return complete ? Object.fromEntries(result) : undefined;
}

function call(name: FunctionName, argument: Node | undefined, node: Node, scope: EvaluationScope): Json | undefined {
  switch (name) {
    case 'Ref':
      return reference(argument, node, scope);
    case 'Fn::Join':
      return join(argument, node, scope);
    case 'Fn::Select':
      return select(argument, node, scope);
    case 'Fn::FindInMap':
      return findInMap(argument, node, scope);
    case 'Fn::Split':
      return split(argument, node, scope);
    case 'Fn::Sub':
      return substitute(argument, node, scope);
  }
}

/** The value of a parameter; a missing one is told apart from an undeclared one, because it is mended elsewhere. */
function lookUp(name: string, at: Span, scope: EvaluationScope): string | undefined {
  const value = scope.value(name);
  if (value !== undefined) return value;
  if (scope.template.parameters.has(name)) scope.report('missingParameter', at, l10n.t('The parameter {0} has no value and no default.', name), name);
  else scope.report('unknownReference', at, l10n.t('There is no parameter {0}.', name));
  return undefined;
}

function reference(argument: Node | undefined, node: Node, scope: EvaluationScope): string | undefined {
  const name = textOf(argument, scope.template.source);
  if (name === undefined) {
    scope.report('badArguments', argument ?? node, l10n.t('Ref takes the name of a parameter.'));
    return undefined;
  }
  return lookUp(name.value, name, scope);
}

function itemsOf(argument: Node | undefined, count: number): readonly Node[] | undefined {
  const items = argument?.type === 'array' ? (argument.children ?? []) : undefined;
  return items?.length === count ? items : undefined;
}

/** A scalar as text; numbers and booleans as JSON writes them. */
export function scalarText(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

function textArgument(node: Node | undefined, what: string, scope: EvaluationScope): string | undefined {
  const value = evaluate(node, scope);
  if (value === undefined) return undefined;
  const text = scalarText(value);
  if (text === undefined && node !== undefined) scope.report('badArguments', node, l10n.t('{0} must be a text.', what));
  return text;
}

function listArgument(node: Node | undefined, name: FunctionName, scope: EvaluationScope): readonly Json[] | undefined {
  const value = evaluate(node, scope);
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return value as readonly Json[];
  if (node !== undefined) scope.report('badArguments', node, l10n.t('{0} needs a list here.', name));
  return undefined;
}

function join(argument: Node | undefined, node: Node, scope: EvaluationScope): string | undefined {
  const items = itemsOf(argument, 2);
  if (items === undefined) {
    scope.report('badArguments', argument ?? node, l10n.t('Fn::Join takes a delimiter and a list: {0}.', '["-", ["a", "b"]]'));
    return undefined;
  }
  const delimiter = textArgument(items[0], l10n.t('The delimiter'), scope);
  const list = listArgument(items[1], 'Fn::Join', scope);
  if (delimiter === undefined || list === undefined) return undefined;
  const parts = list.map(scalarText);
  if (parts.some((part) => part === undefined)) {
    scope.report('badArguments', items[1] ?? node, l10n.t('Fn::Join joins texts only.'));
    return undefined;
  }
  return parts.join(delimiter);
}

function select(argument: Node | undefined, node: Node, scope: EvaluationScope): Json | undefined {
  const items = itemsOf(argument, 2);
  if (items === undefined) {
    scope.report('badArguments', argument ?? node, l10n.t('Fn::Select takes an index and a list: {0}.', '[0, ["a", "b"]]'));
    return undefined;
  }
  const index = textArgument(items[0], l10n.t('The index'), scope);
  const list = listArgument(items[1], 'Fn::Select', scope);
  if (index === undefined || list === undefined) return undefined;
  const at = items[0] ?? node;
  if (!/^\d{1,9}$/.test(index)) {
    scope.report('badIndex', at, l10n.t('"{0}" is no index: the first item has 0.', index));
    return undefined;
  }
  // "Fn::Select does not check for null values or if the index is out of bounds of the array. Both conditions result in a provisioning error."
  const found = list[Number(index)];
  if (found === undefined || found === null) {
    scope.report('badIndex', at, l10n.t('The list has {0} items, none with the index {1}.', list.length, index));
    return undefined;
  }
  return found;
}

function findInMap(argument: Node | undefined, node: Node, scope: EvaluationScope): Json | undefined {
  const items = itemsOf(argument, 3);
  if (items === undefined) {
    scope.report('badArguments', argument ?? node, l10n.t('Fn::FindInMap takes a map and two keys: {0}.', '["Map", "First", "Second"]'));
    return undefined;
  }
  const keys = items.map((item) => textArgument(item, l10n.t('The key'), scope));
  if (keys.some((key) => key === undefined)) return undefined;
  const { source, mappings } = scope.template;
  let at: Node | undefined = mappings;
  for (const [index, key] of (keys as string[]).entries()) {
    const found = membersIn(at, source).get(key)?.value;
    if (found === undefined) {
      scope.report('unknownMapKey', items[index] ?? node, index === 0 ? l10n.t('There is no mapping {0}.', key) : l10n.t('The mapping {0} has no key {1} there.', keys[0] ?? '', key));
      return undefined;
    }
    at = found;
  }
  // No function works inside Mappings, so the value is taken as it stands.
  return plain(at, source);
}

/** A node's value without evaluating anything in it. */
export function plain(node: Node | undefined, source: string): Json | undefined {
  if (node === undefined) return undefined;
  if (node.type === 'array') return (node.children ?? []).map((item) => plain(item, source) ?? null);
  if (node.type !== 'object') return node.value as Json;
  return Object.fromEntries([...membersIn(node, source).values()].map((member) => [member.name.value, plain(member.value, source) ?? null]));
}

function split(argument: Node | undefined, node: Node, scope: EvaluationScope): readonly string[] | undefined {
  const items = itemsOf(argument, 2);
  if (items === undefined) {
    scope.report('badArguments', argument ?? node, l10n.t('Fn::Split takes a delimiter and a text: {0}.', '[",", "a,b"]'));
    return undefined;
  }
  const delimiter = textArgument(items[0], l10n.t('The delimiter'), scope);
  const text = textArgument(items[1], l10n.t('The text to split'), scope);
  if (delimiter === undefined || text === undefined) return undefined;
  if (delimiter === '') {
    scope.report('badArguments', items[0] ?? node, l10n.t('The delimiter of Fn::Split must not be empty.'));
    return undefined;
  }
  return text.split(delimiter);
}

function substitute(argument: Node | undefined, node: Node, scope: EvaluationScope): string | undefined {
  const items = argument?.type === 'array' ? itemsOf(argument, 2) : argument === undefined ? undefined : [argument];
  const template = textOf(items?.[0], scope.template.source);
  const map = items?.[1];
  if (template === undefined || (map !== undefined && map.type !== 'object')) {
    scope.report('badArguments', argument ?? node, l10n.t('Fn::Sub takes a text, or a text and an object of values: {0}.', '["${a}-x", { "a": "1" }]'));
    return undefined;
  }
  const values = membersIn(map, scope.template.source);
  const missing: string[] = [];
  const text = template.value.replace(subPattern, (whole: string, escape: string, name: string, at: number) => {
    if (escape === '!') return `\${${name}}`;
    const own = values.get(name);
    const span = template.escaped ? template : { offset: template.offset + at, length: whole.length };
    const value = own === undefined ? lookUp(name.trim(), span, scope) : textArgument(own.value, name, scope);
    if (value === undefined) missing.push(name);
    return value ?? whole;
  });
  return missing.length === 0 ? text : undefined;
}

/** The text that an expression stands for whatever a device sends; with defaults, when the device sends nothing. */
export function constantValue(template: TemplateModel, node: Node | undefined, withDefaults: boolean): string | undefined {
  let problems = 0;
  const value = evaluate(node, {
    template,
    value: (name) => (withDefaults ? textOf(template.parameters.get(name)?.defaultNode, template.source)?.value : undefined),
    report: () => {
      problems += 1;
    },
  });
  return problems === 0 && typeof value === 'string' ? value : undefined;
}
