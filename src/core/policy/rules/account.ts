import * as l10n from '@vscode/l10n';
import { hasWildcard } from '../arn';
import { jsonText, within, type ReadResource } from '../reading';
import type { RuleContext } from '../ruleContext';

/** https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicyVersion.html: "A managed policy can have up to five versions." */
export const maxPolicyVersions = 5;

type IotResource = Extract<ReadResource, { kind: 'iot' }>;

/** Names in another account or region say nothing about this one. */
function here(context: RuleContext, resource: IotResource): boolean {
  const { target } = context;
  return target !== undefined && resource.arn.region.text === target.region && resource.arn.account.text === target.account;
}

function roleAlias(context: RuleContext, resource: IotResource): void {
  const aliases = context.facts.roleAliases;
  if (aliases === undefined || context.target === undefined) return;
  const name = resource.value;
  if (hasWildcard(name) || /[[<{$]/.test(name) || name === '') return;
  const at = within(resource.text, resource.valueAt, name.length);
  const alias = aliases.find((item) => item.name === name);
  if (alias === undefined) {
    // Names are case-sensitive: a slip in the case is the usual reason.
    const same = aliases.find((item) => item.name.toLowerCase() === name.toLowerCase());
    const offered = same === undefined ? aliases.slice(0, 9) : [same];
    context.report('roleAliasNotFound', at, l10n.t('Account {0} has no role alias "{1}" in {2}.', context.target.account, name, context.target.region), {
      data: { roleAlias: name, ...(same === undefined ? {} : { suggestion: same.name }) },
      fixes: resource.text.escaped ? [] : offered.map((item) => ({ title: l10n.t('Use {0}', item.name), changes: [{ ...at, text: jsonText(item.name) }], preferred: same !== undefined })),
    });
  } else if (alias.trusted === false) {
    context.report('roleAliasNotTrusted', at, l10n.t('The role behind "{0}" is not trusted for credentials.iot.amazonaws.com, so that no device gets its credentials.', name), { data: { roleAlias: name } });
  }
}

function template(context: RuleContext, resource: IotResource): void {
  const templates = context.facts.templates;
  const match = /^\$aws\/provisioning-templates\/([^/]+)\//.exec(resource.value);
  const name = match?.[1];
  if (templates === undefined || context.target === undefined || name === undefined || hasWildcard(name) || /[[<{$]/.test(name)) return;
  if (templates.includes(name)) return;
  context.report('templateNotFound', within(resource.text, resource.valueAt + '$aws/provisioning-templates/'.length, name.length), l10n.t('Account {0} has no provisioning template "{1}" in {2} yet.', context.target.account, name, context.target.region), {
    data: { template: name },
    fixes: resource.text.escaped ? [] : offeredTemplates(templates, name).map((item, _, all) => ({ title: l10n.t('Use {0}', item), changes: [{ offset: resource.text.offset + resource.valueAt + '$aws/provisioning-templates/'.length, length: name.length, text: jsonText(item) }], preferred: all.length === 1 })),
  });
}

/** The one that differs in case, or a few to choose from. */
function offeredTemplates(templates: readonly string[], name: string): readonly string[] {
  const same = templates.find((item) => item.toLowerCase() === name.toLowerCase());
  return same === undefined ? templates.slice(0, 9) : [same];
}

/** What only the account knows. Silent while the account has not been asked. */
export function accountRule(context: RuleContext): void {
  for (const read of context.read) {
    for (const resource of read.resources) {
      if (resource.kind !== 'iot' || !here(context, resource)) continue;
      if (resource.type === 'rolealias') roleAlias(context, resource);
      else if (resource.type === 'topic' || resource.type === 'topicfilter') template(context, resource);
    }
  }
  const versions = context.facts.policyVersions;
  if (versions !== undefined && versions >= maxPolicyVersions) {
    context.report('sixthVersion', { offset: context.policy.root.offset, length: 1 }, l10n.t('The deployed policy has {0} versions, and {1} is the most. Publishing asks which one to remove.', versions, maxPolicyVersions), { data: { versions } });
  }
}
