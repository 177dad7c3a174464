import { getAttParts, subParts, subVariables } from './intrinsics';
import { intrinsicName, isObject, templateError, templateFormatError, type Json, type Template } from './model';

export interface Reference {
  readonly kind: 'ref' | 'getAtt';
  readonly name: string;
  readonly attribute?: string;
}

export const PSEUDO_PARAMETERS: readonly string[] = [
  'AWS::AccountId', 'AWS::NotificationARNs', 'AWS::NoValue', 'AWS::Partition', 'AWS::Region', 'AWS::StackId', 'AWS::StackName', 'AWS::URLSuffix',
];

/**
 * Names that a value refers to.
 * @param condition when given, only the branch of Fn::If that is taken counts
 */
export function referencesIn(value: Json, condition?: (name: string) => boolean): Reference[] {
  const found: Reference[] = [];
  const walk = (node: Json): void => {
    if (Array.isArray(node)) {
      for (const item of node) walk(item);
      return;
    }
    if (!isObject(node)) return;
    const name = intrinsicName(node);
    const argument = name === undefined ? undefined : node[name];
    if (name === 'Ref') {
      if (typeof argument !== 'string') throw templateError('every Ref object must have a single String value.');
      found.push({ kind: 'ref', name: argument });
      return;
    }
    if (name === 'Fn::GetAtt' && argument !== undefined) {
      const [resource, attribute] = getAttParts(argument);
      found.push({ kind: 'getAtt', name: resource, ...(typeof attribute === 'string' ? { attribute } : {}) });
      walk(attribute);
      return;
    }
    if (name === 'Fn::Sub' && argument !== undefined) {
      const [text, variables] = subParts(argument);
      for (const variable of subVariables(text)) {
        if (Object.hasOwn(variables, variable)) continue;
        const dot = variable.indexOf('.');
        found.push(dot < 0 ? { kind: 'ref', name: variable } : { kind: 'getAtt', name: variable.slice(0, dot), attribute: variable.slice(dot + 1) });
      }
      walk(variables);
      return;
    }
    if (name === 'Fn::If' && condition !== undefined && Array.isArray(argument) && typeof argument[0] === 'string') {
      const branch = argument[condition(argument[0]) ? 1 : 2];
      if (branch !== undefined) walk(branch);
      return;
    }
    for (const member of Object.values(node)) walk(member);
  };
  walk(value);
  return found;
}

/** Conditions that a value names in Fn::If. */
function conditionsIn(value: Json): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = isObject(value) && intrinsicName(value) === 'Fn::If' && Array.isArray(value['Fn::If']) && typeof value['Fn::If'][0] === 'string' ? [value['Fn::If'][0]] : [];
  return [...own, ...Object.values(value).flatMap(conditionsIn)];
}

/**
 * Refuses names that lead nowhere, in AWS's words.
 * @param live the resources that will exist (their condition holds); all of them when only the template is validated
 */
export function checkReferences(template: Template, live: ReadonlySet<string>, condition?: (name: string) => boolean): void {
  const unresolved = new Set<string>();
  const check = (reference: Reference, into: Set<string>): void => {
    if (reference.kind === 'getAtt') {
      if (!Object.hasOwn(template.resources, reference.name)) {
        throw templateError(`instance of Fn::GetAtt references undefined resource ${reference.name}`);
      }
      if (!live.has(reference.name)) into.add(reference.name);
    } else if (!Object.hasOwn(template.parameters, reference.name) && !PSEUDO_PARAMETERS.includes(reference.name) && !live.has(reference.name)) {
      into.add(reference.name);
    }
  };
  for (const [name, resource] of Object.entries(template.resources)) {
    if (resource.condition !== undefined && !Object.hasOwn(template.conditions, resource.condition)) {
      throw templateFormatError(`Unresolved condition dependency ${resource.condition} in the Resources block of the template`);
    }
    if (!live.has(name)) continue;
    for (const target of resource.dependsOn) if (!Object.hasOwn(template.resources, target)) unresolved.add(target);
    for (const reference of referencesIn(resource.properties, condition)) check(reference, unresolved);
    checkConditionNames(template, resource.properties);
  }
  if (unresolved.size > 0) throw templateFormatError(`Unresolved resource dependencies [${[...unresolved].join(', ')}] in the Resources block of the template`);
  checkConditions(template);
  const fromOutputs = new Set<string>();
  for (const output of Object.values(template.outputs)) {
    if (output.condition !== undefined) {
      if (!Object.hasOwn(template.conditions, output.condition)) throw templateFormatError(`Unresolved condition dependency ${output.condition} in the Outputs block of the template`);
      if (condition?.(output.condition) === false) continue;
    }
    checkConditionNames(template, output.value);
    for (const reference of referencesIn([output.value, output.exportName ?? ''], condition)) check(reference, fromOutputs);
  }
  if (fromOutputs.size > 0) throw templateFormatError(`Unresolved resource dependencies [${[...fromOutputs].join(', ')}] in the Outputs block of the template`);
}

function checkConditionNames(template: Template, value: Json): void {
  for (const name of conditionsIn(value)) {
    if (!Object.hasOwn(template.conditions, name)) throw templateError(`unresolved condition dependency ${name} in Fn::If`);
  }
}

/** Conditions may use parameters, mappings and other conditions, never resources. */
function checkConditions(template: Template): void {
  for (const expression of Object.values(template.conditions)) {
    for (const reference of referencesIn(expression)) {
      if (reference.kind === 'getAtt' || (!Object.hasOwn(template.parameters, reference.name) && !PSEUDO_PARAMETERS.includes(reference.name))) {
        throw templateFormatError(`Unresolved dependencies [${reference.name}]. Cannot reference resources in the Conditions block of the template`);
      }
    }
  }
}
