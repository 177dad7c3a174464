import { validationError } from './faults';

export interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoles.html: 100 unless asked otherwise. */
const DEFAULT_MAX_ITEMS = 100;

/** Cuts one page out of rows in key order. `rows` is called with the key to start after. */
export async function pageOf<T>(
  input: PageInput,
  rows: (after: string | undefined) => AsyncIterable<readonly [key: string, item: T]>,
): Promise<Page<T>> {
  const after = input.Marker === undefined ? undefined : decodeMarker(input.Marker);
  const limit = input.MaxItems ?? DEFAULT_MAX_ITEMS;
  const items: T[] = [];
  let last = '';
  for await (const [key, item] of rows(after)) {
    if (items.length === limit) return { items, IsTruncated: true, Marker: encodeMarker(last) };
    items.push(item);
    last = key;
  }
  return { items, IsTruncated: false };
}

const PREFIX = 'k:';

function encodeMarker(key: string): string {
  return Buffer.from(PREFIX + key, 'utf8').toString('base64');
}

function decodeMarker(marker: string): string {
  const text = Buffer.from(marker, 'base64').toString('utf8');
  if (!text.startsWith(PREFIX) || encodeMarker(text.slice(PREFIX.length)) !== marker) throw validationError('Invalid Marker.');
  return text.slice(PREFIX.length);
}
