import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { Failure } from './failure.mjs';
import { root } from './paths.mjs';
import { run } from './processes.mjs';
import { ignoreRules, targetOf } from './targets.mjs';

const require = createRequire(import.meta.url);
const programs = ['extension', 'sandbox', 'check'];

/** Writes the notices of all that the bundles hold of others. The builds have left the lists. */
function writeNotices(product) {
  const { notices } = require('./thirdParty.cjs');
  const packages = programs.flatMap((name) => JSON.parse(fs.readFileSync(path.join(root, 'dist', 'notices', `${name}.json`), 'utf8')));
  fs.writeFileSync(path.join(root, 'THIRD-PARTY-NOTICES.txt'), notices(packages, product));
}

/**
 * Makes the VSIX of one platform from a fresh production build. One that is past its budget is not left there.
 * @param {string} [folder] where to leave it
 * @param {{ rebuild?: boolean, target?: keyof typeof import('./targets.mjs').targets, budget?: number }} [options] `target`: this
 *   machine's platform by default
 * @returns {Promise<string>} its path
 */
export async function makePackage(folder = root, { rebuild = true, target = targetOf(), budget = require('../bundleBudgets.json').vsix['*'] } = {}) {
  if (rebuild) fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  await ensureBuilt(programs, { force: rebuild });
  const { name, version, displayName } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  writeNotices(displayName.startsWith('%') ? name : displayName);
  const file = path.join(folder, [name, ...(target === 'universal' ? [] : [target]), `${version}.vsix`].join('-'));
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const rules = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'vsix-rules-')), 'ignore');
  try {
    fs.writeFileSync(rules, ignoreRules(fs.readFileSync(path.join(root, '.vscodeignore'), 'utf8'), target));
    // The manifest names no public repository, so links in the README stay as they are.
    const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--ignoreFile', rules, '--out', file, ...(target === 'universal' ? [] : ['--target', target])];
    const { code, output } = await run(process.execPath, [vsce, 'package', ...options], { cwd: root });
    if (code !== 0) throw new Failure(`The package could not be made (vsce, exit code ${code}).\n${output.trim()}`);
  } finally {
    fs.rmSync(path.dirname(rules), { recursive: true, force: true });
  }
  const { size } = fs.statSync(file);
  if (size > budget) {
    fs.rmSync(file);
    throw new Failure(`The package for ${target} has ${size} bytes; its budget is ${budget} (${size - budget} too many). Budgets: scripts/bundleBudgets.json`);
  }
  return file;
}
