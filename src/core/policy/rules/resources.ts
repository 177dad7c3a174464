import * as l10n from '@vscode/l10n';
import { hasWildcard, wildcardMatch, type Arn, type ArnPart } from '../arn';
import type { ActionInfo, ResourceType } from '../catalog';
import type { PolicyFix } from '../finding';
import type { Text } from '../model';
import { nearest } from '../nearest';
import { findPlaceholders } from '../placeholders';
import { fits, isIotType, jsonText, mayBe, readResource, within, type ReadResource, type ReadStatement } from '../reading';
import { iotArn } from '../../util/arn';
import type { RuleContext } from '../ruleContext';

/** Types of IoT ARN that exist but that no action of an IoT policy is checked against. */
const idleTypes: ReadonlySet<string> = new Set([
  'authorizer', 'billinggroup', 'cacert', 'cert', 'certificateprovider', 'domainconfiguration', 'dimension', 'index', 'job', 'jobtemplate', 'mitigationaction',
  'otaupdate', 'policy', 'provisioningtemplate', 'rule', 'scheduledaudit', 'securityprofile', 'stream', 'thinggroup', 'thingtype', 'destination', 'fleetmetric',
  'custommetric', 'package', 'tunnel',
]);

function holdsPlaceholder(text: string): boolean {
  return findPlaceholders(JSON.stringify(text)).some((item) => !item.sample);
}

function replace(text: Text, at: number, length: number, value: string, title: string, preferred = true): PolicyFix[] {
  if (text.escaped) return [];
  return [{ title, changes: [{ offset: text.offset + at, length, text: jsonText(value) }], preferred }];
}

function wantsRoleAlias(read: ReadStatement): boolean {
  return read.actions.some((action) => action.text.value === 'iot:AssumeRoleWithCertificate');
}

function aliasFixes(context: RuleContext, text: Text, roleArn?: string): readonly PolicyFix[] {
  const aliases = context.facts.roleAliases ?? [];
  const same = roleArn === undefined ? [] : aliases.filter((alias) => alias.roleArn === roleArn);
  const offered = same.length > 0 ? same : aliases;
  return offered.slice(0, 9).map((alias) => ({
    title: l10n.t('Use {0}', alias.arn),
    changes: [{ offset: text.offset, length: text.length, text: jsonText(alias.arn) }],
    preferred: offered.length === 1,
  }));
}

function other(context: RuleContext, read: ReadStatement, text: Text): void {
  if (holdsPlaceholder(text.value)) return;
  const { value } = text;
  if (wantsRoleAlias(read) && /^(?:rolealias\/)?[\w=,@-]{1,128}$/.test(value)) {
    const name = value.replace(/^rolealias\//, '');
    const { target } = context;
    const arn = target === undefined ? undefined : iotArn(target, `rolealias/${name}`);
    context.report('malformedResource', text, l10n.t('"{0}" is a name. AWS IoT wants the whole ARN of the role alias here.', value), {
      data: { resource: value, ...(arn === undefined ? {} : { suggestion: arn }) },
      fixes: arn === undefined ? [] : [{ title: l10n.t('Use {0}', arn), changes: [{ offset: text.offset, length: text.length, text: jsonText(arn) }], preferred: true }],
    });
    return;
  }
  context.report('malformedResource', text, l10n.t('"{0}" is neither an ARN nor *. AWS IoT refuses it: "The following resources are invalid".', value), { data: { resource: value } });
}

const typeWords: Readonly<Record<ResourceType, string>> = { client: 'client/', topic: 'topic/', topicfilter: 'topicfilter/', thing: 'thing/', rolealias: 'rolealias/', component: 'components:', any: '*' };

function wantedTypes(infos: readonly ActionInfo[]): string {
  return [...new Set(infos.flatMap((info) => info.resources.map((type) => typeWords[type])))].join(', ');
}

function mismatch(context: RuleContext, read: ReadStatement, resource: ReadResource): void {
  // An unknown action may want anything; a wildcard action wants many types and takes what fits.
  if (read.actions.some((action) => action.infos.length === 0) || read.infos.length === 0) return;
  if (read.infos.some((info) => fits(info, resource))) return;
  const { text } = resource;
  const { type, at, length, value } =
    resource.kind === 'iot' ? { type: resource.type, at: resource.arn.resource.at, length: resource.type.length, value: resource.value } : { type: '', at: 0, length: text.value.length, value: '' };
  const names = [...new Set(read.actions.map((action) => action.text.value))].join(', ');
  const types = [...new Set(read.infos.flatMap((info) => info.resources))].filter((item) => item !== 'any' && item !== 'component');
  const only = types.length === 1 ? types[0] : undefined;
  // The page basic-jobs-example.html prints topic/$aws/things/NAME for the job actions where iot-action-resources.html asks for thing/NAME.
  const jobTopic = type === 'topic' && value.startsWith('$aws/things/') && read.infos.every((info) => info.group === 'Jobs');
  const fitting = read.resources.some((item) => item !== resource && read.infos.some((info) => fits(info, item)));
  const fix =
    jobTopic && resource.kind === 'iot'
      ? replace(text, at, resource.arn.resource.text.length, `thing/${value.slice('$aws/things/'.length)}`, l10n.t('Use {0}', 'thing/'))
      : only !== undefined && length > 0
        ? replace(text, at, length, only, l10n.t('Use {0}', `${only}/`))
        : only === undefined && read.infos.every((info) => info.resources.includes('any'))
          ? replace(text, 0, text.value.length, '*', l10n.t('Use {0}', '*'))
          : [];
  context.report('resourceTypeMismatch', within(text, at, Math.max(length, 1)), l10n.t('{0} is checked against {1}, so this resource never matches.', names, wantedTypes(read.infos)), {
    data: { actions: names, type, expected: types },
    fixes: fix,
    ...(fitting || jobTopic ? { severity: 'warning' } : {}),
  });
}

/** An action for which the statement has no fitting resource at all, although the resources fit other actions. */
function idleActions(context: RuleContext, read: ReadStatement): void {
  if (read.resources.length === 0 || read.statement.notResources.length > 0) return;
  const blind = read.resources.some((item) => item.kind === 'other');
  if (blind || read.actions.length < 2) return;
  const anyFits = read.infos.some((info) => read.resources.some((item) => fits(info, item)));
  if (!anyFits) return;
  for (const action of read.actions) {
    if (action.infos.length === 0 || hasWildcard(action.text.value)) continue;
    if (action.infos.some((info) => read.resources.some((item) => fits(info, item)))) continue;
    const fixes = twinFixes(read, action.infos);
    context.report('resourceTypeMismatch', action.text, l10n.t('{0} is checked against {1}; this statement has no such resource.', action.text.value, wantedTypes(action.infos)), {
      data: { actions: action.text.value, expected: [...new Set(action.infos.flatMap((info) => info.resources))] },
      fixes,
      // The rest of the statement works, and iot-data-plane-jobs.html prints such a statement.
      severity: 'warning',
    });
  }
}

/** `topic/x` beside each `topicfilter/x`, or the other way round. */
function twinFixes(read: ReadStatement, infos: readonly ActionInfo[]): PolicyFix[] {
  const wanted = infos[0]?.resources[0];
  const from = wanted === 'topic' ? 'topicfilter' : wanted === 'topicfilter' ? 'topic' : undefined;
  if (from === undefined || wanted === undefined) return [];
  const twins = read.resources.flatMap((item) => (item.kind === 'iot' && item.type === from && !item.text.escaped ? [item] : []));
  const last = twins.at(-1);
  const list = last?.text.node.parent;
  if (last === undefined || list?.type !== 'array') return [];
  const added = twins.map((item) => `, "${jsonText(item.text.value.slice(0, item.arn.resource.at) + wanted + item.text.value.slice(item.arn.resource.at + from.length))}"`).join('');
  const offset = last.text.node.offset + last.text.node.length;
  return [{ title: l10n.t('Add the {0} twins', `${wanted}/`), changes: [{ offset, length: 0, text: added }], preferred: true }];
}

function place(context: RuleContext, text: Text, arn: Arn): void {
  const { target } = context;
  const partitions = ['aws', 'aws-cn', 'aws-us-gov', 'aws-iso', 'aws-iso-b', 'aws-iso-e', 'aws-iso-f', 'aws-eusc'];
  const different = (part: ArnPart, wanted: string): boolean => part.text !== '' && !wildcardMatch(part.text, wanted) && !holdsPlaceholder(`arn:aws:iot:${part.text}:${part.text}:`) && !part.text.includes('${');
  if (target === undefined) {
    if (!hasWildcard(arn.partition.text) && arn.partition.text !== 'partition' && !partitions.includes(arn.partition.text)) {
      context.report('partitionMismatch', within(text, arn.partition.at, arn.partition.text.length), l10n.t('"{0}" is not a partition of AWS: aws, aws-cn or aws-us-gov.', arn.partition.text), { data: { partition: arn.partition.text } });
    }
    return;
  }
  const put = (part: ArnPart, wanted: string): PolicyFix[] => replace(text, part.at, part.text.length, wanted, l10n.t('Use {0}', wanted));
  if (different(arn.partition, target.partition)) {
    context.report('partitionMismatch', within(text, arn.partition.at, arn.partition.text.length), l10n.t('You are connected to partition {0}; this ARN is of {1}.', target.partition, arn.partition.text), {
      data: { partition: arn.partition.text, expected: target.partition },
      fixes: put(arn.partition, target.partition),
    });
  }
  if (different(arn.region, target.region)) {
    context.report('regionMismatch', within(text, arn.region.at, arn.region.text.length), l10n.t('You are connected to {0}; this ARN is of {1}. Policies do not reach across regions.', target.region, arn.region.text), {
      data: { region: arn.region.text, expected: target.region },
      fixes: put(arn.region, target.region),
    });
  }
  // Public components belong to the account "aws". https://docs.aws.amazon.com/greengrass/v2/developerguide/public-components.html
  const publicComponent = arn.service.text === 'greengrass' && arn.account.text === 'aws';
  const sample = arn.account.text !== target.account && findPlaceholders(JSON.stringify(text.value), { account: target.account }).some((item) => item.sample && item.text === arn.account.text);
  if (!publicComponent && !sample && different(arn.account, target.account)) {
    context.report('accountMismatch', within(text, arn.account.at, arn.account.text.length), l10n.t('You are connected to account {0}; this ARN is of {1}.', target.account, arn.account.text), {
      data: { account: arn.account.text, expected: target.account },
      fixes: put(arn.account, target.account),
    });
  }
}

function shape(context: RuleContext, text: Text, arn: Arn): void {
  const account = arn.account.text;
  if (!/^\d{12}$/.test(account) && !hasWildcard(account) && !account.includes('${') && !holdsPlaceholder(`arn:aws:iot::${account}:`) && !(arn.service.text === 'greengrass' && account === 'aws')) {
    context.report('malformedResource', within(text, arn.account.at, Math.max(1, account.length)), l10n.t('"{0}" is not an account id; an account id has 12 digits.', account), { data: { resource: text.value, account } });
  }
  if (arn.region.text === '') {
    context.report('malformedResource', within(text, arn.region.at - 1, 2), l10n.t('The ARN has no region.'), { data: { resource: text.value } });
  }
}

function iotResource(context: RuleContext, read: ReadStatement, resource: Extract<ReadResource, { kind: 'iot' }>): void {
  const { text, arn, type } = resource;
  shape(context, text, arn);
  place(context, text, arn);
  const whole = arn.resource.text;
  const at = within(text, arn.resource.at, Math.max(1, type === '' ? whole.length : type.length));
  if (type === '' && !hasWildcard(whole) && !holdsPlaceholder(whole)) {
    // The guide itself prints ".../$aws/events/*" and "/thing/MyThing1" with a slash in front, so this is no error.
    const slash = whole.startsWith('/');
    const rest = whole.slice(1);
    const known = isIotType(rest.slice(0, Math.max(0, rest.indexOf('/'))));
    context.report('unknownResourceType', at, l10n.t('The resource has no type before its name, for example topic/ or client/; it never matches.'), {
      data: { resource: text.value },
      fixes: slash && known ? replace(text, arn.resource.at, 1, '', l10n.t('Remove the slash')) : [],
      ...(slash ? { severity: 'warning' } : {}),
    });
    return;
  }
  if (type !== '' && !isIotType(type) && !idleTypes.has(type) && !hasWildcard(type) && !type.includes('${') && !holdsPlaceholder(type)) {
    const meant = nearest(type, ['client', 'topic', 'topicfilter', 'thing', 'rolealias']);
    context.report('unknownResourceType', at, l10n.t('"{0}" is not a type of AWS IoT resource. Known: client, topic, topicfilter, thing, rolealias.', type), {
      data: { resource: text.value, type },
      fixes: meant === undefined ? [] : replace(text, arn.resource.at, type.length, meant, l10n.t('Use {0}', `${meant}/`)),
    });
    return;
  }
  if (type !== '' && resource.value === '') {
    context.report('malformedResource', text, l10n.t('The ARN ends after "{0}/"; a name or * is missing.', type), { data: { resource: text.value } });
    return;
  }
  mismatch(context, read, resource);
}

/** Resource elements: https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html */
export function resourcesRule(context: RuleContext): void {
  for (const read of context.read) {
    const { notResources } = read.statement;
    for (const resource of notResources.length === 0 ? read.resources : [...read.resources, ...notResources.map(readResource)]) {
      const { text } = resource;
      if (resource.kind === 'other') other(context, read, text);
      else if (resource.kind === 'iot') iotResource(context, read, resource);
      else if (resource.kind === 'arn') foreign(context, read, resource);
    }
    idleActions(context, read);
  }
}

function foreign(context: RuleContext, read: ReadStatement, resource: Extract<ReadResource, { kind: 'arn' }>): void {
  const { text, arn } = resource;
  if (arn.service.text === 'iam' && arn.resource.text.startsWith('role/') && wantsRoleAlias(read)) {
    context.report('roleInsteadOfRoleAlias', text, l10n.t('This is the ARN of an IAM role. iot:AssumeRoleWithCertificate wants the ARN of the role alias: arn:…:iot:…:rolealias/NAME.'), {
      data: { resource: text.value },
      fixes: aliasFixes(context, text, text.value),
    });
    return;
  }
  if (arn.service.text === 'greengrass') {
    shape(context, text, arn);
    place(context, text, arn);
  }
  if (mayBe(resource, 'component') || arn.resource.text.startsWith('/$aws/')) {
    // The guide prints arn:aws:iotwireless:…:/$aws/iotwireless/events/… for Subscribe and Receive.
    if (!mayBe(resource, 'component')) {
      context.report('unknownResourceType', within(text, arn.service.at, arn.service.text.length), l10n.t('{0} is not AWS IoT; an action of this statement never matches it.', arn.service.text), { data: { resource: text.value }, severity: 'warning' });
    } else mismatch(context, read, resource);
    return;
  }
  mismatch(context, read, resource);
}
