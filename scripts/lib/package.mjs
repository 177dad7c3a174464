import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { Failure } from './failure.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';

const require = createRequire(import.meta.url);
const programs = ['extension', 'sandbox', 'check'];

/** Writes the notices of all that the bundles hold of others. The builds have left the lists. */
function writeNotices(product) {
  const { notices } = require('./thirdParty.cjs');
  const packages = programs.flatMap((name) => JSON.parse(fs.readFileSync(path.join(root, 'dist', 'notices', `${name}.json`), 'utf8')));
  fs.writeFileSync(path.join(root, 'THIRD-PARTY-NOTICES.txt'), notices(packages, product));
}

/**
 * Makes the VSIX from a fresh production build.
 * @param {string} [folder] where to leave it
 * @returns {Promise<string>} its path
 */
export async function makePackage(folder = root, { rebuild = true } = {}) {
  if (rebuild) fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  await ensureBuilt(programs, { force: rebuild });
  const { name, version, displayName } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  writeNotices(displayName.startsWith('%') ? name : displayName);
  const file = path.join(folder, `${name}-${version}.vsix`);
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  // The manifest names no public repository, so links in the README stay as they are.
  const { code, output } = await run(process.execPath, [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file], { cwd: root });
  if (code !== 0) throw new Failure(`The package could not be made (vsce, exit code ${code}).\n${output.trim()}`);
  return file;
}
