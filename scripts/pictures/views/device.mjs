// Test devices: running, done, refused; a fleet of them; what is left to clean up.

/** @param {import('../studio.mjs').Studio} studio */
export async function device(studio) {
  const { workbench } = studio;
  const [first] = studio.camera.themes;
  await studio.tidy();
  const start = async (nucleus) => {
    await studio.command('Provision a Test Device');
    await workbench.pick(nucleus);
    await studio.accept(/ThingName/);
  };
  await studio.command('Provision a Test Device');
  await studio.asked(/nucleus/);
  await studio.shot('device-question');
  await studio.page.keyboard.press('Escape');
  await start('Greengrass nucleus lite');
  await workbench.webview('.banner');
  await studio.shot('device-running', { themes: [first], settle: 0 });
  await workbench.webview('text=provisioned itself');
  await studio.clearNotifications();
  await studio.shot('device-done');

  await studio.command('Enable or Disable');
  await workbench.answerDialog(/Disable/);
  await studio.steps('done', 4);
  await start('Greengrass nucleus (classic)');
  await workbench.webview('text=is disabled');
  await studio.clearNotifications();
  await studio.shot('device-refused');
  await studio.command('Enable or Disable');
  await workbench.answerDialog(/Enable/);
  await studio.steps('done');

  await studio.command('Provision a Fleet of Test Devices');
  await studio.asked(/How many test devices/);
  await studio.input.fill('60');
  await studio.page.keyboard.press('Enter');
  await studio.asked(/How many start per second/);
  await studio.input.fill('5');
  await studio.page.keyboard.press('Enter');
  await workbench.pick('Greengrass nucleus lite');
  await studio.accept(/ThingName/);
  const fleet = await workbench.webview('progress');
  await studio.shot('devices-running');
  await fleet.locator('text=/proved themselves/').first().waitFor({ timeout: 60_000 });
  await studio.clearNotifications();
  await studio.shot('devices-done');
  await studio.tidy();
}
