import { hasWildcard, parseArn, splitResource, wildcardMatch, type Arn } from './arn';
import { actions, findAction, type ActionInfo, type ResourceType } from './catalog';
import type { PolicyDocument, Statement, Text } from './model';
import type { Span } from './ruleContext';

/** A part of a string as a place in the document; the whole string where JSON escapes shift the offsets. */
export function within(text: Text, at: number, length: number): Span {
  return text.escaped ? text : { offset: text.offset + at, length };
}

/** Catalogued actions that an action element names; several for `iot:Get*`, none for a name that is not known. */
export function expandAction(name: string): readonly ActionInfo[] {
  if (!hasWildcard(name)) {
    const info = findAction(name);
    return info === undefined ? [] : [info];
  }
  return actions.filter((info) => wildcardMatch(name, info.name));
}

export interface ReadAction {
  readonly text: Text;
  readonly infos: readonly ActionInfo[];
}

/** What an IoT resource string can name. */
export type ReadResource =
  | { readonly kind: 'all'; readonly text: Text }
  | { readonly kind: 'iot'; readonly text: Text; readonly arn: Arn; readonly type: string; readonly value: string; readonly valueAt: number }
  | { readonly kind: 'arn'; readonly text: Text; readonly arn: Arn }
  /** An ARN that stops early in a wildcard: `arn:aws:iot:*`. */
  | { readonly kind: 'open'; readonly text: Text }
  | { readonly kind: 'other'; readonly text: Text };

const iotTypes: readonly ResourceType[] = ['client', 'topic', 'topicfilter', 'thing', 'rolealias'];

export function readResource(text: Text): ReadResource {
  const { value } = text;
  if (value === '*') return { kind: 'all', text };
  const arn = parseArn(value);
  if (arn === undefined) return value.startsWith('arn:') && value.endsWith('*') ? { kind: 'open', text } : { kind: 'other', text };
  if (!wildcardMatch(arn.service.text, 'iot')) return { kind: 'arn', text, arn };
  const { type, value: name } = splitResource(arn.resource);
  return { kind: 'iot', text, arn, type: type.text, value: name.text, valueAt: name.at };
}

/** May the resource name something of this type? Wildcards in the type count as a possible match. */
export function mayBe(resource: ReadResource, wanted: ResourceType): boolean {
  switch (resource.kind) {
    case 'all':
    case 'open':
      return true;
    case 'other':
      return false;
    case 'arn':
      return wanted === 'component' && wildcardMatch(resource.arn.service.text, 'greengrass');
    case 'iot':
      if (wanted === 'any' || wanted === 'component') return resource.arn.service.text !== 'iot' || resource.arn.resource.text === '*';
      if (resource.type === '') return hasWildcard(resource.arn.resource.text);
      return wildcardMatch(resource.type, wanted);
  }
}

export function fits(info: ActionInfo, resource: ReadResource): boolean {
  return info.resources.some((type) => mayBe(resource, type));
}

export function isIotType(type: string): boolean {
  return iotTypes.some((item) => item === type);
}

/** What the actions name together, each once. */
function allInfos(read: readonly ReadAction[]): readonly ActionInfo[] {
  const all: ActionInfo[] = [];
  // No more than the catalog has, so that looking through the list is cheaper than a set.
  for (const item of read) for (const info of item.infos) if (!all.includes(info)) all.push(info);
  return all;
}

export interface ReadStatement {
  readonly statement: Statement;
  readonly actions: readonly ReadAction[];
  readonly resources: readonly ReadResource[];
  readonly infos: readonly ActionInfo[];
  readonly allow: boolean;
  readonly deny: boolean;
}

/** A statement with its actions looked up and its resources taken apart. */
export function readStatement(statement: Statement): ReadStatement {
  const read = statement.actions.map((text) => ({ text, infos: expandAction(text.value) }));
  return {
    statement,
    actions: read,
    resources: statement.resources.map(readResource),
    infos: allInfos(read),
    allow: statement.effect?.value === 'Allow',
    deny: statement.effect?.value === 'Deny',
  };
}

export function readPolicy(policy: PolicyDocument): readonly ReadStatement[] {
  return policy.statements.map(readStatement);
}

/** The first action element that allows the named action, if any statement does. */
export function allowing(statements: readonly ReadStatement[], action: string): ReadAction | undefined {
  for (const item of statements) {
    if (!item.allow) continue;
    // NotAction is undocumented here; it may allow anything but what it names.
    const found = item.actions.find((read) => read.infos.some((info) => info.name === action));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The string inside its quotes, ready to replace a value: JSON escapes applied. */
export function jsonText(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}
