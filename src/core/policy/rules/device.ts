import * as l10n from '@vscode/l10n';
import { coreActions } from '../catalog';
import type { PolicyFix } from '../finding';
import { allowing, jsonText, within, type ReadAction, type ReadStatement } from '../reading';
import type { RuleContext } from '../ruleContext';

/** Adds a statement behind the last one. */
function addStatement(context: RuleContext, json: string, title: string, preferred: boolean): readonly PolicyFix[] {
  const last = context.policy.statements.at(-1);
  if (last?.node.parent?.type !== 'array') return [];
  return [{ title, changes: [{ offset: last.node.offset + last.node.length, length: 0, text: `, ${json}` }], preferred }];
}

/** ARN of a resource beside the ones that are there: same partition, region and account. */
function neighbour(all: readonly ReadStatement[], resource: string): string | undefined {
  for (const read of all) {
    for (const item of read.resources) {
      if (item.kind === 'iot') return item.text.value.slice(0, item.arn.resource.at) + resource;
    }
  }
  return undefined;
}

function needs(context: RuleContext, all: readonly ReadStatement[]): void {
  const connect = allowing(all, 'iot:Connect');
  const mqtt = ['iot:Publish', 'iot:Subscribe', 'iot:Receive'].map((name) => allowing(all, name)).find((item) => item !== undefined);
  if (connect === undefined && mqtt !== undefined) {
    const arn = neighbour(all, 'client/${iot:Connection.Thing.ThingName}');
    context.report('missingConnect', mqtt.text, l10n.t('The policy allows {0} but not iot:Connect, so that a device with this policy alone cannot connect.', mqtt.text.value), {
      data: { action: mqtt.text.value },
      fixes: arn === undefined ? [] : addStatement(context, `{ "Effect": "Allow", "Action": "iot:Connect", "Resource": "${jsonText(arn)}" }`, l10n.t('Allow iot:Connect for the thing\'s own name'), false),
    });
  }
  const subscribe = allowing(all, 'iot:Subscribe');
  if (subscribe !== undefined && allowing(all, 'iot:Receive') === undefined) {
    context.report('missingReceive', subscribe.text, l10n.t('The policy allows iot:Subscribe but not iot:Receive, so that no message is delivered.'), {
      data: { action: subscribe.text.value },
      fixes: receiveTwins(context, all),
    });
  }
  const retain = allowing(all, 'iot:RetainPublish');
  if (retain !== undefined && allowing(all, 'iot:Publish') === undefined) {
    const list = retain.text.node.parent?.type === 'array';
    context.report('missingPublish', retain.text, l10n.t('iot:RetainPublish works only together with iot:Publish.'), {
      data: { action: retain.text.value },
      fixes: [
        {
          title: l10n.t('Add iot:Publish'),
          changes: [
            list
              ? { offset: retain.text.node.offset, length: 0, text: '"iot:Publish", ' }
              : { offset: retain.text.node.offset, length: retain.text.node.length, text: `["iot:Publish", "${jsonText(retain.text.value)}"]` },
          ],
          preferred: true,
        },
      ],
    });
  }
}

/** Allow iot:Receive on the topics of the filters that may be subscribed to. */
function receiveTwins(context: RuleContext, all: readonly ReadStatement[]): readonly PolicyFix[] {
  const topics = new Set<string>();
  for (const read of all) {
    if (!read.allow || !read.infos.some((info) => info.name === 'iot:Subscribe')) continue;
    for (const item of read.resources) {
      if (item.kind === 'all') topics.add('*');
      // The topics that a filter covers: its MQTT wildcards become policy wildcards.
      else if (item.kind === 'iot' && item.type === 'topicfilter') {
        const covered = item.value.replaceAll(/(^|\/)\+(?=\/|$)/g, '$1*').replace(/(^|\/)#$/, '$1*');
        topics.add(`${item.text.value.slice(0, item.arn.resource.at)}topic/${covered}`);
      }
    }
  }
  if (topics.size === 0) return [];
  const strings = [...topics].map((topic) => `"${jsonText(topic)}"`);
  const resource = strings.length === 1 ? (strings[0] ?? '') : `[${strings.join(', ')}]`;
  return addStatement(context, `{ "Effect": "Allow", "Action": "iot:Receive", "Resource": ${resource} }`, l10n.t('Allow iot:Receive on the same topics'), true);
}

function device(context: RuleContext, all: readonly ReadStatement[]): void {
  const core = coreActions.map((name) => ({ name, by: allowing(all, name) }));
  const some = core.find((item) => item.by !== undefined)?.by;
  const isCore = some !== undefined;
  if (context.kind === 'device' && !context.broken && context.policy.statements.length > 0 && allowing(all, 'iot:AssumeRoleWithCertificate') === undefined) {
    context.report('missingAssumeRole', { offset: context.policy.root.offset, length: 1 }, l10n.t('The policy does not allow iot:AssumeRoleWithCertificate, so that the device gets no AWS credentials.'), {
      fixes: assumeFixes(context),
    });
  }
  if (isCore) missingCore(context, core.filter((item) => item.by === undefined).map((item) => item.name), some);
  for (const read of all) {
    if (!read.allow) continue;
    if (read.infos.some((info) => info.name === 'iot:AssumeRoleWithCertificate')) assumeAny(context, read);
    if (isCore && read.infos.some((info) => info.name === 'iot:Connect')) clientIds(context, read);
  }
}

function assumeFixes(context: RuleContext): readonly PolicyFix[] {
  const aliases = context.facts.roleAliases ?? [];
  return aliases
    .slice(0, 5)
    .flatMap((alias) =>
      addStatement(context, `{ "Effect": "Allow", "Action": "iot:AssumeRoleWithCertificate", "Resource": "${jsonText(alias.arn)}" }`, l10n.t('Allow the role alias {0}', alias.name), aliases.length === 1),
    );
}

function assumeAny(context: RuleContext, read: ReadStatement): void {
  for (const resource of read.resources) {
    const any = resource.kind === 'all' || resource.kind === 'open' || (resource.kind === 'iot' && (resource.arn.resource.text === '*' || (resource.type === 'rolealias' && /^[*?]+$/.test(resource.value))));
    if (!any) continue;
    const aliases = context.facts.roleAliases ?? [];
    context.report('assumeAnyRoleAlias', resource.text, l10n.t('The device may take the role of every role alias of the account. Name the one it needs.'), {
      data: { resource: resource.text.value },
      // With other actions on the same resource a narrower one would break them.
      fixes:
        read.actions.length === 1
          ? aliases.slice(0, 9).map((alias) => ({
              title: l10n.t('Use {0}', alias.arn),
              changes: [{ offset: resource.text.offset, length: resource.text.length, text: jsonText(alias.arn) }],
              preferred: aliases.length === 1,
            }))
          : [],
    });
  }
}

/**
 * A core opens more than one connection: Thing, Thing#2, Thing#3 …, one per 50 subscriptions.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/device-auth.html ("core-device-thing*").
 */
function clientIds(context: RuleContext, read: ReadStatement): void {
  for (const resource of read.resources) {
    if (resource.kind !== 'iot' || resource.type !== 'client' || resource.value.endsWith('*')) continue;
    context.report('coreClientId', within(resource.text, resource.valueAt, resource.value.length), l10n.t('A Greengrass core also connects as "NAME#2" and so on; the client id must end with *.'), {
      data: { resource: resource.text.value },
      fixes: resource.text.escaped
        ? []
        : [{ title: l10n.t('Append *'), changes: [{ offset: resource.text.offset + resource.text.length, length: 0, text: '*' }], preferred: true }],
    });
  }
}

function missingCore(context: RuleContext, missing: readonly string[], beside: ReadAction): void {
  if (missing.length === 0) return;
  const added = missing.map((name) => `"${name}"`).join(', ');
  const node = beside.text.node;
  const change =
    node.parent?.type === 'array'
      ? { offset: node.offset + node.length, length: 0, text: `, ${added}` }
      : { offset: node.offset, length: node.length, text: `["${jsonText(beside.text.value)}", ${added}]` };
  context.report('missingGreengrassAction', beside.text, l10n.t('A core device also calls {0}. Without it deployments fail.', missing.join(', ')), {
    data: { missing },
    fixes: [{ title: l10n.t('Add {0}', missing.join(', ')), changes: [change], preferred: true }],
  });
}

/** What a device would miss. */
export function deviceRule(context: RuleContext): void {
  const all = context.read;
  if (context.policy.statements.some((statement) => statement.notActions.length > 0)) return;
  if (context.kind !== 'claim') device(context, all);
  needs(context, all);
}
