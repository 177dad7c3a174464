import * as l10n from '@vscode/l10n';
import { modify, type JSONPath, type Node } from 'jsonc-parser';
import { getNodePath } from 'jsonc-parser';
import type { PolicyFix, TextChange } from '../../policy/finding';
import type { Span } from '../../policy/ruleContext';
import { jsonText } from '../../policy/reading';
import type { TemplateContext } from './templateFinding';

/** Above this, fixes that move commas about are not worked out: they read the whole text. */
const maxForStructuralFixes = 65_536;

function indentOf(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const indent = /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
  return { insertSpaces: !indent.includes('\t'), tabSize: Math.min(8, indent.length), eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** Sets, adds or (with undefined) removes a member, in the layout of the text. Nothing for broken or very long texts. */
export function change(context: TemplateContext, path: JSONPath, value: unknown): readonly TextChange[] {
  const { source } = context.template;
  if (context.broken || source.length > maxForStructuralFixes) return [];
  return modify(source, path, value, { formattingOptions: indentOf(source) }).map((edit) => ({ offset: edit.offset, length: edit.length, text: edit.content }));
}

function fix(title: string, changes: readonly TextChange[], preferred: boolean): readonly PolicyFix[] {
  return changes.length === 0 ? [] : [{ title, changes, preferred }];
}

/** Replaces the text between two quotes. */
export function replaceText(at: Span, value: string, preferred = true): readonly PolicyFix[] {
  return fix(l10n.t('Change to {0}', value), [{ offset: at.offset, length: at.length, text: jsonText(value) }], preferred);
}

/** Replaces a whole value. */
export function replaceValue(title: string, node: Node, value: unknown, preferred = true): readonly PolicyFix[] {
  return fix(title, [{ offset: node.offset, length: node.length, text: JSON.stringify(value) }], preferred);
}

export function removeMember(context: TemplateContext, path: JSONPath, name: string, preferred = true): readonly PolicyFix[] {
  return fix(l10n.t('Remove {0}', name), change(context, path, undefined), preferred);
}

export function setMember(context: TemplateContext, path: JSONPath, value: unknown, title: string, preferred = true): readonly PolicyFix[] {
  return fix(title, change(context, path, value), preferred);
}

/** Path of a node from the root. */
export function pathOf(node: Node): JSONPath {
  return getNodePath(node);
}
