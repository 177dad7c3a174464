import type { Indexing } from '../ports/searchApi';
import { nameProblem } from '../util/names';
import { escapeTerm, type ResourceKind, type Typed } from './typed';

/** One question to the account. None of them reads all things. */
export type Lookup =
  /** `otherwise` is asked when the query finds nothing. */
  | { readonly kind: 'index'; readonly query: string; readonly otherwise?: string }
  | { readonly kind: 'exact'; readonly resource: ResourceKind; readonly name: string }
  | { readonly kind: 'attribute'; readonly name: string; readonly value: string; readonly prefix: boolean }
  | { readonly kind: 'members'; readonly group: string }
  | { readonly kind: 'type'; readonly typeName: string }
  /** Through a list, as far as somebody may wait for it; `*` and `?` as one types them. */
  | { readonly kind: 'list'; readonly resource: ListedKind; readonly part: string };

/** What is looked for in lists: of these an account has few, or the newest are what somebody looks for. */
export type ListedKind = Exclude<ResourceKind, 'thing'>;

export interface SearchPlan {
  readonly lookups: readonly Lookup[];
  /** Things were not looked for as they were typed: that takes fleet indexing. */
  readonly needsIndexing: boolean;
}

/** "Queries that include a leading wildcard have a max query length of 100 characters": query-syntax.html */
const longestWithLeadingWildcard = 100;

/** https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html; a core's name has no colon. */
const thingName = /^[a-zA-Z0-9:_-]{1,128}$/;
const coreName = /^[a-zA-Z0-9_-]{1,128}$/;
const withWildcards = /^[\w:*?-]+$/;

/** What to ask for what was typed. `indexing` undefined: it may be on or off, nobody could tell. */
export function planSearch(typed: Typed, indexing: Indexing | undefined): SearchPlan {
  const indexed = indexing !== undefined && indexing.things !== 'OFF';
  switch (typed.kind) {
    case 'nothing':
    case 'unfinished':
    case 'elsewhere':
      return { lookups: [], needsIndexing: false };
    case 'exact':
      // Who has the ARN of a thing may want the core that runs on it.
      return { lookups: [typed, ...(typed.resource === 'thing' ? exact(typed.name, ['coreDevice']) : [])], needsIndexing: false };
    case 'attribute':
    case 'members':
    case 'type':
      return { lookups: [typed], needsIndexing: false };
    case 'query':
      if (indexed) return { lookups: [{ kind: 'index', query: typed.text }], needsIndexing: false };
      return typed.simple === undefined || typed.simple.kind === 'unfinished' ? { lookups: [], needsIndexing: true } : planSearch(typed.simple, indexing);
    case 'name':
      return planName(typed.text, indexed);
  }
}

function planName(text: string, indexed: boolean): SearchPlan {
  const bare = text.replace(/\*$/, '');
  const lookups: Lookup[] = [];
  if (indexed && (bare === '' || withWildcards.test(bare))) lookups.push(...indexQuery(bare));
  // The whole name, too: of thousands that begin so, the index may give any hundred.
  lookups.push(...exact(bare, ['thing', 'coreDevice', 'policy']));
  if (bare !== '') lookups.push(...listed(bare));
  return { lookups, needsIndexing: !indexed && bare !== '' && withWildcards.test(bare) };
}

/** How the name begins; failing that, what it holds. */
function indexQuery(bare: string): readonly Lookup[] {
  // A question mark may not stand first, and more than two stars in a word may not stand at all.
  if (bare.startsWith('?') || bare.split('*').length > 2) return [];
  const word = escapeTerm(bare);
  const otherwise = `thingName:*${word}*`;
  return [{ kind: 'index', query: `thingName:${word}*`, ...(bare === '' || bare.includes('*') || otherwise.length > longestWithLeadingWildcard ? {} : { otherwise }) }];
}

function exact(name: string, resources: readonly ResourceKind[]): readonly Lookup[] {
  const possible = (resource: ResourceKind): boolean => {
    if (resource === 'policy') return nameProblem('iotPolicy', name) === undefined;
    return (resource === 'coreDevice' ? coreName : thingName).test(name);
  };
  return resources.filter(possible).map((resource) => ({ kind: 'exact', resource, name }));
}

/** A certificate shows by how its id begins: six digits tell it from a word. */
const idStart = /^[0-9a-f]{6,63}$/i;

function listed(part: string): readonly Lookup[] {
  const resources: readonly ListedKind[] = ['coreDevice', 'policy', ...(idStart.test(part) ? ['certificate' as const] : [])];
  return resources.filter((resource) => resource !== 'coreDevice' || /^[\w*?-]+$/.test(part)).map((resource) => ({ kind: 'list', resource, part }));
}

/** Whether a name holds the part, whatever the case; with `*` and `?`, as in file names, whether it begins so. */
export function holdsPart(name: string, part: string): boolean {
  const lower = name.toLowerCase();
  const wanted = part.toLowerCase();
  return /[*?]/.test(wanted) ? beginsLike(lower, wanted) : lower.includes(wanted);
}

/** Goes back to the last star only: no pattern takes long, however many stars it has. */
function beginsLike(name: string, pattern: string): boolean {
  let at = 0;
  let star: { readonly next: number; at: number } | undefined;
  for (let index = 0; index < pattern.length; ) {
    const wanted = pattern[index];
    if (wanted === '*') {
      index += 1;
      star = { next: index, at };
    } else if (at < name.length && (wanted === '?' || wanted === name[at])) {
      index += 1;
      at += 1;
    } else if (star !== undefined && star.at < name.length) {
      star.at += 1;
      at = star.at;
      index = star.next;
    } else return false;
  }
  return true;
}
