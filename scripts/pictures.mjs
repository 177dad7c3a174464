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

async function steps(workbench, state) {
  await workbench.page.waitForFunction(
    (wanted) => document.querySelectorAll(`.monaco-list-row[aria-label^="Step "][aria-label*=": ${wanted}"]`).length === 5,
    state,
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
