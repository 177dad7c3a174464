// npm run sandbox -- …: the local AWS alone. Standard output carries only the program's line of JSON.
import { constants } from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { ensureBuilt } from './lib/build.mjs';
import { runMain } from './lib/failure.mjs';
import { ensureNodeModules } from './lib/install.mjs';
import { root } from './lib/paths.mjs';
import { onParentGone } from './lib/processes.mjs';

await runMain(async () => {
  await ensureNodeModules();
  await ensureBuilt(['sandbox']);
  const child = spawn(process.execPath, [path.join(root, 'dist', 'sandbox', 'main.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A Ctrl-C reaches the whole terminal group and so the child by itself; a kill of this process alone does not.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  onParentGone(() => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
});
