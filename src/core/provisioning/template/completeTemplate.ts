import * as l10n from '@vscode/l10n';
import { getLocation } from 'jsonc-parser';
import { certificateParameter } from '../templateDocument';
import { membersIn, parseTemplate, type TemplateModel } from './templateModel';
import { policyType, thingType } from './vocabulary';

/** A proposal for the text between two quotes; `from` to `to` is replaced. */
export interface TemplateProposal {
  readonly label: string;
  readonly insert: string;
  readonly detail: string;
  readonly kind: 'parameter' | 'mapKey' | 'name';
  readonly from: number;
  readonly to: number;
}

export interface TemplateNames {
  readonly policies?: readonly string[];
  readonly thingGroups?: readonly string[];
}

/**
 * Proposals inside strings: what Ref, `${` and Fn::FindInMap may name, policies and groups of the account. Structure and
 * fixed values are completed from the JSON schema.
 */
export function completeTemplate(text: string, offset: number, names: TemplateNames = {}): readonly TemplateProposal[] {
  const location = getLocation(text, offset);
  const node = location.previousNode;
  if (node?.type !== 'string' || location.isAtPropertyKey || offset <= node.offset) return [];
  const end = node.offset + node.length;
  const closed = node.length >= 2 && text.charAt(end - 1) === '"';
  const from = node.offset + 1;
  const to = closed ? end - 1 : end;
  if (offset > to) return [];
  const parsed = parseTemplate(text);
  if (parsed.kind !== 'template') return [];
  const { template } = parsed;
  const { path } = location;
  const whole = (items: Iterable<string>, kind: TemplateProposal['kind'], detail: (name: string) => string): readonly TemplateProposal[] =>
    [...new Set(items)].map((name) => ({ label: name, insert: name, detail: detail(name), kind, from, to }));
  const last = path.at(-1);
  if (last === 'Ref') return whole(parameters(template), 'parameter', (name) => parameterDetail(template, name));
  if (last === 'Fn::Sub' || (path.at(-2) === 'Fn::Sub' && last === 0)) {
    const before = /\$\{([^{}$]*)$/.exec(text.slice(from, offset));
    if (before === null) return [];
    const start = offset - (before[1] ?? '').length;
    const rest = /^[^{}"]*/.exec(text.slice(offset, to))?.[0].length ?? 0;
    const close = text.charAt(offset + rest) === '}' ? '' : '}';
    return [...parameters(template)].map((name) => ({ label: name, insert: `${name}${close}`, detail: parameterDetail(template, name), kind: 'parameter', from: start, to: offset + rest }));
  }
  if (path.at(-2) === 'Fn::FindInMap' && typeof last === 'number') {
    const call = path.slice(0, -1);
    return whole(mapKeys(template, text, node.offset, last), 'mapKey', () => call.join('/'));
  }
  const [section, resource, , property] = path;
  if (section !== 'Resources' || typeof resource !== 'string') return [];
  const type = template.resources.find((one) => one.name.value === resource)?.type?.value;
  const inAccount = (): string => l10n.t('in the connected account');
  if (type === policyType && property === 'PolicyName' && path.length === 4) return whole(names.policies ?? [], 'name', inAccount);
  if (type === thingType && property === 'ThingGroups' && path.length === 5) return whole(names.thingGroups ?? [], 'name', inAccount);
  return [];
}

function parameters(template: TemplateModel): readonly string[] {
  return [...new Set([...template.parameters.keys(), certificateParameter])];
}

function parameterDetail(template: TemplateModel, name: string): string {
  if (name === certificateParameter) return l10n.t('the new certificate, filled in by AWS IoT');
  const value: unknown = template.parameters.get(name)?.defaultNode?.value;
  return typeof value === 'string' ? l10n.t('default: {0}', value) : l10n.t('sent by the device');
}

/** Keys that fit the place: of all maps, of the map, or of all its first keys where only a device tells which. */
function mapKeys(template: TemplateModel, text: string, offset: number, index: number): readonly string[] {
  const { source, mappings } = template;
  const maps = membersIn(mappings, source);
  if (index === 0) return [...maps.keys()];
  // The strings before this one in the same list, as far as they are written out.
  const list = /\[([^[\]]*)$/.exec(text.slice(0, offset))?.[1] ?? '';
  const first = /^\s*"([^"]*)"/.exec(list)?.[1] ?? '';
  const level = membersIn(maps.get(first)?.value, source);
  if (index === 1) return [...level.keys()];
  const second = /^\s*"[^"]*"\s*,\s*"([^"]*)"/.exec(list)?.[1];
  const chosen = second === undefined ? undefined : level.get(second);
  const nodes = chosen === undefined ? [...level.values()] : [chosen];
  return [...new Set(nodes.flatMap((member) => [...membersIn(member.value, source).keys()]))];
}
