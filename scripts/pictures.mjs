// npm run pictures: the pictures of the README, taken from the product as npm start shows it.
import fs from 'node:fs';
import path from 'node:path';
import { runMain } from './lib/failure.mjs';
import { ensureBrowser, ensureNodeModules, ensureWorkbench } from './lib/install.mjs';
import { root } from './lib/paths.mjs';
import { stopAll, stopOnSignals } from './lib/processes.mjs';

const folder = path.join(root, 'resources', 'readme');
const category = 'Greengrass Fleet';
const policyFile = 'greengrass-v2-iot-policy.json';

/** @param {{ page: import('playwright-core').Page }} workbench */
async function picture({ page }, name) {
  await page.mouse.move(700, 780);
  await page.waitForTimeout(800); // fonts, icons and fading hovers have no event to wait for
  await page.screenshot({ path: path.join(folder, `${name}.png`) });
  process.stdout.write(`resources/readme/${name}.png\n`);
}

async function steps(workbench, state, count = 5) {
  await workbench.page.waitForFunction(
    ([wanted, rows]) => document.querySelectorAll(`.monaco-list-row[aria-label^="Step "][aria-label*=": ${wanted}"]`).length === rows,
    [state, count],
    { timeout: 90_000 },
  );
}

stopOnSignals();
await runMain(async () => {
  await ensureNodeModules();
  const { ensureBuilt } = await import('./lib/build.mjs');
  await ensureBuilt(['extension', 'sandbox']);
  await ensureBrowser();
  const { startSample, startWorkbench } = await import('./lib/product.mjs');
  const { Workbench } = await import('../test/browser/workbench.ts');
  fs.mkdirSync(folder, { recursive: true });
  let workbench;
  try {
    const sample = await startSample();
    const { url } = await startWorkbench(await ensureWorkbench(), sample);
    workbench = await Workbench.open(url, { width: 1280, height: 800 });
    const { page } = workbench;
    await workbench.openContainer(category);
    await steps(workbench, 'not started');
    await workbench.runCommand(`${category}: Provision Everything`);
    await workbench.dialog().waitFor();
    await picture(workbench, 'confirmation');
    await workbench.answerDialog(/^Provision Everything$/);
    await steps(workbench, 'done');
    await workbench.runCommand(`${category}: Show Stack Outputs`);
    await workbench.webview('text=create-role-alias');
    await workbench.runCommand('Notifications: Clear All Notifications');
    await picture(workbench, 'done');

    await workbench.runCommand('View: Close All Editors');
    await workbench.runCommand(`${category}: Provision a Test Device`);
    await workbench.pick('Greengrass nucleus lite');
    await page.locator('.quick-input-title', { hasText: /ThingName/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await workbench.webview('text=provisioned itself');
    await workbench.runCommand('Notifications: Clear All Notifications');
    await picture(workbench, 'testDevice');
    await workbench.runCommand(`${category}: Enable or Disable`);
    await workbench.answerDialog(/Disable/);
    await steps(workbench, 'done', 4);
    await workbench.runCommand(`${category}: Provision a Test Device`);
    await workbench.pick('Greengrass nucleus (classic)');
    await page.locator('.quick-input-title', { hasText: /ThingName/ }).first().waitFor();
    await page.keyboard.press('Enter');
    await workbench.webview('text=is disabled');
    await workbench.runCommand('Notifications: Clear All Notifications');
    await picture(workbench, 'refused');
    await workbench.runCommand('View: Close All Editors');

    // As somebody has it who pasted the policy of the workshop page, with a typing error.
    const file = path.join(sample.workspace, policyFile);
    const text = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, text.replace(/"arn:aws:iot:[^"]*:rolealias\/[^"]*"/, '"[ARN OF IoT Role Alias]"').replace('"iot:Publish"', '"iot:Publsh"'));
    await page.keyboard.press('Control+P');
    await page.locator('.quick-input-widget input.input').fill(policyFile);
    await workbench.pick(policyFile);
    await page.locator('.squiggly-error, .squiggly-warning').first().waitFor();
    await picture(workbench, 'policy');
    await page.getByText('iot:Connect', { exact: false }).first().click();
    await page.keyboard.press('Control+Space');
    await page.locator('.suggest-widget.visible .monaco-list-row').first().waitFor();
    await picture(workbench, 'completion');
  } finally {
    await workbench?.close();
    await stopAll();
  }
});
process.exit();
