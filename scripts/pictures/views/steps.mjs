// The steps, the status bar, the connection, and what goes wrong.

/** @param {import('../studio.mjs').Studio} studio */
export async function steps(studio) {
  const { workbench, page } = studio;
  await workbench.openContainer('Greengrass Fleet');
  await studio.steps('not started');
  await studio.shot('steps-not-started');

  await studio.command('Create Role Alias');
  await page.locator('.notification-toast').first().waitFor();
  await studio.shot('error-with-buttons');
  await studio.clearNotifications();

  await studio.command('Provision Everything');
  await workbench.dialog().waitFor();
  await studio.shot('confirmation');
  await workbench.answerDialog(/^Provision Everything$/);
  await studio.steps('running', 1);
  await studio.shot('steps-running', { themes: studio.camera.themes.slice(0, 1), settle: 300 });
  await studio.steps('done');
  await studio.shot('steps-done');
  await studio.tidy();

  studio.edit('greengrass-v2-iot-policy.json', (text) => text.replace('"iot:Receive"', '"iot:RetainPublish"'));
  await studio.command('Refresh');
  await studio.steps('done', 4);
  await studio.shot('steps-differs');
  studio.edit('greengrass-v2-iot-policy.json', (text) => text.replace('"iot:RetainPublish"', '"iot:Receive"'));
  await studio.command('Refresh');
  await studio.steps('done');
}

/** @param {import('../studio.mjs').Studio} studio */
export async function connection(studio) {
  const { page } = studio;
  for (const [title, name] of [['Choose AWS Connection', 'pick-connection'], ['Choose AWS Profile', 'pick-profile'], ['Choose AWS Region', 'pick-region']]) {
    await studio.command(title);
    await page.locator('.quick-input-title').first().waitFor();
    await studio.shot(name);
    await page.keyboard.press('Escape');
  }
  await page.locator('.statusbar-item', { hasText: 'us-east-1' }).first().hover();
  await page.waitForTimeout(1500);
  await page.screenshot({ path: `${studio.camera.out}/status-bar-hover.png` });
}
