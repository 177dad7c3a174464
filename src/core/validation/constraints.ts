/** Pure: the extension uses the same table to check names before it calls AWS. */
export interface Constraint {
  readonly min?: number;
  readonly max?: number;
  /** As the service model spells it; the whole value must match. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

/** By `Struct.member`; `[]` after it for list items, `{key}` and `{}` for map keys and values. */
export type ConstraintTable = Readonly<Record<string, Constraint>>;

/** A few of AWS's patterns take cubic time: a text beyond its limit and this length is refused for the length alone. */
const LONG = 2048;

/** What a value breaks, in AWS's words. Lengths count UTF-16 code units for text, items for lists and maps, bytes for blobs. */
export function violationsOf(constraint: Constraint | undefined, value: unknown): readonly string[] {
  if (constraint === undefined) return [];
  const problems: string[] = [];
  const { min, max, pattern } = constraint;
  const size = sizeOf(value);
  if (size !== undefined) {
    const kind = typeof value === 'number' ? 'value' : 'length';
    if (min !== undefined && size < min) problems.push(`Member must have ${kind} greater than or equal to ${min}`);
    if (max !== undefined && size > max) problems.push(`Member must have ${kind} less than or equal to ${max}`);
  }
  if (typeof value === 'string') {
    const farTooLong = max !== undefined && value.length > Math.max(max, LONG);
    if (pattern !== undefined && !farTooLong && !matches(pattern, value)) problems.push(`Member must satisfy regular expression pattern: ${pattern}`);
    if (constraint.enum !== undefined && !constraint.enum.includes(value)) problems.push(`Member must satisfy enum value set: [${constraint.enum.join(', ')}]`);
  }
  return problems;
}

function sizeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return value.length;
  if (Array.isArray(value)) return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value === 'object' && value !== null && !(value instanceof Date)) return Object.keys(value).length;
  return undefined;
}

/** Patterns are Java's; those that JavaScript cannot compile (the generator lists them) are not enforced. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(`^(?:${javaToJs(pattern)})$`, 'u').test(value);
  } catch {
    return true;
  }
}

const POSIX: Readonly<Record<string, string>> = {
  Alpha: 'A-Za-z',
  Upper: 'A-Z',
  Lower: 'a-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Cntrl: '\\p{Cc}',
  Graph: '\\u0021-\\u007E',
  Print: '\\u0020-\\u007E',
  Punct: '!-\\/:-@\\[-`\\{-~',
  ASCII: '\\u0000-\\u007F',
};

/** POSIX classes of Java (the models use them inside brackets only), and escapes that the `u` flag refuses. */
export function javaToJs(pattern: string): string {
  return pattern
    .replace(/\\p\{(\w+)\}/g, (whole, name: string) => POSIX[name] ?? whole)
    .replace(/\\([_=@:<>%&~"'#;, !])/g, '$1');
}
