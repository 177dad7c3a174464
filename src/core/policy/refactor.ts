import type { Node } from 'jsonc-parser';
import { iotArn } from '../util/arn';
import { actions, coreActions } from './catalog';
import type { TextChange } from './finding';
import { maxRefactoredCharacters } from './limits';
import { parsePolicy, type PolicyDocument, type Statement } from './model';
import { readPolicy, readStatement, type ReadStatement } from './reading';
import type { PolicyTarget } from './ruleContext';

interface Written {
  Sid?: string;
  Effect: string;
  Action?: string | readonly string[];
  NotAction?: string | readonly string[];
  Resource?: string | readonly string[];
  NotResource?: string | readonly string[];
  Condition?: unknown;
}

/** Indentation that the document uses: that of its first property, else two blanks. */
function unitOf(text: string, document: PolicyDocument): string {
  const first = document.root.children?.[0];
  const gap = first === undefined ? '' : text.slice(document.root.offset + 1, first.offset);
  const line = gap.lastIndexOf('\n');
  return line < 0 ? '  ' : gap.slice(line + 1) || '  ';
}

function lineIndent(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

function print(value: unknown, unit: string, indent: string): string {
  return JSON.stringify(value, null, unit).replaceAll('\n', `\n${indent}`);
}

function one(values: readonly string[]): string | readonly string[] {
  const [first] = values;
  return values.length === 1 && first !== undefined ? first : values;
}

/** Refactorings touch only documents that are plain: valid JSON, an array or object of readable statements. */
function plain(text: string): PolicyDocument | undefined {
  const parsed = parsePolicy(text);
  if (parsed.kind !== 'policy' || parsed.survey.nonBlank > maxRefactoredCharacters || parsed.errors.length > 0 || parsed.policy.statements.length === 0) return undefined;
  const block = parsed.policy.members.get('Statement')?.value;
  if (block?.type === 'array' && block.children?.length !== parsed.policy.statements.length) return undefined;
  return parsed.policy;
}

function valueOf(node: Node): unknown {
  switch (node.type) {
    case 'array':
      return (node.children ?? []).map(valueOf);
    case 'object':
      return Object.fromEntries((node.children ?? []).map((property) => [String(property.children?.[0]?.value), property.children?.[1] === undefined ? null : valueOf(property.children[1])]));
    default:
      return node.value;
  }
}

const thing = '${iot:Connection.Thing.ThingName}';
/** Topics of a Greengrass core. https://docs.aws.amazon.com/greengrass/v2/developerguide/device-auth.html */
const coreTopics = ['greengrass/health/json', 'greengrassv2/health/json', 'jobs/*', 'shadow/*'] as const;
const coreFilters = ['jobs/*', 'shadow/*'] as const;

function isEverything(read: ReadStatement): boolean {
  return read.allow && read.statement.notActions.length === 0 && read.statement.notResources.length === 0 && read.resources.some((item) => item.kind === 'all');
}

/** Place of the ARNs: the connected account, else that of an ARN in the document. */
function placeOf(document: PolicyDocument, target: PolicyTarget | undefined): PolicyTarget | undefined {
  if (target !== undefined) return target;
  for (const read of readPolicy(document)) {
    for (const item of read.resources) {
      if (item.kind === 'iot' && /^\d{12}$/.test(item.arn.account.text)) return { partition: item.arn.partition.text, region: item.arn.region.text, account: item.arn.account.text };
    }
  }
  return undefined;
}

function narrowed(read: ReadStatement, place: PolicyTarget): readonly Written[] | undefined {
  const head = iotArn(place, '');
  const names = new Set(read.infos.map((info) => info.name));
  const condition = read.statement.members.get('Condition')?.value;
  const more = condition === undefined ? {} : { Condition: valueOf(condition) };
  const written: Written[] = [];
  if (names.has('iot:Connect')) written.push({ Effect: 'Allow', Action: 'iot:Connect', Resource: `${head}client/${thing}*`, ...more });
  const onTopic = ['iot:Publish', 'iot:Receive', 'iot:RetainPublish'].filter((name) => names.has(name) && (name !== 'iot:RetainPublish' || read.actions.some((item) => item.text.value === name)));
  if (onTopic.length > 0) written.push({ Effect: 'Allow', Action: one(onTopic), Resource: coreTopics.map((topic) => `${head}topic/$aws/things/${thing}/${topic}`), ...more });
  if (names.has('iot:Subscribe')) written.push({ Effect: 'Allow', Action: 'iot:Subscribe', Resource: coreFilters.map((topic) => `${head}topicfilter/$aws/things/${thing}/${topic}`), ...more });
  if (written.length === 0) return undefined;
  // What is left on everything: the core's data-plane calls, which take no narrower resource, and what was named one by one.
  const kept = read.actions.flatMap((item) => {
    if (item.text.value === 'greengrass:*' || item.text.value === '*') return coreActions;
    if (item.text.value.startsWith('iot:') && item.infos.some((info) => info.group === 'MQTT' && info.channel === 'mqtt')) return [];
    return [item.text.value];
  });
  if (kept.length > 0) written.push({ Effect: 'Allow', Action: one([...new Set(kept)]), Resource: '*', ...more });
  return written;
}

/**
 * The changes that narrow statements on `*` to what a Greengrass core does under its own thing name. Undefined when
 * there is nothing to narrow, or no account to write ARNs for. The caller says what it means: a core that needs more
 * than one connection must be attached to its thing exclusively.
 */
export function tightenPolicy(text: string, target?: PolicyTarget): readonly TextChange[] | undefined {
  const document = plain(text);
  if (document === undefined) return undefined;
  const place = placeOf(document, target);
  if (place === undefined) return undefined;
  const unit = unitOf(text, document);
  const changes: TextChange[] = [];
  for (const statement of document.statements) {
    const read = readStatement(statement);
    const written = isEverything(read) ? narrowed(read, place) : undefined;
    if (written === undefined) continue;
    const { node } = statement;
    const indent = lineIndent(text, node.offset);
    const inArray = node.parent?.type === 'array';
    const replacement = inArray ? written.map((item) => print(item, unit, indent)).join(`,\n${indent}`) : print(written, unit, indent);
    changes.push({ offset: node.offset, length: node.length, text: replacement });
  }
  return changes.length === 0 ? undefined : changes;
}

function written(statement: Statement): Written {
  return valueOf(statement.node) as Written;
}

const order: ReadonlyMap<string, number> = new Map(actions.map((info, index) => [info.name, index]));
const rank = (name: string): number => order.get(name) ?? actions.length;
const byRank = (a: string, b: string): number => rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
const list = (value: string | readonly string[] | undefined): readonly string[] => (value === undefined ? [] : typeof value === 'string' ? [value] : value);
const union = (a: readonly string[], b: readonly string[], compare?: (x: string, y: string) => number): readonly string[] => [...new Set([...a, ...b])].sort(compare);

/** Only statements without a name, a condition or a negation are merged: then the union allows exactly what both allow. */
function mergeable(item: Written): boolean {
  return Object.keys(item).every((key) => key === 'Effect' || key === 'Action' || key === 'Resource') && list(item.Action).length > 0 && list(item.Resource).length > 0;
}

/** A statement with what it is compared by; the same texts in another order are the same. */
interface Keyed {
  readonly item: Written;
  readonly mergeable: boolean;
  readonly actions: string;
  readonly resources: string;
}

function keyed(item: Written): Keyed {
  return { item, mergeable: mergeable(item), actions: JSON.stringify([...list(item.Action)].sort()), resources: JSON.stringify([...list(item.Resource)].sort()) };
}

function merge(items: readonly Written[]): readonly Written[] {
  const result: Keyed[] = [];
  for (const item of items) {
    const next = keyed({ ...item });
    const at = next.mergeable ? result.findIndex((other) => other.mergeable && other.item.Effect === item.Effect && (other.resources === next.resources || other.actions === next.actions)) : -1;
    const twin = result[at]?.item;
    if (twin === undefined) {
      result.push(next);
      continue;
    }
    result[at] = keyed({ ...twin, Action: one(union(list(twin.Action), list(item.Action), byRank)), Resource: one(union(list(twin.Resource), list(item.Resource))) });
  }
  const merged = result.map(({ item }) => item);
  return merged.length === items.length ? merged : merge(merged);
}

/** Sorts statements by their first action and merges those that differ in one thing only. The decisions stay the same. */
export function sortAndMerge(text: string): readonly TextChange[] | undefined {
  const document = plain(text);
  const block = document?.members.get('Statement')?.value;
  if (document === undefined || block === undefined) return undefined;
  const before = document.statements.map(written);
  if (before.some((item) => [item.Action, item.Resource].some((value) => value !== undefined && (!Array.isArray(value) ? typeof value !== 'string' : value.some((entry) => typeof entry !== 'string'))))) return undefined;
  const first = (item: Written): string => [...list(item.Action ?? item.NotAction)].sort(byRank)[0] ?? '';
  const after = [...merge(before)].sort((a, b) => byRank(first(a), first(b)));
  if (JSON.stringify(after) === JSON.stringify(before)) return undefined;
  return [{ offset: block.offset, length: block.length, text: print(after, unitOf(text, document), lineIndent(text, block.offset)) }];
}

/** `topic/x` becomes `topicfilter/x` or the other way round, in the string at the offset. */
export function convertTwin(text: string, offset: number): { readonly to: 'topic' | 'topicfilter'; readonly change: TextChange } | undefined {
  const parsed = parsePolicy(text);
  if (parsed.kind !== 'policy') return undefined;
  for (const read of readPolicy(parsed.policy)) {
    for (const item of read.resources) {
      if (item.kind !== 'iot' || item.text.escaped || offset < item.text.offset || offset > item.text.offset + item.text.length) continue;
      if (item.type !== 'topic' && item.type !== 'topicfilter') return undefined;
      const to = item.type === 'topic' ? 'topicfilter' : 'topic';
      return { to, change: { offset: item.text.offset + item.arn.resource.at, length: item.type.length, text: to } };
    }
  }
  return undefined;
}
