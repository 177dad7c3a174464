import * as l10n from '@vscode/l10n';
import { printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { maxDocumentLength, maxNesting, maxPolicyCharacters } from '../limits';
import type { Parsed } from '../model';
import type { TextRuleContext } from '../ruleContext';

function syntaxMessage(error: ParseError): string {
  const name = printParseErrorCode(error.error);
  switch (name) {
    case 'InvalidCommentToken':
      return l10n.t('JSON has no comments: AWS IoT refuses this document.');
    case 'InvalidCharacter':
      return l10n.t('A string holds a character that JSON does not allow, for example NUL or a line break.');
    case 'EndOfFileExpected':
      return l10n.t('There is text after the end of the policy.');
    case 'CommaExpected':
      return l10n.t('A comma is missing.');
    case 'ColonExpected':
      return l10n.t('A colon is missing.');
    case 'UnexpectedEndOfString':
      return l10n.t('The string does not end.');
    default:
      return l10n.t('This is not valid JSON ({0}).', name);
  }
}

/** Objects of a policy have a handful of keys, which are quicker compared with each other than put into a set. */
const fewKeys = 8;

function stoodBefore(properties: readonly Node[], index: number, name: unknown): boolean {
  for (let before = 0; before < index; before += 1) if (properties[before]?.children?.[0]?.value === name) return true;
  return false;
}

/** Nesting is bounded before anything is parsed, so that recursion is safe. */
function duplicateKeys(context: TextRuleContext, node: Node): void {
  const { children } = node;
  if (children === undefined) return;
  if (node.type === 'object') {
    const seen = children.length > fewKeys ? new Set<unknown>() : undefined;
    for (let index = 0; index < children.length; index += 1) {
      const key = children[index]?.children?.[0];
      if (key === undefined) continue;
      if (seen?.has(key.value) ?? stoodBefore(children, index, key.value)) {
        context.report('duplicateKey', key, l10n.t('"{0}" stands twice in this object; only one of them counts.', String(key.value)), {
          data: { key: String(key.value) },
          reportedByJsonService: true,
        });
      }
      seen?.add(key.value);
    }
  }
  for (const child of children) if (child.children !== undefined) duplicateKeys(context, child);
}

function unread(context: TextRuleContext, reason: Extract<Parsed, { kind: 'unread' }>['reason']): void {
  const { survey, text } = context;
  const at = { offset: 0, length: Math.min(1, text.length) };
  switch (reason) {
    case 'empty':
      context.report('emptyDocument', at, l10n.t('The file is empty. A policy has a Version and a Statement.'));
      break;
    case 'tooLong':
      context.report('documentTooLarge', at, l10n.t('The file has {0} characters; AWS IoT takes {1} at most, white space included. It is not analyzed.', text.length, maxDocumentLength), {
        data: { characters: text.length, limit: maxDocumentLength },
      });
      break;
    case 'tooMuch':
      context.report('policyTooLong', at, l10n.t('The policy has {0} characters without white space; AWS IoT takes {1}. It is not analyzed.', survey.nonBlank, maxPolicyCharacters), {
        data: { characters: survey.nonBlank, withBlanksInStrings: survey.nonBlankOutsideStrings, limit: maxPolicyCharacters },
      });
      break;
    case 'tooDeep':
      context.report('nestedTooDeeply', at, l10n.t('The brackets nest {0} deep; a policy nests 7 deep at most. Files beyond {1} are not analyzed.', survey.depth, maxNesting), {
        data: { depth: survey.depth },
      });
      break;
  }
}

/** What the text itself has wrong, before anything is known about policies. */
export function textRules(context: TextRuleContext, parsed: Parsed): void {
  const { survey } = context;
  if (survey.byteOrderMark) {
    context.report('byteOrderMark', { offset: 0, length: 1 }, l10n.t('The file starts with a byte order mark, which JSON sent over a network must not have.'), {
      fixes: [{ title: l10n.t('Remove the byte order mark'), changes: [{ offset: 0, length: 1, text: '' }], preferred: true }],
    });
  }
  if (parsed.kind === 'unread') {
    unread(context, parsed.reason);
    return;
  }
  for (const error of parsed.errors) {
    context.report('invalidJson', { offset: error.offset, length: Math.max(1, error.length) }, syntaxMessage(error), {
      data: { error: printParseErrorCode(error.error) },
      reportedByJsonService: true,
    });
  }
  if (survey.loneSurrogate >= 0) {
    context.report('loneSurrogate', { offset: survey.loneSurrogate, length: 1 }, l10n.t('Half a character stands here (a lone UTF-16 surrogate); it cannot be sent as UTF-8.'));
  }
  if (parsed.kind === 'notObject') {
    if (parsed.root !== undefined) {
      context.report('notAnObject', { offset: parsed.root.offset, length: 1 }, l10n.t('A policy is a JSON object with "Version" and "Statement".'), { data: { type: parsed.root.type } });
    }
    return;
  }
  duplicateKeys(context, parsed.policy.root);
}

/** Where "nearly" begins: room for one more small statement is left. */
const nearlyShare = 0.9;

/** Size against the limit of 2,048 characters without white space. */
export function sizeRule(context: TextRuleContext, root: Node): void {
  const size = context.survey.nonBlank;
  const at = { offset: root.offset, length: 1 };
  const data = { characters: size, withBlanksInStrings: context.survey.nonBlankOutsideStrings, limit: maxPolicyCharacters };
  if (size > maxPolicyCharacters) {
    context.report('policyTooLong', at, l10n.t('The policy has {0} characters without white space; AWS IoT takes {1}. Merge statements or use wildcards.', size, maxPolicyCharacters), { data });
  } else if (size > maxPolicyCharacters * nearlyShare) {
    context.report('policyNearlyTooLong', at, l10n.t('The policy has {0} of {1} characters that AWS IoT takes (white space does not count).', size, maxPolicyCharacters), { data });
  }
}
