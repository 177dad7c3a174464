import type { AwsTarget } from '../ports/identity';
import { wildcardMatch } from '../policy/arn';
import { isRecord, member } from '../util/json';

/** A resource as the deployed template has it. */
export interface TemplatePart {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
  /** CloudFormation leaves it in the account when the stack is deleted. */
  readonly retained: boolean;
}

/** What a value of a template may refer to. */
export interface TemplateScope {
  readonly place: Pick<AwsTarget, 'partition' | 'region' | 'account'>;
  readonly stack: { readonly id: string; readonly name: string };
  readonly parameters: ReadonlyMap<string, string>;
  /** By logical id: what Ref gives. */
  readonly physicalIds: ReadonlyMap<string, string>;
}

/** Stands for any text where a template does not tell. No name or ARN has it. */
const anything = '\u0000';
/** Alternatives of one value that are followed. */
const mostTexts = 64;

/** The resources of a template that was parsed; undefined when it is none. */
export function templateParts(template: unknown, scope: TemplateScope): readonly TemplatePart[] | undefined {
  const resources = member(template, 'Resources');
  if (!isRecord(resources)) return undefined;
  return Object.entries(resources).map(([logicalId, value]) => {
    const properties = member(value, 'Properties');
    const type = member(value, 'Type');
    return { logicalId, type: typeof type === 'string' ? type : '', properties: isRecord(properties) ? properties : {}, retained: isRetained(value, scope) };
  });
}

/**
 * "Retain" and "RetainExceptOnCreate" keep a resource when its stack is deleted; "Snapshot" is for types that have snapshots, which
 * those of IAM and IoT have not: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
 */
function isRetained(resource: unknown, scope: TemplateScope): boolean {
  return possibleTexts(member(resource, 'DeletionPolicy'), scope).some((text) => text === 'Retain' || text === 'RetainExceptOnCreate');
}

/** Whether one of these values may be that text. */
export function mayBe(values: readonly string[], text: string): boolean {
  return values.some((value) => wildcardMatch(value, text, anything, ''));
}

/**
 * Every text that a value, or an item of it, may stand for. Conditions are not worked out: both sides of Fn::If count. What the
 * template alone does not tell, such as an imported value, is any text.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
 */
export function possibleTexts(value: unknown, scope: TemplateScope): readonly string[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (typeof value !== 'object') return [anything];
  if (Array.isArray(value)) return value.flatMap((item) => possibleTexts(item, scope));
  const [name = '', argument] = Object.entries(value)[0] ?? [];
  switch (name) {
    case 'Ref':
      return typeof argument === 'string' ? reference(argument, scope) : [anything];
    case 'Fn::If':
      return Array.isArray(argument) ? argument.slice(1).flatMap((side) => possibleTexts(side, scope)) : [anything];
    case 'Fn::Sub':
      return substituted(argument, scope);
    case 'Fn::Join':
      return joined(argument, scope);
    case 'Fn::GetAtt':
      return [attribute(Array.isArray(argument) ? argument.join('.') : typeof argument === 'string' ? argument : '', scope)];
    default:
      return [anything];
  }
}

/** Objects in a list, also those behind Fn::If. */
export function possibleObjects(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap(possibleObjects);
  if (!isRecord(value)) return [];
  const sides = value['Fn::If'];
  return Array.isArray(sides) ? sides.slice(1).flatMap(possibleObjects) : [value];
}

function reference(name: string, { place, stack, parameters, physicalIds }: TemplateScope): readonly string[] {
  const pseudo: Readonly<Record<string, readonly string[]>> = {
    'AWS::NoValue': [],
    'AWS::Partition': [place.partition],
    'AWS::Region': [place.region],
    'AWS::AccountId': [place.account],
    'AWS::StackName': [stack.name],
    'AWS::StackId': [stack.id],
  };
  if (Object.hasOwn(pseudo, name)) return pseudo[name] ?? [];
  const value = parameters.get(name);
  if (value === undefined) return [physicalIds.get(name) ?? anything];
  // What CloudFormation tells of a NoEcho parameter; a list comes as one text.
  return /^\*+$/.test(value) ? [anything] : value.split(',').map((item) => item.trim());
}

/** Of the types that matter here, one attribute is the ARN that Ref gives as well: PolicyArn of a managed policy. */
function attribute(path: string, { physicalIds }: TemplateScope): string {
  const [name = '', wanted] = path.split('.');
  return (wanted === 'PolicyArn' ? physicalIds.get(name) : undefined) ?? anything;
}

function substituted(argument: unknown, scope: TemplateScope): readonly string[] {
  const text = Array.isArray(argument) ? (argument as unknown[])[0] : argument;
  const own = Array.isArray(argument) ? (argument as unknown[])[1] : undefined;
  if (typeof text !== 'string') return [anything];
  const parts = text.split(/(\$\{[^}]*\})/).map((part): readonly string[] => {
    const name = /^\$\{(.*)\}$/.exec(part)?.[1]?.trim();
    if (name === undefined) return [part];
    if (name.startsWith('!')) return [`\${${name.slice(1)}}`];
    const given = member(own, name);
    if (given !== undefined) return possibleTexts(given, scope);
    return name.includes('.') ? [attribute(name, scope)] : reference(name, scope);
  });
  return combined(parts, '');
}

function joined(argument: unknown, scope: TemplateScope): readonly string[] {
  const [separator, items] = Array.isArray(argument) ? (argument as unknown[]) : [];
  if (typeof separator !== 'string' || !Array.isArray(items)) return [anything];
  return combined(items.map((item) => possibleTexts(item, scope)), separator);
}

function combined(parts: readonly (readonly string[])[], separator: string): readonly string[] {
  let texts: readonly string[] | undefined;
  for (const part of parts) {
    texts = texts === undefined ? part : texts.flatMap((text) => part.map((more) => `${text}${separator}${more}`));
    if (texts.length > mostTexts) return [anything];
  }
  return texts ?? [''];
}
