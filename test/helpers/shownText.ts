import * as vscode from 'vscode';
import { fromPseudo, pseudoLanguage } from '../../scripts/lib/pseudo.mjs';

/** A text that VS Code shows, in English also when the test runs in the pseudo-language. */
export function english(shown: string): string {
  return vscode.env.language === pseudoLanguage ? fromPseudo(shown) : shown;
}

/** The same for all texts in a value. */
export function inEnglish<T>(value: T): T {
  return vscode.env.language === pseudoLanguage ? (JSON.parse(JSON.stringify(value), (_, part: unknown) => (typeof part === 'string' ? fromPseudo(part) : part)) as T) : value;
}
