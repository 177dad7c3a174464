// npm run bench: every figure beside a reference measured in the same run; medians.
//   npm run bench -- --only policy,provision
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ensureNodeModules } from './lib/install.mjs';
import { root } from './lib/paths.mjs';
import { run } from './lib/processes.mjs';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
await ensureNodeModules();
const { code } = await run(process.execPath, ['--import', 'tsx', path.join(root, 'test', 'bench', 'main.ts'), ...(values.only ? [values.only] : [])], { cwd: root, echo: true });
process.exitCode = code;
