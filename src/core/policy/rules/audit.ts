import * as l10n from '@vscode/l10n';
import { mayOverlap, wildcardMatch } from '../arn';
import { insertMember } from '../edits';
import type { PolicyFix } from '../finding';
import { jsonText, within, type ReadResource, type ReadStatement } from '../reading';
import type { RuleContext } from '../ruleContext';

/**
 * The findings of the Device Defender audit on policies, under the audit's own names.
 * https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-policy-permissive.html
 * https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-misconfigured-policies.html
 */
const permissiveCheck = 'IOT_POLICY_OVERLY_PERMISSIVE_CHECK';
const permissiveReason = 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS';
const misconfiguredCheck = 'IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK';

type IotResource = Extract<ReadResource, { kind: 'iot' }>;

function requiresAttachment(read: ReadStatement): boolean {
  return read.statement.conditions.some(
    (entry) => entry.key.value === 'iot:Connection.Thing.IsAttached' && entry.values.some((value) => value.value.toLowerCase() === 'true'),
  );
}

function requireAttachment(context: RuleContext, read: ReadStatement): readonly PolicyFix[] {
  if (read.statement.members.has('Condition')) return [];
  const condition = '"Condition": { "Bool": { "iot:Connection.Thing.IsAttached": ["true"] } }';
  return [{ title: l10n.t('Require that the certificate is attached to a thing'), changes: [insertMember(context.text, read.statement.node, condition)], preferred: false }];
}

const onlyWildcards = /^[*?]+$/;

/** Everything, or the reserved topics of every thing. */
function broadTopic(value: string): boolean {
  if (onlyWildcards.test(value) || value === '#' || value === '+') return true;
  return /^\$aws\/(?:[*#+]|\*.*)$/.test(value) || /^\$aws\/things\/[*#+?]/.test(value);
}

/** Names of the statement's actions for which this resource is too broad by the audit's page. */
function tooBroad(read: ReadStatement, resource: ReadResource, claim: boolean): readonly string[] {
  const everything = resource.kind === 'all' || resource.kind === 'open' || (resource.kind === 'iot' && (resource.arn.resource.text === '*' || onlyWildcards.test(resource.type)));
  const names = read.infos
    .filter((info) => {
      switch (info.name) {
        case 'iot:Connect':
          // A claim connects before it has a thing. https://docs.aws.amazon.com/iot/latest/developerguide/provision-wo-cert.html
          return !claim && !requiresAttachment(read) && (everything || (resource.kind === 'iot' && resource.type === 'client' && onlyWildcards.test(resource.value)));
        case 'iot:Publish':
        case 'iot:RetainPublish':
          return everything || (resource.kind === 'iot' && resource.type === 'topic' && broadTopic(resource.value));
        case 'iot:Subscribe':
          return everything || (resource.kind === 'iot' && resource.type === 'topicfilter' && broadTopic(resource.value));
        default:
          // Receive is compliant: a device receives only what it may subscribe to.
          if (info.group !== 'Device Shadow' && info.group !== 'Jobs') return false;
          if (info.name === 'iot:ListNamedShadowsForThing') return false;
          return everything || (resource.kind === 'iot' && resource.type === 'thing' && onlyWildcards.test(resource.value));
      }
    })
    .map((info) => info.name);
  return names;
}

function permissive(context: RuleContext, read: ReadStatement): void {
  if (!read.allow) return;
  for (const resource of read.resources) {
    const names = tooBroad(read, resource, context.kind === 'claim');
    if (names.length > 0) {
      context.report('overlyPermissive', resource.text, l10n.t('{0} on "{1}" reaches every device of the account. Device Defender reports this as {2}.', names.join(', '), resource.text.value, permissiveCheck), {
        data: { audit: permissiveCheck, reason: permissiveReason, actions: names, resource: resource.text.value },
      });
    }
    if (resource.kind === 'iot' && resource.type === 'client' && resource.value === '${iot:ClientId}' && read.infos.some((info) => info.name === 'iot:Connect') && !requiresAttachment(read)) {
      context.report(
        'clientIdNotAttached',
        within(resource.text, resource.valueAt, resource.value.length),
        l10n.t('Every client id equals itself: client/${iot:ClientId} allows any, as client/* does. Require iot:Connection.Thing.IsAttached, or use the thing name. Device Defender reports this as {0}.', permissiveCheck),
        {
          data: { audit: permissiveCheck, reason: permissiveReason, resource: resource.text.value },
          fixes: resource.text.escaped
            ? []
            : [{ title: l10n.t('Use {0}', '${iot:Connection.Thing.ThingName}'), changes: [{ offset: resource.text.offset + resource.valueAt, length: resource.value.length, text: '${iot:Connection.Thing.ThingName}' }], preferred: true }, ...requireAttachment(context, read)],
        },
      );
    }
  }
}

const mqttWildcard = /(?:^|\/)(?:\+(?=\/|$)|#$)/;

function literalWildcards(context: RuleContext, read: ReadStatement): void {
  for (const resource of read.resources) {
    if (resource.kind !== 'iot' || (resource.type !== 'topic' && resource.type !== 'topicfilter')) continue;
    const match = mqttWildcard.exec(resource.value);
    if (match === null) continue;
    // topicfilter/a/+ in an Allow is right: it allows the subscription to exactly the filter "a/+".
    if (read.allow && resource.type === 'topicfilter') continue;
    const fixed = resource.value.replaceAll(/(^|\/)\+(?=\/|$)/g, '$1*').replace(/(^|\/)#$/, '$1*');
    const at = resource.valueAt + match.index + (match[0].startsWith('/') ? 1 : 0);
    const fixes: readonly PolicyFix[] = resource.text.escaped
      ? []
      : [{ title: l10n.t('Use {0}', `${resource.type}/${fixed}`), changes: [{ offset: resource.text.offset + resource.valueAt, length: resource.value.length, text: jsonText(fixed) }], preferred: true }];
    context.report(
      'mqttWildcard',
      within(resource.text, at, 1),
      read.deny
        ? l10n.t('In a policy + and # are plain characters; this denies only the filter that is spelled so. Write *. Device Defender reports this as {0}.', misconfiguredCheck)
        : l10n.t('In a policy + and # are plain characters, and no topic contains them. Write * for any text.'),
      { data: read.deny ? { audit: misconfiguredCheck, reason: 'POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT', resource: resource.text.value } : { resource: resource.text.value }, fixes },
    );
  }
}

/** Deny of receiving whatever matches this topic pattern. */
function deniesReceive(all: readonly ReadStatement[], denied: IotResource): boolean {
  return all.some(
    (read) =>
      read.deny &&
      read.infos.some((info) => info.name === 'iot:Receive') &&
      read.resources.some((resource) => resource.kind === 'all' || resource.kind === 'open' || (resource.kind === 'iot' && wildcardMatch(resource.type, 'topic') && wildcardMatch(resource.value, denied.value))),
  );
}

function allowsWider(all: readonly ReadStatement[], denied: IotResource): string | undefined {
  for (const read of all) {
    if (!read.allow || !read.infos.some((info) => info.name === 'iot:Subscribe')) continue;
    for (const resource of read.resources) {
      if (resource.kind === 'all' || resource.kind === 'open') return resource.text.value;
      if (resource.kind !== 'iot' || !wildcardMatch(resource.type, 'topicfilter')) continue;
      // A filter such as a/# or +/restricted that this allows and the denial does not match.
      const wildcard = /[*#+]/.test(resource.value);
      if (wildcard && mayOverlap(resource.value.replace(/[#+]/g, '*'), denied.value.replace(/[#+]/g, '*')) && !wildcardMatch(denied.value, resource.value)) return resource.text.value;
    }
  }
  return undefined;
}

/** Deny on Subscribe that a broader subscription walks around. https://docs.aws.amazon.com/iot/latest/developerguide/pub-sub-policy.html */
function bypassed(context: RuleContext, read: ReadStatement, all: readonly ReadStatement[]): void {
  const subscribe = read.actions.find((action) => action.infos.some((info) => info.name === 'iot:Subscribe'));
  if (!read.deny || subscribe === undefined) return;
  for (const resource of read.resources) {
    if (resource.kind !== 'iot' || resource.type !== 'topicfilter' || onlyWildcards.test(resource.value)) continue;
    if (mqttWildcard.test(resource.value)) continue; // told by literalWildcards
    const wider = allowsWider(all, resource);
    if (wider === undefined || deniesReceive(all, resource)) continue;
    context.report(
      'denyBypassed',
      resource.text,
      l10n.t('A device may still subscribe to a wider filter that "{0}" allows and get these messages. Deny iot:Receive on the topic as well. Device Defender reports this as {1}.', wider, misconfiguredCheck),
      {
        data: { audit: misconfiguredCheck, reason: 'TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS', resource: resource.text.value, allowedBy: wider },
        fixes: denyReceive(read, resource),
      },
    );
  }
}

function denyReceive(read: ReadStatement, resource: IotResource): readonly PolicyFix[] {
  if (resource.text.escaped) return [];
  const twin = `${resource.text.value.slice(0, resource.arn.resource.at)}topic/${resource.value}`;
  const end = read.statement.node.offset + read.statement.node.length;
  if (read.statement.node.parent?.type !== 'array') return [];
  const json = `{ "Effect": "Deny", "Action": "iot:Receive", "Resource": "${jsonText(twin)}" }`;
  return [{ title: l10n.t('Deny iot:Receive on {0} as well', `topic/${resource.value}`), changes: [{ offset: end, length: 0, text: `, ${json}` }], preferred: true }];
}

export function auditRule(context: RuleContext): void {
  const all = context.read;
  for (const read of all) {
    permissive(context, read);
    literalWildcards(context, read);
    bypassed(context, read, all);
  }
}
