// npm run package: a VSIX that installs in any VS Code from the minimum version on.
import fs from 'node:fs';
import path from 'node:path';
import { runMain } from './lib/failure.mjs';
import { ensureNodeModules } from './lib/install.mjs';
import { stopOnSignals } from './lib/processes.mjs';

stopOnSignals();
await runMain(async () => {
  await ensureNodeModules();
  const { makePackage } = await import('./lib/package.mjs');
  const file = await makePackage();
  process.stdout.write(`${path.relative(process.cwd(), file)} (${(fs.statSync(file).size / 1e6).toFixed(1)} MB)\n`);
});
