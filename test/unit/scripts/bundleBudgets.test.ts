import assert from 'node:assert/strict';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import type * as Webpack from 'webpack';

const require = createRequire(import.meta.url);
const { BundleBudgets, overBudget } = require('../../../scripts/lib/bundleBudgets.cjs') as {
  BundleBudgets: new (budgets: Readonly<Record<string, number>>) => object;
  overBudget: (budgets: Readonly<Record<string, number>>, sizes: Readonly<Record<string, number>>) => readonly string[];
};

describe('bundle budgets', () => {
  it('take a bundle of exactly its budget, and no byte more', () => {
    assert.deepEqual(overBudget({ 'a.js': 10 }, { 'a.js': 10 }), []);
    assert.deepEqual(overBudget({ 'a.js': 10 }, { 'a.js': 11 }), ['a.js has 11 bytes; its budget is 10 (1 too many).']);
  });

  it('hold files without a line of their own to the common budget', () => {
    assert.deepEqual(overBudget({ 'a.js': 10, '*': 5 }, { 'a.js': 10, 'b.js': 5, 'c.js': 6 }), ['c.js has 6 bytes; its budget is 5 (1 too many).']);
    assert.deepEqual(overBudget({}, { 'b.js': 1 }), ['b.js has no budget.']);
  });

  it('add up, and count bundles only', () => {
    assert.deepEqual(overBudget({ '*': 5, total: 9 }, { 'a.js': 5, 'b.js': 5, 'prebuilds/x.node': 900, 'a.js.map': 900 }), ['All together has 10 bytes; its budget is 9 (1 too many).']);
  });

  it('name a budget of a bundle that is gone', () => {
    assert.deepEqual(overBudget({ 'old.js': 5 }, {}), ['old.js has a budget, but the build makes no such file.']);
  });

  it('keep the extension itself within 250 KB, and cover both programs', () => {
    const budgets = JSON.parse(fs.readFileSync(new URL('../../../scripts/bundleBudgets.json', import.meta.url), 'utf8')) as Record<string, Record<string, number>>;
    assert.ok((budgets['extension']?.['extension.js'] ?? Infinity) <= 250_000);
    const configurations = (require('../../../webpack.config.js') as (env: unknown, argv: object) => readonly { name: string; plugins?: readonly unknown[] }[])({}, { mode: 'production' });
    for (const { name, plugins = [] } of configurations) {
      assert.ok(budgets[name] !== undefined, name);
      assert.ok(plugins.some((plugin) => plugin instanceof BundleBudgets), name);
    }
  });

  it('fail the build, which then writes nothing', async () => {
    const { webpack } = require('webpack') as typeof Webpack;
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'budgets-'));
    try {
      fs.writeFileSync(path.join(folder, 'index.js'), 'console.log("more than a few bytes");');
      const build = async (budget: number): Promise<readonly string[]> =>
        new Promise((resolve, reject) => {
          webpack({ mode: 'production', entry: path.join(folder, 'index.js'), output: { path: path.join(folder, `out${budget}`) }, plugins: [new BundleBudgets({ 'main.js': budget }) as never] }, (error, stats) => {
            if (error !== null) reject(error);
            else resolve(stats?.compilation.errors.map((item) => item.message) ?? []);
          });
        });
      assert.deepEqual(await build(10_000), []);
      assert.ok(fs.existsSync(path.join(folder, 'out10000', 'main.js')));
      assert.match((await build(10)).join(), /^Bundle budget: main\.js has \d+ bytes; its budget is 10/);
      assert.ok(!fs.existsSync(path.join(folder, 'out10', 'main.js')));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});
