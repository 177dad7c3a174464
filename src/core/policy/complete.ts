import * as l10n from '@vscode/l10n';
import { iotArn } from '../util/arn';
import { actions, services, type ResourceType } from './catalog';
import { maxDocumentLength } from './limits';
import { parsePolicy } from './model';
import { positionAt, type PolicyPosition } from './position';
import { readStatement } from './reading';
import type { PolicyTarget } from './ruleContext';
import { reservedTopics } from './topics';
import { conditionOperators, setOperators, variables } from './variables';

/** Live names; an absent list was not asked for or not allowed. */
export interface NameLists {
  readonly roleAliases?: readonly string[];
  readonly templates?: readonly string[];
  readonly things?: readonly string[];
  readonly thingGroups?: readonly string[];
}

export interface Proposal {
  readonly label: string;
  /** Replaces the text from `from` to the end of the string. */
  readonly insert: string;
  readonly from: number;
  readonly to: number;
  readonly kind: 'action' | 'variable' | 'segment' | 'name' | 'topic' | 'operator' | 'key' | 'value';
  readonly detail: string;
  readonly documentation: string;
  /** Offer the next segment at once. */
  readonly again: boolean;
  readonly sort: string;
}

export interface CompleteOptions {
  readonly target?: PolicyTarget;
  readonly names?: NameLists;
}

const placeholderTarget: PolicyTarget = { partition: 'aws', region: 'us-east-1', account: '123456789012' };
const thingName = '${iot:Connection.Thing.ThingName}';

/** What the string at the offset may become. Empty outside strings: the JSON service completes structure. */
export function completePolicy(text: string, offset: number, options: CompleteOptions = {}): readonly Proposal[] {
  // Longer than any policy: reading up to the cursor at every keystroke would be felt, and nobody needs the answer.
  if (text.length > maxDocumentLength) return [];
  const position = positionAt(text, offset);
  const { string } = position;
  if (string === undefined) return [];
  const open = openVariable(position.before);
  const end = string.offset + string.length;
  if (open !== undefined && (position.part === 'resource' || position.part === 'conditionValue')) return variableProposals(text, string.offset + open, end);
  switch (position.part) {
    case 'action':
      return actionProposals(string.offset, end);
    case 'resource':
      return resourceProposals(text, position, string, options);
    case 'conditionOperator':
      return operatorProposals(string.offset, end);
    case 'conditionKey':
      return keyProposals(string.offset, end);
    case 'conditionValue':
      return valueProposals(position, string.offset, end);
    default:
      return [];
  }
}

/** Offset of `${` in front of the cursor if it is not closed yet. */
function openVariable(before: string): number | undefined {
  const at = before.lastIndexOf('${');
  return at >= 0 && !before.slice(at).includes('}') ? at : undefined;
}

function proposal(kind: Proposal['kind'], label: string, from: number, to: number, detail: string, documentation = '', extra: Partial<Proposal> = {}): Proposal {
  return { kind, label, insert: JSON.stringify(label).slice(1, -1), from, to, detail, documentation, again: false, sort: label, ...extra };
}

function actionProposals(from: number, to: number): readonly Proposal[] {
  const single = actions.map((info, index) =>
    proposal('action', info.name, from, to, `${info.group} · ${info.resources.map((type) => (type === 'any' ? '*' : type)).join(', ')} · ${info.channel.toUpperCase()}`, `${info.description()}\n\n[${l10n.t('Documentation')}](${info.documentation})`, {
      sort: `${info.group === 'Greengrass V1' ? '9' : '1'}${String(index).padStart(3, '0')}`,
    }),
  );
  const all = services.map((service) => proposal('action', `${service}:*`, from, to, l10n.t('All actions of {0}', service), '', { sort: `8${service}` }));
  return [...single, ...all];
}

function variableProposals(text: string, at: number, end: number): readonly Proposal[] {
  // An existing closing brace is replaced with the name in front of it; what follows stays.
  const close = text.slice(at, end).indexOf('}');
  const to = close < 0 ? end : at + close + 1;
  return variables
    .filter((info) => info.keyOnly !== true)
    .map((info, index) =>
      proposal('variable', `\${${info.name}}`, at, to, info.mqttOnly ? l10n.t('MQTT only') : '', `${info.description()}\n\n[${l10n.t('Documentation')}](${info.documentation})`, { sort: String(index).padStart(3, '0') }),
    );
}

function operatorProposals(from: number, to: number): readonly Proposal[] {
  const names = [...conditionOperators, ...setOperators.flatMap((set) => ['StringEquals', 'StringLike', 'ArnLike'].map((name) => `${set}:${name}`))];
  return names.map((name) => proposal('operator', name, from, to, l10n.t('Condition operator')));
}

function keyProposals(from: number, to: number): readonly Proposal[] {
  return variables.map((info, index) => proposal('key', info.name, from, to, info.mqttOnly ? l10n.t('MQTT only') : '', info.description(), { sort: String(index).padStart(3, '0') }));
}

function valueProposals(position: PolicyPosition, from: number, to: number): readonly Proposal[] {
  if (position.key === 'iot:ConnectAttributes') return ['PersistentConnect', 'LastWill'].map((value) => proposal('value', value, from, to, ''));
  if (position.key === 'iot:Connection.Thing.IsAttached' || position.operator === 'Bool' || position.operator === 'Null') return ['true', 'false'].map((value) => proposal('value', value, from, to, ''));
  return [];
}

function wantedTypes(text: string, index: number | undefined): readonly ResourceType[] {
  const parsed = parsePolicy(text);
  const all: readonly ResourceType[] = ['client', 'topic', 'topicfilter', 'thing', 'rolealias'];
  if (parsed.kind !== 'policy' || index === undefined) return all;
  const statement = parsed.policy.statements.find((item) => item.index === index);
  if (statement === undefined) return all;
  const wanted = [...new Set(readStatement(statement).infos.flatMap((info) => info.resources))];
  return wanted.length === 0 ? all : wanted;
}

function resourceProposals(text: string, position: PolicyPosition, string: { readonly offset: number; readonly length: number }, options: CompleteOptions): readonly Proposal[] {
  const { before } = position;
  const to = string.offset + string.length;
  const target = options.target ?? placeholderTarget;
  const types = wantedTypes(text, position.statement);
  const arnTypes = types.filter((type) => type !== 'any' && type !== 'component');
  const head = iotArn(target, '');
  const segments = before.split(':');
  const connected = options.target !== undefined;
  const place = connected ? l10n.t('Account {0} in {1}', target.account, target.region) : l10n.t('Not connected: sample account');
  const next = (label: string, from: number, detail: string): Proposal => proposal('segment', label, from, to, detail, '', { again: true });
  if (!before.startsWith('arn:')) {
    const whole = arnTypes.map((type, index) => proposal('segment', `${head}${type}/`, string.offset, to, place, '', { again: true, sort: `1${index}` }));
    const star = proposal('value', '*', string.offset, to, l10n.t('Everything'), '', { sort: '9' });
    const component = types.includes('component') ? [proposal('segment', `arn:${target.partition}:greengrass:${target.region}:${target.account}:components:`, string.offset, to, place)] : [];
    const aliases = types.includes('rolealias')
      ? (options.names?.roleAliases ?? []).map((name, index) => proposal('name', `${head}rolealias/${name}`, string.offset, to, l10n.t('Role alias of the account'), '', { sort: `0${index}` }))
      : [];
    return [...aliases, ...whole, ...component, star];
  }
  const start = string.offset + before.lastIndexOf(':') + 1;
  switch (segments.length) {
    case 2:
      return [...new Set([target.partition, 'aws', 'aws-cn', 'aws-us-gov'])].map((name, index) => next(`${name}:`, start, index === 0 && connected ? l10n.t('Connected partition') : '')).map((item, index) => ({ ...item, sort: String(index) }));
    case 3:
      return [next('iot:', start, ''), ...(types.includes('component') ? [next('greengrass:', start, '')] : [])];
    case 4:
      return [next(`${target.region}:`, start, connected ? l10n.t('Connected region') : '')];
    case 5:
      return [next(`${target.account}:`, start, connected ? l10n.t('Connected account') : '')];
    default:
      return nameProposals(before, string.offset, to, arnTypes, options);
  }
}

function nameProposals(before: string, offset: number, to: number, types: readonly ResourceType[], options: CompleteOptions): readonly Proposal[] {
  const match = /^arn:[^:]*:[^:]*:[^:]*:[^:]*:/.exec(before);
  if (match === null) return [];
  const rest = before.slice(match[0].length);
  const slash = rest.indexOf('/');
  const at = offset + match[0].length;
  if (slash < 0) return types.map((type, index) => proposal('segment', `${type}/`, at, to, '', '', { again: true, sort: String(index) }));
  const type = rest.slice(0, slash);
  const from = at + slash + 1;
  const names = options.names ?? {};
  const name = (label: string, detail: string, sort: string): Proposal => proposal('name', label, from, to, detail, '', { sort: sort + label });
  switch (type) {
    case 'rolealias':
      return (names.roleAliases ?? []).map((item) => name(item, l10n.t('Role alias of the account'), '0'));
    case 'client':
      return [name(`${thingName}*`, l10n.t('The thing\'s own name, with the further connections of a core'), '0'), name(thingName, l10n.t('The thing\'s own name'), '1'), ...(names.things ?? []).map((item) => name(item, l10n.t('Thing of the account'), '2'))];
    case 'thing':
      return (names.things ?? []).map((item) => name(item, l10n.t('Thing of the account'), '0'));
    case 'thinggroup':
      return (names.thingGroups ?? []).map((item) => name(item, l10n.t('Thing group of the account'), '0'));
    case 'topic':
    case 'topicfilter': {
      const templates = names.templates ?? [];
      return reservedTopics.flatMap((item, index) => {
        const written = item.topic.includes('{template}') && templates.length > 0 ? templates.map((one) => item.topic.replace('{template}', one)) : [item.topic.replace('{thing}', thingName).replace('{template}', 'TEMPLATE').replace('{rule}', 'RULE')];
        return written.map((label) => proposal('topic', label, from, to, item.description(), '', { sort: String(index).padStart(3, '0') }));
      });
    }
    default:
      return [];
  }
}
