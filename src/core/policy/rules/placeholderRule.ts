import * as l10n from '@vscode/l10n';
import { findPlaceholders, placeholdersInTree, type Placeholder } from '../placeholders';
import type { RuleContext } from '../ruleContext';
import type { PolicyFix } from '../finding';

function messageFor(item: Placeholder): string {
  switch (item.kind) {
    case 'roleAliasArn':
      return l10n.t('Put the ARN of your role alias in place of {0}.', item.text);
    case 'provisioningRoleArn':
      return l10n.t('Put the ARN of the fleet provisioning role in place of {0}.', item.text);
    case 'certificateArn':
      return l10n.t('Put the ARN of a certificate in place of {0}.', item.text);
    case 'accountId':
      return l10n.t('Put your 12-digit account id in place of {0}.', item.text);
    case 'region':
      return l10n.t('Put your region in place of {0}.', item.text);
    case 'unknown':
      return l10n.t('{0} looks like a placeholder that was not filled in.', item.text);
  }
}

function fixesFor(item: Placeholder, context: RuleContext): readonly PolicyFix[] {
  const { target, facts } = context;
  const values =
    item.kind === 'accountId'
      ? [target?.account]
      : item.kind === 'region'
        ? [target?.region]
        : item.kind === 'roleAliasArn'
          ? (facts.roleAliases ?? []).map((alias) => alias.arn)
          : [];
  const known = values.filter((value) => value !== undefined);
  return known.map((value) => ({
    title: l10n.t('Use {0}', value),
    changes: [{ offset: item.offset, length: item.length, text: JSON.stringify(value).slice(1, -1) }],
    preferred: known.length === 1,
  }));
}

/** Placeholders left over. Sample account ids are only suspicious until the real one is known; all else is text that no account has. */
export function placeholderRule(context: RuleContext): void {
  const known = context.target === undefined ? {} : { account: context.target.account };
  const found = context.broken ? findPlaceholders(context.text, known) : placeholdersInTree(context.text, context.policy.root, known, context.survey.mayMark);
  for (const item of found) {
    const data = { placeholder: item.kind, text: item.text };
    const fixes = fixesFor(item, context);
    if (!item.sample) context.report('placeholder', item, messageFor(item), { data, fixes });
    else context.report('sampleAccountId', item, l10n.t('{0} is an account id of the AWS documentation. Put your own in its place.', item.text), { data, fixes, ...(context.target === undefined ? {} : { severity: 'error' }) });
  }
}
