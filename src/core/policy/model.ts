import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import { maxDocumentLength, maxNesting, maxReadCharacters } from './limits';
import { readJson } from './readJson';
import { survey, type Survey } from './survey';

/** A string in the document. `offset` and `length` cover the text between the quotes. */
export interface Text {
  readonly value: string;
  readonly offset: number;
  readonly length: number;
  /** True when the raw text has JSON escapes, so that offsets inside `value` are not offsets in the document. */
  readonly escaped: boolean;
  readonly node: Node;
}

/** A value of a Condition block, with its operator and key. */
export interface ConditionEntry {
  readonly operator: Text;
  readonly key: Text;
  readonly values: readonly Text[];
  /** Values that are not strings (numbers, booleans, objects …). */
  readonly otherValues: readonly Node[];
}

export interface Member {
  readonly name: Text;
  /** Missing while the person is typing. */
  readonly value: Node | undefined;
}

export interface Statement {
  readonly node: Node;
  readonly index: number;
  /** By exact name; the last one of duplicates wins, as in most JSON parsers. */
  readonly members: ReadonlyMap<string, Member>;
  readonly effect: Text | undefined;
  readonly sid: Text | undefined;
  readonly actions: readonly Text[];
  readonly notActions: readonly Text[];
  readonly resources: readonly Text[];
  readonly notResources: readonly Text[];
  readonly conditions: readonly ConditionEntry[];
}

export interface PolicyDocument {
  readonly root: Node;
  readonly members: ReadonlyMap<string, Member>;
  readonly version: Text | undefined;
  readonly statements: readonly Statement[];
}

export type Parsed =
  | { readonly kind: 'unread'; readonly reason: 'empty' | 'tooLong' | 'tooMuch' | 'tooDeep'; readonly survey: Survey }
  | { readonly kind: 'notObject'; readonly survey: Survey; readonly errors: readonly ParseError[]; readonly root: Node | undefined }
  | { readonly kind: 'policy'; readonly survey: Survey; readonly errors: readonly ParseError[]; readonly policy: PolicyDocument };

/** The string of a node, with the place of the text between its quotes. */
export function textOf(node: Node | undefined, source: string): Text | undefined {
  if (node?.type !== 'string' || typeof node.value !== 'string') return undefined;
  const end = node.offset + node.length;
  const closed = node.length >= 2 && source.charAt(end - 1) === '"';
  const offset = node.offset + 1;
  const length = Math.max(0, (closed ? end - 1 : end) - offset);
  return { value: node.value, offset, length, escaped: length !== node.value.length, node };
}

/** Members by exact name; the last one of duplicates wins, as in most JSON parsers. */
export function membersOf(node: Node, source: string): Map<string, Member> {
  const members = new Map<string, Member>();
  for (const property of node.children ?? []) {
    const name = textOf(property.children?.[0], source);
    if (name !== undefined) members.set(name.value, { name, value: property.children?.[1] });
  }
  return members;
}

const none: readonly never[] = [];

function textsOf(node: Node | undefined, source: string): readonly Text[] {
  if (node === undefined) return none;
  const texts: Text[] = [];
  for (const item of node.type === 'array' ? (node.children ?? []) : [node]) {
    const text = textOf(item, source);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

function conditionsOf(node: Node | undefined, source: string): readonly ConditionEntry[] {
  if (node?.type !== 'object') return none;
  const entries: ConditionEntry[] = [];
  for (const property of node.children ?? []) {
    const operator = textOf(property.children?.[0], source);
    const block = property.children?.[1];
    if (operator === undefined || block?.type !== 'object') continue;
    for (const inner of block.children ?? []) {
      const key = textOf(inner.children?.[0], source);
      const value = inner.children?.[1];
      if (key === undefined) continue;
      const nodes = value === undefined ? [] : value.type === 'array' ? (value.children ?? []) : [value];
      entries.push({
        operator,
        key,
        values: textsOf(value, source),
        otherValues: nodes.filter((item) => item.type !== 'string'),
      });
    }
  }
  return entries;
}

function statementOf(node: Node, index: number, source: string): Statement {
  const members = membersOf(node, source);
  const texts = (name: string): readonly Text[] => textsOf(members.get(name)?.value, source);
  return {
    node,
    index,
    members,
    effect: textOf(members.get('Effect')?.value, source),
    sid: textOf(members.get('Sid')?.value, source),
    actions: texts('Action'),
    notActions: texts('NotAction'),
    resources: texts('Resource'),
    notResources: texts('NotResource'),
    conditions: conditionsOf(members.get('Condition')?.value, source),
  };
}

/** Reads a policy as far as it can be read. Never throws; offsets are those of `text`. */
export function parsePolicy(text: string): Parsed {
  const read = text.length > maxDocumentLength ? undefined : readJson(text);
  if (read !== undefined) return parsedOf(read.root, text, [], read.survey);
  const facts = survey(text);
  if (text.length > maxDocumentLength) return { kind: 'unread', reason: 'tooLong', survey: facts };
  if (facts.nonBlank === 0) return { kind: 'unread', reason: 'empty', survey: facts };
  if (facts.nonBlank > maxReadCharacters) return { kind: 'unread', reason: 'tooMuch', survey: facts };
  if (facts.depth > maxNesting) return { kind: 'unread', reason: 'tooDeep', survey: facts };
  // A blank in place of the byte order mark keeps every offset.
  const source = facts.byteOrderMark ? ` ${text.slice(1)}` : text;
  const errors: ParseError[] = [];
  const root = parseTree(source, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  return parsedOf(root, source, errors, facts);
}

function parsedOf(root: Node | undefined, source: string, errors: readonly ParseError[], facts: Survey): Parsed {
  if (root?.type !== 'object') return { kind: 'notObject', survey: facts, errors, root };
  const members = membersOf(root, source);
  const block = members.get('Statement')?.value;
  const nodes = block?.type === 'array' ? (block.children ?? []) : block === undefined ? [] : [block];
  const statements = nodes.flatMap((node, index) => (node.type === 'object' ? [statementOf(node, index, source)] : []));
  return { kind: 'policy', survey: facts, errors, policy: { root, members, version: textOf(members.get('Version')?.value, source), statements } };
}
