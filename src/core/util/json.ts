/** The value of a JSON text; undefined when it is not JSON (`null` is a value). A byte order mark is ignored. */
export function tryParseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) as unknown };
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that the object itself has; undefined for whatever is no object. */
export function member(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Equal JSON values: the order of members does not count, the order of array items does. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    return a.every((item, index) => sameValue(item, (b as unknown[])[index]));
  }
  const left = Object.entries(a);
  const right = new Map<string, unknown>(Object.entries(b));
  return left.length === right.size && left.every(([key, value]) => right.has(key) && sameValue(value, right.get(key)));
}

/** True when two texts mean the same JSON document. Texts that are not JSON are compared without line-end differences. */
export function sameJson(a: string, b: string): boolean {
  const left = tryParseJson(a);
  const right = tryParseJson(b);
  if (left !== undefined && right !== undefined) return sameValue(left.value, right.value);
  return left === undefined && right === undefined && plain(a) === plain(b);
}

/** Two-space layout with a final newline; the text itself when it is not JSON. */
export function prettyJson(text: string): string {
  const parsed = tryParseJson(text);
  return parsed === undefined ? text : `${JSON.stringify(parsed.value, null, 2)}\n`;
}

function plain(text: string): string {
  return text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').trim();
}
