import { wildcardMatch } from './arn';
import { parseOperator } from './variables';

/** An IPv4 address as a number; undefined for anything else (IPv6 ranges are not compared: unverified how AWS IoT does it). */
function ipv4(text: string): number | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((value, part) => value * 256 + Number(part), 0);
}

function inRange(address: string, range: string): boolean {
  const [base = '', bits = '32'] = range.split('/');
  const one = ipv4(address);
  const two = ipv4(base);
  if (one === undefined || two === undefined) return address === base;
  const size = 2 ** (32 - Math.min(32, Math.max(0, Number(bits))));
  return Math.floor(one / size) === Math.floor(two / size);
}

type Comparison = (value: string, wanted: string) => boolean;

function ordered(compare: (a: number, b: number) => boolean, read: (text: string) => number): Comparison {
  return (value, wanted) => {
    const a = read(value);
    const b = read(wanted);
    return !Number.isNaN(a) && !Number.isNaN(b) && compare(a, b);
  };
}

const date = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));

/** "Each of the six colon-delimited components of the ARN is checked separately": a `*` in one does not reach into the next. */
function arnMatch(value: string, wanted: string, match: (pattern: string, text: string) => boolean): boolean {
  const parts = (text: string): readonly string[] => /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):([^]*)$/.exec(text)?.slice(1) ?? [text];
  const patterns = parts(wanted);
  if (patterns.length === 1 && wanted.startsWith('arn:')) return false;
  const texts = patterns.length === 1 ? [value] : parts(value);
  return texts.length === patterns.length && patterns.every((pattern, index) => match(pattern, texts[index] ?? ''));
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
function comparison(name: string, match: (pattern: string, text: string) => boolean): Comparison | undefined {
  const positive = name.replace('Not', '');
  switch (positive) {
    case 'StringEquals':
    case 'BinaryEquals':
      return (value, wanted) => value === wanted;
    case 'StringEqualsIgnoreCase':
    case 'Bool':
      return (value, wanted) => value.toLowerCase() === wanted.toLowerCase();
    case 'StringLike':
      return (value, wanted) => match(wanted, value);
    case 'ArnLike':
    case 'ArnEquals': // behaves as ArnLike
      return (value, wanted) => arnMatch(value, wanted, match);
    case 'IpAddress':
      return inRange;
    case 'NumericEquals':
      return ordered((a, b) => a === b, Number);
    case 'NumericLessThan':
      return ordered((a, b) => a < b, Number);
    case 'NumericLessThanEquals':
      return ordered((a, b) => a <= b, Number);
    case 'NumericGreaterThan':
      return ordered((a, b) => a > b, Number);
    case 'NumericGreaterThanEquals':
      return ordered((a, b) => a >= b, Number);
    case 'DateEquals':
      return ordered((a, b) => a === b, date);
    case 'DateLessThan':
      return ordered((a, b) => a < b, date);
    case 'DateLessThanEquals':
      return ordered((a, b) => a <= b, date);
    case 'DateGreaterThan':
      return ordered((a, b) => a > b, date);
    case 'DateGreaterThanEquals':
      return ordered((a, b) => a >= b, date);
    default:
      return undefined;
  }
}

/**
 * Does one entry of a Condition block hold? `wanted` are its values with variables replaced; `actual` the values of
 * its key in the request, undefined when the key has none.
 */
export function conditionHolds(operator: string, wanted: readonly string[], actual: readonly string[] | undefined, match: (pattern: string, text: string) => boolean = wildcardMatch): boolean {
  const parts = parseOperator(operator);
  if (parts === undefined) return false;
  if (parts.name === 'Null') return wanted.some((item) => (item.toLowerCase() === 'true') === (actual === undefined || actual.length === 0));
  const negative = parts.name.includes('Not');
  const compare = comparison(parts.name, match);
  if (compare === undefined) return false;
  // Values are alternatives; a negative operator wants none of them.
  const one = (value: string): boolean => wanted.some((item) => compare(value, item)) !== negative;
  if (actual === undefined || actual.length === 0) return parts.ifExists || (parts.set === undefined ? negative : parts.set === 'ForAllValues');
  return parts.set === 'ForAllValues' ? actual.every(one) : actual.some(one);
}
