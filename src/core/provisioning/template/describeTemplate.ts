import * as l10n from '@vscode/l10n';
import type { Node } from 'jsonc-parser';
import type { Span } from '../../policy/ruleContext';
import { certificateParameter } from '../templateDocument';
import { constantValue } from './evaluate';
import { parseTemplate, type TemplateModel } from './templateModel';
import { parameterUses, templateCalls, type FunctionCall } from './templateUses';
import { isFunction, type FunctionName } from './vocabulary';

const page = 'https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html';

export interface TemplateDescription extends Span {
  /** Markdown without HTML. */
  readonly markdown: string;
}

function functionText(name: FunctionName): string {
  switch (name) {
    case 'Ref':
      return l10n.t('The value that the device sends for a parameter, or its default.');
    case 'Fn::Join':
      return l10n.t('Joins texts with a delimiter between them.');
    case 'Fn::Select':
      return l10n.t('One item of a list; the first has the index 0. An index outside the list makes provisioning fail.');
    case 'Fn::FindInMap':
      return l10n.t('The value below two keys of a map in Mappings.');
    case 'Fn::Split':
      return l10n.t('Splits a text at a delimiter; take one part with Fn::Select.');
    case 'Fn::Sub':
      return l10n.t('A text in which parameters in braces are replaced: {0}.', '`${ThingName}`');
  }
}

/** What a function, or the name of a parameter, stands for. Keys and fixed values are described by the JSON schema. */
export function describeTemplate(text: string, offset: number): TemplateDescription | undefined {
  const parsed = parseTemplate(text);
  if (parsed.kind !== 'template') return undefined;
  const { template } = parsed;
  const calls = templateCalls(template);
  const inside = (at: Span): boolean => offset >= at.offset && offset <= at.offset + at.length;
  const use = parameterUses(calls, template.source).find((one) => inside(one.at));
  if (use !== undefined) return { offset: use.at.offset, length: use.at.length, markdown: parameterText(template, use.name, calls) };
  const declared = [...template.parameters.values()].find((parameter) => inside(parameter.name));
  if (declared !== undefined) return { offset: declared.name.offset, length: declared.name.length, markdown: parameterText(template, declared.name.value, calls) };
  const call = calls.find((one) => inside(one.name.node));
  const name = call?.name.value;
  if (call === undefined || name === undefined || !isFunction(name)) return undefined;
  return { offset: call.name.offset, length: call.name.length, markdown: [`**${name}**`, functionText(name), valueText(template, call.node), `[AWS](${page})`].filter((line) => line !== '').join('\n\n') };
}

function code(text: string): string {
  return `\`${text.replace(/[`\r\n]/g, ' ')}\``;
}

function valueText(template: TemplateModel, node: Node): string {
  const value = constantValue(template, node, true);
  return value === undefined ? '' : l10n.t('With the defaults: {0}', code(value));
}

function parameterText(template: TemplateModel, name: string, calls: readonly FunctionCall[]): string {
  if (name === certificateParameter) return [`**${name}**`, l10n.t('The id of the new certificate: 64 hexadecimal digits. AWS IoT fills it in.'), `[AWS](${page})`].join('\n\n');
  const parameter = template.parameters.get(name);
  if (parameter === undefined) return l10n.t('There is no parameter {0}.', code(name));
  const value: unknown = parameter.defaultNode?.value;
  const uses = parameterUses(calls, template.source).filter((use) => use.name === name).length;
  return [
    `**${name.replace(/[*_`\\[\]<>]/g, '\\$&')}**`,
    typeof value === 'string' ? l10n.t('Sent by the device; default {0}.', code(value)) : l10n.t('Sent by the device; it has no default, so every device must send it.'),
    l10n.t('Used {0} times.', uses),
  ].join('\n\n');
}
