// npm run architecture: the picture and the table of src/ARCHITECTURE.md, from the folders and imports of src.
import fs from 'node:fs';
import path from 'node:path';
import { runMain } from './lib/failure.mjs';
import { ensureNodeModules } from './lib/install.mjs';
import { root } from './lib/paths.mjs';

await runMain(async () => {
  await ensureNodeModules();
  const { drawArchitecture, withTable } = await import('./lib/architecture.mjs');
  const { svg, table } = await drawArchitecture();
  fs.writeFileSync(path.join(root, 'src', 'architecture.svg'), svg);
  const page = path.join(root, 'src', 'ARCHITECTURE.md');
  fs.writeFileSync(page, withTable(fs.readFileSync(page, 'utf8'), table));
});
