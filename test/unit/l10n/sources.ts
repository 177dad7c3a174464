import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

export const root = path.join(__dirname, '..', '..', '..');

/** The TypeScript or JavaScript files below a folder of the project, parsed. */
export function* sources(folder: string): Generator<ts.SourceFile> {
  for (const name of fs.readdirSync(path.join(root, folder), { recursive: true }).map(String).sort()) {
    const file = path.join(folder, name);
    if (/\.(ts|js)$/.test(file)) yield ts.createSourceFile(file, fs.readFileSync(path.join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  }
}

export function* nodes(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodes(child);
}

/** `file:line` of a node. */
export function place(node: ts.Node): string {
  const file = node.getSourceFile();
  return `${file.fileName}:${file.getLineAndCharacterOfPosition(node.getStart()).line + 1}`;
}

/** Is this `l10n.t(…)` or `vscode.l10n.t(…)`? */
export function isTranslation(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && /(^|\.)l10n\.t$/.test(node.expression.getText());
}

/** `{0}` and the like, sorted. */
export const placeholders = (text: string): readonly string[] => matches(text, /\{\d+\}/g);

export const matches = (text: string, pattern: RegExp): readonly string[] => (text.match(pattern) ?? []).sort();
