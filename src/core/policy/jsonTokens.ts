/**
 * Token kinds of jsonc-parser's scanner. The library declares them as an ambient const enum, which single-file
 * compilers cannot read; a test holds these numbers against the scanner.
 */
export const tokens = { colon: 6, string: 10, endOfFile: 17 } as const;
