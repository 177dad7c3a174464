import { kindOfContents } from '../core/contentKinds';
import { policyKindOfName } from '../core/fileKinds';
import { analyzePolicy } from '../core/policy/analyze';
import type { Finding } from '../core/policy/finding';
import type { PolicyTarget, RuleSeverities } from '../core/policy/ruleContext';
import { analyzeTemplate } from '../core/provisioning/template/analyzeTemplate';
import type { TemplateFinding } from '../core/provisioning/template/templateFinding';
import { LineColumns } from '../core/util/lineColumns';

/** More than a model can use. */
const maxFindings = 50;

export interface ExplainOptions {
  /** Of the file, without its folder; empty for a text without a file. */
  readonly name: string;
  readonly kind: 'policy' | 'template' | undefined;
  readonly target: PolicyTarget | undefined;
  readonly policyRules: RuleSeverities;
  readonly templateRules: RuleSeverities;
}

/** What is wrong with a policy or template, why, how it is mended and where AWS says so. Takes any text. */
export function explainFindings(text: string, { name, kind, target, policyRules, templateRules }: ExplainOptions) {
  const found = kind ?? (kindOfContents(text) === 'template' ? 'template' : 'policy');
  const known = target === undefined ? {} : { target };
  const findings: readonly (Finding | TemplateFinding)[] =
    found === 'policy' ? analyzePolicy(text, { ...known, kind: policyKindOfName(name), rules: policyRules }) : analyzeTemplate(text, { ...known, rules: templateRules, policyRules });
  const places = new LineColumns(text);
  return {
    kind: found,
    comparedWithAccount: target !== undefined,
    count: findings.length,
    findings: findings.slice(0, maxFindings).map((finding) => ({
      code: finding.code,
      severity: finding.severity,
      ...places.at(finding.offset),
      explanation: finding.message,
      markedText: text.slice(finding.offset, finding.offset + Math.min(finding.length, 200)),
      fixes: finding.fixes.map(({ title, preferred, changes }) => ({
        title,
        preferred,
        changes: changes.map((change) => ({ ...places.at(change.offset), replaces: text.slice(change.offset, change.offset + change.length), with: change.text })),
      })),
      documentation: finding.documentation,
    })),
  };
}
