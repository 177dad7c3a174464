import { codeInfo, type FindingCode } from './findingCodes';
import type { Finding, PolicyFix, Severity } from './finding';
import type { PolicyDocument } from './model';
import type { ReadStatement } from './reading';
import type { Survey } from './survey';

/** Where policies of the connected account live. */
export interface PolicyTarget {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** What the account told us. A missing member means "not asked yet": the rule that needs it stays silent. */
export interface PolicyFacts {
  readonly roleAliases?: readonly { readonly name: string; readonly arn: string; readonly trusted?: boolean; readonly roleArn?: string }[];
  readonly templates?: readonly string[];
  /** The template that this workspace provisions with. */
  readonly templateName?: string;
  /** Versions that the deployed policy of this file has. */
  readonly policyVersions?: number;
}

export type PolicyKind = 'device' | 'claim' | 'other';

export type RuleSeverities = Readonly<Record<string, Severity | 'off'>>;

export interface Span {
  readonly offset: number;
  readonly length: number;
}

export interface Extra {
  readonly data?: Finding['data'];
  readonly fixes?: readonly PolicyFix[];
  readonly severity?: Severity;
  readonly documentation?: string;
  readonly reportedByJsonService?: boolean;
}

export interface TextRuleContext {
  readonly text: string;
  readonly survey: Survey;
  readonly target: PolicyTarget | undefined;
  readonly facts: PolicyFacts;
  report(code: FindingCode, at: Span, message: string, extra?: Extra): void;
}

export interface RuleContext extends TextRuleContext {
  readonly policy: PolicyDocument;
  /** The statements with actions looked up and resources taken apart; read once for all rules. */
  readonly read: readonly ReadStatement[];
  readonly kind: PolicyKind;
  /** The JSON has syntax errors: what seems to be missing may only be unreadable. */
  readonly broken: boolean;
}

/** A rule reads the context and reports; it keeps no state. */
export type Rule = (context: RuleContext) => void;

/** No document needs more marks than this; a mutated megabyte must not make a million. */
const maxFindings = 500;

/** Collects findings; applies the severities that the settings ask for. */
export class FindingCollector {
  readonly findings: Finding[] = [];

  constructor(
    private readonly textLength: number,
    private readonly rules: RuleSeverities,
  ) {}

  report(code: FindingCode, at: Span, message: string, extra: Extra = {}): void {
    if (this.findings.length >= maxFindings) return;
    const info = codeInfo(code);
    const wanted = info.fixed === true || !Object.hasOwn(this.rules, code) ? undefined : this.rules[code];
    if (wanted === 'off') return;
    const offset = Math.max(0, Math.min(at.offset, this.textLength));
    this.findings.push({
      code,
      severity: wanted ?? extra.severity ?? info.severity,
      message,
      offset,
      length: Math.max(0, Math.min(at.length, this.textLength - offset)),
      data: extra.data ?? {},
      documentation: extra.documentation ?? info.documentation,
      fixes: extra.fixes ?? [],
      reportedByJsonService: extra.reportedByJsonService ?? false,
    });
  }
}
