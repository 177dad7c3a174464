import type { AwsTarget } from '../ports/identity';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

/** Plain text, or a name that CloudFormation replaces: a parameter or a pseudo parameter such as `AWS::Region`. */
export type Part = string | { readonly ref: string };

/** Names of the set-up that become parameters of the exported template, by what they name: name → parameter. */
export interface NamedResources {
  readonly roleAliases: ReadonlyMap<string, string>;
  readonly policies: ReadonlyMap<string, string>;
  readonly thingGroups: ReadonlyMap<string, string>;
  readonly templates: ReadonlyMap<string, string>;
}

export interface Rewriting {
  /** Where the documents come from: only what names this place is rewritten. */
  readonly place: Pick<AwsTarget, 'partition' | 'region' | 'account'>;
  readonly names: NamedResources;
  /** Told of each ARN of another account or region, which stays as it is. */
  readonly foreign: (arn: string) => void;
}

/** An ARN that begins a word. Any part may have wildcards, as resources of policies do. */
const arns = /(?<![\w/:.-])arn:([\w*?-]+):([\w*?-]+):([\w*?-]*):([\w*?-]*):([^\s"'\\]*)/g;

/**
 * The ARNs of a text, made good for any account, region and partition. An ARN is ours when account and region are those of
 * the place, or are not said (`iam::…`, `*`); the account `aws` of AWS managed policies is everywhere the same.
 */
export function rewriteText(text: string, rewriting: Rewriting): readonly Part[] {
  const { place, foreign } = rewriting;
  const parts: Part[] = [];
  let end = 0;
  for (const match of text.matchAll(arns)) {
    const [whole, partition = '', service = '', region = '', account = '', resource = ''] = match;
    if (!['', '*', place.region].includes(region) || !['', '*', 'aws', place.account].includes(account) || !['*', place.partition].includes(partition)) {
      foreign(whole);
      continue;
    }
    parts.push(
      text.slice(end, match.index),
      'arn:',
      partition === '*' ? '*' : { ref: 'AWS::Partition' },
      `:${service}:`,
      region === place.region ? { ref: 'AWS::Region' } : region,
      ':',
      account === place.account ? { ref: 'AWS::AccountId' } : account,
      ':',
      ...(service === 'iot' ? resourceParts(resource, rewriting.names) : [resource]),
    );
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return joined(parts);
}

/** Names of our own resources, where an ARN holds one as a whole. */
function resourceParts(resource: string, names: NamedResources): readonly Part[] {
  const provision = /^((?:topic|topicfilter)\/\$aws\/provisioning-templates\/)([^/]+)(\/.*)$/.exec(resource);
  if (provision !== null) {
    const [, head = '', name = '', tail = ''] = provision;
    const parameter = names.templates.get(name);
    return parameter === undefined ? [resource] : [head, { ref: parameter }, tail];
  }
  const slash = resource.indexOf('/');
  const name = resource.slice(slash + 1);
  const kinds: Readonly<Record<string, ReadonlyMap<string, string>>> = { rolealias: names.roleAliases, policy: names.policies, thinggroup: names.thingGroups, provisioningtemplate: names.templates };
  const kind = resource.slice(0, Math.max(slash, 0));
  const parameter = Object.hasOwn(kinds, kind) ? kinds[kind]?.get(name) : undefined;
  return parameter === undefined ? [resource] : [`${kind}/`, { ref: parameter }];
}

/**
 * A document with its ARNs rewritten. The bare account id (`aws:SourceAccount`) and, in a condition, the bare region
 * (`aws:RequestedRegion`) become pseudo parameters too.
 */
export function rewriteDocument(value: Json, rewriting: Rewriting, inCondition = false): Json {
  if (typeof value === 'string') {
    if (value === rewriting.place.account) return { Ref: 'AWS::AccountId' };
    if (inCondition && value === rewriting.place.region) return { Ref: 'AWS::Region' };
    return intrinsic(rewriteText(value, rewriting));
  }
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((item) => rewriteDocument(item, rewriting, inCondition));
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, rewriteDocument(member, rewriting, inCondition || key === 'Condition')]));
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Policy variables as AWS documents them: `${iot:Connection.Thing.Attributes[room]}`. */
const plainVariable = /^[\w:.[\]@/-]+$/;

/**
 * Parts as CloudFormation writes them: text as it is, one name as Ref, else Fn::Sub, in which `${!x}` stands for a literal
 * `${x}`. https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-sub.html
 * What that page says nothing about (`${}`, `${a b}`, `${!x}`) is joined of pieces, in which nothing is replaced.
 */
export function intrinsic(parts: readonly Part[]): Json {
  const all = joined(parts);
  const [first = ''] = all;
  if (all.length <= 1) return typeof first === 'string' ? first : { Ref: first.ref };
  const variables = all.flatMap((part) => (typeof part === 'string' ? [...part.matchAll(/\$\{([^}]*)(\}?)/g)] : []));
  const plain = variables.every(([, name = '', close]) => close === '}' && plainVariable.test(name));
  if (plain && !splitVariable(all)) {
    return { 'Fn::Sub': all.map((part) => (typeof part === 'string' ? part.replaceAll('${', '${!') : `\${${part.ref}}`)).join('') };
  }
  return { 'Fn::Join': ['', all.flatMap((part): readonly Json[] => (typeof part === 'string' ? part.split(/(?<=\$)(?=\{)/) : [{ Ref: part.ref }]))] };
}

/** A `$` right before a name would make `$${name}`, of which the page says nothing either. */
function splitVariable(parts: readonly Part[]): boolean {
  return parts.some((part, index) => typeof part === 'string' && part.endsWith('$') && index < parts.length - 1);
}

/** Neighbouring texts become one; empty ones go. */
export function joined(parts: readonly Part[]): readonly Part[] {
  const all: Part[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (part === '') continue;
    if (typeof part === 'string' && typeof last === 'string') all[all.length - 1] = last + part;
    else all.push(part);
  }
  return all;
}
