import type { TextChange } from './finding';

/** Applies changes given in any order; of two that overlap, the one that starts later in the text is applied. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  let result = text;
  let limit = Number.POSITIVE_INFINITY;
  for (const change of [...changes].sort((a, b) => b.offset - a.offset || b.length - a.length)) {
    if (change.offset + change.length > limit) continue;
    result = result.slice(0, change.offset) + change.text + result.slice(change.offset + change.length);
    limit = change.offset;
  }
  return result;
}
