import * as l10n from '@vscode/l10n';
import { insertMember, removeItem } from '../edits';
import type { PolicyFix } from '../finding';
import type { Member, Statement, Text } from '../model';
import { expandAction, jsonText } from '../reading';
import type { RuleContext, Span } from '../ruleContext';

/**
 * Elements of a policy. https://docs.aws.amazon.com/iot/latest/developerguide/iot-policies.html shows Version,
 * Statement, Effect, Action, Resource, Condition; `Id` and `Sid` are IAM's names and tolerated (unverified);
 * NotResource stands in an example of https://docs.aws.amazon.com/iot/latest/developerguide/pub-sub-policy.html.
 */
const topElements = ['Version', 'Id', 'Statement'] as const;
const statementElements = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition'] as const;
const principalElements: ReadonlySet<string> = new Set(['Principal', 'NotPrincipal']);

const versions = ['2012-10-17', '2008-10-17'] as const;

function replace(at: Span, text: string, title: string, preferred = true): PolicyFix {
  return { title, changes: [{ offset: at.offset, length: at.length, text }], preferred };
}

function nameCase(context: RuleContext, member: Member, allowed: readonly string[]): void {
  const name = member.name.value;
  const match = allowed.find((item) => item.toLowerCase() === name.toLowerCase());
  const fixes: PolicyFix[] = [];
  const property = member.name.node.parent;
  if (match !== undefined) fixes.push(replace(member.name, match, l10n.t('Write "{0}"', match)));
  else if (property !== undefined) fixes.push({ title: l10n.t('Remove "{0}"', name), changes: [removeItem(context.text, property)], preferred: false });
  const message =
    match === undefined
      ? l10n.t('"{0}" is not an element of a policy. Known here: {1}.', name, allowed.join(', '))
      : l10n.t('"{0}" must be written "{1}": element names are case-sensitive.', name, match);
  context.report('unknownElement', member.name, message, { data: { element: name, ...(match === undefined ? {} : { suggestion: match }) }, fixes });
}

function textOrList(context: RuleContext, name: string, member: Member): void {
  const node = member.value;
  if (node === undefined || node.type === 'string') return;
  if (node.type !== 'array') {
    context.report('wrongType', node, l10n.t('"{0}" takes a string or a list of strings.', name), { data: { element: name, type: node.type } });
    return;
  }
  const items = node.children ?? [];
  if (items.length === 0) context.report('emptyList', node, l10n.t('"{0}" is empty, so the statement does nothing.', name), { data: { element: name } });
  for (const item of items) {
    if (item.type !== 'string') context.report('wrongType', item, l10n.t('"{0}" takes strings only.', name), { data: { element: name, type: item.type } });
  }
  if (items.length < 2) return;
  const seen = items.length > 8 ? new Set<unknown>() : undefined;
  for (const [index, item] of items.entries()) {
    if (item.type !== 'string') continue;
    // A few are quicker compared with each other.
    if (seen?.has(item.value) ?? items.findIndex((other) => other.value === item.value) < index) {
      context.report('duplicateValue', item, l10n.t('{0} stands twice in this list.', String(item.value)), {
        data: { value: String(item.value) },
        fixes: [{ title: l10n.t('Remove the repetition'), changes: [removeItem(context.text, item)], preferred: true }],
      });
    }
    seen?.add(item.value);
  }
}

function statementRules(context: RuleContext, statement: Statement): void {
  const { members, node } = statement;
  const head = { offset: node.offset, length: 1 };
  const missesCase = (name: string): boolean => [...members.keys()].some((key) => key !== name && key.toLowerCase() === name.toLowerCase());
  for (const [name, member] of members) {
    if (principalElements.has(name)) {
      const property = member.name.node.parent;
      context.report('principalNotAllowed', member.name, l10n.t('An IoT policy has no "{0}": it is attached to certificates and thing groups instead.', name), {
        data: { element: name },
        fixes: property === undefined ? [] : [{ title: l10n.t('Remove "{0}"', name), changes: [removeItem(context.text, property)], preferred: true }],
      });
    } else if (!statementElements.some((item) => item === name)) nameCase(context, member, statementElements);
    if (name === 'Action' || name === 'NotAction' || name === 'Resource' || name === 'NotResource') textOrList(context, name, member);
  }
  const effect = members.get('Effect');
  if (effect === undefined) {
    if (!context.broken && !missesCase('Effect')) {
      context.report('missingEffect', head, l10n.t('The statement has no "Effect". Write "Allow" or "Deny".'), {
        fixes: [{ title: l10n.t('Add "Effect": "Allow"'), changes: [insertMember(context.text, node, '"Effect": "Allow"')], preferred: false }],
      });
    }
  } else if (effect.value !== undefined) {
    const value = statement.effect;
    if (value === undefined) context.report('wrongType', effect.value, l10n.t('"Effect" takes "Allow" or "Deny".'), { data: { element: 'Effect', type: effect.value.type } });
    else if (value.value !== 'Allow' && value.value !== 'Deny') effectValue(context, value);
  }
  const notAction = members.get('NotAction');
  if (notAction !== undefined) {
    context.report('notActionUnsupported', notAction.name, l10n.t('AWS does not document "NotAction" for IoT policies; name the actions instead.'));
  } else if (!context.broken && !members.has('Action') && !missesCase('Action')) {
    const action = onlyActionFor(statement);
    context.report('missingAction', head, l10n.t('The statement has no "Action".'), {
      fixes: action === undefined ? [] : [{ title: l10n.t('Add "Action": "{0}"', action), changes: [insertMember(context.text, node, `"Action": "${action}"`)], preferred: true }],
    });
  }
  if (!context.broken && !members.has('Resource') && !members.has('NotResource') && !missesCase('Resource')) {
    const infos = statement.actions.flatMap((item) => expandAction(item.value));
    // Some calls have no resource at all: then only * matches.
    const onlyStar = infos.length > 0 && infos.every((info) => info.resources.every((type) => type === 'any'));
    context.report('missingResource', head, l10n.t('The statement has no "Resource".'), {
      fixes: onlyStar ? [{ title: l10n.t('Add "Resource": "*"'), changes: [insertMember(context.text, node, '"Resource": "*"')], preferred: true }] : [],
    });
  }
  const condition = members.get('Condition')?.value;
  if (condition !== undefined && condition.type !== 'object') {
    context.report('wrongType', condition, l10n.t('"Condition" takes an object: operator, key, value.'), { data: { element: 'Condition', type: condition.type } });
  }
}

/** The action that a statement without one must mean, where its resources leave no choice. */
function onlyActionFor(statement: Statement): string | undefined {
  const meant = new Set(statement.resources.map(({ value }) => /^arn:[^:]+:iot:[^:]*:[^:]*:(client|topicfilter|rolealias)\//.exec(value)?.[1]));
  const [type] = meant;
  if (meant.size !== 1) return undefined;
  return type === 'client' ? 'iot:Connect' : type === 'topicfilter' ? 'iot:Subscribe' : type === 'rolealias' ? 'iot:AssumeRoleWithCertificate' : undefined;
}

function effectValue(context: RuleContext, value: Text): void {
  const suggestion = ['Allow', 'Deny'].find((item) => item.toLowerCase() === value.value.trim().toLowerCase());
  context.report('invalidEffect', value, l10n.t('"Effect" is "Allow" or "Deny", with a capital letter; not "{0}".', value.value), {
    data: { effect: value.value, ...(suggestion === undefined ? {} : { suggestion }) },
    fixes: suggestion === undefined ? [] : [replace(value, suggestion, l10n.t('Write "{0}"', suggestion))],
  });
}

function versionRule(context: RuleContext): void {
  const { policy, text } = context;
  const member = policy.members.get('Version');
  if (member === undefined) {
    if (context.broken || [...policy.members.keys()].some((key) => key.toLowerCase() === 'version')) return;
    context.report('missingVersion', { offset: policy.root.offset, length: 1 }, l10n.t('The policy has no "Version". Write "2012-10-17": without it policy variables stay plain text.'), {
      fixes: [{ title: l10n.t('Add "Version": "2012-10-17"'), changes: [insertMember(text, policy.root, '"Version": "2012-10-17"')], preferred: true }],
    });
    return;
  }
  if (member.value === undefined) return;
  const version = policy.version;
  if (version === undefined) {
    context.report('wrongType', member.value, l10n.t('"Version" takes a string: "2012-10-17".'), {
      data: { element: 'Version', type: member.value.type },
      fixes: [replace(member.value, '"2012-10-17"', l10n.t('Write "{0}"', '2012-10-17'))],
    });
  } else if (!versions.some((item) => item === version.value)) {
    context.report('unknownVersion', version, l10n.t('"{0}" is not a version of the policy language. It is a name, not a date you choose: write "2012-10-17".', version.value), {
      data: { version: version.value },
      fixes: [replace(version, '2012-10-17', l10n.t('Write "{0}"', '2012-10-17'))],
    });
  }
}

function freeSid(statements: readonly Statement[], sid: string): string {
  const taken = new Set(statements.map((statement) => statement.sid?.value));
  for (let number = 2; ; number += 1) if (!taken.has(`${sid}${number}`)) return `${sid}${number}`;
}

/** Elements, their types, and what must be there. */
export function structureRule(context: RuleContext): void {
  const { policy } = context;
  versionRule(context);
  for (const [name, member] of policy.members) {
    if (principalElements.has(name) || !topElements.some((item) => item === name)) nameCase(context, member, topElements);
  }
  const block = policy.members.get('Statement');
  if (block === undefined) {
    if (!context.broken && ![...policy.members.keys()].some((key) => key.toLowerCase() === 'statement')) {
      context.report('missingStatement', { offset: policy.root.offset, length: 1 }, l10n.t('The policy has no "Statement".'));
    }
    return;
  }
  const node = block.value;
  if (node === undefined) return;
  if (node.type === 'array') {
    const items = node.children ?? [];
    if (items.length === 0) context.report('emptyList', node, l10n.t('"{0}" is empty, so the policy allows nothing.', 'Statement'), { data: { element: 'Statement' } });
    for (const item of items) {
      if (item.type !== 'object') context.report('wrongType', item, l10n.t('A statement is an object.'), { data: { element: 'Statement', type: item.type } });
    }
  } else if (node.type !== 'object') {
    context.report('wrongType', node, l10n.t('"Statement" takes an object or a list of objects.'), { data: { element: 'Statement', type: node.type } });
  }
  const sids = new Set<string>();
  for (const statement of policy.statements) {
    statementRules(context, statement);
    const sid = statement.sid;
    if (sid === undefined || sid.value === '') continue;
    if (sids.has(sid.value)) {
      const free = freeSid(policy.statements, sid.value);
      context.report('duplicateSid', sid, l10n.t('Two statements are called "{0}".', sid.value), { data: { sid: sid.value }, fixes: [replace(sid, jsonText(free), l10n.t('Name it {0}', free))] });
    }
    sids.add(sid.value);
  }
}
