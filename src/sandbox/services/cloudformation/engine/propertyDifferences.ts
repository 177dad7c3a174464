import { isObject, type Json, type JsonObject } from '../template/model';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_PropertyDifference.html */
export interface PropertyDifference {
  /** JSON pointer below the properties. */
  readonly PropertyPath: string;
  readonly ExpectedValue: string;
  readonly ActualValue: string;
  readonly DifferenceType: 'ADD' | 'REMOVE' | 'NOT_EQUAL';
}

/** Where the account differs from the template. Only what the template sets is looked at; in what it sets, all of it. */
export function propertyDifferences(expected: JsonObject, actual: JsonObject): readonly PropertyDifference[] {
  return Object.keys(expected).flatMap((name) => compare(`/${pointer(name)}`, expected[name], actual[name]));
}

function compare(path: string, expected: Json | undefined, actual: Json | undefined): readonly PropertyDifference[] {
  if (same(expected, actual)) return [];
  if (isObject(expected) && isObject(actual)) {
    const names = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...names].flatMap((name) => compare(`${path}/${pointer(name)}`, expected[name], actual[name]));
  }
  if (Array.isArray(expected) && Array.isArray(actual)) return compareLists(path, expected, actual);
  if (actual === undefined) return [difference(path, expected, actual, 'REMOVE')];
  return [difference(path, expected, actual, expected === undefined ? 'ADD' : 'NOT_EQUAL')];
}

/** Order counts for nothing; objects that have no equal are held against each other in their order. */
function compareLists(path: string, expected: readonly Json[], actual: readonly Json[]): readonly PropertyDifference[] {
  const left = actual.map((value, index) => ({ value, index }));
  const missing: { value: Json; index: number }[] = [];
  expected.forEach((value, index) => {
    const found = left.findIndex((item) => same(item.value, value));
    if (found >= 0) left.splice(found, 1);
    else missing.push({ value, index });
  });
  const changed = missing.flatMap(({ value, index }) => {
    const other = isObject(value) ? left.findIndex((item) => isObject(item.value)) : -1;
    const [pair] = other < 0 ? [] : left.splice(other, 1);
    return pair === undefined ? [difference(`${path}/${index}`, value, undefined, 'REMOVE')] : compare(`${path}/${index}`, value, pair.value);
  });
  return [...changed, ...left.map(({ value, index }) => difference(`${path}/${index}`, undefined, value, 'ADD'))];
}

function difference(PropertyPath: string, expected: Json | undefined, actual: Json | undefined, DifferenceType: PropertyDifference['DifferenceType']): PropertyDifference {
  return { PropertyPath, ExpectedValue: shown(expected), ActualValue: shown(actual), DifferenceType };
}

/** Text as it is, anything else as JSON, what is not there as `null`. */
function shown(value: Json | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => sorted(item) as Json);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key]) as Json]));
}

function pointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
