import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { layOut } from '../../src/core/relations/layout';
import type { RelationsState } from '../../src/core/relations/view';
import type { FromRelations } from '../../src/webview/relationsProtocol';
import { eventually } from '../helpers/eventually';
import { openOwnPage } from './ownPage';
import { launchBrowser } from './workbench';

const texts = { heading: 'Relations of {0}', refresh: 'Refresh', list: 'Relations as a list', picture: 'Relations as a picture', asked: 'What hangs on {0}', broken: 'What does not hold', tree: 'Relations as a tree', usedBy: 'Used by', again: 'shown further up' };
const evil = '<img src=x onerror="document.title=\'broken\'">';

const graph: Omit<RelationsState, 'picture'> = {
  title: '123456789012, eu-west-1',
  summary: '1 of 3 relations hold.',
  nodes: [
    { id: 'template:T', kind: 'provisioning template', name: 'T', layer: 2, opens: true },
    { id: 'policy:P', kind: 'policy', name: evil, layer: 3, opens: false },
    { id: 'role:R', kind: 'role', name: 'R', layer: 5, opens: false },
  ],
  edges: [
    { from: 'template:T', to: 'template:T', title: 'provisioning template T', status: 'broken', statusText: 'broken', reason: 'It is disabled.', fix: 'Enable Template' },
    { from: 'template:T', to: 'policy:P', title: 'provisioning template T → policy P', status: 'ok', statusText: 'holds', reason: evil },
    { from: 'role:R', to: 'policy:P', title: 'role R → policy P', status: 'unknown', statusText: 'not known', reason: 'Not allowed.' },
  ],
  focus: 'policy:P',
  tree: {
    uses: [{ node: 0, again: false, children: [{ node: 0, edge: 0, status: 'broken', again: false, children: [] }, { node: 1, edge: 1, status: 'ok', again: false, children: [] }] }],
    usedBy: [{ node: 2, edge: 2, status: 'unknown', again: false, children: [] }],
  },
};
const state: RelationsState = { ...graph, picture: layOut(graph.nodes, graph.edges) };

/** The page as its webview runs it, with its own content security policy, outside VS Code. */
describe('the page of relations in a browser', function () {
  this.timeout(300_000);
  let browser: Browser;
  let page: Page;
  before(async () => {
    browser = await launchBrowser();
  });
  after(async () => browser.close());
  beforeEach(async () => {
    page = await openOwnPage(browser, 'relations', 'Relations', texts);
    await page.evaluate(`window.postMessage(${JSON.stringify({ type: 'state', state })}, '*')`);
    await page.locator('#node0').waitFor();
  });
  afterEach(async () => page.close());
  const last = async (): Promise<FromRelations | undefined> => (await page.evaluate<FromRelations[]>('globalThis.posted')).at(-1);

  it('fixes and opens by button and by keyboard, and keeps the focus when it is drawn anew', async () => {
    assert.deepEqual(await last(), { type: 'ready' });
    await page.getByRole('button', { name: 'Enable Template: provisioning template T', exact: true }).click();
    assert.deepEqual(await last(), { type: 'fix', edge: 0 });
    await page.getByRole('button', { name: 'Refresh' }).click();
    assert.deepEqual(await last(), { type: 'refresh' });
    await page.getByRole('button', { name: 'provisioning template T', exact: true }).last().focus();
    await page.keyboard.press('Enter');
    assert.deepEqual(await last(), { type: 'open', node: 0 });
    await page.evaluate(`window.postMessage(${JSON.stringify({ type: 'state', state: { ...state, summary: 'again' } })}, '*')`);
    await eventually(async () => assert.equal(await page.locator('#announce').textContent(), 'again'));
    assert.equal(await page.evaluate('document.activeElement.id'), 'node0');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate('document.activeElement.id'), 'node1');
  });

  it('begins with what was asked, as text, whatever it is called', async () => {
    assert.equal(await page.locator('h2').first().textContent(), `What hangs on policy ${evil}`);
    assert.equal(await page.locator('ul').first().locator('li').count(), 2);
    assert.equal(await page.locator('h2').nth(1).textContent(), 'What does not hold');
    assert.equal(await page.locator('ul').nth(1).locator('li').count(), 1);
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.title(), 'Relations');
    assert.equal(await page.locator('path.edge').count(), 2);
    assert.match(await page.evaluate<string>("getComputedStyle(document.querySelector('path.edge.unknown')).strokeDasharray"), /\d/);
  });

  it('the tree is walked by arrows, closed and opened, and opens what can be read', async () => {
    const focused = async (): Promise<string> => page.evaluate('document.activeElement.id');
    await page.locator('#tree0').focus();
    const steps: readonly (readonly [key: string, at: string])[] = [['ArrowDown', 'tree0.0'], ['End', 'users.0'], ['ArrowLeft', 'users'], ['ArrowLeft', 'users'], ['End', 'users'], ['ArrowUp', 'tree0.1'], ['ArrowLeft', 'tree0'], ['ArrowLeft', 'tree0'], ['ArrowDown', 'users'], ['ArrowRight', 'users'], ['ArrowRight', 'users.0'], ['Home', 'tree0']];
    for (const [key, at] of steps) {
      await page.keyboard.press(key);
      assert.equal(await focused(), at, key);
    }
    assert.equal(await page.locator('#tree0').getAttribute('aria-expanded'), 'false');
    await page.keyboard.press('Enter');
    assert.deepEqual(await last(), { type: 'open', node: 0 });
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.getByRole('treeitem', { name: 'provisioning template T: broken. It is disabled.' }).count(), 1);
    assert.equal(await page.getByRole('tree', { name: 'Relations as a tree' }).count(), 1);
    assert.equal(await page.locator('[role=treeitem][tabindex="0"]').count(), 1);
  });

  it('the picture fits beside the list, no node covers another, every edge between two nodes is a line with its sign', async () => {
    const boxes = await Promise.all((await page.locator('.node').all()).map(async (node) => node.boundingBox()));
    for (const [index, a] of boxes.entries()) {
      for (const b of boxes.slice(index + 1)) assert.ok(a !== null && b !== null && (a.y + a.height <= b.y || b.y + b.height <= a.y || a.x + a.width <= b.x || b.x + b.width <= a.x), 'nodes stand apart');
    }
    assert.equal(await page.locator('path.arrow').count(), 2);
    // The third one is of the node that is broken in itself.
    assert.deepEqual((await page.locator('.sign').allTextContents()).sort(), ['?', '✔', '✘'].sort());
    assert.ok((await page.evaluate<number>('document.querySelector(".picture").scrollWidth - document.querySelector(".picture").clientWidth')) <= 0, 'nothing is cut off');
  });

  it('axe finds nothing', async () => {
    await page.evaluate(fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    const violations = await page.evaluate<string[]>("axe.run({ resultTypes: ['violations'] }).then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html).join(' | ')))");
    assert.deepEqual(violations, []);
  });
});
