import * as l10n from '@vscode/l10n';
import { printParseErrorCode, type Node } from 'jsonc-parser';
import { maxNesting } from '../../../policy/limits';
import { findPlaceholders } from '../../../policy/placeholders';
import type { TemplateContext, TemplateTextContext } from '../templateFinding';
import { maxTemplateCharacters } from '../vocabulary';
import { maxTemplateFile, type ParsedTemplate } from '../templateModel';

function syntaxMessage(name: string): string {
  switch (name) {
    case 'InvalidCommentToken':
      return l10n.t('JSON has no comments: AWS IoT refuses this template.');
    case 'InvalidCharacter':
      return l10n.t('A string holds a character that JSON does not allow, for example NUL or a line break.');
    case 'EndOfFileExpected':
      return l10n.t('There is text after the end of the template.');
    default:
      return l10n.t('This is not JSON: {0}.', name);
  }
}

/** What the text itself has wrong, before anything is known about templates. */
export function textRules(context: TemplateTextContext, parsed: ParsedTemplate): void {
  const { survey, text } = context;
  if (survey.byteOrderMark) {
    context.report('byteOrderMark', { offset: 0, length: 1 }, l10n.t('The file starts with a byte order mark, which JSON sent over a network must not have.'), {
      fixes: [{ title: l10n.t('Remove the byte order mark'), changes: [{ offset: 0, length: 1, text: '' }], preferred: true }],
    });
  }
  if (parsed.kind === 'unread') {
    const at = { offset: 0, length: Math.min(1, text.length) };
    if (parsed.reason === 'empty') context.report('emptyDocument', at, l10n.t('The file is empty. A template has Parameters and Resources.'));
    else if (parsed.reason === 'tooLong') context.report('documentTooLarge', at, l10n.t('The file has {0} characters; AWS IoT takes {1}. Files beyond {2} are not analyzed.', text.length, maxTemplateCharacters, maxTemplateFile));
    else context.report('nestedTooDeeply', at, l10n.t('The brackets nest {0} deep. Files beyond {1} are not analyzed.', survey.depth, maxNesting));
    return;
  }
  // The first one only: those after it mostly follow from it.
  const [error] = parsed.errors;
  if (error !== undefined) {
    const name = printParseErrorCode(error.error);
    // What is missing at the end is marked at the last character: a mark of no length is hard to see.
    const offset = Math.min(error.offset, Math.max(0, text.length - 1));
    context.report('invalidJson', { offset, length: Math.max(1, error.length) }, syntaxMessage(name), { data: { error: name }, reportedByJsonService: true });
  } else if (survey.loneSurrogate >= 0) {
    context.report('loneSurrogate', { offset: survey.loneSurrogate, length: 1 }, l10n.t('Half a character stands here (a lone UTF-16 surrogate); it cannot be sent as UTF-8.'));
  }
  if (parsed.kind === 'notObject') {
    if (error === undefined && parsed.root !== undefined) context.report('notAnObject', { offset: parsed.root.offset, length: 1 }, l10n.t('A provisioning template is a JSON object with "Resources".'));
    return;
  }
  duplicateKeys(context, parsed.template.root);
}

function duplicateKeys(context: TemplateTextContext, root: Node): void {
  const open: Node[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'object') {
      const seen = new Map<unknown, Node>();
      for (const property of node.children ?? []) {
        const key = property.children?.[0];
        if (key === undefined) continue;
        const first = seen.get(key.value);
        if (first !== undefined) {
          context.report('duplicateKey', key, l10n.t('"{0}" stands twice in this object; only one of them counts.', String(key.value)), {
            reportedByJsonService: true,
            related: [{ offset: first.offset, length: first.length, message: l10n.t('The first one') }],
          });
        } else seen.set(key.value, key);
      }
    }
    if (node.children !== undefined) open.push(...node.children);
  }
}

/** The length as it is sent: white space goes when only that keeps the body under the limit. */
export function sizeRule(context: TemplateContext): void {
  const { text, survey, template } = context;
  if (text.length <= maxTemplateCharacters || survey.nonBlankOutsideStrings <= maxTemplateCharacters) return;
  context.report('templateTooLong', { offset: template.root.offset, length: 1 }, l10n.t('The template has {0} characters without white space; AWS IoT takes {1}.', survey.nonBlankOutsideStrings, maxTemplateCharacters), {
    data: { characters: survey.nonBlankOutsideStrings, limit: maxTemplateCharacters },
  });
}

/** Text that stands for a value which only the account knows. */
export function placeholderRule(context: TemplateContext): void {
  const { target } = context.options;
  for (const item of findPlaceholders(context.text, target === undefined ? {} : { account: target.account })) {
    const value = target === undefined ? undefined : item.kind === 'accountId' ? target.account : item.kind === 'region' ? target.region : undefined;
    const fixes = value === undefined ? [] : [{ title: l10n.t('Use {0}', value), changes: [{ offset: item.offset, length: item.length, text: value }], preferred: !item.sample }];
    if (item.sample) context.report('sampleAccountId', item, l10n.t('{0} is an account id from AWS\'s examples.', item.text), { fixes });
    else context.report('placeholder', item, l10n.t('{0} is a placeholder: a value of your own belongs here.', item.text), { fixes });
  }
}
