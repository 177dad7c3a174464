import type { Node } from 'jsonc-parser';
import { textOf, type Text } from '../../policy/model';
import { within } from '../../policy/reading';
import type { Span } from '../../policy/ruleContext';
import { subPattern } from './evaluate';
import { membersIn, type TemplateModel } from './templateModel';
import { looksLikeFunction } from './vocabulary';

/** `{ "Fn::Join": [...] }`, known or not. */
export interface FunctionCall {
  readonly name: Text;
  readonly argument: Node | undefined;
  /** The object around it. */
  readonly node: Node;
  /** It stands alone in its object, as it must. */
  readonly alone: boolean;
}

export interface ParameterUse {
  readonly name: string;
  readonly at: Span;
  readonly by: 'Ref' | 'Fn::Sub';
}

/** Function calls below a node, outermost first. No recursion: the depth has been checked, but a caller may not have. */
export function callsIn(start: Node | undefined, source: string): readonly FunctionCall[] {
  const calls: FunctionCall[] = [];
  const open: Node[] = start === undefined ? [] : [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.type === 'object') {
      const members = [...membersIn(node, source).values()];
      for (const member of members) {
        if (looksLikeFunction(member.name.value)) calls.push({ name: member.name, argument: member.value, node, alone: members.length === 1 });
        if (member.value !== undefined) open.push(member.value);
      }
    } else if (node.type === 'array') open.push(...(node.children ?? []));
  }
  return calls.sort((a, b) => a.node.offset - b.node.offset);
}

/** Calls in the sections that may have any. */
export function templateCalls(template: TemplateModel): readonly FunctionCall[] {
  return [template.members.get('Resources')?.value, template.deviceConfiguration].flatMap((node) => callsIn(node, template.source));
}

/** Names that Ref and Fn::Sub ask for, without those that Fn::Sub brings itself. */
export function parameterUses(calls: readonly FunctionCall[], source: string): readonly ParameterUse[] {
  const uses: ParameterUse[] = [];
  for (const call of calls) {
    if (call.name.value === 'Ref') {
      const name = textOf(call.argument, source);
      if (name !== undefined) uses.push({ name: name.value, at: name, by: 'Ref' });
    } else if (call.name.value === 'Fn::Sub') {
      const parts = call.argument?.type === 'array' ? (call.argument.children ?? []) : call.argument === undefined ? [] : [call.argument];
      const text = textOf(parts[0], source);
      if (text === undefined) continue;
      const own = membersIn(parts[1], source);
      for (const match of text.value.matchAll(subPattern)) {
        const name = (match[2] ?? '').trim();
        if (match[1] === '!' || own.has(match[2] ?? '')) continue;
        uses.push({ name, at: within(text, match.index, match[0].length), by: 'Fn::Sub' });
      }
    }
  }
  return uses;
}
