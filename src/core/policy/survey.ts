/** What one cheap walk over the characters tells before anything recursive sees the text. */
export interface Survey {
  readonly nonBlank: number;
  readonly nonBlankOutsideStrings: number;
  readonly depth: number;
  /** Offset of the first NUL, or -1. */
  readonly nul: number;
  /** Offset of the first surrogate without its other half, or -1. */
  readonly loneSurrogate: number;
  readonly byteOrderMark: boolean;
  /** False when no string of the text can hold `[…]`, `<…>` or `{{…}}`; true also where nobody has looked. */
  readonly mayMark: boolean;
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0;
}

const quote = 34;
const backslash = 92;

/** Letters, digits and most signs: neither blank nor of any meaning to the survey. The order of the tests is what makes it fast. */
export function isPlain(code: number): boolean {
  return (code > backslash && code < 123 && code !== 93) || (code > quote && code < 91);
}

/** One pass, no recursion, no allocation. Lone surrogates are looked for only in texts that AWS would take. */
export function survey(text: string): Survey {
  let blank = 0;
  let blankInStrings = 0;
  let depth = 0;
  let deepest = 0;
  let nul = -1;
  let loneSurrogate = -1;
  let inString = false;
  const end = text.length;
  for (let index = 0; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (isPlain(code)) continue;
    if (isBlank(code)) {
      blank += 1;
      if (!inString) continue;
      if (code === 10) inString = false;
      else blankInStrings += 1;
    } else if (code === quote) inString = !inString;
    else if (code === backslash) {
      // The escaped character counts, whatever it is.
      if (inString) index += 1;
    } else if (code === 123 || code === 91) {
      if (inString) continue;
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (code === 125 || code === 93) {
      if (!inString) depth -= 1;
    } else if (code === 0) {
      if (nul < 0) nul = index;
    } else if (code >= 0xd800 && code <= 0xdfff) {
      const next = text.charCodeAt(index + 1);
      if (code <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) index += 1;
      else if (loneSurrogate < 0) loneSurrogate = index;
    }
  }
  const byteOrderMark = text.charCodeAt(0) === 0xfeff;
  const nonBlank = end - blank;
  return {
    nonBlank: nonBlank - (byteOrderMark ? 1 : 0),
    nonBlankOutsideStrings: nonBlank + blankInStrings,
    depth: deepest,
    nul,
    loneSurrogate,
    byteOrderMark,
    mayMark: true,
  };
}
