// Find in the Fleet: without the index, with it, completing a query, and what can be done with a hit.

/** @param {import('../studio.mjs').Studio} studio */
export async function find(studio) {
  const { page } = studio;
  await studio.command('Find in the Fleet');
  await studio.asked(/Find in the Fleet/);
  await studio.shot('find-empty');
  await page.keyboard.press('Escape');
  await studio.find('gateway', 'Turn on fleet indexing');
  await studio.shot('find-without-index');
  await page.keyboard.press('Escape');
  await studio.index();
  await studio.find('gateway', 'gateway-busan');
  await studio.shot('find-hits');
  await page.keyboard.press('Escape');
  await studio.find('thingName:pump* AND attributes.site:seoul', 'pump-seoul-001');
  await studio.shot('find-query');
  await page.keyboard.press('Escape');
  await studio.find('thingG', 'thingGroupNames');
  await studio.shot('find-completion');
  await page.keyboard.press('Escape');
  await studio.find('gateway-busan', 'gateway-busan');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'gateway-busan' }).first().click();
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Show among the Resources' }).first().waitFor();
  await studio.shot('find-actions');
  await page.keyboard.press('Escape');
}
