import { validationError } from '../template/model';

/**
 * AWS pages by size: "If the output exceeds 1 MB in size"
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackEvents.html). This number keeps every
 * answer below that; AWS's own is unverified.
 */
export const PAGE_SIZE = 100;

/**
 * A page of a list. The token names the last item's key, so that items added or removed meanwhile shift nothing.
 */
export function page<T>(items: readonly T[], keyOf: (item: T) => string, size: number, token: string | undefined): { items: readonly T[]; nextToken?: string } {
  let start = 0;
  if (token !== undefined) {
    const last = decode(token);
    const index = items.findIndex((item) => keyOf(item) === last);
    if (index < 0) throw validationError('Invalid NextToken');
    start = index + 1;
  }
  const shown = items.slice(start, start + size);
  const last = shown.at(-1);
  return start + size < items.length && last !== undefined ? { items: shown, nextToken: encode(keyOf(last)) } : { items: shown };
}

export function encode(key: string): string {
  return Buffer.from(`v1:${key}`).toString('base64url');
}

export function decode(token: string): string {
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('v1:')) throw validationError('Invalid NextToken');
  return text.slice(3);
}
