/** What the values of a field are held against, in lower case: a word with wildcards, a phrase, a range, a comparison. */
export interface ValueTest {
  /** As it was written, for error messages. */
  readonly text: string;
  /** Every value that matches begins with this. */
  readonly prefix: string;
  /** Nothing but the prefix itself matches. */
  readonly exact: boolean;
  /** Whatever begins with the prefix matches. */
  readonly open: boolean;
  readonly stars: number;
  readonly leading: '*' | '?' | undefined;
  matches(value: string): boolean;
}

/** One character, and whether a backslash stood before it. */
export interface Letter {
  readonly char: string;
  readonly escaped: boolean;
}

export function wordTest(letters: readonly Letter[]): ValueTest {
  const isWild = ({ char, escaped }: Letter): boolean => !escaped && (char === '*' || char === '?');
  const firstWild = letters.findIndex(isWild);
  const text = letters.map(({ char, escaped }) => (escaped ? `\\${char}` : char)).join('');
  const plain = (part: readonly Letter[]): string => part.map(({ char }) => char).join('').toLowerCase();
  const first = letters[0];
  const common = {
    text,
    stars: letters.filter((letter) => isWild(letter) && letter.char === '*').length,
    leading: first !== undefined && isWild(first) ? (first.char as '*' | '?') : undefined,
  };
  if (firstWild < 0) {
    const word = plain(letters);
    return { ...common, prefix: word, exact: true, open: false, matches: (value) => value === word };
  }
  const prefix = plain(letters.slice(0, firstWild));
  if (firstWild === letters.length - 1 && letters[firstWild]?.char === '*') return { ...common, prefix, exact: false, open: true, matches: (value) => value.startsWith(prefix) };
  // Two stars at most, checked before it runs: no pattern takes long.
  const pattern = new RegExp(`^${letters.map((letter) => (isWild(letter) ? (letter.char === '*' ? '.*' : '.') : escapeRegExp(letter.char.toLowerCase()))).join('')}$`, 's');
  return { ...common, prefix, exact: false, open: false, matches: (value) => pattern.test(value) };
}

export function phraseTest(phrase: string): ValueTest {
  const word = phrase.toLowerCase();
  return { text: `"${phrase}"`, prefix: word, exact: true, open: false, stars: 0, leading: undefined, matches: (value) => value === word };
}

export interface Bound {
  readonly value: string;
  readonly inclusive: boolean;
}

/** Either bound may be open. Numbers compare as numbers where both are. */
export function rangeTest(text: string, from: Bound | undefined, to: Bound | undefined): ValueTest {
  const holds = (order: number, { inclusive }: Bound): boolean => order < 0 || (inclusive && order === 0);
  return {
    text,
    prefix: '',
    exact: false,
    open: false,
    stars: 0,
    leading: undefined,
    matches: (value) => (from === undefined || holds(compare(from.value, value), from)) && (to === undefined || holds(compare(value, to.value), to)),
  };
}

function compare(left: string, right: string): number {
  const [a, b] = [left.toLowerCase(), right.toLowerCase()];
  const [x, y] = [Number(a), Number(b)];
  if (a !== '' && b !== '' && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
