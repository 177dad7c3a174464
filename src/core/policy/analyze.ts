import { parsePolicy, type PolicyDocument } from './model';
import { readPolicy } from './reading';
import { FindingCollector, type PolicyFacts, type PolicyKind, type PolicyTarget, type Rule, type RuleContext, type RuleSeverities, type TextRuleContext } from './ruleContext';
import { accountRule } from './rules/account';
import { actionsRule } from './rules/actions';
import { auditRule } from './rules/audit';
import { claimRule } from './rules/claim';
import { conditionsRule } from './rules/conditions';
import { deviceRule } from './rules/device';
import { placeholderRule } from './rules/placeholderRule';
import { resourcesRule } from './rules/resources';
import { structureRule } from './rules/structure';
import { sizeRule, textRules } from './rules/text';
import { variablesRule } from './rules/variables';
import type { Finding } from './finding';

export interface AnalyzeOptions {
  /** The connected account; without it nothing is compared with an account. */
  readonly target?: PolicyTarget;
  /** What the policy is for; `auto` reads it from the document. */
  readonly kind?: 'device' | 'claim' | 'auto';
  /** Severity per code, from the settings. Unknown codes are ignored. */
  readonly rules?: RuleSeverities;
  /** What the account holds. */
  readonly facts?: PolicyFacts;
}

const rules: readonly Rule[] = [
  structureRule,
  placeholderRule,
  actionsRule,
  resourcesRule,
  variablesRule,
  conditionsRule,
  auditRule,
  deviceRule,
  claimRule,
  accountRule,
  (context) => sizeRule(context, context.policy.root),
];

const deviceAction = /^(?:greengrass:|iot:AssumeRoleWithCertificate$)/i;
const claimTopic = /\$aws\/(?:provisioning-templates|certificates\/create)/;

/** What a policy is for, told from what it allows. */
export function policyKind(policy: PolicyDocument): PolicyKind {
  const { statements } = policy;
  if (statements.some(({ actions }) => actions.some((action) => deviceAction.test(action.value)))) return 'device';
  if (statements.some(({ resources }) => resources.some((resource) => claimTopic.test(resource.value)))) return 'claim';
  return 'other';
}

/** What the text of a policy is for, by what it allows; undefined when it is no policy. */
export function policyKindOfText(text: string): PolicyKind | undefined {
  const parsed = parsePolicy(text);
  return parsed.kind === 'policy' ? policyKind(parsed.policy) : undefined;
}

/**
 * Everything wrong with the text of an IoT policy, in document order. A pure function of its arguments; accepts any
 * text and never throws.
 */
export function analyzePolicy(text: string, options: AnalyzeOptions = {}): readonly Finding[] {
  const collector = new FindingCollector(text.length, options.rules ?? {});
  const parsed = parsePolicy(text);
  const base: TextRuleContext = {
    text,
    survey: parsed.survey,
    target: options.target,
    facts: options.facts ?? {},
    report: (code, at, message, extra) => collector.report(code, at, message, extra),
  };
  textRules(base, parsed);
  if (parsed.kind === 'policy') {
    const kind = options.kind === undefined || options.kind === 'auto' ? policyKind(parsed.policy) : options.kind;
    const context: RuleContext = { ...base, policy: parsed.policy, kind, read: readPolicy(parsed.policy), broken: parsed.errors.length > 0 };
    for (const rule of rules) rule(context);
  }
  return collector.findings.sort((a, b) => a.offset - b.offset || a.length - b.length);
}

/** True when AWS would refuse the document or a placeholder is left: such a file is not published. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error');
}
