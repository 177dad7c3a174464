// Policy and template files: findings, completion, the account beside the file, versions, simulation, preview.

const policyFile = 'greengrass-v2-iot-policy.json';
const templateFile = 'greengrass-fleet-provisioning-template.json';

/** @param {import('../studio.mjs').Studio} studio */
export async function files(studio) {
  const { workbench, page } = studio;
  await studio.tidy();
  await workbench.open(policyFile);
  await page.locator('.codelens-decoration', { hasText: 'Same as' }).first().waitFor();
  await studio.shot('policy-same');
  studio.edit(policyFile, (text) => text.replace(/"arn:aws:iot:[^"]*:rolealias\/[^"]*"/, '"[ARN OF IoT Role Alias]"').replace('"iot:Publish"', '"iot:Publsh"'));
  await page.locator('.squiggly-error').first().waitFor();
  await page.locator('.codelens-decoration', { hasText: 'Differs' }).first().waitFor();
  await workbench.runCommand('View: Focus Problems');
  await studio.shot('policy-findings');
  await studio.hidePanel();
  await studio.command('Compare IoT Policy with Deployed Version');
  await page.locator('.diff-editor, .monaco-diff-editor').first().waitFor();
  await studio.shot('policy-diff');
  await studio.tidy();
  studio.edit(policyFile, (text) => text.replace('"iot:Publsh"', '"iot:Publish"'));
  await studio.command('Fill In Policy Placeholders');
  await page.waitForTimeout(1500);
  await studio.shot('placeholders-filled');
  await workbench.runCommand('File: Save');
  await studio.clearNotifications();

  await studio.command('Versions of an IoT Policy');
  await studio.asked(/Versions of which/);
  await studio.shot('versions-which');
  await workbench.pick('PumpTelemetry');
  await studio.asked(/Versions of PumpTelemetry/);
  await studio.shot('versions-of-policy');
  await workbench.pick('Version 2');
  await studio.asked(/Version 2 of/);
  await studio.shot('versions-actions');
  await page.keyboard.press('Escape');

  await workbench.open(policyFile);
  await studio.command('Simulate This Policy');
  await workbench.pick('All that a core device');
  await studio.accept(/thing/i);
  await workbench.webview('text=What the device does');
  await studio.shot('simulation');
  await studio.tidy();
  await workbench.open(templateFile);
  await page.locator('.codelens-decoration', { hasText: 'Same as' }).first().waitFor();
  await studio.shot('template-same');
  await studio.command('Preview What a Device Gets');
  const preview = await workbench.webview('text=Parameters that the device sends');
  await studio.shot('preview');
  await preview.locator('input').first().fill('');
  await preview.locator('.problems').waitFor();
  await studio.shot('preview-problem');
  await studio.tidy();
}
