import * as l10n from '@vscode/l10n';

interface NameRule {
  readonly pattern: RegExp;
  readonly maximum: number;
  readonly allowed: () => string;
}

/**
 * Stack: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
 * Others: https://docs.aws.amazon.com/iot/latest/apireference/API_CreateRoleAlias.html, API_CreatePolicy.html,
 * API_CreateProvisioningTemplate.html, API_CreateThingGroup.html
 */
const rules = {
  stack: { pattern: /^[a-zA-Z][-a-zA-Z0-9]*$/, maximum: 128, allowed: () => l10n.t('a letter, then letters, digits and hyphens') },
  roleAlias: { pattern: /^[\w=,@-]+$/, maximum: 128, allowed: () => l10n.t('letters, digits and _ = , @ -') },
  iotPolicy: { pattern: /^[\w+=,.@-]+$/, maximum: 128, allowed: () => l10n.t('letters, digits and _ + = , . @ -') },
  template: { pattern: /^[0-9A-Za-z_-]+$/, maximum: 36, allowed: () => l10n.t('letters, digits, _ and -') },
  thingGroup: { pattern: /^[a-zA-Z0-9:_-]+$/, maximum: 128, allowed: () => l10n.t('letters, digits and : _ -') },
} satisfies Record<string, NameRule>;

export type NameKind = keyof typeof rules;

/** A localized reason why AWS would refuse the name; undefined when it is acceptable. */
export function nameProblem(kind: NameKind, name: string): string | undefined {
  const rule: NameRule = rules[kind];
  if (name === '') return l10n.t('A name is needed.');
  if (name.length > rule.maximum) return l10n.t('The name "{0}" is longer than {1} characters.', name, rule.maximum);
  return rule.pattern.test(name) ? undefined : l10n.t('The name "{0}" may hold only {1}.', name, rule.allowed());
}

/**
 * The Greengrass nucleus refuses colons in a thing name although AWS IoT allows them.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning.html
 */
export function coreThingNameProblem(name: string): string | undefined {
  if (/^[a-zA-Z0-9_-]{1,128}$/.test(name)) return undefined;
  return l10n.t('A core device\'s name has 1 to 128 letters, digits, _ and -.');
}
