import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { ensureBuilt } from './build.mjs';
import { Failure } from './failure.mjs';
import { packagedReadme } from './packagedReadme.mjs';
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

/** A folder with what goes into the package and nothing else, its README as it ships. */
async function makeStage(target, images) {
  const { listFiles, PackageManager } = require('@vscode/vsce');
  const stage = fs.mkdtempSync(path.join(os.tmpdir(), 'vsix-'));
  const rules = path.join(stage, '.rules');
  fs.writeFileSync(rules, ignoreRules(fs.readFileSync(path.join(root, '.vscodeignore'), 'utf8'), target));
  const files = await listFiles({ cwd: root, packageManager: PackageManager.None, ignoreFile: rules });
  fs.rmSync(rules);
  for (const file of files) {
    fs.mkdirSync(path.dirname(path.join(stage, file)), { recursive: true });
    fs.copyFileSync(path.join(root, file), path.join(stage, file));
  }
  const readme = path.join(stage, 'README.md');
  fs.writeFileSync(readme, packagedReadme(fs.readFileSync(readme, 'utf8'), images));
  return stage;
}

/**
 * Makes the VSIX of one platform from a fresh production build. One that is past its budget is not left there.
 * @param {string} [folder] where to leave it
 * @param {{ rebuild?: boolean, target?: keyof typeof import('./targets.mjs').targets, images?: string, budget?: number }} [options]
 *   `target`: this machine's platform by default; `images`: see packagedReadme.mjs
 * @returns {Promise<string>} its path
 */
export async function makePackage(folder = root, { rebuild = true, target = targetOf(), images, budget = require('../bundleBudgets.json').vsix['*'] } = {}) {
  if (rebuild) fs.rmSync(path.join(root, 'dist'), { recursive: true, force: true });
  await ensureBuilt(programs, { force: rebuild });
  const { name, version, displayName } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8'));
  writeNotices(displayName.startsWith('%') ? name : displayName);
  const file = path.join(folder, [name, ...(target === 'universal' ? [] : [target]), `${version}.vsix`].join('-'));
  const stage = await makeStage(target, images);
  try {
    const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
    // The manifest names no public repository; the README has been made fit for that already.
    const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', path.resolve(file), ...(target === 'universal' ? [] : ['--target', target])];
    const { code, output } = await run(process.execPath, [vsce, 'package', ...options], { cwd: stage });
    if (code !== 0) throw new Failure(`The package could not be made (vsce, exit code ${code}).\n${output.trim()}`);
  } finally {
    fs.rmSync(stage, { recursive: true, force: true });
  }
  const { size } = fs.statSync(file);
  if (size > budget) {
    fs.rmSync(file);
    throw new Failure(`The package for ${target} has ${size} bytes; its budget is ${budget} (${size - budget} too many). Budgets: scripts/bundleBudgets.json`);
  }
  return file;
}
