import type { TextChange } from './finding';
import { parsePolicy } from './model';

export interface PlainStatement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string;
  readonly Resource: string;
}

/**
 * Puts a statement behind the last one, in the indentation of the document; a single statement object becomes a list.
 * Undefined for a text that is not valid JSON with a Statement.
 */
export function insertStatement(text: string, statement: PlainStatement): TextChange | undefined {
  const parsed = parsePolicy(text);
  if (parsed.kind !== 'policy' || parsed.errors.length > 0) return undefined;
  const block = parsed.policy.members.get('Statement')?.value;
  if (block === undefined || (block.type !== 'array' && block.type !== 'object')) return undefined;
  const lineStart = text.lastIndexOf('\n', block.offset) + 1;
  const outer = /^[ \t]*/.exec(text.slice(lineStart))?.[0] ?? '';
  const unit = outer === '' ? '  ' : outer;
  const printed = (value: unknown, indent: string): string => JSON.stringify(value, undefined, unit).replaceAll('\n', `\n${indent}`);
  if (block.type === 'object') {
    const old = text.slice(block.offset, block.offset + block.length).replaceAll('\n', `\n${unit}`);
    const inner = outer + unit;
    return { offset: block.offset, length: block.length, text: `[\n${inner}${old},\n${inner}${printed(statement, inner)}\n${outer}]` };
  }
  const last = block.children?.at(-1);
  if (last === undefined) {
    const inner = outer + unit;
    return { offset: block.offset, length: block.length, text: `[\n${inner}${printed(statement, inner)}\n${outer}]` };
  }
  const lastLine = text.lastIndexOf('\n', last.offset) + 1;
  // A document in one line stays in one line.
  if (lastLine <= block.offset) return { offset: last.offset + last.length, length: 0, text: `,${JSON.stringify(statement)}` };
  const indent = /^[ \t]*/.exec(text.slice(lastLine))?.[0] ?? '';
  return { offset: last.offset + last.length, length: 0, text: `,\n${indent}${printed(statement, indent)}` };
}
