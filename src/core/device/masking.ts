import { tryParseJson } from '../util/json';

/** Members whose values never leave the run: keys, tokens, credentials. Compared without case. */
const secretNames: ReadonlySet<string> = new Set(['privatekey', 'certificateownershiptoken', 'secretaccesskey', 'sessiontoken', 'accesskeyid']);
/** Members that are long and say nothing to a person. */
const longNames: ReadonlySet<string> = new Set(['certificatepem', 'certificatesigningrequest']);

const longest = 20_000;

/** A payload to show: JSON, indented, its secrets replaced by how long they are. What is no JSON is not shown at all. */
export function maskedPayload(payload: string): string {
  if (payload === '') return '';
  const parsed = tryParseJson(payload);
  // What cannot be read could hold anything.
  if (parsed === undefined) return `(${String(payload.length)} characters that are no JSON)`;
  const text = JSON.stringify(parsed.value, (name: string, value: unknown) => masked(name.toLowerCase(), value), 2);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function masked(name: string, value: unknown): unknown {
  if (secretNames.has(name)) return `•••••• (${typeof value === 'string' ? String(value.length) : typeof value})`;
  if (typeof value !== 'string') return value;
  if (longNames.has(name)) return `${value.split('\n', 1)[0] ?? ''} … (${String(value.length)})`;
  // A key that hides in a member of another name.
  return value.includes('PRIVATE KEY') ? `•••••• (${String(value.length)})` : value;
}
