import { coreNameOfArn } from '../coreDevices/identity';
import { parseArn } from '../util/arn';

export type ResourceKind = 'thing' | 'coreDevice' | 'certificate' | 'policy';

/** What somebody typed to find something, as it is understood. */
export type Typed =
  | { readonly kind: 'nothing' }
  /** One certain resource. `name`: a certificate's is its id. */
  | { readonly kind: 'exact'; readonly resource: ResourceKind; readonly name: string }
  /** A name or how one begins; `*` and `?` stand for what one does not know. */
  | { readonly kind: 'name'; readonly text: string }
  /** `attr:site=Berlin`; with `*` at the end, how the value begins. */
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string; readonly prefix: boolean }
  | { readonly kind: 'members'; readonly group: string }
  /** Things of a thing type. */
  | { readonly kind: 'type'; readonly typeName: string }
  /** In the query language of fleet indexing. */
  | { readonly kind: 'query'; readonly text: string; readonly simple?: Simple }
  /** The ARN of something that is neither thing, core device, certificate nor policy. */
  | { readonly kind: 'elsewhere' }
  /** A query that is not typed to its end: nothing to ask yet. */
  | { readonly kind: 'unfinished' };

/** What can be asked without fleet indexing. */
type Simple = Exclude<Typed, { kind: 'query' | 'nothing' | 'elsewhere' }>;

/** https://docs.aws.amazon.com/iot/latest/developerguide/managing-fleet-index.html#managed-field and query-syntax.html */
const fielded = /(^|[\s(!-])(thingName|thingId|thingTypeName|thingGroupNames|attributes\.[^\s:()]+|connectivity\.\w+|shadow\.[^\s:()]+|deviceDefender\.[^\s:()]+)(:|[<>]=?)/;
const operators = /(^|\s)(AND|OR|NOT|&&|\|\|)(\s|$)|["()]/;
const openEnd = /(:|\\|[<>]=?|(^|\s)(AND|OR|NOT|&&|\|\||!|-)|[([{])$/;

/** Understands any text: what is no query and no address is a name. */
export function readTyped(input: string): Typed {
  const text = input.trim();
  if (text === '') return { kind: 'nothing' };
  if (/^[0-9a-f]{64}$/i.test(text)) return { kind: 'exact', resource: 'certificate', name: text.toLowerCase() };
  const resource = resourceOfArn(text);
  if (resource !== undefined) return resource;
  // Of a role alias, a stack, a function: no list holds it.
  if (parseArn(text) !== undefined) return { kind: 'elsewhere' };
  const attribute = /^attr:([^=\s]+)=(\S*)$/.exec(text);
  if (attribute !== null) return attributeOf(attribute[1] ?? '', attribute[2] ?? '');
  if (/^attr:[^=]*$/.test(text)) return { kind: 'unfinished' };
  if (!fielded.test(text) && !operators.test(text) && !/\s/.test(text)) return { kind: 'name', text };
  if (openEnd.test(text) || !balanced(text)) return { kind: 'unfinished' };
  const simple = simpleTerm(text);
  return { kind: 'query', text: fielded.test(text) || operators.test(text) ? text : wordsQuery(text), ...(simple === undefined ? {} : { simple }) };
}

/** `pump berlin`: the first word is how a name begins, the others are values of any field. */
function wordsQuery(text: string): string {
  const [first = '', ...others] = text.split(/\s+/);
  return [`thingName:${escapeTerm(first)}*`, ...others.map(escapeTerm)].join(' AND ');
}

/** A query of one term says what can be asked without fleet indexing, too. */
function simpleTerm(text: string): Simple | undefined {
  const term = /^(thingName|thingGroupNames|thingTypeName|attributes\.([^\s:()]+)):([^\s"()[\]{}<>]+)$/.exec(text);
  if (term === null) return undefined;
  const [, field = '', attribute, raw = ''] = term;
  const value = raw.replace(/\\(.)/g, '$1');
  // A wildcard behind a backslash is none.
  const wild = raw.replace(/\\./g, '_');
  if (attribute !== undefined) return /[*?]/.test(wild.slice(0, -1)) || wild.endsWith('?') ? undefined : attributeOf(attribute, value, wild.endsWith('*'));
  if (/[*?]/.test(wild)) return field === 'thingName' ? { kind: 'name', text: value } : undefined;
  if (field === 'thingTypeName') return { kind: 'type', typeName: value };
  return field === 'thingName' ? { kind: 'exact', resource: 'thing', name: value } : { kind: 'members', group: value };
}

function attributeOf(name: string, value: string, prefix = value.endsWith('*')): Typed & { kind: 'attribute' | 'unfinished' } {
  const bare = prefix ? value.slice(0, -1) : value;
  return bare === '' ? { kind: 'unfinished' } : { kind: 'attribute', name, value: bare, prefix };
}

function resourceOfArn(text: string): Typed | undefined {
  const core = /^arn:[^:]+:greengrass:/.test(text) ? coreNameOfArn(text) : undefined;
  if (core !== undefined) return { kind: 'exact', resource: 'coreDevice', name: core };
  const arn = parseArn(text);
  if (arn?.service !== 'iot') return undefined;
  const [, kind = '', name = ''] = /^(thing|cert|policy|thinggroup)\/(.+)$/.exec(arn.resource) ?? [];
  if (name === '') return undefined;
  if (kind === 'thinggroup') return { kind: 'members', group: name };
  return { kind: 'exact', resource: kind === 'cert' ? 'certificate' : kind === 'policy' ? 'policy' : 'thing', name };
}

function balanced(text: string): boolean {
  const plain = text.replace(/\\./g, '');
  const count = (char: string): number => plain.split(char).length - 1;
  return count('"') % 2 === 0 && count('(') === count(')') && count('[') + count('{') === count(']') + count('}');
}

/** A word that a query shall take as it stands: https://docs.aws.amazon.com/iot/latest/developerguide/query-syntax.html */
export function escapeTerm(word: string): string {
  return word.replace(/[:\\"()[\]{}!^~<>+&|/]/g, '\\$&').replace(/^-/, '\\-');
}
