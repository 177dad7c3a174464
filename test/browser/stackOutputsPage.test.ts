import assert from 'node:assert/strict';
import fs from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import type { FromPage, PageState, ToPage } from '../../src/webview/protocol';
import { eventually } from '../helpers/eventually';
import { openOwnPage } from './ownPage';
import { launchBrowser } from './workbench';

const texts = { search: 'Filter outputs', copy: 'Copy', copied: 'Copied', copyJson: 'JSON', copyEnv: 'Environment', copiedAll: 'All copied', useAs: 'Use As…', useLabel: '{0}, with {1}', useAsLabel: '{0} The value of {1}', copyLabel: 'Copy {0}', events: 'Events ({0})', outputs: 'Outputs of {0}', noOutputsYet: 'Later', noMatch: 'Nothing matches', actions: 'Actions', name: 'Name', value: 'Value', description: 'Description', time: 'Time', resource: 'Resource', status: 'Status', reason: 'Reason', refresh: 'Refresh' };
const evil = '<img src=x onerror="document.title=\'broken\'">\u202e';

type Stack = Extract<PageState, { kind: 'stack' }>;
const stack = (changes: Partial<Stack> = {}): Stack => ({
  kind: 'stack', name: 'Fleet', status: 'CREATE_COMPLETE', tone: 'good', statusReason: '',
  facts: [{ label: 'Account', value: '123456789012' }, { label: 'Region', value: 'eu-west-1' }],
  rows: [
    { key: 'RoleAliasName', value: 'Alias', description: 'Name of it', useAs: true, use: 'Create role alias' },
    { key: evil, value: `${evil}${'x'.repeat(20_000)}`, description: evil, useAs: false },
  ],
  events: [{ time: '10:00:01', resource: evil, type: 'AWS::IAM::Role', status: 'CREATE_FAILED', tone: 'bad', reason: evil }],
  ...changes,
});

/** The page as its webview runs it, with its own content security policy, outside VS Code. */
describe('the stack outputs page in a browser', function () {
  this.timeout(300_000);
  let browser: Browser;
  let page: Page;
  before(async () => {
    browser = await launchBrowser();
  });
  after(async () => browser.close());
  beforeEach(async () => {
    page = await openOwnPage(browser, 'stackOutputs', 'Stack Outputs', texts);
  });
  afterEach(async () => page.close());

  const posted = async (): Promise<readonly FromPage[]> => page.evaluate<FromPage[]>('globalThis.posted');
  const tell = async (message: ToPage): Promise<void> => {
    await page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
  };
  const show = async (state: PageState): Promise<void> => tell({ type: 'state', state });
  const last = async (): Promise<FromPage | undefined> => (await posted()).at(-1);

  it('asks for its state; buttons say which row and which format were meant', async () => {
    assert.deepEqual(await last(), { type: 'ready' });
    await show(stack());
    for (const [name, message] of [['Copy RoleAliasName', { type: 'copy', row: 0 }], ['Use As… The value of RoleAliasName', { type: 'useAs', row: 0 }], ['JSON', { type: 'copyAll', format: 'json' }], ['Environment', { type: 'copyAll', format: 'env' }]] as const) {
      await page.getByRole('button', { name, exact: true }).click();
      assert.deepEqual(await last(), message);
    }
    assert.equal(await page.locator('#useAs-1').count(), 0, 'only what can be used has the button');
    await tell({ type: 'copiedAll', format: 'env' });
    await eventually(async () => assert.equal(await page.locator('#announce').textContent(), 'All copied'));
    await tell({ type: 'copied', row: 0 });
    await eventually(async () => assert.equal(await page.locator('#copy-0').textContent(), 'Copied'));
  });

  it('hostile and long values stay text', async () => {
    await show(stack({ tone: 'bad' }));
    await page.locator('#value-1').waitFor();
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.title(), 'Stack Outputs');
    assert.ok((await page.locator('#value-1').textContent())?.startsWith(evil));
    assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= 1000, 'nothing is wider than the page');
  });

  it('filters, and keeps filter and caret while the page is drawn anew', async () => {
    await show(stack());
    await page.locator('#filter').fill('alias');
    assert.equal(await page.locator('#outputs tbody tr:visible').count(), 1);
    await page.locator('#filter').press('ArrowLeft');
    await show(stack({ status: 'UPDATE_IN_PROGRESS', tone: 'busy' }));
    await eventually(async () => assert.equal(await page.locator('.title .status').textContent(), 'UPDATE_IN_PROGRESS'));
    await page.keyboard.type('X');
    assert.equal(await page.locator('#filter').inputValue(), 'aliaXs');
    assert.equal(await page.locator('#noMatch').isVisible(), true);
  });

  it('events: open while there is something to watch, else as somebody left them', async () => {
    const open = async (): Promise<boolean> => (await page.locator('#events').getAttribute('open')) !== null;
    await show(stack({ rows: [], status: 'CREATE_IN_PROGRESS', tone: 'busy' }));
    await page.getByText('Later').waitFor();
    assert.equal(await open(), true);
    await show(stack());
    await page.locator('#outputs').waitFor();
    assert.equal(await open(), false);
    await page.locator('#eventsHead').click();
    await show(stack({ status: 'UPDATE_COMPLETE' }));
    await page.getByText('UPDATE_COMPLETE').waitFor();
    assert.equal(await open(), true);
    assert.equal(await page.locator('#events tbody tr').count(), 1);
  });

  it('everything is reached by Tab alone, in order, and has a name that says what it is about', async () => {
    await show(stack({ tone: 'bad' }));
    await page.locator('#outputs').waitFor();
    await page.locator('body').click({ position: { x: 1, y: 1 } });
    const order: string[] = [];
    for (let press = 0; press < 20; press += 1) {
      await page.keyboard.press('Tab');
      const id = await page.evaluate<string>('document.activeElement.id');
      if (id === '' || order.includes(id)) break;
      order.push(id);
    }
    assert.deepEqual(order, ['refresh', 'filter', 'copyAll-json', 'copyAll-env', 'value-0', 'copy-0', 'use-0', 'useAs-0', 'value-1', 'copy-1', 'eventsHead']);
    const table = page.getByRole('table', { name: 'Outputs of Fleet' });
    assert.equal(await table.getByRole('rowheader', { name: 'RoleAliasName' }).count(), 1);
    assert.equal(await table.getByRole('columnheader', { name: 'Actions' }).count(), 1);
    assert.equal(await page.getByRole('searchbox', { name: 'Filter outputs' }).count(), 1);
    const names = ['Copy RoleAliasName', 'Create role alias, with RoleAliasName', 'Use As… The value of RoleAliasName', `Copy ${evil}`];
    for (const name of names) assert.equal(await page.getByRole('button', { name, exact: true }).count(), 1, name);
    await page.locator('#copy-0').focus();
    await page.keyboard.press('Enter');
    assert.deepEqual(await last(), { type: 'copy', row: 0 });
    await page.keyboard.press('Space');
    assert.equal((await posted()).filter(({ type }) => type === 'copy').length, 2);
  });

  it('axe finds nothing serious in it', async () => {
    await show(stack({ tone: 'bad' }));
    await page.locator('#outputs').waitFor();
    await page.evaluate(fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
    const found = await page.evaluate<string[]>(`axe.run({ resultTypes: ['violations'] }).then((result) => result.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id, nodes }) => id + ': ' + nodes.map((node) => node.html.slice(0, 200)).join(' | ')))`);
    assert.deepEqual(found, []);
  });
});
