import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type * as Webpack from 'webpack';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly texts: readonly string[];
}

const require = createRequire(import.meta.url);
const { ThirdParty, isAllowed, licenceProblems, notices, packageFolder, readPackage } = require('../../../scripts/lib/thirdParty.cjs') as {
  ThirdParty: new (options: { file: string; native?: Readonly<Record<string, readonly string[]>> }) => object;
  isAllowed: (expression: string) => boolean;
  licenceProblems: (packages: readonly Package[]) => readonly string[];
  notices: (packages: readonly Package[], product: string) => string;
  packageFolder: (file: string) => string | undefined;
  readPackage: (folder: string, more?: readonly string[]) => Package;
};

const sample = (name: string, licence = 'MIT', texts = ['the text']): Package => ({ name, version: '1.0.0', licence, texts });

describe('licences of what is shipped', () => {
  it('are allowed by expression: one side of OR, both sides of AND', () => {
    for (const good of ['MIT', 'Apache-2.0', '(MIT OR GPL-3.0-only)', 'GPL-2.0 OR (MIT AND ISC)', '(BSD-3-Clause AND 0BSD)', 'MIT OR GPL-3.0 AND ISC']) assert.ok(isAllowed(good), good);
    for (const bad of ['', 'GPL-3.0-only', 'AGPL-3.0', 'LGPL-2.1', 'MIT AND GPL-2.0', '(MIT OR ISC) AND GPL-2.0', 'UNLICENSED', 'SEE LICENSE IN LICENSE', 'MIT WITH x', '(MIT', 'mit']) assert.ok(!isAllowed(bad), bad);
  });

  it('need a name that is allowed and a text', () => {
    assert.deepEqual(licenceProblems([sample('a')]), []);
    assert.match(licenceProblems([sample('a', 'AGPL-3.0')]).join(), /^a@1\.0\.0 has the licence "AGPL-3\.0"/);
    assert.match(licenceProblems([sample('a', 'ISC', [])]).join(), /brings no text/);
  });

  it('are those of the innermost package that a file is in', () => {
    assert.equal(packageFolder('/x/node_modules/a/lib/b.js'), '/x/node_modules/a');
    assert.equal(packageFolder('/x/node_modules/@s/a/node_modules/@t/b/c.js'), '/x/node_modules/@s/a/node_modules/@t/b');
    assert.equal(packageFolder('/x/src/a.ts'), undefined);
  });

  it('stand in the notices once, above them the packages', () => {
    const text = notices([sample('b'), sample('a'), sample('b'), sample('c', 'ISC', ['another text', 'a notice'])], 'Product');
    assert.equal(text.split('the text').length, 2);
    assert.match(text, /^a 1\.0\.0 \(MIT\)\nb 1\.0\.0 \(MIT\)\n-+\n\nthe text\n/m);
    assert.match(text, /^c 1\.0\.0 \(ISC\)\n-+\n\nanother text\n\na notice\n/m);
  });
});

describe('third parties in a build', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'third-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  const install = (name: string, manifest: object, files: Readonly<Record<string, string>>): string => {
    const target = path.join(folder, 'node_modules', name);
    fs.mkdirSync(target, { recursive: true });
    fs.writeFileSync(path.join(target, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'index.js', sideEffects: false, ...manifest }));
    for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(target, file), text);
    return target;
  };

  it('are read with all their texts; old ways to name a licence count, and a text that is missing is the usual one', () => {
    const a = readPackage(install('a', { licenses: [{ type: 'MIT' }, { type: 'ISC' }] }, { 'LICENSE.md': 'one\r\n', NOTICE: 'two', 'COPYING.parts': 'three', 'licensing.js': 'no' }));
    assert.deepEqual([a.licence, a.texts], ['(MIT OR ISC)', ['three', 'one', 'two']]);
    assert.match(readPackage(install('b', { license: 'MIT', author: { name: 'Somebody' } }, {})).texts.join(), /Copyright \(c\) Somebody/);
    assert.match(readPackage(install('c', { license: { type: 'Apache-2.0' } }, {})).texts.join(), /Apache License/);
    assert.deepEqual(readPackage(install('d', { license: 'ISC' }, {})).texts, []);
    assert.deepEqual(readPackage(install('e', { license: 'MIT' }, { LICENSE: 'own', part: 'of another' }), ['part']).texts, ['own', 'of another']);
  });

  it('are those that are bundled, not those that are installed, and a licence that is not allowed fails it', async () => {
    const source = 'export const value = Math.random();';
    install('used', { license: 'MIT' }, { 'index.mjs': source, LICENSE: 'text of used', 'index.js': '' });
    install('unused', { license: 'GPL-3.0-only' }, { 'index.mjs': source, LICENSE: 'text of unused', 'index.js': '' });
    install('bad', { license: 'GPL-3.0-only' }, { 'index.mjs': source, LICENSE: 'text of bad', 'index.js': '' });
    const native = install('native', { license: 'ISC' }, { LICENSE: 'text of native', COPYING: 'more of it' });
    const { webpack } = require('webpack') as typeof Webpack;
    const file = path.join(folder, 'lists', 'list.json');
    const build = async (code: string): Promise<readonly string[]> => {
      fs.writeFileSync(path.join(folder, 'index.mjs'), code);
      return new Promise((resolve, reject) => {
        const plugins = [new ThirdParty({ file, native: { [native]: [] } }) as never];
        webpack({ mode: 'production', context: folder, entry: './index.mjs', output: { path: path.join(folder, 'out') }, resolve: { extensions: ['.mjs'], mainFields: ['main'], mainFiles: ['index'], exportsFields: [], alias: Object.fromEntries(['used', 'unused', 'bad'].map((name) => [name, path.join(folder, 'node_modules', name, 'index.mjs')])) }, plugins }, (error, stats) => {
          if (error !== null) reject(error);
          else resolve(stats?.compilation.errors.map((item) => item.message) ?? []);
        });
      });
    };
    assert.deepEqual(await build("import { value } from 'used'; import { value as other } from 'unused'; console.log(value);"), []);
    const listed = JSON.parse(fs.readFileSync(file, 'utf8')) as readonly Package[];
    assert.deepEqual(listed.map(({ name, texts }) => [name, texts]), [['native', ['more of it', 'text of native']], ['used', ['text of used']]]);
    assert.deepEqual(await build("import { value } from 'bad'; console.log(value);"), ['Licence: bad@1.0.0 has the licence "GPL-3.0-only", which is not in the list. See scripts/lib/thirdParty.cjs.']);
  });

  it('are watched in every program of this product', () => {
    const configurations = (require('../../../webpack.config.js') as (env: unknown, argv: object) => readonly { name: string; plugins?: readonly unknown[] }[])({}, { mode: 'production' });
    for (const { name, plugins = [] } of configurations) assert.ok(plugins.some((plugin) => plugin instanceof ThirdParty), name);
  });
});
