import fs from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { pageHtml } from '../../src/webview/html';

const media = path.join(__dirname, '../../media');
const origin = 'http://page.test';

/** One of our pages as its webview runs it, with its own content security policy, outside VS Code. What it says is in `posted`. */
export async function openOwnPage(browser: Browser, name: string, title: string, texts: Readonly<Record<string, string>>): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1000, height: 700 } });
  await page.route(`${origin}/**`, async (route) => {
    const file = new URL(route.request().url()).pathname.slice(1);
    if (file !== '') return route.fulfill({ body: fs.readFileSync(path.join(media, file)), contentType: file.endsWith('.css') ? 'text/css' : 'text/javascript' });
    const html = pageHtml({ cspSource: origin, nonce: 'bm9uY2U=', script: `${origin}/${name}.js`, styles: [`${origin}/page.css`, `${origin}/${name}.css`], language: 'en', title, texts });
    return route.fulfill({ contentType: 'text/html', body: html });
  });
  await page.addInitScript('globalThis.posted = []; globalThis.acquireVsCodeApi = () => ({ postMessage: (message) => posted.push(message), getState: () => undefined, setState: () => undefined })');
  await page.goto(`${origin}/`);
  return page;
}
