// Modules of src that load each other in a circle: each circle is a design fault here. Imports of types load nothing.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/** @returns {Promise<string[]>} each circle as "a.ts → b.ts → a.ts", with paths relative to the clone */
export async function findCircularImports(folder = path.join(root, 'src')) {
  const { default: ts } = await import('typescript');
  const files = fs
    .readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((file) => file.endsWith('.ts'));
  const known = new Set(files);
  const resolve = (from, specifier) => {
    const base = path.resolve(path.dirname(from), specifier);
    return [`${base}.ts`, path.join(base, 'index.ts'), base].find((file) => known.has(file));
  };
  const graph = new Map(
    files.map((file) => {
      const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
      // Static imports and re-exports; import() on first use is how a circle is rightly broken.
      const targets = source.statements
        .filter((statement) => (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) && statement.moduleSpecifier !== undefined)
        .filter((statement) => !(statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || statement.isTypeOnly === true))
        .map((statement) => statement.moduleSpecifier.text)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => resolve(file, specifier))
        .filter((target) => target !== undefined);
      return [file, targets];
    }),
  );
  const circles = [];
  const state = new Map();
  const stack = [];
  const visit = (file) => {
    state.set(file, 'open');
    stack.push(file);
    for (const target of graph.get(file)) {
      if (state.get(target) === 'open') {
        circles.push([...stack.slice(stack.indexOf(target)), target].map((name) => path.relative(root, name)).join(' → '));
      } else if (!state.has(target)) visit(target);
    }
    stack.pop();
    state.set(file, 'done');
  };
  for (const file of files) if (!state.has(file)) visit(file);
  return circles;
}
