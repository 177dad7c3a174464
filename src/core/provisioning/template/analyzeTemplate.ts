import { accountRule } from './rules/account';
import { inlinePolicyRule } from './rules/inlinePolicy';
import { parametersRule } from './rules/parameters';
import { resourcesRule, sectionsRule } from './rules/structure';
import { placeholderRule, sizeRule, textRules } from './rules/text';
import { valuesRule } from './rules/values';
import { TemplateFindings, type TemplateContext, type TemplateFinding, type TemplateOptions, type TemplateTextContext } from './templateFinding';
import { parseTemplate } from './templateModel';

const rules: readonly ((context: TemplateContext) => void)[] = [sectionsRule, resourcesRule, parametersRule, valuesRule, inlinePolicyRule, accountRule, placeholderRule, sizeRule];

/** Far beyond what AWS takes; the details of such a text would only hold up the editor. */
const coarseRules: readonly ((context: TemplateContext) => void)[] = [sectionsRule, sizeRule];
const maxDetailedLength = 131_072;

/**
 * Everything wrong with the text of a fleet provisioning template, in document order. A pure function of its arguments;
 * accepts any text and never throws.
 */
export function analyzeTemplate(text: string, options: TemplateOptions = {}): readonly TemplateFinding[] {
  const collector = new TemplateFindings(text.length, options.rules ?? {});
  const parsed = parseTemplate(text);
  const base: TemplateTextContext = {
    text,
    survey: parsed.survey,
    options,
    report: (code, at, message, extra) => collector.report(code, at, message, extra),
    add: (finding) => collector.add(finding),
  };
  textRules(base, parsed);
  if (parsed.kind === 'template') {
    const context: TemplateContext = { ...base, template: parsed.template, broken: parsed.errors.length > 0 };
    for (const rule of text.length > maxDetailedLength ? coarseRules : rules) rule(context);
  }
  return collector.findings.sort((a, b) => a.offset - b.offset || a.length - b.length);
}
