// npm run bench: every figure beside a reference measured in the same run; medians.
//   npm run bench -- --only policy,provision     some parts
//   npm run bench -- --json FILE                 figures for programs; parts that are not measured now stay in the file
//   npm run bench -- --readme                    the table into README.md (of all that is in FILE, with --json)
//   npm run bench -- --vsix FILE                 another extension's package beside ours (activation); may be repeated
import path from 'node:path';
import { ensureNodeModules } from './lib/install.mjs';
import { root } from './lib/paths.mjs';
import { run, stopOnSignals } from './lib/processes.mjs';

stopOnSignals();
await ensureNodeModules();
// The local AWS is measured as it ships, in a process of its own.
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
  external: ['classic-level', 'aws-iot-device-sdk-v2', 'esbuild'],
  banner: { js: "import { createRequire as requireFrom } from 'node:module'; import { fileURLToPath as pathFrom } from 'node:url'; const require = requireFrom(import.meta.url); const __filename = pathFrom(import.meta.url); const __dirname = pathFrom(new URL('.', import.meta.url));" },
  logLevel: 'warning',
});
const { code } = await run(process.execPath, [outfile, ...process.argv.slice(2)], { cwd: root, echo: true });
process.exitCode = code;
