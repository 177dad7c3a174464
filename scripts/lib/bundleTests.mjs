// The tests that run inside VS Code, as one CommonJS file that its extension host can load.
import fs from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * @param {(file: string) => boolean} [wanted] which files of test/vscode to take, by path relative to it
 * @param {string} [extension] the extension's folder: only modules in it share VS Code's API object with the extension
 * @returns {Promise<string>} the bundle's path (not shipped; somewhere below the root, so that it finds node_modules)
 */
export async function bundleVscodeTests(folder = 'vscode', wanted = () => true, extension = root) {
  const { build } = await import('esbuild');
  const base = path.join(root, 'test', folder);
  const files = fs
    .readdirSync(base, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.test.ts') && wanted(file))
    .sort();
  const outfile = path.join(extension, 'dist', 'test', `${folder}.js`);
  const entries = files.map((file) => `[${JSON.stringify(file)}, () => require(${JSON.stringify(`./${file.split(path.sep).join('/')}`)})]`);
  const runner = path.relative(base, path.join(root, 'test', 'vscode', 'index.ts')).split(path.sep).join('/');
  await build({
    stdin: {
      contents: `const { runSuites } = require(${JSON.stringify(runner.startsWith('.') ? runner : `./${runner}`)});\nexports.run = () => runSuites(new Map([${entries.join(', ')}]));\n`,
      resolveDir: base,
      loader: 'ts',
    },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // As webpack bundles the product: some packages can be bundled from their modules only.
    mainFields: ['module', 'main'],
    external: ['vscode', 'mocha', 'classic-level'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}
