import * as l10n from '@vscode/l10n';
import { hasWildcard } from './arn';
import { findAction, type ActionInfo } from './catalog';
import { parsePolicy, type Statement, type Text } from './model';
import { expandAction, readResource, readStatement } from './reading';
import { findVariable, parseOperator, variableUses } from './variables';

/** Markdown about the thing under an offset, and what it covers. */
export interface Description {
  readonly offset: number;
  readonly length: number;
  readonly markdown: string;
}

/** Text from a document inside Markdown: nothing in it may start a link, an image or HTML. */
function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll('\n', ' ')}\``;
}

function covers(text: Text, offset: number): boolean {
  return offset >= text.offset && offset <= text.offset + text.length;
}

function link(url: string): string {
  return `[${l10n.t('Documentation')}](${url})`;
}

/** What stands at the offset, in words; undefined where the JSON schema speaks. */
export function describePolicy(text: string, offset: number): Description | undefined {
  const parsed = parsePolicy(text);
  if (parsed.kind !== 'policy') return undefined;
  const statement = parsed.policy.statements.find((item) => offset >= item.node.offset && offset <= item.node.offset + item.node.length);
  if (statement === undefined) return undefined;
  for (const action of [...statement.actions, ...statement.notActions]) if (covers(action, offset)) return aboutAction(action);
  for (const resource of [...statement.resources, ...statement.notResources]) if (covers(resource, offset)) return aboutVariable(resource, offset) ?? aboutResource(resource, statement);
  for (const entry of statement.conditions) {
    if (covers(entry.operator, offset)) return aboutOperator(entry.operator);
    if (covers(entry.key, offset)) return aboutKey(entry.key);
    for (const value of entry.values) if (covers(value, offset)) return aboutVariable(value, offset);
  }
  return undefined;
}

function channel(info: ActionInfo): string {
  switch (info.channel) {
    case 'mqtt':
      return l10n.t('over MQTT');
    case 'https':
      return l10n.t('over HTTPS; thing variables have no value there');
    case 'credentials':
      return l10n.t('at the credentials endpoint');
  }
}

function aboutAction(text: Text): Description | undefined {
  const { value } = text;
  if (hasWildcard(value)) {
    const infos = expandAction(value);
    if (infos.length === 0) return undefined;
    const list = infos.slice(0, 20).map((info) => `- ${code(info.name)}`);
    if (infos.length > 20) list.push(l10n.t('- and {0} more', infos.length - 20));
    return { offset: text.offset, length: text.length, markdown: [l10n.t('{0} stands for {1} actions:', code(value), infos.length), ...list].join('\n') };
  }
  const info = findAction(value);
  if (info === undefined) return undefined;
  const types = info.resources.map((type) => (type === 'any' ? '`*`' : code(`${type}${type === 'component' ? 's:' : '/'}…`))).join(', ');
  return {
    offset: text.offset,
    length: text.length,
    markdown: `**${code(info.name)}** (${info.group})\n\n${info.description()}\n\n${l10n.t('Resource: {0}. Checked {1}.', types, channel(info))}\n\n${link(info.documentation)}`,
  };
}

function aboutVariable(text: Text, offset: number): Description | undefined {
  if (text.escaped || !text.value.includes('${')) return undefined;
  const use = variableUses(text.value).find((item) => offset >= text.offset + item.at && offset <= text.offset + item.at + item.length);
  if (use === undefined) return undefined;
  const info = findVariable(use.name);
  if (info === undefined) return undefined;
  return { offset: text.offset + use.at, length: use.length, markdown: `**${code(`\${${use.name}}`)}**\n\n${info.description()}\n\n${link(info.documentation)}` };
}

function aboutKey(text: Text): Description | undefined {
  const info = findVariable(text.value);
  return info === undefined ? undefined : { offset: text.offset, length: text.length, markdown: `**${code(text.value)}**\n\n${info.description()}\n\n${link(info.documentation)}` };
}

function aboutOperator(text: Text): Description | undefined {
  const parts = parseOperator(text.value);
  if (parts === undefined) return undefined;
  const lines = [`**${code(parts.name)}**`];
  if (parts.set === 'ForAllValues') lines.push(l10n.t('Every value of the request must match; also holds when there is none.'));
  if (parts.set === 'ForAnyValue') lines.push(l10n.t('At least one value of the request must match.'));
  if (parts.ifExists) lines.push(l10n.t('Also holds when the key has no value.'));
  lines.push(link('https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html'));
  return { offset: text.offset, length: text.length, markdown: lines.join('\n\n') };
}

const nouns = (type: string): string => {
  switch (type) {
    case 'client':
      return l10n.t('Client id');
    case 'topic':
      return l10n.t('Topic');
    case 'topicfilter':
      return l10n.t('Topic filter of a subscription');
    case 'thing':
      return l10n.t('Thing');
    case 'rolealias':
      return l10n.t('Role alias');
    default:
      return type;
  }
};

function aboutResource(text: Text, statement: Statement): Description | undefined {
  const resource = readResource(text);
  const names = readStatement(statement).infos.map((info) => code(info.name));
  const verb = statement.effect?.value === 'Deny' ? l10n.t('Denied') : l10n.t('Allowed');
  const who = names.length === 0 ? '' : `\n\n${verb}: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ' …' : ''}`;
  if (resource.kind === 'all') return { offset: text.offset, length: text.length, markdown: `${l10n.t('Every resource.')}${who}` };
  if (resource.kind !== 'iot' || resource.type === '') return undefined;
  const lines = [`**${nouns(resource.type)}** ${code(resource.value)}`];
  if (hasWildcard(resource.value)) lines.push(l10n.t('`*` matches any text, also across `/`; `?` matches one character. Example: {0}', code(example(resource.value))));
  if (/[+#]/.test(resource.value)) lines.push(l10n.t('`+` and `#` are plain characters here, not MQTT wildcards.'));
  lines.push(l10n.t('Account {0}, region {1}, partition {2}', code(resource.arn.account.text), code(resource.arn.region.text), code(resource.arn.partition.text)));
  return { offset: text.offset, length: text.length, markdown: `${lines.join('\n\n')}${who}\n\n${link('https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html')}` };
}

function example(pattern: string): string {
  return pattern.replaceAll('*', 'abc/x').replaceAll('?', 'z');
}
