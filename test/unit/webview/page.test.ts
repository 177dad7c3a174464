import assert from 'node:assert/strict';
import { pageHtml } from '../../../src/webview/html';
import { parseFromPage } from '../../../src/webview/protocol';

const parts = {
  cspSource: 'https://*.vscode-cdn.net',
  nonce: 'bm9uY2U=',
  script: 'https://x/media/stackOutputs.js',
  styles: ['https://x/media/page.css', 'https://x/media/stackOutputs.css'],
  language: 'en',
  title: 'Stack Outputs',
  texts: { copy: 'Copy "it" & <b>more</b> \'now\'' },
};

describe('stack outputs page', () => {
  it('allows nothing but its own script and style', () => {
    const html = pageHtml(parts);
    const csp = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';
    assert.equal(csp.replaceAll('&#39;', "'"), "default-src 'none'; style-src https://*.vscode-cdn.net; script-src 'nonce-bm9uY2U='; base-uri 'none'; form-action 'none'");
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.ok(!/ on\w+=/.test(html));
    assert.ok(!html.includes('unsafe'));
  });

  it('carries its texts in an attribute that no text can leave', () => {
    const html = pageHtml(parts);
    assert.ok(!html.includes('<b>'));
    const attribute = /data-texts="([^"]*)"/.exec(html)?.[1] ?? '';
    const text = attribute.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
    assert.deepEqual(JSON.parse(text), parts.texts);
  });

  it('takes only messages of the protocol', () => {
    for (const type of ['ready', 'refresh', 'deploy', 'showLog']) assert.deepEqual(parseFromPage({ type, extra: 1 }), { type });
    assert.deepEqual(parseFromPage({ type: 'copy', row: 2 }), { type: 'copy', row: 2 });
    assert.deepEqual(parseFromPage({ type: 'use', row: 0 }), { type: 'use', row: 0 });
    assert.deepEqual(parseFromPage({ type: 'useAs', row: 1, setting: 'x' }), { type: 'useAs', row: 1 });
    for (const format of ['json', 'env']) assert.deepEqual(parseFromPage({ type: 'copyAll', format }), { type: 'copyAll', format });
    const bad: readonly unknown[] = [null, undefined, 'ready', 1, [], {}, { type: 'run' }, { type: 'copy' }, { type: 'copy', row: -1 }, { type: 'copy', row: 1.5 }, { type: 'use', row: '0' }, { type: 'constructor' }, { type: 'useAs' }, { type: 'copyAll' }, { type: 'copyAll', format: 'xml' }];
    for (const message of bad) assert.equal(parseFromPage(message), undefined, JSON.stringify(message));
  });
});
