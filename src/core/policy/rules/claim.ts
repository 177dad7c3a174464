import * as l10n from '@vscode/l10n';
import { hasWildcard, wildcardMatch } from '../arn';
import type { PolicyFix } from '../finding';
import { allowing, jsonText, within, type ReadResource, type ReadStatement } from '../reading';
import type { RuleContext } from '../ruleContext';

/**
 * What a claim certificate may do, and no more: create a certificate, register the thing.
 * https://docs.aws.amazon.com/iot/latest/developerguide/provision-wo-cert.html
 * https://docs.aws.amazon.com/iot/latest/developerguide/fleet-provision-api.html
 */
const provisioning = /^\$aws\/(?:certificates\/create(?:-from-csr)?\/|provisioning-templates\/[^/*?]+\/provision\/)/;
const template = /^\$aws\/provisioning-templates\/([^/]+)\/provision\//;

type IotResource = Extract<ReadResource, { kind: 'iot' }>;

const usual: ReadonlySet<string> = new Set(['iot:Connect', 'iot:Publish', 'iot:Receive', 'iot:Subscribe']);

function topics(all: readonly ReadStatement[], action: string, type: string): readonly IotResource[] {
  return all
    .filter((read) => read.allow && read.infos.some((info) => info.name === action))
    .flatMap((read) => read.resources.flatMap((item) => (item.kind === 'iot' && item.type === type ? [item] : [])));
}

function tooBroad(context: RuleContext, all: readonly ReadStatement[]): void {
  for (const read of all) {
    if (!read.allow) continue;
    for (const action of read.actions) {
      const more = action.infos.filter((info) => !usual.has(info.name)).map((info) => info.name);
      if (more.length > 0) {
        context.report('claimTooBroad', action.text, l10n.t('A claim certificate is shared by many devices. It needs Connect, Publish, Receive and Subscribe on the provisioning topics, not {0}.', action.text.value), {
          data: { action: action.text.value },
        });
      }
    }
    if (!read.infos.some((info) => info.name !== 'iot:Connect' && usual.has(info.name))) continue;
    for (const resource of read.resources) {
      const fine = resource.kind === 'iot' && (resource.type === 'client' || provisioning.test(resource.value));
      if (fine || resource.kind === 'other') continue;
      context.report('claimTooBroad', resource.text, l10n.t('A claim certificate is shared by many devices; "{0}" is more than the topics of provisioning.', resource.text.value), {
        data: { resource: resource.text.value },
      });
    }
  }
}

function insertBeside(beside: IotResource, values: readonly string[]): readonly PolicyFix['changes'][number][] {
  const node = beside.text.node;
  const added = values.map((value) => `"${jsonText(value)}"`).join(', ');
  return node.parent?.type === 'array'
    ? [{ offset: node.offset + node.length, length: 0, text: `, ${added}` }]
    : [{ offset: node.offset, length: node.length, text: `["${jsonText(beside.text.value)}", ${added}]` }];
}

function withoutCsr(context: RuleContext, all: readonly ReadStatement[]): void {
  const of = (action: string, type: string, name: string): IotResource | undefined =>
    topics(all, action, type).find((item) => wildcardMatch(item.value, `$aws/certificates/${name}/json`));
  const keys = of('iot:Publish', 'topic', 'create');
  if (keys === undefined || of('iot:Publish', 'topic', 'create-from-csr') !== undefined) return;
  const filter = of('iot:Subscribe', 'topicfilter', 'create');
  const beside = [keys, ...(filter === undefined ? [] : [filter])];
  const csr = (item: IotResource): string => item.text.value.replace('/certificates/create/', '/certificates/create-from-csr/');
  context.report('claimWithoutCsr', keys.text, l10n.t('Devices that make their own key (Greengrass Nucleus Lite always does) publish to $aws/certificates/create-from-csr/…, which this policy refuses.'), {
    data: { resource: keys.text.value },
    fixes: beside.every((item) => csr(item) !== item.text.value)
      ? [{ title: l10n.t('Allow create-from-csr as well'), changes: beside.flatMap((item) => insertBeside(item, [csr(item)])), preferred: true }]
      : [],
  });
}

/** Each provisioning topic takes part three times: published to, subscribed to, received from. */
function twins(context: RuleContext, all: readonly ReadStatement[]): void {
  const roots = new Map<string, { readonly at: IotResource; readonly have: Set<string> }>();
  for (const [action, type] of [['iot:Publish', 'topic'], ['iot:Receive', 'topic'], ['iot:Subscribe', 'topicfilter']] as const) {
    for (const item of topics(all, action, type)) {
      const root = /^\$aws\/(?:certificates\/create(?:-from-csr)?|provisioning-templates\/[^/]+\/provision)/.exec(item.value)?.[0];
      if (root === undefined) continue;
      const entry = roots.get(root) ?? { at: item, have: new Set<string>() };
      entry.have.add(action);
      roots.set(root, entry);
    }
  }
  const everything = (action: string): boolean =>
    all.some((read) => read.allow && read.infos.some((info) => info.name === action) && read.resources.some((item) => item.kind === 'all' || item.kind === 'open'));
  for (const [root, entry] of roots) {
    const missing = ['iot:Publish', 'iot:Receive', 'iot:Subscribe'].filter((action) => !entry.have.has(action) && !everything(action));
    if (missing.length === 0) continue;
    context.report('claimMissingTwin', entry.at.text, l10n.t('{0} also needs {1}; without it provisioning waits for an answer that never comes.', `${root}/…`, missing.join(', ')), {
      data: { topic: root, missing },
      fixes: addTwins(context, entry.at, root, missing),
    });
  }
}

function addTwins(context: RuleContext, at: IotResource, root: string, missing: readonly string[]): readonly PolicyFix[] {
  const last = context.policy.statements.at(-1);
  if (last?.node.parent?.type !== 'array' || at.text.escaped) return [];
  const head = at.text.value.slice(0, at.arn.resource.at);
  const onTopic = missing.filter((action) => action !== 'iot:Subscribe');
  const statement = (actions: readonly string[], type: string): string =>
    `{ "Effect": "Allow", "Action": ${JSON.stringify(actions.length === 1 ? actions[0] : actions)}, "Resource": "${jsonText(`${head}${type}/${root}/*`)}" }`;
  const parts = [...(onTopic.length > 0 ? [statement(onTopic, 'topic')] : []), ...(missing.includes('iot:Subscribe') ? [statement(['iot:Subscribe'], 'topicfilter')] : [])];
  return [{ title: l10n.t('Allow {0} as well', missing.join(', ')), changes: [{ offset: last.node.offset + last.node.length, length: 0, text: parts.map((part) => `, ${part}`).join('') }], preferred: true }];
}

function otherTemplate(context: RuleContext, all: readonly ReadStatement[]): void {
  const wanted = context.facts.templateName;
  for (const read of all) {
    for (const item of read.resources) {
      if (item.kind !== 'iot') continue;
      const name = template.exec(item.value)?.[1];
      if (name === undefined || name.includes('${')) continue;
      const at = within(item.text, item.valueAt + '$aws/provisioning-templates/'.length, name.length);
      const fix = (value: string): readonly PolicyFix[] => (item.text.escaped ? [] : [{ title: l10n.t('Use {0}', value), changes: [{ ...at, text: value }], preferred: true }]);
      if (hasWildcard(name)) {
        context.report('claimTooBroad', at, l10n.t('The claim may use every provisioning template of the account. Name the one.'), { data: { template: name }, fixes: wanted === undefined ? [] : fix(wanted) });
      } else if (wanted !== undefined && wanted !== '' && name !== wanted && !/[[<{]/.test(name)) {
        context.report('claimOtherTemplate', at, l10n.t('This workspace provisions with the template "{0}"; the claim allows "{1}".', wanted, name), { data: { template: name, expected: wanted }, fixes: fix(wanted) });
      }
    }
  }
}

export function claimRule(context: RuleContext): void {
  if (context.kind !== 'claim') return;
  const all = context.read;
  tooBroad(context, all);
  withoutCsr(context, all);
  if (allowing(all, 'iot:Publish') !== undefined) twins(context, all);
  otherTemplate(context, all);
}
