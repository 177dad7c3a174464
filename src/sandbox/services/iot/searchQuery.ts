import { Fault } from '../../kernel/types';
import { phraseTest, rangeTest, wordTest, type Bound, type Letter, type ValueTest } from './searchTerms';

export type Query =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Query[] }
  | { readonly kind: 'not'; readonly part: Query }
  /** Without a field: any field. */
  | { readonly kind: 'term'; readonly field?: string; readonly test: ValueTest };

/** https://docs.aws.amazon.com/iot/latest/developerguide/query-syntax.html: "The maximum number of terms in a query is twelve." */
const MAX_TERMS = 12;
/** "Queries that include a leading wildcard have a max query length of 100 characters": ibid. */
const MAX_LENGTH_WITH_LEADING_WILDCARD = 100;
const MAX_STARS = 2;

/** The texts are those that others have measured at AWS; which of several errors is told, too. */
export const invalidQuery = (problem: string, query: string): Fault => new Fault('InvalidQueryException', `${problem}, query string: ${query}`);

/**
 * Reads a query of fleet indexing. AND binds tighter than OR; mere space is an AND that binds looser than OR. Throws
 * InvalidQueryException. Whether its fields are indexed is the caller's matter.
 */
export function parseQuery(text: string): Query {
  const query = new Parser(text).parse();
  const terms = termsOf(query);
  if (terms.length > MAX_TERMS) throw invalidQuery(`Unable to parse query, number of terms cannot exceed ${MAX_TERMS}, terms found: ${terms.length}`, text);
  for (const { field, test } of terms) {
    const where = `field name: ${field ?? ''}, value: ${test.text}`;
    if (test.stars > MAX_STARS) throw invalidQuery(`Unable to parse query, invalid value - too many wildcards (*). The maximum allowed per term is ${MAX_STARS}, ${where}`, text);
    if (test.leading === '?') throw invalidQuery(`Unable to parse query, invalid value - wildcard character (?) is not allowed at the start of the value, ${where}`, text);
  }
  const leading = terms.filter(({ test }) => test.leading === '*' && test.text !== '*');
  // unverified texts
  if (leading.length > 1) throw invalidQuery('Unable to parse query, leading wildcard use is limited to 1 query term per query', text);
  if (leading.length > 0 && text.length > MAX_LENGTH_WITH_LEADING_WILDCARD) throw invalidQuery(`Unable to parse query, a query with a leading wildcard cannot exceed ${MAX_LENGTH_WITH_LEADING_WILDCARD} characters`, text);
  return query;
}

export function termsOf(query: Query): readonly Extract<Query, { kind: 'term' }>[] {
  if (query.kind === 'term') return [query];
  return query.kind === 'not' ? termsOf(query.part) : query.parts.flatMap(termsOf);
}

class Parser {
  private at = 0;

  constructor(private readonly text: string) {}

  parse(): Query {
    const query = this.sequence(undefined);
    if (this.at < this.text.length) throw this.syntax();
    return query;
  }

  /** Up to the end or a closing parenthesis. */
  private sequence(field: string | undefined): Query {
    const parts: Query[] = [];
    for (;;) {
      this.space();
      if (this.at >= this.text.length || this.text[this.at] === ')') break;
      parts.push(this.alternatives(field));
    }
    return this.joined('and', parts);
  }

  private alternatives(field: string | undefined): Query {
    const parts = [this.conjunction(field)];
    while (this.takeOperator('OR', '||')) parts.push(this.conjunction(field));
    return this.joined('or', parts);
  }

  private conjunction(field: string | undefined): Query {
    const parts = [this.negation(field)];
    while (this.takeOperator('AND', '&&')) parts.push(this.negation(field));
    return this.joined('and', parts);
  }

  private negation(field: string | undefined): Query {
    if (this.takeOperator('NOT', '!', '-')) return { kind: 'not', part: this.primary(field) };
    return this.primary(field);
  }

  private primary(field: string | undefined): Query {
    this.space();
    if (this.text[this.at] === '+') throw invalidQuery('Unable to parse query, unsupported operator - "+"', this.text);
    if (this.text[this.at] === '(') return this.group(field);
    if (this.operatorAt('AND', 'OR', 'NOT', '&&', '||', '!', '-') !== undefined) throw this.syntax();
    if ('"[{'.includes(this.text[this.at] ?? 'x')) return this.term(field, this.quotedOrRange());
    const letters = this.word();
    if (field === undefined) {
      const colon = letters.findIndex(({ char, escaped }) => char === ':' && !escaped);
      if (colon >= 0) return this.fielded(letters, colon);
      const sign = letters.findIndex(({ char, escaped }) => (char === '>' || char === '<') && !escaped);
      if (sign > 0) return this.comparison(letters, sign);
    }
    return this.term(field, this.wordTest(letters));
  }

  /** `field:value`; of the value, the part up to the next delimiter has been read. */
  private fielded(letters: readonly Letter[], colon: number): Query {
    const name = plain(letters.slice(0, colon));
    const rest = letters.slice(colon + 1);
    if (rest.length > 0) return this.term(name, this.wordTest(rest));
    const next = this.text[this.at];
    if (next === '(') return this.group(name);
    if (next === '"' || next === '[' || next === '{') return this.term(name, this.quotedOrRange());
    throw this.syntax();
  }

  private comparison(letters: readonly Letter[], sign: number): Query {
    const inclusive = letters[sign + 1]?.char === '=';
    const value = plain(letters.slice(sign + (inclusive ? 2 : 1)));
    if (value === '') throw this.syntax();
    const bound: Bound = { value, inclusive };
    const greater = letters[sign]?.char === '>';
    return this.term(plain(letters.slice(0, sign)), rangeTest(plain(letters), greater ? bound : undefined, greater ? undefined : bound));
  }

  private group(field: string | undefined): Query {
    this.at++;
    const query = this.sequence(field);
    if (this.text[this.at] !== ')') throw this.syntax();
    this.at++;
    return query;
  }

  private quotedOrRange(): ValueTest {
    if (this.text[this.at] !== '"') return this.range();
    const phrase = /^"((?:[^"\\]|\\.)*)"/s.exec(this.text.slice(this.at));
    if (phrase === null) throw this.syntax();
    this.at += phrase[0].length;
    return phraseTest((phrase[1] ?? '').replace(/\\(.)/gs, '$1'));
  }

  private range(): ValueTest {
    const range = /^([[{])\s*(\S+) +TO +([^\s\]}]+)\s*([\]}])/.exec(this.text.slice(this.at));
    if (range === null) throw this.syntax();
    const [text, open, from = '', to = '', close] = range;
    this.at += text.length;
    const bound = (value: string, inclusive: boolean): Bound | undefined => (value === '*' ? undefined : { value: value.replace(/^"(.*)"$/, '$1'), inclusive });
    return rangeTest(text, bound(from, open === '['), bound(to, close === ']'));
  }

  /** Everything up to space, a parenthesis, a quote or a bracket. */
  private word(): readonly Letter[] {
    const letters: Letter[] = [];
    for (; this.at < this.text.length; this.at++) {
      const char = this.text[this.at] ?? '';
      if (/[\s()"]/.test(char)) break;
      if (/[[{]/.test(char) && letters.at(-1)?.char === ':') break;
      if (/[[\]{}]/.test(char)) throw this.syntax();
      if (char !== '\\') {
        letters.push({ char, escaped: false });
        continue;
      }
      this.at++;
      const escaped = this.text[this.at];
      if (escaped === undefined) throw this.syntax();
      letters.push({ char: escaped, escaped: true });
    }
    if (letters.length === 0 || (this.text[this.at] === '"' && letters.at(-1)?.char !== ':')) throw this.syntax();
    return letters;
  }

  private wordTest(letters: readonly Letter[]): ValueTest {
    const holds = (sign: string): boolean => letters.some(({ char, escaped }) => char === sign && !escaped);
    if (letters.length > 1 && letters[0]?.char === '/' && letters.at(-1)?.char === '/') throw invalidQuery('Unable to parse query, unsupported query type - regular expression', this.text);
    if (holds('~')) throw invalidQuery('Unable to parse query, unsupported query type - fuzzy', this.text);
    if (holds('^')) throw invalidQuery('Unable to parse query, unsupported query type - boost', this.text);
    if (letters[0]?.escaped === false && /[<>]/.test(letters[0].char)) throw this.syntax();
    return wordTest(letters);
  }

  private term(field: string | undefined, test: ValueTest): Query {
    return { kind: 'term', ...(field === undefined ? {} : { field }), test };
  }

  private joined(kind: 'and' | 'or', parts: readonly Query[]): Query {
    const [only, ...more] = parts;
    if (only === undefined) throw this.syntax();
    return more.length === 0 ? only : { kind, parts };
  }

  private takeOperator(...operators: readonly string[]): boolean {
    this.space();
    const found = this.operatorAt(...operators);
    if (found === undefined) return false;
    this.at += found.length;
    return true;
  }

  /** A word is an operator only if it stands alone. */
  private operatorAt(...operators: readonly string[]): string | undefined {
    return operators.find((operator) => this.text.startsWith(operator, this.at) && (!/\w$/.test(operator) || !/[^\s()"]/.test(this.text[this.at + operator.length] ?? ' ')));
  }

  private space(): void {
    while (/\s/.test(this.text[this.at] ?? 'x')) this.at++;
  }

  private syntax(): Fault {
    return invalidQuery('Unable to parse query, invalid syntax', this.text);
  }
}

function plain(letters: readonly Letter[]): string {
  return letters.map(({ char }) => char).join('');
}
