import { analyzeTemplate } from './analyzeTemplate';
import type { TemplateOptions } from './templateFinding';

export interface TemplateProblem {
  /** Localized. */
  readonly message: string;
  /** UTF-16 offset in the text. */
  readonly offset: number;
}

/**
 * The first reason why AWS IoT would refuse the body, or why no device could use it; undefined when there is none.
 *
 * @param options severities from the settings, and the account that the body goes to
 */
export function templateProblem(text: string, options: TemplateOptions = {}): TemplateProblem | undefined {
  return analyzeTemplate(text, options).find((finding) => finding.severity === 'error');
}
