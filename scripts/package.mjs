// npm run package: a VSIX for this machine's platform, which installs in any VS Code from the minimum version on.
//   npm run package -- --target win32-x64     another platform; `universal` for those without one of their own
//   npm run package -- --target all           all of them
//   npm run package -- --images https://…     for the Marketplace: where the pictures of the README are, the repository's root
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, runMain } from './lib/failure.mjs';
import { ensureNodeModules } from './lib/install.mjs';
import { stopOnSignals } from './lib/processes.mjs';
import { targetOf, targets } from './lib/targets.mjs';

stopOnSignals();
await runMain(async () => {
  const { values } = parseArgs({ options: { target: { type: 'string' }, images: { type: 'string' } } });
  const wanted = values.target === 'all' ? Object.keys(targets) : [values.target ?? targetOf()];
  for (const target of wanted) if (!Object.hasOwn(targets, target)) throw new Failure(`There is no platform ${target}. There are: ${Object.keys(targets).join(', ')}, all.`);
  if (values.images !== undefined && !values.images.startsWith('https://')) throw new Failure('--images takes an https address: others are not shown.');
  await ensureNodeModules();
  const { makePackage } = await import('./lib/package.mjs');
  let rebuild = true;
  for (const target of wanted) {
    const file = await makePackage(undefined, { target, rebuild, images: values.images });
    rebuild = false;
    process.stdout.write(`${path.relative(process.cwd(), file)} (${(fs.statSync(file).size / 1e6).toFixed(2)} MB)\n`);
  }
});
