import * as l10n from '@vscode/l10n';
import type { ConditionEntry, Statement, Text } from '../model';
import { nearest } from '../nearest';
import type { ReadStatement } from '../reading';
import { conditionOperators, findVariable, parseOperator, setOperators, variables } from '../variables';
import type { PolicyFix } from '../finding';
import type { RuleContext } from '../ruleContext';

function use(text: Text, value: string): readonly PolicyFix[] {
  return [{ title: l10n.t('Use {0}', value), changes: [{ offset: text.offset, length: text.length, text: value }], preferred: true }];
}

/** Keys that IAM has and an IoT policy never gets a value for. */
const iamOnly = /^(?:aws:(?:Principal|Request|Resource|Called|Via|Source(?!Ip$)|Tag|UserAgent|UserId|userid|username|MultiFactor|Token|Federated|Ec2)|iot:ThingGroupArn$|iot:ClientMode$)/;

function operatorRule(context: RuleContext, operator: Text): void {
  if (parseOperator(operator.value) !== undefined) return;
  const colon = operator.value.indexOf(':');
  const set = colon < 0 ? undefined : nearest(operator.value.slice(0, colon), setOperators);
  const rest = operator.value.slice(colon + 1);
  const name = conditionOperators.includes(rest.replace(/IfExists$/, '')) ? rest : nearest(rest, [...conditionOperators, ...conditionOperators.map((item) => `${item}IfExists`)]);
  const suggestion = name === undefined || (colon >= 0 && set === undefined) ? undefined : set === undefined ? name : `${set}:${name}`;
  context.report(
    'unknownConditionOperator',
    operator,
    suggestion === undefined ? l10n.t('"{0}" is not a condition operator.', operator.value) : l10n.t('"{0}" is not a condition operator. Did you mean {1}?', operator.value, suggestion),
    { data: { operator: operator.value, ...(suggestion === undefined ? {} : { suggestion }) }, fixes: suggestion === undefined ? [] : use(operator, suggestion) },
  );
}

function keyRule(context: RuleContext, read: ReadStatement, key: Text): void {
  const info = findVariable(key.value);
  if (info === undefined) {
    const suggestion = iamOnly.test(key.value)
      ? undefined
      : nearest(key.value, variables.map((item) => item.name)) ?? (key.value.startsWith('iot:Thing.') ? `iot:Connection.${key.value.slice(4)}` : undefined);
    context.report(
      'unknownConditionKey',
      key,
      suggestion === undefined
        ? l10n.t('{0} has no value in IoT policies, so the condition never holds.', key.value)
        : l10n.t('{0} is not a condition key of IoT policies. Did you mean {1}?', key.value, suggestion),
      { data: { key: key.value, ...(suggestion === undefined ? {} : { suggestion }) }, fixes: suggestion === undefined ? [] : use(key, suggestion) },
    );
    return;
  }
  const home: Readonly<Record<string, string>> = { 'iot:ConnectAttributes': 'iot:Connect', 'iot:LastWillTopic': 'iot:Connect', 'iot:Topic': 'iot:SendDirectMessage' };
  const action = home[key.value];
  if (action !== undefined && read.infos.length > 0 && !read.infos.some((item) => item.name === action)) {
    context.report('unknownConditionKey', key, l10n.t('{0} has a value for {1} only.', key.value, action), { data: { key: key.value, action }, documentation: info.documentation });
  } else if (info.mqttOnly && read.infos.length > 0 && read.infos.every((item) => item.channel === 'https' && item.group !== 'MQTT')) {
    context.report('thingVariableOverHttp', key, l10n.t('{0} has a value over MQTT only. The actions of this statement are HTTPS calls, so the condition never holds.', key.value), {
      data: { variable: key.value, actions: read.infos.map((item) => item.name) },
      documentation: info.documentation,
    });
  }
}

const address = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:.]*)(?:\/\d{1,3})?$/i;

function valuesRule(context: RuleContext, entry: ConditionEntry): void {
  const parts = parseOperator(entry.operator.value);
  for (const node of entry.otherValues) {
    // IAM takes true and 1 as well as "true" and "1".
    if (node.type === 'boolean' || node.type === 'number') continue;
    context.report('conditionValue', node, l10n.t('A condition value is a string, number or boolean, or a list of these.'), { data: { type: node.type } });
  }
  if (parts === undefined) return;
  for (const value of entry.values) {
    if (value.value.includes('${')) continue;
    const wrong =
      parts.name === 'Bool' || parts.name === 'Null'
        ? !/^(?:true|false)$/i.test(value.value)
        : parts.name === 'IpAddress' || parts.name === 'NotIpAddress'
          ? !address.test(value.value)
          : parts.name.startsWith('Arn')
            ? !value.value.startsWith('arn:') && !value.value.startsWith('*')
            : parts.name.startsWith('Numeric')
              ? value.value.trim() === '' || Number.isNaN(Number(value.value))
              : false;
    if (wrong) context.report('conditionValue', value, l10n.t('"{0}" is no value for {1}, so the condition never holds.', value.value, entry.operator.value), { data: { operator: entry.operator.value, value: value.value } });
  }
  if (entry.key.value === 'iot:ConnectAttributes') {
    for (const value of entry.values) {
      if (value.value === 'PersistentConnect' || value.value === 'LastWill') continue;
      const suggestion = nearest(value.value, ['PersistentConnect', 'LastWill']);
      context.report('conditionValue', value, l10n.t('iot:ConnectAttributes knows PersistentConnect and LastWill, not "{0}".', value.value), {
        data: { operator: entry.operator.value, value: value.value },
        documentation: 'https://docs.aws.amazon.com/iot/latest/developerguide/connect-policy.html',
        fixes: suggestion === undefined ? [] : use(value, suggestion),
      });
    }
  }
  const multi = entry.key.value === 'iot:ConnectAttributes' || entry.key.value.endsWith('.List') || entry.key.value === 'iot:Certificate.AvailableKeys';
  if (multi && parts.set === undefined && parts.name !== 'Null') {
    const suggestion = `ForAnyValue:${entry.operator.value}`;
    context.report('conditionValue', entry.operator, l10n.t('{0} has several values: say ForAllValues: or ForAnyValue: before the operator.', entry.key.value), {
      data: { operator: entry.operator.value, key: entry.key.value, suggestion },
      fixes: [
        { title: l10n.t('Use {0}', suggestion), changes: [{ offset: entry.operator.offset, length: 0, text: 'ForAnyValue:' }], preferred: false },
        { title: l10n.t('Use {0}', `ForAllValues:${entry.operator.value}`), changes: [{ offset: entry.operator.offset, length: 0, text: 'ForAllValues:' }], preferred: false },
      ],
    });
  }
}

function unreadable(context: RuleContext, statement: Statement): void {
  const block = statement.members.get('Condition')?.value;
  if (block?.type !== 'object') return;
  for (const property of block.children ?? []) {
    const inner = property.children?.[1];
    if (inner !== undefined && inner.type !== 'object') {
      context.report('wrongType', inner, l10n.t('After the operator comes an object: condition key and value.'), { data: { element: 'Condition', type: inner.type } });
    }
  }
}

/** Condition blocks: operators, keys and values. */
export function conditionsRule(context: RuleContext): void {
  for (const read of context.read) {
    const { statement } = read;
    unreadable(context, statement);
    if (statement.conditions.length === 0) continue;
    const operators = new Set<Text>();
    for (const entry of statement.conditions) {
      if (!operators.has(entry.operator)) {
        operators.add(entry.operator);
        operatorRule(context, entry.operator);
      }
      keyRule(context, read, entry.key);
      valuesRule(context, entry);
    }
  }
}
