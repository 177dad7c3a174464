import { createScanner } from 'jsonc-parser';
import { Lexer } from 'yaml';

/** Far beyond any real template. unverified: AWS's own limit. */
const MAX_DEPTH = 200;

/**
 * Whether a text nests too deeply for the parsers, which are recursive. It is looked at token by token beforehand, because
 * near the end of the stack V8 may end the process ("RegExpCompiler Allocation failed") instead of throwing.
 */
export function isJsonTooDeep(text: string): boolean {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    // A string's token begins with its quotation mark.
    const first = text.charAt(scanner.getTokenOffset());
    if (first === '{' || first === '[') depth++;
    else if (first === '}' || first === ']') depth = Math.max(0, depth - 1);
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** The same for YAML. Nesting by indentation costs a line as long as it is deep, so the size of a template bounds it. */
export function isYamlTooDeep(text: string): boolean {
  let flow = 0;
  let indicators = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') flow++;
    else if (token === ']' || token === '}') flow = Math.max(0, flow - 1);
    // `- - - x` nests without a new line.
    else if (token === '-' || token === '?' || token === ':') indicators++;
    else if (token.includes('\n')) indicators = 0;
    if (flow > MAX_DEPTH || (flow === 0 && indicators > MAX_DEPTH)) return true;
  }
  return false;
}
