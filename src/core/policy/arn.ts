/** Parts of an ARN as written; each with its offset in the string. */
export interface ArnPart {
  readonly text: string;
  readonly at: number;
}

export interface Arn {
  readonly partition: ArnPart;
  readonly service: ArnPart;
  readonly region: ArnPart;
  readonly account: ArnPart;
  /** Everything behind the account's colon: `topic/a/b`, `components:x:versions:1.0.0`. */
  readonly resource: ArnPart;
}

/** Splits an ARN; undefined if it has fewer than six parts. Colons of variables such as `${iot:ClientId}` do not count. */
export function parseArn(text: string): Arn | undefined {
  if (!text.startsWith('arn:')) return undefined;
  const a = 3;
  const b = nextColon(text, a + 1);
  const c = b < 0 ? -1 : nextColon(text, b + 1);
  const d = c < 0 ? -1 : nextColon(text, c + 1);
  const e = d < 0 ? -1 : nextColon(text, d + 1);
  if (e < 0) return undefined;
  return {
    partition: { text: text.slice(a + 1, b), at: a + 1 },
    service: { text: text.slice(b + 1, c), at: b + 1 },
    region: { text: text.slice(c + 1, d), at: c + 1 },
    account: { text: text.slice(d + 1, e), at: d + 1 },
    resource: { text: text.slice(e + 1), at: e + 1 },
  };
}

/** The next colon that is no part of a variable; -1 when there is none, or a variable before it is not closed. */
function nextColon(text: string, from: number): number {
  let at = from;
  for (;;) {
    const colon = text.indexOf(':', at);
    if (colon < 0) return -1;
    const variable = text.indexOf('${', at);
    if (variable < 0 || variable > colon) return colon;
    const end = text.indexOf('}', variable);
    if (end < 0) return -1;
    at = end + 1;
  }
}

/** `topic/a/b` into type and value; type is empty when there is no slash. */
export function splitResource(resource: ArnPart): { readonly type: ArnPart; readonly value: ArnPart } {
  const slash = resource.text.indexOf('/');
  if (slash < 0) return { type: { text: '', at: resource.at }, value: resource };
  return {
    type: { text: resource.text.slice(0, slash), at: resource.at },
    value: { text: resource.text.slice(slash + 1), at: resource.at + slash + 1 },
  };
}

export function hasWildcard(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

/**
 * Does `pattern` match `text`? `*` is any run of characters (also `/`), `?` is one character; nothing else is special.
 * https://docs.aws.amazon.com/iot/latest/developerguide/pub-sub-policy.html. Linear in practice: greedy with one
 * point of return, so that no pattern can make it explode.
 */
export function wildcardMatch(pattern: string, text: string, any = '*', single = '?'): boolean {
  if (pattern === text) return true;
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    const code = p < pattern.length ? pattern.charAt(p) : '';
    if (code === any) {
      star = p;
      mark = t;
      p += 1;
    } else if (code !== '' && (code === single || code === text.charAt(t))) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      mark += 1;
      t = mark;
    } else return false;
  }
  while (p < pattern.length && pattern.charAt(p) === any) p += 1;
  return p === pattern.length;
}

/** Could both patterns match one same text? Exact for patterns whose wildcards are `*` only at the end; else cautious (true). */
export function mayOverlap(one: string, other: string): boolean {
  const head = (text: string): string => {
    const at = text.search(/[*?]/);
    return at < 0 ? text : text.slice(0, at);
  };
  const a = head(one);
  const b = head(other);
  if (!hasWildcard(one) && !hasWildcard(other)) return one === other;
  if (!hasWildcard(one)) return wildcardMatch(other, one);
  if (!hasWildcard(other)) return wildcardMatch(one, other);
  return a.startsWith(b) || b.startsWith(a);
}
