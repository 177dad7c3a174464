import * as l10n from '@vscode/l10n';
import type { Node } from 'jsonc-parser';
import { analyzePolicy } from '../../../policy/analyze';
import { textOf } from '../../../policy/model';
import { jsonText } from '../../../policy/reading';
import type { TextChange } from '../../../policy/finding';
import { tryParseJson } from '../../../util/json';
import type { TemplateContext } from '../templateFinding';
import { callsIn } from '../templateUses';
import { policyType } from '../vocabulary';
import { constantText } from './values';

/** A policy taken out of the template. `origin[i]` is the place in the template of the character i, and of the end. */
interface Extract {
  readonly text: string;
  readonly origin: readonly number[];
  /** Places that stand for functions: what the rules say of them is not the author's. */
  readonly replaced: readonly { readonly from: number; readonly to: number }[];
  /** The policy is the value of a JSON string. */
  readonly quoted: boolean;
}

/** Policies inside the template are checked like policy files, with the marks where the text stands. */
export function inlinePolicyRule(context: TemplateContext): void {
  if (context.broken) return;
  for (const resource of context.template.resources) {
    if (resource.type?.value !== policyType) continue;
    const node = resource.properties.get('PolicyDocument')?.value;
    if (node === undefined) continue;
    if (node.type !== 'object' && node.type !== 'string') {
      context.report('policyDocument', node, l10n.t('PolicyDocument is a policy: a JSON object, or a text that holds one.'));
      continue;
    }
    const whole = callsIn(node, context.template.source).some((call) => call.node === node);
    // Made by a function: what it will be is known for a device only.
    if (whole) continue;
    const extract = node.type === 'object' ? fromObject(context, node) : fromString(context, node);
    if (extract.quoted && !holdsObject(extract.text)) {
      context.report('policyDocument', node, l10n.t('The text of PolicyDocument is not a JSON object.'));
      continue;
    }
    check(context, extract);
  }
}

function holdsObject(text: string): boolean {
  const value = tryParseJson(text)?.value;
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function check(context: TemplateContext, extract: Extract): void {
  const { target, policyRules } = context.options;
  const at = (offset: number): number => extract.origin[offset] ?? extract.origin.at(-1) ?? 0;
  const touches = (offset: number, length: number): boolean => extract.replaced.some((one) => offset < one.to && offset + length > one.from);
  const map = (change: TextChange): TextChange => {
    const offset = at(change.offset);
    return { offset, length: at(change.offset + change.length) - offset, text: extract.quoted ? jsonText(change.text) : change.text };
  };
  for (const finding of analyzePolicy(extract.text, { ...(target === undefined ? {} : { target }), ...(policyRules === undefined ? {} : { rules: policyRules }) })) {
    // The template's own rules report these.
    if (finding.code === 'placeholder' || finding.code === 'sampleAccountId') continue;
    if ((finding.code === 'duplicateKey' || finding.code === 'invalidJson') && !extract.quoted) continue;
    if (touches(finding.offset, finding.length)) continue;
    const offset = at(finding.offset);
    const fixes = finding.fixes.filter((fix) => !fix.changes.some((change) => touches(change.offset, change.length)));
    context.add({
      ...finding,
      offset,
      length: at(finding.offset + finding.length) - offset,
      reportedByJsonService: false,
      fixes: fixes.map((fix) => ({ ...fix, changes: fix.changes.map(map) })),
      related: [],
      unnecessary: false,
    });
  }
}

/** The object as it stands, with a text in place of every function. */
function fromObject(context: TemplateContext, node: Node): Extract {
  const { source } = context.template;
  let text = '';
  const origin: number[] = [];
  const replaced: { from: number; to: number }[] = [];
  const copy = (from: number, to: number): void => {
    text += source.slice(from, to);
    for (let index = from; index < to; index += 1) origin.push(index);
  };
  let done = node.offset;
  for (const call of callsIn(node, source)) {
    if (call.node.offset < done) continue;
    copy(done, call.node.offset);
    // Only a device tells: any text will do, because nothing is said about it.
    const value = JSON.stringify(constantText(context, call.node, true) ?? 'unknown');
    replaced.push({ from: text.length, to: text.length + value.length });
    text += value;
    for (let index = 0; index < value.length; index += 1) origin.push(call.node.offset);
    done = call.node.offset + call.node.length;
  }
  copy(done, node.offset + node.length);
  origin.push(node.offset + node.length);
  return { text, origin, replaced, quoted: false };
}

/** The value of a string, each character with the place of its escape. */
function fromString(context: TemplateContext, node: Node): Extract {
  const { source } = context.template;
  const inner = textOf(node, source);
  if (inner === undefined) return { text: '', origin: [node.offset], replaced: [], quoted: true };
  const origin: number[] = [];
  const end = inner.offset + inner.length;
  for (let index = inner.offset; index < end; ) {
    origin.push(index);
    if (source.charAt(index) !== '\\') index += 1;
    else index += source.charAt(index + 1) === 'u' ? 6 : 2;
  }
  origin.push(end);
  return { text: inner.value, origin, replaced: [], quoted: true };
}
