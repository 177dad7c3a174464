import fs from 'node:fs';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { Failure } from './failure.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';

/**
 * Makes the VSIX from a fresh production build.
 * @param {string} [folder] where to leave it
 * @returns {Promise<string>} its path
 */
export async function makePackage(folder = root, { rebuild = true } = {}) {
  if (rebuild) fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  await ensureBuilt(['extension', 'sandbox', 'check'], { force: rebuild });
  const { name, version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  const file = path.join(folder, `${name}-${version}.vsix`);
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  // The manifest names no public repository, so links in the README stay as they are.
  const { code, output } = await run(process.execPath, [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file], { cwd: root });
  if (code !== 0) throw new Failure(`The package could not be made (vsce, exit code ${code}).\n${output.trim()}`);
  return file;
}
