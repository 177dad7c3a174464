import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import manifest from '../../package.json';
import { eventually } from '../helpers/eventually';
import { Product } from './product';
import { Workbench } from './workbench';

const category = 'Greengrass Fleet';
const stepTitles = ['Roles stack', 'Role alias', 'IoT policy', 'Provisioning template', 'Claim certificate'];

describe('A newcomer, after npm start', function () {
  this.timeout(300_000);
  let product: Product | undefined;
  let workbench: Workbench;

  before(async () => {
    product = await Product.start();
    workbench = await Workbench.open(product.url);
  });

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  /** Answers the question for the name of a test device with what it proposes. */
  async function acceptThingName(): Promise<void> {
    const input = workbench.page.locator('.quick-input-widget input.input');
    await eventually(async () => assert.equal(await input.inputValue(), 'test-{id}'), { what: 'the proposed name of the device' });
    await workbench.page.keyboard.press('Enter');
  }

  /** Axe on each page, by its tab and what it holds, in every theme. */
  async function noSeriousFindings(pages: Readonly<Record<string, string>>): Promise<void> {
    assert.ok(product);
    for (const theme of ['Default Dark Modern', 'Default Light Modern', 'Default High Contrast', 'Default High Contrast Light']) {
      await workbench.theme(theme, product.workspace);
      for (const [tab, holds] of Object.entries(pages)) {
        await workbench.page.locator('.tab', { hasText: tab }).first().click();
        assert.deepEqual(await workbench.seriousFindings(holds), [], `${holds} in ${theme}`);
      }
    }
    await workbench.theme('Default Dark Modern', product.workspace);
  }

  it('finds five steps that are not started, on the sandbox', async () => {
    await workbench.openContainer(category);
    const rows = await eventually(async () => {
      const found = await workbench.treeRows('Steps');
      assert.equal(found.length, 5, found.join('\n'));
      for (const row of found) assert.match(row, /not started/);
      return found;
    }, { what: 'five steps that are not started', limit: 120_000 });
    rows.forEach((row, index) => assert.ok(row.includes(stepTitles[index] ?? ''), row));
    assert.match(await workbench.page.locator('.statusbar').innerText(), /sandbox/i);
    await workbench.screenshot('1-not-started');
  });

  it('changes nothing when the confirmation is cancelled', async () => {
    await workbench.runCommand(`${category}: Provision Everything`);
    await workbench.answerDialog(/^Cancel$/);
    await workbench.dialog().waitFor({ state: 'detached' });
    for (const row of await workbench.treeRows('Steps')) assert.match(row, /not started/);
  });

  it('runs Provision Everything from the palette and sees five done steps', async () => {
    await workbench.runUntilAsked(`${category}: Provision Everything`);
    await workbench.screenshot('2-confirmation');
    // The question names where the change goes before anything changes.
    const question = await workbench.answerDialog(/^Provision Everything$/);
    assert.match(question, /us-east-1/);
    assert.match(question, /\d{12}/);
    await eventually(async () => {
      const rows = await workbench.treeRows('Steps');
      assert.equal(rows.filter((row) => /^Step \d, [^:]*: done/.test(row)).length, 5, rows.join('\n'));
    }, { what: 'five done steps', limit: 120_000, every: 200 });
    await workbench.screenshot('3-done');
  });

  it('has the files of the steps in the folder, the key readable by its owner alone', () => {
    assert.ok(product);
    const file = (name: string): string => path.join(product?.workspace ?? '', name);
    const policy = fs.readFileSync(file('greengrass-v2-iot-policy.json'), 'utf8');
    assert.match(policy, /arn:aws:iot:us-east-1:\d{12}:rolealias\//);
    assert.doesNotMatch(policy, /\[ARN/i);
    assert.ok(fs.existsSync(file('greengrass-fleet-provisioning-template.json')));
    assert.match(fs.readFileSync(file('claim-certs/claim.pem.crt'), 'utf8'), /BEGIN CERTIFICATE/);
    if (process.platform !== 'win32') assert.equal(fs.statSync(file('claim-certs/claim.private.pem.key')).mode & 0o777, 0o600);
  });

  it('reads the outputs of the stack in the webview', async () => {
    await workbench.runCommand(`${category}: Show Stack Outputs`);
    const frame = await workbench.webview('text=create-role-alias');
    const text = await frame.locator('body').innerText();
    assert.match(text, /arn:aws:iam::\d{12}:role\//);
    assert.match(text, /us-east-1/);
    await workbench.screenshot('4-stack-outputs');
  });

  it('proves the set-up with a test device, and sees what it did', async () => {
    await workbench.runCommand(`${category}: Provision a Test Device`);
    await workbench.pick('Greengrass nucleus lite');
    await acceptThingName();
    const frame = await workbench.webview('text=provisioned itself');
    const text = await frame.locator('main').innerText();
    for (const part of ['Connect with the claim certificate', '$aws/certificates/create-from-csr/json', 'AWS credentials until']) assert.ok(text.includes(part), part);
    assert.doesNotMatch(await frame.content(), /PRIVATE KEY|SecretAccessKey": "[^•]/i);
    await workbench.screenshot('5-test-device');
  });

  it('simulates the policy, and previews what a device gets', async () => {
    await workbench.open('greengrass-v2-iot-policy.json');
    await workbench.runCommand(`${category}: Simulate This Policy`);
    await workbench.pick('All that a core device');
    // Pressed earlier, Enter would meet the question before.
    const thing = workbench.page.locator('.quick-input-widget input.input');
    await eventually(async () => assert.equal(await thing.inputValue(), 'MyGreengrassCore'), { what: 'the proposed thing name' });
    await workbench.page.keyboard.press('Enter');
    const simulation = await workbench.webview('text=What the device does');
    assert.match(await simulation.locator('main').innerText(), /17 of 17 allowed/);
    await workbench.screenshot('6-simulation');
    await workbench.open('greengrass-fleet-provisioning-template.json');
    await workbench.runCommand(`${category}: Preview What a Device Gets`);
    const preview = await workbench.webview('text=Parameters that the device sends');
    // What a person types is text, whatever it is.
    await preview.locator('input').first().fill('<img src=x onerror=alert(1)>');
    await eventually(async () => assert.match(await preview.locator('main').innerText(), /<img src=x onerror=alert\(1\)>/), { what: 'the typed name as text' });
    assert.equal(await preview.locator('img').count(), 0);
    // Left with a problem in it, for the look at colours.
    await preview.locator('input').first().fill('');
    await workbench.screenshot('7-preview');
  });

  it('has pages of outputs, test device, simulation and preview in light, dark and high contrast, without serious findings of axe', async () => {
    await noSeriousFindings({ 'Stack Outputs': 'text=create-role-alias', 'Test device': 'text=provisioned itself', 'Simulation of': 'text=What the device does', 'What a Device Gets': 'text=Parameters that the device sends' });
  });

  it('sees why a device is refused, and what does not hold then', async () => {
    await workbench.runCommand(`${category}: Enable or Disable`);
    await workbench.answerDialog(/Disable/);
    await eventually(async () => assert.equal((await workbench.treeRows('Steps')).filter((row) => /: done/.test(row)).length, 4), { what: 'a step that is not done', limit: 120_000 });
    await workbench.runCommand(`${category}: Provision a Test Device`);
    await workbench.pick('Greengrass nucleus (classic)');
    await acceptThingName();
    const page = await workbench.webview('text=is disabled');
    assert.equal(await page.getByRole('button', { name: 'Enable the Template' }).count(), 1);
    await workbench.screenshot('8-refused');
    await workbench.runCommand(`${category}: Show Relations`);
    await workbench.pick('The fleet of the settings');
    const relations = await workbench.webview('text=What does not hold');
    assert.equal(await relations.getByRole('button', { name: /^Enable Template/ }).count(), 1);
    await workbench.screenshot('9-relations');
    await workbench.runCommand(`${category}: Enable or Disable`);
    await workbench.answerDialog(/Enable/);
    await eventually(async () => assert.equal((await workbench.treeRows('Steps')).filter((row) => /: done/.test(row)).length, 5), { what: 'five done steps again', limit: 120_000 });
  });

  it('has pages of a refusal and of relations in light, dark and high contrast, without serious findings of axe', async () => {
    await noSeriousFindings({ 'Test device': 'text=is disabled', Relations: 'text=What does not hold' });
  });

  it('provisions a fleet of test devices', async () => {
    await workbench.runCommand(`${category}: Provision a Fleet of Test Devices`);
    const input = workbench.page.locator('.quick-input-widget input.input');
    for (const [title, value] of [['How many test devices', '3'], ['How many start per second', '20']] as const) {
      await workbench.page.locator('.quick-input-title', { hasText: title }).waitFor();
      await input.fill(value);
      await workbench.page.keyboard.press('Enter');
    }
    await workbench.pick('Greengrass nucleus lite');
    await acceptThingName();
    const fleet = await workbench.webview('.counts');
    await eventually(async () => assert.match(await fleet.locator('.counts .proven dd').innerText(), /^3$/), { what: 'three proven devices', limit: 120_000 });
    await workbench.screenshot('10-fleet');
  });

  it('has a page of a fleet of test devices in light, dark and high contrast, without serious findings of axe', async () => {
    await noSeriousFindings({ 'test devices': '.counts' });
  });

  // The last: the page takes the focus when it is ready, which closes a command palette that is open.
  it('finds a walkthrough with a step for each thing to do', async () => {
    await workbench.runCommand('Welcome: Open Walkthrough');
    await workbench.page.locator('.quick-input-widget input.input').fill('Greengrass');
    await workbench.pick('Greengrass Devices That Register Themselves');
    const steps = workbench.page.locator('.getting-started-step');
    const [walkthrough] = manifest.contributes.walkthroughs;
    await eventually(async () => assert.equal(await steps.count(), walkthrough?.steps.length), { what: 'all steps' });
    await workbench.screenshot('11-walkthrough');
  });

  it('leaves no process behind after Ctrl-C', async () => {
    assert.ok(product);
    const started = product;
    await workbench.close();
    assert.equal(await started.stop(), 0);
    product = undefined;
    await assert.rejects(fetch(started.url), 'VS Code still answers');
    assert.equal(fs.existsSync(started.workspace), false, 'the sample folder is still there');
  });

  after(async () => {
    if (product === undefined) return;
    await workbench.close();
    await product.stop();
  });
});
