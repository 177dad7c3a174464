import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { eventually } from '../helpers/eventually';
import { Product } from './product';
import { Workbench } from './workbench';

/** Does what the screen says, and nothing else: each step by the button that it shows. */
describe('Somebody who has just installed it and follows the walkthrough', function () {
  this.timeout(300_000);
  let product: Product | undefined;
  let workbench: Workbench;

  before(async () => {
    product = await Product.start('--empty');
    workbench = await Workbench.open(product.url);
  });

  after(async () => {
    await workbench.close();
    await product?.stop();
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  async function nineSteps(): Promise<void> {
    await eventually(async () => assert.equal(await workbench.page.locator('.getting-started-step').count(), 9), { what: 'nine steps', limit: 120_000 });
  }

  function step(id: string): Locator {
    return workbench.page.locator(`.getting-started-step:has([data-done-step-id$="#${id}"])`);
  }

  /** Presses a button of a step. */
  async function press(id: string, button: string): Promise<void> {
    if ((await step(id).getAttribute('aria-expanded')) !== 'true') await step(id).locator('.step-title').click();
    await step(id).locator('.monaco-button', { hasText: button }).first().click();
  }

  async function ticked(id: string): Promise<void> {
    await eventually(async () => assert.equal(await step(id).getAttribute('aria-checked'), 'true'), { what: `the tick of ${id}`, limit: 120_000, every: 200 });
  }

  it('opens a folder from the empty window', async () => {
    assert.ok(product);
    await workbench.runCommand('Welcome: Open Walkthrough');
    await workbench.page.locator('.quick-input-widget input.input').fill('Greengrass');
    await workbench.pick('Greengrass Devices That Register Themselves');
    await nineSteps();
    await workbench.screenshot('walkthrough-empty');
    await press('folder', 'Open Folder');
    const input = workbench.page.locator('.quick-input-widget input.input');
    // What is typed before the dialog has put the home folder there is lost.
    await eventually(async () => assert.match(await input.inputValue(), /^\/./), { what: 'the dialog for a folder' });
    await input.fill(product.workspace);
    await eventually(async () => assert.equal(await input.inputValue(), product?.workspace), { what: 'the typed folder' });
    // Pressed before the typed folder was looked up, OK only shows what is in it.
    const ok = workbench.page.locator('.quick-input-widget .monaco-button', { hasText: 'OK' });
    const opened = (): boolean => new URL(workbench.page.url()).searchParams.get('folder') === product?.workspace;
    await eventually(
      async () => {
        if (await ok.isVisible()) await ok.click({ timeout: 5000 });
        return opened();
      },
      { what: 'the opened folder', limit: 120_000, every: 1000 },
    );
    // VS Code opens a walkthrough again that opened the folder.
    await nineSteps();
  });

  it('starts the local AWS', async () => {
    await press('connect', 'Start Local Sandbox');
    await ticked('connect');
    await ticked('folder');
    await workbench.screenshot('walkthrough-connected');
  });

  const steps = [
    { id: 'rolesStack', button: 'Deploy Roles Stack', answer: 'Create Stack' },
    { id: 'roleAlias', button: 'Create Role Alias', answer: /^Create/ },
    { id: 'iotPolicy', button: 'Publish IoT Policy', answer: /^(Create|Publish)/ },
    { id: 'provisioningTemplate', button: 'Deploy Provisioning Template', answer: /^(Create|Deploy)/ },
    { id: 'claimCertificate', button: 'Create Claim Certificate', answer: /^Create/ },
  ];
  for (const { id, button, answer } of steps) {
    it(`does the step ${id}`, async () => {
      await press(id, button);
      assert.match(await workbench.answerDialog(answer), /Local sandbox · account \d{12} · us-east-1/);
      await ticked(id);
      await workbench.screenshot(`walkthrough-${id}`);
    });
  }

  it('proves it with a test device', async () => {
    await press('testDevice', 'Provision a Test Device');
    await workbench.pick('Greengrass nucleus lite');
    const input = workbench.page.locator('.quick-input-widget input.input');
    await eventually(async () => assert.equal(await input.inputValue(), 'test-{id}'), { what: 'the proposed name of the device' });
    await workbench.page.keyboard.press('Enter');
    await workbench.webview('text=provisioned itself');
    await workbench.screenshot('walkthrough-proven');
    await ticked('testDevice');
  });

  it('takes the device kit', async () => {
    assert.ok(product);
    await press('deviceKit', 'Create Device Kit');
    await workbench.pick('Linux, Greengrass nucleus lite');
    // Its README opens over the walkthrough.
    await workbench.page.locator('.tab.active', { hasText: 'README.md' }).waitFor();
    const kit = fs.readdirSync(path.join(product.workspace, 'device-kit'), { recursive: true, encoding: 'utf8' });
    for (const file of ['config.yaml', 'install.sh', 'README.md']) assert.ok(kit.some((found) => path.basename(found) === file), `${file} is not among ${kit.join(', ')}`);
    await workbench.screenshot('walkthrough-kit');
    await workbench.page.locator('.tab', { hasText: 'Welcome' }).first().click();
    await ticked('deviceKit');
    const steps = await workbench.page.locator('.getting-started-step').all();
    const marks = await Promise.all(steps.map(async (each) => each.getAttribute('aria-checked')));
    assert.deepEqual(marks, Array.from({ length: 9 }, () => 'true'), 'every step is ticked');
    await workbench.screenshot('walkthrough-done');
  });
});
