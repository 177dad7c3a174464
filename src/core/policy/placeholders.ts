import { createScanner, type Node } from 'jsonc-parser';
import { tokens } from './jsonTokens';
import { maxDocumentLength } from './limits';
import type { TextChange } from './finding';
import { applyChanges } from './textChanges';

export type PlaceholderKind = 'roleAliasArn' | 'provisioningRoleArn' | 'accountId' | 'certificateArn' | 'region' | 'unknown';

/** Text inside a JSON string that stands for a value which only the account knows. */
export interface Placeholder {
  readonly kind: PlaceholderKind;
  /** UTF-16 offset in the document. */
  readonly offset: number;
  readonly length: number;
  /** As written, for example `[ARN OF IoT Role Alias]`. */
  readonly text: string;
  /** True for account ids that AWS prints in its examples: they look real, and may even be. */
  readonly sample: boolean;
}

/**
 * Account ids that the AWS documentation uses in examples; nobody's resources live there.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html and the pages of the IoT guide.
 */
const sampleAccounts: ReadonlySet<string> = new Set([
  '123456789012', '111122223333', '444455556666', '777788889999', '012345678901', '123456789123',
  '000000000000', '111111111111', '222222222222', '333333333333', '444444444444', '555555555555',
  '666666666666', '777777777777', '888888888888', '999999999999', '987654321098', '210987654321',
]);

/** Words that stand where an ARN has its region or its account: `arn:aws:iot:region:account-id:topic/x`. */
const regionWord = /^\*?(?:your|aws|my)?[-_ ]?region(?:[-_ ]?(?:name|code|id))?\*?$/i;
const accountWord = /^\*?(?:your|aws|my)?[-_ ]?(?:aws)?[-_ ]?account(?:[-_ ]?(?:id|number|no))?\*?$|^\d*EXAMPLE\d*$/i;

const variable = /\$\{[^}]*\}?/g;
const marked = /\[[^[\]"\\]{1,100}\]|<[A-Za-z][^<>"\\]{0,100}>|\{\{[^{}"\\]{1,100}\}\}/g;
const arnHead = /arn:[^:\s"]*:[^:\s"]*:([^:"]*):([^:"]*):/i;
const digits = /^\d{12}$/;

function classify(inner: string): PlaceholderKind {
  const words = inner.toLowerCase().replace(/[\s_\-.]+/g, ' ').trim();
  const packed = words.replace(/ /g, '');
  if (packed.includes('rolealias')) return packed.includes('name') ? 'unknown' : 'roleAliasArn';
  if (packed.includes('role') && packed.includes('provision')) return 'provisioningRoleArn';
  if (packed.includes('certificate') && packed.includes('arn')) return 'certificateArn';
  if (accountWord.test(words) || packed === 'accountid') return 'accountId';
  if (regionWord.test(words)) return 'region';
  return 'unknown';
}

/** One ARN whose region ends in a digit and whose account is one that no example uses: most are, and hold no word to fill in. */
function filledArn(raw: string, own: string | undefined): boolean {
  if (!raw.startsWith('arn:')) return raw.indexOf(':') < 0;
  const service = raw.indexOf(':', 4);
  const region = service < 0 ? -1 : raw.indexOf(':', service + 1);
  const account = region < 0 ? -1 : raw.indexOf(':', region + 1);
  if (account < 0 || raw.charAt(account + 13) !== ':' || raw.indexOf(':', account + 14) >= 0) return false;
  const last = raw.charCodeAt(account - 1);
  const variableAt = raw.indexOf('${');
  if (last < 48 || last > 57 || (variableAt >= 0 && variableAt < account)) return false;
  if (own !== undefined && raw.startsWith(own, account + 1)) return true;
  const id = raw.slice(account + 1, account + 13);
  return digits.test(id) && !sampleAccounts.has(id);
}

/** Finds placeholders in the raw text between two quotes. `start` is the document offset of `raw`. */
function inString(raw: string, start: number, found: Placeholder[], own: string | undefined, marks = true): void {
  const mayMark = marks && (raw.includes('[') || raw.includes('<') || raw.includes('{{'));
  // `iot:Publish` is shorter than the head of any ARN with a region and an account.
  const mayArn = raw.length > 20 && !filledArn(raw, own) && /arn:/i.test(raw);
  if (!mayMark && !mayArn) return;
  // `${iot:Connection.Thing.Attributes[name]}` has brackets of its own: blank out variables, keep the offsets.
  const text = raw.includes('${') ? raw.replace(variable, (match) => ' '.repeat(match.length)) : raw;
  const taken: Taken[] = [];
  if (mayMark) {
    for (const match of text.matchAll(marked)) {
      const token = match[0];
      const inner = token.startsWith('{{') ? token.slice(2, -2) : token.slice(1, -1);
      const alone = text.trim() === token;
      const from = alone ? 0 : match.index;
      const to = alone ? raw.length : match.index + token.length;
      taken.push({ from, to });
      found.push({ kind: classify(inner), offset: start + from, length: to - from, text: raw.slice(from, to), sample: false });
    }
  }
  if (mayArn) inArns(text, start, taken, found);
}

interface Taken {
  readonly from: number;
  readonly to: number;
}

/** Words where ARNs have their region and their account. */
function inArns(text: string, start: number, taken: readonly Taken[], found: Placeholder[]): void {
  let base = 0;
  let rest = text;
  for (let match = arnHead.exec(rest); match !== null; match = arnHead.exec(rest)) {
    const region = match[1] ?? '';
    const account = match[2] ?? '';
    const end = base + match.index + match[0].length;
    const accountAt = end - 1 - account.length;
    const regionAt = accountAt - 1 - region.length;
    if (regionWord.test(region)) addWord('region', regionAt, region, false, start, taken, found);
    if (sampleAccounts.has(account)) addWord('accountId', accountAt, account, true, start, taken, found);
    else if (!digits.test(account) && accountWord.test(account)) addWord('accountId', accountAt, account, false, start, taken, found);
    base = end;
    rest = text.slice(end);
  }
}

function addWord(kind: PlaceholderKind, at: number, word: string, sample: boolean, start: number, taken: readonly Taken[], found: Placeholder[]): void {
  if (taken.some((range) => at < range.to && at + word.length > range.from)) return;
  found.push({ kind, offset: start + at, length: word.length, text: word, sample });
}

/**
 * Placeholders of a JSON text, in document order; only inside strings, never in property names. Total: any text is
 * accepted, also text that is not JSON. Texts longer than AWS takes give none.
 *
 * @param known the connected account: its own id is never a placeholder, even where AWS's examples use that id.
 */
export function findPlaceholders(text: string, known: { readonly account?: string } = {}): readonly Placeholder[] {
  if (text.length > maxDocumentLength) return [];
  const found: Placeholder[] = [];
  const scanner = createScanner(text, true);
  let pending: { readonly start: number; readonly end: number } | undefined;
  for (let kind: number = scanner.scan(); ; kind = scanner.scan()) {
    // A string in front of a colon is a property name.
    if (pending !== undefined && kind !== tokens.colon) inString(text.slice(pending.start, pending.end), pending.start, found, known.account);
    pending = undefined;
    if (kind === tokens.endOfFile) break;
    if (kind !== tokens.string) continue;
    const start = scanner.getTokenOffset() + 1;
    const end = scanner.getTokenOffset() + scanner.getTokenLength();
    const closed = end - 1 >= start && text.charAt(end - 1) === '"';
    pending = { start, end: closed ? end - 1 : end };
  }
  return withoutOwn(found, known.account);
}

/**
 * As `findPlaceholders`, for a text without syntax errors whose tree is at hand: spares reading the text again.
 *
 * @param marks false when it is known that no string holds `[`, `<` or `{{`
 */
export function placeholdersInTree(text: string, root: Node, known: { readonly account?: string } = {}, marks = true): readonly Placeholder[] {
  const found: Placeholder[] = [];
  inTree(text, root, found, known.account, marks);
  return withoutOwn(found, known.account);
}

function inTree(text: string, node: Node, found: Placeholder[], own: string | undefined, marks: boolean): void {
  if (node.type === 'string') {
    const start = node.offset + 1;
    const value: unknown = node.value;
    // Without escapes the value is the raw text.
    const raw = typeof value === 'string' && value.length === node.length - 2 ? value : text.slice(start, start + node.length - 2);
    inString(raw, start, found, own, marks);
    return;
  }
  const children = node.children;
  if (children === undefined) return;
  // The name of a property is no place for a value.
  for (let index = node.type === 'property' ? 1 : 0; index < children.length; index += 1) {
    const child = children[index];
    if (child !== undefined) inTree(text, child, found, own, marks);
  }
}

function withoutOwn(found: Placeholder[], account: string | undefined): readonly Placeholder[] {
  const ordered = found.sort((a, b) => a.offset - b.offset);
  return account === undefined ? ordered : ordered.filter((item) => !(item.sample && item.text === account));
}

export type PlaceholderValues = Readonly<Partial<Record<PlaceholderKind, string>>>;

/** The changes that put `values` in place of `placeholders`; kinds without a value are left alone. */
export function placeholderChanges(placeholders: readonly Placeholder[], values: PlaceholderValues): readonly TextChange[] {
  return placeholders.flatMap((item) => {
    const value = values[item.kind];
    if (value === undefined || value === item.text) return [];
    return [{ offset: item.offset, length: item.length, text: JSON.stringify(value).slice(1, -1) }];
  });
}

/**
 * Replaces every placeholder that has a value and touches nothing else: layout and other text stay as they are.
 *
 * @returns the new text, how many were replaced, and the placeholders still in the new text (with its offsets).
 */
export function fillPlaceholders(
  text: string,
  values: PlaceholderValues,
): { readonly text: string; readonly filled: number; readonly left: readonly Placeholder[] } {
  const known = values.accountId === undefined ? {} : { account: values.accountId };
  const changes = placeholderChanges(findPlaceholders(text, known), values);
  const result = applyChanges(text, changes);
  // An account may really have an id that AWS uses in examples (a local one often does).
  const given = Object.values(values).join(' ');
  const left = findPlaceholders(result, known).filter((item) => !(item.sample && given.includes(item.text)));
  return { text: result, filled: changes.length, left };
}
