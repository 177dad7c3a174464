// What somebody sees first: no folder, no trust, no connection, one that fails; the walkthrough.
import fs from 'node:fs';
import path from 'node:path';

/** @param {import('../studio.mjs').Studio} studio an empty window */
export async function emptyWindow(studio) {
  const { workbench, page } = studio;
  await workbench.openContainer('Greengrass Fleet');
  await page.getByText('Open one to begin').first().waitFor();
  await studio.shot('welcome-no-folder');
  await workbench.runCommand('Welcome: Open Walkthrough');
  await studio.input.fill('Greengrass');
  await workbench.pick('Greengrass Devices That Register Themselves');
  const steps = page.locator('.getting-started-step');
  await steps.first().waitFor();
  await page.keyboard.press('Control+B'); // room for its pictures
  const count = await steps.count();
  for (let index = 0; index < count; index += 1) {
    const step = steps.nth(index);
    if ((await step.getAttribute('aria-expanded')) !== 'true') await step.locator('.step-title').click();
    await studio.shot(`walkthrough-${index + 1}`);
  }
}

/** @param {import('../studio.mjs').Studio} studio a folder, and AWS files without a profile */
export async function noConnection(studio) {
  const { workbench, page } = studio;
  await workbench.openContainer('Greengrass Fleet');
  await page.getByText('Try it without an AWS account').first().waitFor();
  await studio.shot('welcome-not-connected');
  const files = { config: path.join(studio.sample.home, 'aws', 'config'), credentials: path.join(studio.sample.home, 'aws', 'credentials') };
  // Nobody listens there.
  fs.writeFileSync(files.config, '[profile factory]\nregion = eu-central-1\nendpoint_url = http://127.0.0.1:9\n');
  fs.writeFileSync(files.credentials, '[factory]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n');
  await studio.command('Choose AWS Profile');
  await workbench.pick('factory');
  await page.getByText('Could not connect').first().waitFor({ timeout: 60_000 });
  await studio.shot('welcome-failed');
}

/** @param {import('../studio.mjs').Studio} studio a folder that is not trusted */
export async function untrusted(studio) {
  await studio.workbench.openContainer('Greengrass Fleet');
  await studio.page.getByText('is not trusted').first().waitFor();
  await studio.shot('welcome-untrusted');
}
