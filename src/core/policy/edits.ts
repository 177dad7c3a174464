import type { Node } from 'jsonc-parser';
import type { TextChange } from './finding';

/** Removes a property or a list item with the comma that belongs to it. */
export function removeItem(text: string, property: Node): TextChange {
  const siblings = property.parent?.children ?? [];
  const index = siblings.indexOf(property);
  const next = siblings[index + 1];
  const previous = siblings[index - 1];
  if (next !== undefined) return { offset: property.offset, length: next.offset - property.offset, text: '' };
  const from = previous === undefined ? property.offset : previous.offset + previous.length;
  return { offset: from, length: property.offset + property.length - from, text: '' };
}

/** Inserts a property as the first of an object, in the layout of its neighbours. */
export function insertMember(text: string, object: Node, json: string): TextChange {
  const first = object.children?.[0];
  const offset = object.offset + 1;
  if (first === undefined) return { offset, length: 0, text: ` ${json} ` };
  const layout = text.slice(offset, first.offset);
  return { offset: first.offset, length: 0, text: `${json},${layout === '' ? ' ' : layout}` };
}
