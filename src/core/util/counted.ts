/** One of two texts, both localized already: the l10n API of VS Code knows no plural forms. A language without them gives the same text twice. */
export function counted(count: number, one: string, many: string): string {
  return count === 1 ? one : many;
}
