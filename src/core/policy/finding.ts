import type { FindingCode } from './findingCodes';

export type Severity = 'error' | 'warning' | 'information';

/** Replaces `length` characters at `offset` (UTF-16 code units of the analysed text). */
export interface TextChange {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** One way to mend a finding. `preferred` marks the one right answer: "fix all" applies only these. */
export interface PolicyFix {
  /** Localized, an order: "Use topicfilter/". */
  readonly title: string;
  readonly changes: readonly TextChange[];
  readonly preferred: boolean;
}

/** One mistake at one place. */
export interface Finding {
  /** Stable: settings, tests and documentation refer to it. */
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Localized. What is wrong, and why it matters. */
  readonly message: string;
  readonly offset: number;
  readonly length: number;
  /** Facts for quick fixes and tests, for example `{ action: 'iot:Recieve', suggestion: 'iot:Receive' }`. */
  readonly data: Readonly<Record<string, string | number | boolean | readonly string[]>>;
  /** Page of the AWS documentation that states the rule. */
  readonly documentation: string;
  readonly fixes: readonly PolicyFix[];
  /** True when VS Code's own JSON language service marks the same fault: an editor then leaves it to that service. */
  readonly reportedByJsonService: boolean;
}
