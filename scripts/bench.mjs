// npm run bench: every figure beside a reference measured in the same run; medians.
//   npm run bench -- --only policy,provision
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureNodeModules } from './lib/install.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
await ensureNodeModules();
// The device's side is measured in a process of its own, against the sandbox as it ships.
const { ensureBuilt } = await import('./lib/build.mjs');
await ensureBuilt(['sandbox']);
// Bundled as the product is: run from its sources by tsx, every function would be named again at each call, which costs
// more than half of an analysis and is no part of what ships. The references are in the same bundle.
const { build } = await import('esbuild');
const outfile = path.join(root, 'dist', 'test', 'bench.mjs');
await build({
  entryPoints: [path.join(root, 'test', 'bench', 'main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  mainFields: ['module', 'main'],
  external: ['classic-level', 'aws-iot-device-sdk-v2'],
  banner: { js: "import { createRequire as requireFrom } from 'node:module'; import { fileURLToPath as pathFrom } from 'node:url'; const require = requireFrom(import.meta.url); const __filename = pathFrom(import.meta.url); const __dirname = pathFrom(new URL('.', import.meta.url));" },
  logLevel: 'warning',
});
const { code } = await run(process.execPath, [outfile, ...(values.only ? [values.only] : [])], { cwd: root, echo: true });
process.exitCode = code;
