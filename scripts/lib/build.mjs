// The build, on demand: nothing is built twice from the same sources.
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from './failure.mjs';
import { withLock } from './lock.mjs';
import { cloneLock, root } from './paths.mjs';
import { run } from './processes.mjs';

const outputs = { extension: path.join(root, 'dist', 'extension.js'), sandbox: path.join(root, 'dist', 'sandbox', 'main.js'), check: path.join(root, 'dist', 'check.js') };
const inputs = ['src', 'resources', 'webpack.config.js', 'scripts/bundleBudgets.json', 'scripts/lib/thirdParty.cjs', 'package.json', 'package-lock.json'];

/** Time of the youngest file below, in milliseconds. */
function youngest(file) {
  const stats = fs.statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...fs.readdirSync(file).map((name) => youngest(path.join(file, name))));
}

/**
 * Builds what is missing or older than its sources.
 * @param {('extension' | 'sandbox' | 'check')[]} names programs of webpack.config.js
 * @param {{ force?: boolean }} [options]
 */
export async function ensureBuilt(names, { force = false } = {}) {
  await withLock(cloneLock('build'), async () => {
    const newest = Math.max(...inputs.map((name) => youngest(path.join(root, name))));
    const stale = names.filter((name) => force || (fs.statSync(outputs[name], { throwIfNoEntry: false })?.mtimeMs ?? 0) < newest);
    if (stale.length === 0) return;
    process.stderr.write(`Building ${stale.join(' and ')} …\n`);
    const { code, output } = await run(process.execPath, [path.join(root, 'node_modules', 'webpack', 'bin', 'webpack.js'), '--mode', 'production', ...stale.flatMap((name) => ['--config-name', name])], { cwd: root });
    if (code !== 0) throw new Failure(`The build failed (webpack, exit code ${code}).\n${output.trim()}`);
    // webpack leaves a file alone when its content is the same: note that it is up to date.
    const now = new Date();
    for (const name of stale) fs.utimesSync(outputs[name], now, now);
  });
}
