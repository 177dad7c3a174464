// Who imports whom among the modules of src, read from their text.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * @typedef {'loads' | 'onFirstUse' | 'typesOnly'} ImportKind
 * @typedef {{ from: string, to: string, kind: ImportKind }} Import paths are absolute
 * @returns {Promise<{ files: string[], imports: Import[] }>}
 */
export async function readImports(folder = path.join(root, 'src')) {
  const { default: ts } = await import('typescript');
  const files = fs
    .readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((file) => file.endsWith('.ts'))
    .sort();
  const known = new Set(files);
  const resolve = (from, specifier) => {
    const base = path.resolve(path.dirname(from), specifier);
    return [`${base}.ts`, path.join(base, 'index.ts'), base].find((file) => known.has(file));
  };
  const typesOnly = (node) => node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || node.isTypeOnly === true;
  /** @type {Import[]} */
  const imports = [];
  for (const file of files) {
    const add = (specifier, kind) => {
      const to = specifier.startsWith('.') ? resolve(file, specifier) : undefined;
      if (to !== undefined) imports.push({ from: file, to, kind });
    };
    const text = fs.readFileSync(file, 'utf8');
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
    for (const node of source.statements)
      if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier !== undefined) add(node.moduleSpecifier.text, typesOnly(node) ? 'typesOnly' : 'loads');
    const visit = (node) => {
      if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword && ts.isStringLiteral(node.arguments[0])) add(node.arguments[0].text, 'onFirstUse');
      ts.forEachChild(node, visit);
    };
    // Few files have any, and most of the time goes into looking.
    if (text.includes('import(')) visit(source);
  }
  return { files, imports };
}
