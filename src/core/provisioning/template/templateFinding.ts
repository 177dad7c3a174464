import type { Finding, Severity } from '../../policy/finding';
import type { FindingCode } from '../../policy/findingCodes';
import type { RuleSeverities, Span } from '../../policy/ruleContext';
import type { PolicyTarget } from '../../policy/ruleContext';
import type { Survey } from '../../policy/survey';
import type { TemplateModel } from './templateModel';
import { templateCodeInfo, type TemplateCode } from './templateCodes';

/** One mistake at one place of a template. Faults of an inline policy keep the codes of the policy analysis. */
export interface TemplateFinding extends Omit<Finding, 'code'> {
  readonly code: TemplateCode | FindingCode;
  /** Other places that belong to it, for example the declaration that a name nearly matches. */
  readonly related: readonly (Span & { readonly message: string })[];
  /** Nothing is lost when the marked text goes. */
  readonly unnecessary: boolean;
}

/** What the account and the workspace told us. A missing member means "not known": the rule that needs it stays silent. */
export interface TemplateLookups {
  readonly policies?: readonly string[];
  readonly thingGroups?: readonly string[];
  /** Of the thing types that the template names, those that were asked for. */
  readonly thingTypes?: Readonly<Record<string, 'usable' | 'deprecated' | 'missing'>>;
  /** Names from the settings, which the steps will make: they are not missed in the account. */
  readonly planned?: readonly string[];
}

export interface TemplateOptions {
  /** Severity per code, from the settings. Unknown codes are ignored. */
  readonly rules?: RuleSeverities;
  /** Severity per code of the policy analysis, for policies inside the template. */
  readonly policyRules?: RuleSeverities;
  readonly target?: PolicyTarget;
  readonly lookups?: TemplateLookups;
}

export type Extra = Partial<Pick<TemplateFinding, 'data' | 'fixes' | 'severity' | 'reportedByJsonService' | 'related' | 'unnecessary'>>;

export interface TemplateTextContext {
  readonly text: string;
  readonly survey: Survey;
  readonly options: TemplateOptions;
  report(code: TemplateCode, at: Span, message: string, extra?: Extra): void;
  /** Passes on a finding of the policy analysis, with its own severity. */
  add(finding: TemplateFinding): void;
}

export interface TemplateContext extends TemplateTextContext {
  readonly template: TemplateModel;
  /** The JSON has syntax errors: what seems to be missing may only be unreadable. */
  readonly broken: boolean;
}

/** No file needs more marks than this. */
const maxFindings = 500;

/** Collects findings; applies the severities that the settings ask for. */
export class TemplateFindings {
  readonly findings: TemplateFinding[] = [];

  constructor(
    private readonly textLength: number,
    private readonly rules: RuleSeverities,
  ) {}

  report(code: TemplateCode, at: Span, message: string, extra: Extra = {}): void {
    const info = templateCodeInfo(code);
    const wanted: Severity | 'off' | undefined = info.fixed === true || !Object.hasOwn(this.rules, code) ? undefined : this.rules[code];
    if (wanted === 'off') return;
    this.add({
      code,
      severity: wanted ?? extra.severity ?? info.severity,
      message,
      offset: at.offset,
      length: at.length,
      data: extra.data ?? {},
      documentation: info.documentation,
      fixes: extra.fixes ?? [],
      reportedByJsonService: extra.reportedByJsonService ?? false,
      related: extra.related ?? [],
      unnecessary: extra.unnecessary ?? false,
    });
  }

  add(finding: TemplateFinding): void {
    if (this.findings.length >= maxFindings) return;
    const offset = Math.max(0, Math.min(finding.offset, this.textLength));
    this.findings.push({ ...finding, offset, length: Math.max(0, Math.min(finding.length, this.textLength - offset)) });
  }
}
