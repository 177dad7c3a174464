import { getLocation } from 'jsonc-parser';

/** Where in a policy an offset stands. */
export interface PolicyPosition {
  readonly part: 'action' | 'resource' | 'conditionOperator' | 'conditionKey' | 'conditionValue' | 'effect' | 'version' | 'other';
  /** Index of the statement; undefined outside statements. */
  readonly statement: number | undefined;
  /** Offset and length of the text between the quotes; undefined when the offset is not inside a string. */
  readonly string: { readonly offset: number; readonly length: number } | undefined;
  /** Raw text of the string up to the offset. */
  readonly before: string;
  /** For condition parts: the operator that the offset belongs to. */
  readonly operator: string | undefined;
  /** For condition values: the key. */
  readonly key: string | undefined;
}

/** Tells what part of a policy the offset is in. Tolerates unfinished documents; cheap (stops reading at the offset). */
export function positionAt(text: string, offset: number): PolicyPosition {
  const location = getLocation(text, offset);
  const node = location.previousNode;
  const inside = node !== undefined && (node.type === 'string' || node.type === 'property') && offset > node.offset && offset <= node.offset + node.length;
  let string: PolicyPosition['string'];
  if (inside) {
    const end = node.offset + node.length;
    const closed = node.length >= 2 && text.charAt(end - 1) === '"';
    string = { offset: node.offset + 1, length: Math.max(0, (closed ? end - 1 : end) - node.offset - 1) };
    if (offset > string.offset + string.length) string = undefined;
  }
  const path = location.path;
  const [top, second] = path;
  const indexed = typeof second === 'number';
  const statement = top === 'Statement' ? (indexed ? second : 0) : undefined;
  const rest = top === 'Statement' ? path.slice(indexed ? 2 : 1) : [];
  const operator = typeof rest[1] === 'string' ? rest[1] : undefined;
  const key = typeof rest[2] === 'string' ? rest[2] : undefined;
  return {
    part: partOf(path, rest, location.isAtPropertyKey),
    statement,
    string,
    before: string === undefined ? '' : text.slice(string.offset, offset),
    operator,
    key,
  };
}

function partOf(path: readonly (string | number)[], rest: readonly (string | number)[], atKey: boolean): PolicyPosition['part'] {
  if (path.length === 1 && path[0] === 'Version' && !atKey) return 'version';
  switch (rest[0]) {
    case 'Effect':
      return atKey ? 'other' : 'effect';
    case 'Action':
    case 'NotAction':
      return atKey ? 'other' : 'action';
    case 'Resource':
    case 'NotResource':
      return atKey ? 'other' : 'resource';
    case 'Condition':
      if (rest.length === 2 && atKey) return 'conditionOperator';
      if (rest.length === 3 && atKey) return 'conditionKey';
      return rest.length >= 3 && !atKey ? 'conditionValue' : 'other';
    default:
      return 'other';
  }
}
