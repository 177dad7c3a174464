import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { openOwnPage } from './ownPage';
import { launchBrowser } from './workbench';

const media = path.join(__dirname, '../../media');
const pages = fs.readdirSync(media).filter((name) => name.endsWith('.js') && name !== 'page.js').map((name) => name.slice(0, -'.js'.length));

describe('all pages in a browser', () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(async () => browser.close());

  it('start with what they share under their content security policy, and ask for their state', async () => {
    assert.equal(pages.length, 5);
    for (const name of pages) {
      const page = await openOwnPage(browser, name, name, {});
      assert.deepEqual(await page.evaluate('globalThis.posted'), [{ type: 'ready' }], name);
      assert.equal(await page.evaluate("getComputedStyle(document.querySelector('#announce')).position"), 'absolute', `${name} has the common style sheet`);
      await page.close();
    }
  });

  it('run no script that they did not bring', async () => {
    const page = await openOwnPage(browser, 'relations', 'Relations', {});
    const run = await page.evaluate(`new Promise((resolve) => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.strange = true';
      document.body.append(script);
      setTimeout(() => resolve(globalThis.strange ?? false), 50);
    })`);
    assert.equal(run, false);
    await page.close();
  });
});
