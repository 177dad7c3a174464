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
/** Characters of all findings together; the first one is told in any case. */
const maxAnswer = 60_000;
const maxMessage = 1_000;
/** Characters that a fix removes and writes. A longer one is left to the editor. */
const maxFix = 4_000;
const maxFixes = 5;

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
    findings: withinLimits(
      findings.slice(0, maxFindings).map((finding) => ({
        code: finding.code,
        severity: finding.severity,
        ...places.at(finding.offset),
        explanation: clipped(finding.message, maxMessage),
        markedText: text.slice(finding.offset, finding.offset + Math.min(finding.length, 200)),
        fixes: finding.fixes
          .filter(({ changes }) => changes.reduce((sum, change) => sum + change.length + change.text.length, 0) <= maxFix)
          .slice(0, maxFixes)
          .map(({ title, preferred, changes }) => ({
            title: clipped(title, maxMessage),
            preferred,
            changes: changes.map((change) => ({ ...places.at(change.offset), replaces: text.slice(change.offset, change.offset + change.length), with: change.text })),
          })),
        documentation: finding.documentation,
      })),
    ),
  };
}

function clipped(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`;
}

/** As many from the first on as a model can take; a hostile document makes each of them long. */
function withinLimits<T>(rows: readonly T[]): readonly T[] {
  let size = 0;
  const over = rows.findIndex((row, index) => (size += JSON.stringify(row).length) > maxAnswer && index > 0);
  return over < 0 ? rows : rows.slice(0, over);
}
