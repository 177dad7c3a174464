// Modules of src that load each other in a circle: each circle is a design fault here. Imports of types load nothing, and
// import() on first use is how a circle is rightly broken.
import path from 'node:path';
import { readImports } from './imports.mjs';
import { root } from './paths.mjs';

/** @returns {Promise<string[]>} each circle as "a.ts → b.ts → a.ts", with paths relative to the clone */
export async function findCircularImports(folder = path.join(root, 'src')) {
  const { files, imports } = await readImports(folder);
  const graph = new Map(files.map((file) => [file, imports.filter(({ from, kind }) => from === file && kind === 'loads').map(({ to }) => to)]));
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
