import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

interface Architecture {
  readonly drawArchitecture: (folder?: string) => Promise<{ svg: string; table: string }>;
  readonly withTable: (page: string, table: string) => string;
}

const src = path.resolve('src');

describe('The architecture page', () => {
  const load = async (): Promise<Architecture> => (await import(pathToFileURL(path.resolve('scripts/lib/architecture.mjs')).href)) as Architecture;

  it('has the picture and the table of the folders and imports as they are (npm run architecture makes them)', async function () {
    // Hundreds of files are parsed.
    const { drawArchitecture, withTable } = await load();
    const { svg, table } = await drawArchitecture();
    assert.equal(fs.readFileSync(path.join(src, 'architecture.svg'), 'utf8'), svg);
    const page = fs.readFileSync(path.join(src, 'ARCHITECTURE.md'), 'utf8');
    assert.equal(page, withTable(page, table));
  });

  it('cannot be drawn with a folder or an import that no layer allows', async () => {
    const { drawArchitecture } = await load();
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'layers-'));
    try {
      // The same parts, empty: a picture without arrows.
      for (const { name } of fs.readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
        fs.mkdirSync(path.join(folder, name));
        fs.writeFileSync(path.join(folder, name, 'part.ts'), '');
      }
      for (const name of fs.readdirSync(src).filter((file) => file.endsWith('.ts'))) fs.writeFileSync(path.join(folder, name), '');
      assert.equal((await drawArchitecture(folder)).svg.match(/<path class="arrow/g)?.length, 2, 'those of the legend only');
      fs.writeFileSync(path.join(folder, 'tree', 'part.ts'), "export * from '../core/part';");
      assert.match((await drawArchitecture(folder)).svg, /What one sees loads core\./);
      fs.writeFileSync(path.join(folder, 'services', 'part.ts'), "export const aws = () => import('../aws/part');");
      await assert.rejects(drawArchitecture(folder), /no arrow for services → adapters/);
      fs.writeFileSync(path.join(folder, 'services', 'part.ts'), '');
      fs.mkdirSync(path.join(folder, 'helpers'));
      fs.writeFileSync(path.join(folder, 'helpers', 'part.ts'), '');
      await assert.rejects(drawArchitecture(folder), /without a layer: helpers/);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });

  it('names only chunks that there are', () => {
    const page = fs.readFileSync(path.join(src, 'ARCHITECTURE.md'), 'utf8');
    const rows = /### What loads when\n([^]*?)\n\n[A-Z]/.exec(page)?.[1]?.split('\n').slice(3) ?? [];
    const named = rows.flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name ?? ''));
    assert.ok(named.length > 15);
    const code = fs.readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts')).map((file) => fs.readFileSync(path.join(src, file), 'utf8')).join('\n');
    const build = fs.readFileSync(path.join(src, '..', 'webpack.config.js'), 'utf8');
    assert.deepEqual(named.filter((name) => !code.includes(`webpackChunkName: "${name}"`) && !build.includes(` ${name}: './src/`)), []);
  });
});
