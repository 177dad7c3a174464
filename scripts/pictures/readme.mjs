// The pictures of the README, in its order.
const policyFile = 'greengrass-v2-iot-policy.json';

/** @param {import('./studio.mjs').Studio} studio */
export async function readmePictures(studio) {
  const { workbench, page } = studio;
  await workbench.openContainer('Greengrass Fleet');
  await studio.steps('not started');
  await studio.command('Provision Everything');
  await workbench.dialog().waitFor();
  await studio.shot('confirmation');
  await workbench.answerDialog(/^Provision Everything$/);
  await studio.steps('done');
  await studio.command('Show Stack Outputs');
  await workbench.webview('text=create-role-alias');
  await studio.clearNotifications();
  await studio.shot('done');

  await studio.tidy();
  await studio.command('Provision a Test Device');
  await workbench.pick('Greengrass nucleus lite');
  await studio.accept(/ThingName/);
  await workbench.webview('text=provisioned itself');
  await studio.clearNotifications();
  await studio.shot('testDevice');
  await studio.command('Enable or Disable');
  await workbench.answerDialog(/Disable/);
  await studio.steps('done', 4);
  await studio.command('Provision a Test Device');
  await workbench.pick('Greengrass nucleus (classic)');
  await studio.accept(/ThingName/);
  await workbench.webview('text=is disabled');
  await studio.clearNotifications();
  await studio.shot('refused');

  // The template is still disabled: one relation does not hold.
  await studio.fillFleet();
  await studio.tidy();
  await studio.command('Show Relations');
  await workbench.pick('The fleet of the settings');
  await workbench.webview('text=Enable Template');
  await studio.clearNotifications();
  await studio.shot('relations');
  await studio.command('Enable or Disable');
  await workbench.answerDialog(/Enable/);
  await studio.steps('done');
  await studio.tidy();

  await studio.index();
  await studio.find('thingName:pump* AND attributes.site:seoul', 'pump-seoul-001');
  await studio.shot('search');
  await page.keyboard.press('Escape');
  await studio.command('Tear Down (Delete');
  await workbench.pick('Everything of this set-up');
  await workbench.webview('text=What would be torn down');
  await page.locator('.notification-toast', { hasText: 'The plan is shown' }).waitFor();
  await studio.shot('teardown');
  await studio.tidy();

  // As somebody has it who pasted the policy of the workshop page, with a typing error.
  studio.edit(policyFile, (text) => text.replace(/"arn:aws:iot:[^"]*:rolealias\/[^"]*"/, '"[ARN OF IoT Role Alias]"').replace('"iot:Publish"', '"iot:Publsh"'));
  await workbench.open(policyFile);
  await page.locator('.squiggly-error, .squiggly-warning').first().waitFor();
  await studio.shot('policy');
  await page.getByText('iot:Connect', { exact: false }).first().click();
  await page.keyboard.press('Control+Space');
  await page.locator('.suggest-widget.visible .monaco-list-row').first().waitFor();
  await studio.shot('completion');
}
