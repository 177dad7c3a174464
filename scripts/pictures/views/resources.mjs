// The resources of the account, each group open.

const view = 'Resources';

/** Titles of groups and nodes to open, one list for each picture. */
const looks = {
  'resources-stack': ['Roles stack', 'GGv2Workshop', 'Outputs', 'Resources', 'Events'],
  'resources-policies': ['IoT policies', 'PumpTelemetry', 'Versions', 'GGv2WSIoTThingPolicy', 'Attached to'],
  'resources-templates': ['Role aliases', 'GGV2WSTokenExchangeRoleAlias', 'Provisioning templates', 'GGv2WSFleetProvisioningTemplate', 'Versions'],
  'resources-groups': ['Thing groups', 'Sites', 'Child groups', 'Berlin', 'Claim certificates', 'Endpoints'],
  'resources-things': ['Things', 'gateway-berlin', 'Groups', 'Certificates'],
  'resources-cores': ['Greengrass core devices', 'gateway-busan', 'Components', 'Deployments'],
};

/** @param {import('../studio.mjs').Studio} studio */
export async function resources(studio) {
  const { page } = studio;
  await studio.provisioned();
  await studio.fillFleet();
  await studio.tidy();
  await page.setViewportSize({ width: 1280, height: 1000 });
  const steps = page.locator('.pane-header[aria-label^="Steps"]');
  if ((await steps.getAttribute('aria-expanded')) === 'true') await steps.click();
  await studio.command('Refresh');
  await page.locator('.pane:has(.pane-header[aria-label^="Resources"]) .monaco-list-row').first().waitFor();
  await studio.shot('resources-closed');
  try {
    for (const [name, nodes] of Object.entries(looks)) {
      for (const node of nodes) await openBelow(studio, node);
      await studio.shot(name);
      await page.locator('.pane-header[aria-label^="Resources"]').hover();
      await page.locator('.pane:has(.pane-header[aria-label^="Resources"]) .action-label[aria-label="Collapse All"]').click();
    }
  } finally {
    // The views after this one want their steps back.
    await steps.click();
    await page.setViewportSize({ width: 1280, height: 800 });
  }
}

/** The last row with this title: what was opened before stands above. */
async function openBelow({ page }, title) {
  const rows = page.locator(`.pane:has(.pane-header[aria-label^="${view}"]) .monaco-list-row`);
  const row = rows.filter({ hasText: new RegExp(`^\\s*${title}`) }).last();
  await row.waitFor();
  if ((await row.getAttribute('aria-expanded')) === 'true') return;
  await row.locator('.monaco-tl-twistie').click();
  await page.waitForTimeout(700);
}
