// What a teardown asks and shows; nothing is taken down.

/** @param {import('../studio.mjs').Studio} studio */
export async function teardown(studio) {
  const { workbench, page } = studio;
  await studio.tidy();
  await studio.command('Tear Down (Delete');
  await studio.asked(/Tear down what/);
  await studio.shot('teardown-what');
  await workbench.pick('Everything of this set-up');
  await workbench.webview('text=What would be torn down');
  await page.locator('.notification-toast', { hasText: 'The plan is shown' }).waitFor();
  await studio.shot('teardown-plan');
  await workbench.answerNotification('Tear Down');
  await workbench.dialog().waitFor();
  await studio.shot('teardown-question');
  await workbench.answerDialog(/^Tear Down$/);
  await studio.asked(/in the field lose/);
  await studio.input.fill('0');
  await studio.shot('teardown-number');
  await page.keyboard.press('Escape');
  await studio.tidy();
}
