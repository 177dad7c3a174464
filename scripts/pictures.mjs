// npm run pictures: the pictures of the README, taken from the product as npm start shows it.
//   npm run pictures -- --all                 every view in every theme, into test-results/pictures (which git ignores)
//   npm run pictures -- --all --only relations,find --themes dark,hc-light --out DIR
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Failure, runMain } from './lib/failure.mjs';
import { ensureBrowser, ensureNodeModules, ensureWorkbench } from './lib/install.mjs';
import { resultsFolder, root } from './lib/paths.mjs';
import { stopAll, stopOnSignals } from './lib/processes.mjs';

const { values: options } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    out: { type: 'string' },
    only: { type: 'string', default: '' },
    themes: { type: 'string', default: '' },
  },
});

const listed = (text) => text.split(',').filter((part) => part !== '');

stopOnSignals();
await runMain(async () => {
  await ensureNodeModules();
  const { ensureBuilt } = await import('./lib/build.mjs');
  await ensureBuilt(['extension', 'sandbox']);
  await ensureBrowser();
  const program = await ensureWorkbench();
  try {
    if (options.all) {
      const { allViews } = await import('./pictures/all.mjs');
      const out = path.resolve(options.out ?? path.join(resultsFolder, 'pictures'));
      const failed = await allViews(program, { out, only: listed(options.only), themes: listed(options.themes) });
      if (failed.length > 0) throw new Failure(`These views were not reached: ${failed.join(', ')}. See failed-*.png in ${out}`);
      return;
    }
    const { withSample } = await import('./pictures/sets.mjs');
    const { themes } = await import('./pictures/studio.mjs');
    const { readmePictures } = await import('./pictures/readme.mjs');
    await withSample(program, { out: path.resolve(options.out ?? path.join(root, 'resources', 'readme')), themes: themes.slice(0, 1), suffix: false }, readmePictures, { width: 1120, height: 700 });
  } finally {
    await stopAll();
  }
});
process.exit();
