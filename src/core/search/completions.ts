import type { Indexing } from '../ports/searchApi';
import { escapeTerm } from './typed';

/** A way to go on typing. */
export interface Completion {
  /** The word as it would stand. */
  readonly word: string;
  /** All of the text then. */
  readonly text: string;
}

/** What a completion knows of the account. */
export interface KnownWords {
  readonly indexing: Indexing | undefined;
  /** Values of attributes that hits have had, by the attribute's name. */
  readonly attributes: ReadonlyMap<string, Iterable<string>>;
  /** Values of the field whose value is being typed, as the account told them. */
  readonly values: readonly string[];
}

/** Fields whose values the account can list, as far as a list goes. */
export type ValueField = 'thingGroupNames' | 'thingTypeName';

/** As many as somebody reads through. */
const mostValues = 20;

/** More fields of the index: https://docs.aws.amazon.com/iot/latest/developerguide/managing-fleet-index.html#managed-field */
const connectivityFields = ['connectivity.connected:', 'connectivity.timestamp>', 'connectivity.disconnectReason:'];
const shadowFields = ['shadow.reported.', 'shadow.desired.', 'shadow.hasDelta:'];

const operators = ['AND', 'OR', 'AND NOT'];

interface LastWord {
  /** What stands before it, with `!`, `(` and `-` that belong to no word. */
  readonly before: string;
  readonly word: string;
  /** The field whose value it is. */
  readonly field?: string;
  readonly value: string;
}

function lastWord(text: string): LastWord {
  const [, before = '', sign = '', word = ''] = /^(.*?)([!(-]*)([^\s!(]*)$/s.exec(text) ?? [];
  const [, field, value = ''] = /^([\w.]+):(.*)$/s.exec(word) ?? [];
  return { before: before + sign, word, value, ...(field === undefined ? {} : { field }) };
}

/** The field of which a value is being typed, with its beginning: what the account may be asked to complete it. */
export function wantedValues(text: string): { readonly field: ValueField; readonly start: string } | undefined {
  const { field, value } = lastWord(text);
  if (field !== 'thingGroupNames' && field !== 'thingTypeName') return undefined;
  return /[*?"]/.test(value) ? undefined : { field, start: unescape(value) };
}

/** How the last word may go on: a field, the value of one, or an operator between two terms. */
export function completions(text: string, known: KnownWords): readonly Completion[] {
  const last = lastWord(text);
  const { before, word } = last;
  const full = (words: readonly string[]): readonly Completion[] => words.filter((one) => one !== word).map((one) => ({ word: one, text: `${before}${one}` }));
  if (last.field !== undefined) return full(valueWords(last, known));
  const indexed = isIndexed(known.indexing);
  const wanted = word.toLowerCase();
  // Operators stand between terms, and only the index knows them.
  const between = indexed && /[:<>]/.test(before) && /\s$/.test(before) && !/(^|[\s(])(AND|OR|NOT|&&|\|\|)\s+$/.test(before);
  const joining = between ? operators.filter((one) => one.startsWith(word) && one !== word).map((one) => ({ word: one, text: `${before}${one} ` })) : [];
  if (word === '' && between) return joining;
  if (word === '' && before.trim() !== '' && !/((^|[\s(])(AND|OR|NOT|&&|\|\|)\s+|[!(-])$/.test(before)) return [];
  // Of a single letter every other word would be a field.
  if (wanted.length === 1) return joining;
  return [...joining, ...full(fieldWords(known).filter((one) => one.toLowerCase().startsWith(wanted)))];
}

function fieldWords({ indexing, attributes }: KnownWords): readonly string[] {
  return [
    'thingName:',
    'thingGroupNames:',
    'thingTypeName:',
    ...[...attributes.keys()].sort().map((name) => `attributes.${name}:`),
    ...(isIndexed(indexing) ? [...(indexing.connectivity ? connectivityFields : []), ...(indexing.things === 'REGISTRY_AND_SHADOW' ? shadowFields : [])] : ['attr:']),
  ];
}

function valueWords({ field = '', value }: LastWord, { attributes, values }: KnownWords): readonly string[] {
  const attribute = field.startsWith('attributes.') ? field.slice('attributes.'.length) : undefined;
  const all = attribute === undefined ? (fixedValues[field] ?? values) : [...new Set(attributes.get(attribute) ?? [])].sort();
  const start = unescape(value).toLowerCase();
  return all
    .filter((one) => one.toLowerCase().startsWith(start) && one.toLowerCase() !== start)
    .slice(0, mostValues)
    .map((one) => `${field}:${quoted(one)}`);
}

/** https://docs.aws.amazon.com/iot/latest/developerguide/life-cycle-events.html#connect-disconnect lists the reasons. */
const fixedValues: Readonly<Record<string, readonly string[] | undefined>> = {
  'connectivity.connected': ['true', 'false'],
  'shadow.hasDelta': ['true', 'false'],
  'connectivity.disconnectReason': [
    'AUTH_ERROR', 'CLIENT_INITIATED_DISCONNECT', 'CLIENT_ERROR', 'CONNECTION_LOST', 'CUSTOMAUTH_TTL_EXPIRATION', 'DUPLICATE_CLIENTID', 'FORBIDDEN_ACCESS',
    'MQTT_KEEP_ALIVE_TIMEOUT', 'SERVER_ERROR', 'SERVER_INITIATED_DISCONNECT', 'THROTTLED', 'WEBSOCKET_TTL_EXPIRATION',
  ],
};

function isIndexed(indexing: Indexing | undefined): indexing is Indexing {
  return indexing !== undefined && indexing.things !== 'OFF';
}

/** A value that holds a space is one term between quotes only. */
function quoted(value: string): string {
  return /\s/.test(value) ? `"${value.replace(/["\\]/g, '\\$&')}"` : escapeTerm(value).replace(/[*?]/g, '\\$&');
}

function unescape(value: string): string {
  return value.replace(/^"/, '').replace(/\\(.)/g, '$1');
}
