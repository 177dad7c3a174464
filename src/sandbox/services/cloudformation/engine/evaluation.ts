import type { CallContext } from '../../../kernel/types';
import { conditionEvaluator, liveResources } from '../template/conditions';
import { dependencies, topologicalOrder } from '../template/graph';
import { asText, evaluate, isUnknown, NO_VALUE, UNKNOWN, type Scope, type Value } from '../template/intrinsics';
import { isObject, templateError, templateFormatError, validationError, type Json, type JsonObject, type Template } from '../template/model';
import { parameterReference } from '../template/parameters';
import { checkReferences } from '../template/references';
import { parseTemplate } from '../template/parse';
import { checkAttributes, checkTypes } from '../resources/registry';
import type { ResourceRecord, StackContent, StackOutputRecord, StackRecord } from './records';

const URL_SUFFIXES: Readonly<Record<string, string>> = {
  'aws-cn': 'amazonaws.com.cn', 'aws-iso': 'c2s.ic.gov', 'aws-iso-b': 'sc2s.sgov.gov', 'aws-eusc': 'amazonaws.eu',
};

/** A template with its parameters: conditions decided, order known, names ready to be resolved. */
export interface Evaluation {
  readonly template: Template;
  readonly order: readonly string[];
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Export names that were read so far. */
  readonly imported: Set<string>;
  /** A resource's properties; members may be UNKNOWN when `resolve` says so. */
  properties(logicalId: string, resolve: ResolveResource): Value;
  outputs(resolve: ResolveResource): StackOutputRecord[];
  /** Outputs before their resources exist; unknown ones as a mark, for comparison only. */
  outputPreview(resolve: ResolveResource): string;
}

/** How far a resource is known. Undefined: not yet. */
export type ResolveResource = (logicalId: string) => Pick<ResourceRecord, 'physicalId' | 'attributes'> | undefined;

export type Environment = Pick<CallContext, 'account' | 'region' | 'partition'> & { readonly exports: ReadonlyMap<string, { readonly value: string }> };

/** Parses and checks everything that can be checked before resources exist. Throws ValidationError. */
export function evaluateTemplate(environment: Environment, stack: Pick<StackRecord, 'id' | 'name'>, content: StackContent): Evaluation {
  const template = parseTemplate(content.templateBody);
  checkTypes(template);
  const imported = new Set<string>();
  const base = (resolve: ResolveResource): Omit<Scope, 'condition'> => ({
    region: environment.region,
    ref: (name) => pseudoParameter(name, environment, stack, content) ?? parameter(name, template, content) ?? resourceReference(name, template, resolve),
    getAtt(name, attribute) {
      if (template.resources[name] === undefined) throw templateError(`instance of Fn::GetAtt references undefined resource ${name}`);
      const resource = resolve(name);
      if (resource === undefined) return UNKNOWN;
      const value = resource.attributes[attribute];
      if (value === undefined) throw templateError(`resource ${name} does not support attribute type ${attribute} in Fn::GetAtt`);
      return value;
    },
    mapping(map, top, second) {
      const mapping = template.mappings[map];
      if (!isObject(mapping)) throw templateError(`Mapping named '${map}' is not present in the 'Mappings' section of template.`);
      const attributes = mapping[top];
      return isObject(attributes) ? attributes[second] : undefined;
    },
    importValue(name) {
      const found = environment.exports.get(name);
      if (found === undefined) throw validationError(`No export named ${name} found`);
      imported.add(name);
      return found.value;
    },
    zones: (region) => ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
  });
  const nothing: ResolveResource = () => undefined;
  // References first: a condition that names a resource must be refused, not evaluated.
  checkReferences(template, new Set(Object.keys(template.resources)));
  checkAttributes(template);
  const condition = conditionEvaluator(template, base(nothing));
  for (const name of Object.keys(template.conditions)) condition(name);
  const live = liveResources(template, condition);
  checkReferences(template, live, condition);
  const needs = dependencies(template, live, condition);
  const order = topologicalOrder(needs);
  const scope = (resolve: ResolveResource): Scope => ({ ...base(resolve), condition });

  const wanted = Object.entries(template.outputs).filter(([, output]) => output.condition === undefined || condition(output.condition));
  return {
    template, order, needs, imported,
    properties: (logicalId, resolve) => evaluate(template.resources[logicalId]?.properties ?? {}, scope(resolve)),
    outputs: (resolve) =>
      wanted.map(([key, output]) => {
        const text = asText(evaluate(output.value, scope(resolve)));
        if (text === undefined) throw templateFormatError('The Value field of every Outputs member must evaluate to a String.');
        const exportName = output.exportName === undefined ? undefined : asText(evaluate(output.exportName, scope(resolve)));
        return {
          key, value: text,
          ...(output.description === undefined ? {} : { description: output.description }),
          ...(exportName === undefined ? {} : { exportName }),
        };
      }),
    outputPreview: (resolve) =>
      JSON.stringify(wanted.map(([key, output]) => {
        const known = (value: Value): unknown => (isUnknown(value) ? '\u0000' : (asText(value) ?? value));
        return [key, known(evaluate(output.value, scope(resolve))), output.description, known(evaluate(output.exportName ?? '', scope(resolve)))];
      })),
  };
}

function pseudoParameter(name: string, environment: Environment, stack: Pick<StackRecord, 'id' | 'name'>, content: StackContent): Json | typeof NO_VALUE | undefined {
  switch (name) {
    case 'AWS::AccountId': return environment.account;
    case 'AWS::Region': return environment.region;
    case 'AWS::Partition': return environment.partition;
    case 'AWS::URLSuffix': return URL_SUFFIXES[environment.partition] ?? 'amazonaws.com';
    case 'AWS::StackId': return stack.id;
    case 'AWS::StackName': return stack.name;
    case 'AWS::NotificationARNs': return [...content.notificationArns];
    case 'AWS::NoValue': return NO_VALUE;
    default: return undefined;
  }
}

function parameter(name: string, template: Template, content: StackContent): Json | undefined {
  const definition = template.parameters[name];
  const value = content.parameters[name];
  return definition === undefined || value === undefined ? undefined : parameterReference(definition, value);
}

function resourceReference(name: string, template: Template, resolve: ResolveResource): string | typeof UNKNOWN | undefined {
  if (template.resources[name] === undefined) return undefined;
  return resolve(name)?.physicalId ?? UNKNOWN;
}

/** Properties without unknown parts, as plain JSON. */
export function knownProperties(value: Value): JsonObject {
  if (isUnknown(value)) throw new Error('A resource was started before what it needs');
  return value as JsonObject;
}
