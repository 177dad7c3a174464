import * as l10n from '@vscode/l10n';
import type { Node } from 'jsonc-parser';
import { nearest } from '../../../policy/nearest';
import { textOf, type Text } from '../../../policy/model';
import { within } from '../../../policy/reading';
import { certificateParameter } from '../../templateDocument';
import { removeMember, replaceText, replaceValue, setMember } from '../templateChanges';
import type { TemplateContext } from '../templateFinding';
import { membersIn } from '../templateModel';
import { callsIn, parameterUses, templateCalls, type FunctionCall, type ParameterUse } from '../templateUses';
import { functions, isFunction, jitpParameters } from '../vocabulary';

const parameterMembers = ['Type', 'Default'] as const;

export function parametersRule(context: TemplateContext): void {
  const { template } = context;
  const calls = templateCalls(template);
  const uses = parameterUses(calls, template.source);
  declarations(context, uses);
  for (const use of uses) reference(context, use);
  for (const call of calls) callRule(context, call);
  mappings(context, calls);
  outsideSub(context, calls);
}

function declarations(context: TemplateContext, uses: readonly ParameterUse[]): void {
  const { template } = context;
  const used = new Set(uses.map((use) => use.name));
  // A misspelt reference is reported where it stands, and mending it uses the parameter.
  const meant = new Set(uses.filter((use) => !template.parameters.has(use.name)).map((use) => nearest(use.name, template.parameters.keys())));
  for (const parameter of template.parameters.values()) {
    const { name, node, type, typeNode, defaultNode } = parameter;
    const path = ['Parameters', name.value];
    if (node !== undefined && node.type !== 'object') {
      context.report('parameterType', node, l10n.t('A parameter is declared as an object: {0}.', '{ "Type": "String" }'), { fixes: replaceValue(l10n.t('Declare as String'), node, { Type: 'String' }) });
    } else if (typeNode === undefined) {
      if (!context.broken) context.report('parameterType', name, l10n.t('The parameter {0} has no Type; the only type is String.', name.value), { fixes: setMember(context, [...path, 'Type'], 'String', l10n.t('Add the type String')) });
    } else if (type?.value !== 'String') {
      context.report('parameterType', typeNode, l10n.t('The only parameter type is String.'), { fixes: replaceValue(l10n.t('Change to {0}', 'String'), typeNode, 'String') });
    }
    if (defaultNode !== undefined && defaultNode.type !== 'string') {
      const scalar = defaultNode.type === 'number' || defaultNode.type === 'boolean';
      const fixes = scalar ? replaceValue(l10n.t('Put it in quotes'), defaultNode, String(defaultNode.value)) : [];
      context.report('parameterDefault', defaultNode, l10n.t('The default of a String parameter must be a text.'), { fixes });
    }
    for (const member of membersIn(node, template.source).values()) {
      if (parameterMembers.some((known) => known === member.name.value)) continue;
      const suggestion = nearest(member.name.value, parameterMembers);
      const taken = suggestion !== undefined && membersIn(node, template.source).has(suggestion);
      context.report('unknownParameterMember', member.name, l10n.t('A parameter has Type and Default, but no {0}.', member.name.value), {
        fixes: suggestion === undefined || taken ? removeMember(context, [...path, member.name.value], member.name.value) : replaceText(member.name, suggestion),
      });
    }
    if (jitpParameters.includes(name.value)) {
      context.report('pseudoParameter', name, l10n.t('{0} is filled in for just-in-time provisioning only, never for fleet provisioning.', name.value));
    } else if (!used.has(name.value) && !meant.has(name.value) && name.value !== certificateParameter && !context.broken) {
      context.report('unusedParameter', name, l10n.t('The parameter {0} is not used. A device must send it all the same unless it has a default.', name.value), {
        // The thing's name is more likely to be used than to go.
        fixes: removeMember(context, path, name.value, name.value !== 'ThingName'),
        unnecessary: true,
        data: { parameter: name.value },
      });
    }
  }
}

function reference(context: TemplateContext, { name, at, by }: ParameterUse): void {
  const { template } = context;
  if (name === certificateParameter || template.parameters.has(name)) return;
  if (jitpParameters.includes(name) || /^AWS::/.test(name)) {
    const suggestion = jitpParameters.includes(name) ? undefined : nearest(name, [certificateParameter]);
    context.report('pseudoParameter', at, l10n.t('Fleet provisioning fills in {0} only, not {1}.', certificateParameter, name), {
      fixes: suggestion === undefined ? [] : replaceText(at, by === 'Ref' ? suggestion : `\${${suggestion}}`),
    });
    return;
  }
  const known = [...template.parameters.keys()];
  const suggestion = nearest(name, known);
  const fixes = suggestion === undefined ? [] : replaceText(at, by === 'Ref' ? suggestion : `\${${suggestion}}`);
  const declare = name === '' ? [] : setMember(context, ['Parameters', name], { Type: 'String' }, l10n.t('Declare the parameter {0}', name), suggestion === undefined);
  const declared = suggestion === undefined ? undefined : template.parameters.get(suggestion);
  const resource = template.resources.some((one) => one.name.value === name);
  const message = resource
    ? l10n.t('{0} is a resource: {1} takes parameters only.', name, by)
    : l10n.t('There is no parameter {0}: AWS IoT leaves the reference as it is, and provisioning fails or makes odd names.', name);
  context.report('undeclaredParameter', at, suggestion === undefined ? message : `${message} ${l10n.t('Did you mean {0}?', suggestion)}`, {
    fixes: [...fixes, ...declare],
    data: { parameter: name, ...(suggestion === undefined ? {} : { suggestion }) },
    related: declared === undefined ? [] : [{ offset: declared.name.offset, length: declared.name.length, message: l10n.t('{0} is declared here', declared.name.value) }],
  });
}

const shapes: Readonly<Record<string, readonly [number, string]>> = {
  'Fn::Join': [2, '["-", ["a", "b"]]'],
  'Fn::Select': [2, '[0, ["a", "b"]]'],
  'Fn::Split': [2, '[",", "a,b"]'],
  'Fn::FindInMap': [3, '["Map", "First", "Second"]'],
};

function callRule(context: TemplateContext, call: FunctionCall): void {
  const { name, argument, node } = call;
  if (!isFunction(name.value)) {
    const suggestion = nearest(name.value, functions);
    context.report('unknownFunction', name, l10n.t('Provisioning templates have {0}, but no {1}.', functions.join(', '), name.value), { fixes: suggestion === undefined ? [] : replaceText(name, suggestion) });
    return;
  }
  if (!call.alone) {
    context.report('functionArguments', node, l10n.t('{0} must be the only member of its object.', name.value));
    return;
  }
  if (argument === undefined) return;
  const wrong = (at: Node, sample: string): void => context.report('functionArguments', at, l10n.t('{0} is written like this: {1}.', name.value, sample));
  if (name.value === 'Ref') {
    if (argument.type !== 'string') wrong(argument, '"ThingName"');
    return;
  }
  if (name.value === 'Fn::Sub') {
    const parts = argument.type === 'array' ? (argument.children ?? []) : [argument];
    if (parts[0]?.type !== 'string' || (argument.type === 'array' && (parts.length !== 2 || parts[1]?.type !== 'object'))) wrong(argument, '"${ThingName}-x"');
    return;
  }
  const shape = shapes[name.value];
  if (shape === undefined) return;
  const items = argument.type === 'array' ? (argument.children ?? []) : [];
  if (items.length !== shape[0]) {
    wrong(argument, shape[1]);
    return;
  }
  const [first, second] = items;
  if (first === undefined || second === undefined) return;
  const mayBeList = second.type === 'array' || second.type === 'object';
  if (name.value === 'Fn::Join' && (first.type !== 'string' || !mayBeList)) wrong(first.type !== 'string' ? first : second, shape[1]);
  if (name.value === 'Fn::Split') {
    if (first.type !== 'string' || first.value === '') wrong(first, shape[1]);
    else if (second.type !== 'string' && second.type !== 'object') wrong(second, shape[1]);
  }
  if (name.value === 'Fn::Select') {
    if (!mayBeList) wrong(second, shape[1]);
    else selectIndex(context, first, second);
  }
  if (name.value === 'Fn::FindInMap') mapKeys(context, items);
}

function selectIndex(context: TemplateContext, index: Node, list: Node): void {
  if (index.type === 'object') return;
  const text = String(index.value);
  if (!/^\d{1,9}$/.test(text)) {
    context.report('selectIndex', index, l10n.t('The index must be a whole number; the first item has 0.'));
    return;
  }
  const items = list.type === 'array' ? (list.children ?? []) : undefined;
  if (items === undefined) return;
  const chosen = items[Number(text)];
  if (chosen === undefined || chosen.type === 'null') {
    context.report('selectIndex', index, l10n.t('The list has {0} items, none with the index {1}: no device could be provisioned.', items.length, text));
  }
}

function mapKeys(context: TemplateContext, items: readonly Node[]): void {
  const { source, mappings: root, members } = context.template;
  let at: Node | undefined = root;
  for (const item of items) {
    const key: Text | undefined = textOf(item, source);
    // A key that only a device tells: nothing below it can be looked up.
    if (key === undefined) return;
    const known = membersIn(at, source);
    const found = known.get(key.value);
    if (found === undefined) {
      const suggestion = nearest(key.value, known.keys());
      const place = at === root ? members.get('Mappings')?.name : at;
      context.report('unknownMapKey', item, at === root ? l10n.t('There is no mapping {0}.', key.value) : l10n.t('The mapping has no key {0} there.', key.value), {
        fixes: suggestion === undefined ? [] : replaceText(key, suggestion),
        related: place === undefined ? [] : [{ offset: place.offset, length: Math.min(place.length, 1000), message: l10n.t('Its keys: {0}', [...known.keys()].join(', ')) }],
      });
      return;
    }
    at = found.value;
  }
}

/** A map has two levels, and "you cannot include parameters, pseudo parameters, or call intrinsic functions in the Mappings section". */
function mappings(context: TemplateContext, calls: readonly FunctionCall[]): void {
  const { template } = context;
  const inside = callsIn(template.mappings, template.source);
  for (const call of inside) context.report('functionInMappings', call.node, l10n.t('No function works inside Mappings: write the value itself.'));
  const used = new Set<string | undefined>();
  for (const call of calls) {
    if (call.name.value !== 'Fn::FindInMap' || call.argument?.type !== 'array') continue;
    const map = call.argument.children?.[0];
    used.add(textOf(map, template.source)?.value);
  }
  for (const map of membersIn(template.mappings, template.source).values()) {
    const shape = (node: Node | undefined): boolean => {
      if (node === undefined || node.type === 'object') return true;
      context.report('mappingShape', node, l10n.t('A mapping has two levels of keys: {0}.', '{ "First": { "Second": "value" } }'));
      return false;
    };
    if (!shape(map.value)) continue;
    for (const first of membersIn(map.value, template.source).values()) {
      if (!shape(first.value)) continue;
      for (const { value } of membersIn(first.value, template.source).values()) {
        const called = inside.some((call) => call.node === value);
        if (value?.type === 'object' && !called) context.report('mappingShape', value, l10n.t('A mapping has two levels of keys, not more.'));
      }
    }
    if (!used.has(map.name.value) && !used.has(undefined) && !context.broken) {
      context.report('unusedMapping', map.name, l10n.t('The mapping {0} is not used.', map.name.value), { fixes: removeMember(context, ['Mappings', map.name.value], map.name.value), unnecessary: true });
    }
  }
}

/** `${ThingName}` in a plain text stays as it is; only Fn::Sub replaces it. Policy variables are no parameters and are left alone. */
function outsideSub(context: TemplateContext, calls: readonly FunctionCall[]): void {
  const { template } = context;
  const inSub = (node: Node): boolean => calls.some((call) => call.name.value === 'Fn::Sub' && node.offset >= call.node.offset && node.offset < call.node.offset + call.node.length);
  const open: Node[] = [template.members.get('Resources')?.value, template.deviceConfiguration].filter((node) => node !== undefined);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'property') {
      const value = node.children?.[1];
      if (value !== undefined) open.push(value);
      continue;
    }
    if (node.type === 'object' || node.type === 'array') open.push(...(node.children ?? []));
    const text = textOf(node, template.source);
    if (text?.value.includes('${') !== true || inSub(node)) continue;
    const match = [...text.value.matchAll(/\$\{([^{}]*)\}/g)].find((one) => template.parameters.has(one[1] ?? '') || one[1] === certificateParameter);
    if (match === undefined) continue;
    context.report('substitutionOutsideSub', within(text, match.index, match[0].length), l10n.t('{0} is replaced inside Fn::Sub only; here it stays as it is.', match[0]), {
      fixes: replaceValue(l10n.t('Wrap in Fn::Sub'), node, { 'Fn::Sub': text.value }),
    });
  }
}
