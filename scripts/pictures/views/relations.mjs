// How the fleet hangs together: the page, of the fleet and of one device, whole and broken; the preflight.
import { UpdateProvisioningTemplateCommand } from '@aws-sdk/client-iot';
import { iotClient, names } from '../fleet.mjs';

/** @param {import('../studio.mjs').Studio} studio */
export async function relations(studio) {
  const { workbench, page } = studio;
  const iot = iotClient(studio.sample.sandbox.info);
  await studio.tidy();
  const fleet = async (holds) => {
    await studio.command('Show Relations');
    await workbench.pick('The fleet of the settings');
    return workbench.webview(holds);
  };
  await fleet('text=relations hold');
  await studio.shot('relations-fleet');
  await studio.tidy();

  await studio.command('Show Relations');
  await workbench.pick('A thing, core device');
  await studio.asked(/Find in the Fleet/);
  await studio.input.fill('gateway-busan');
  await workbench.pick('gateway-busan');
  await workbench.pick('Show Relations');
  await workbench.webview('text=What hangs on');
  await studio.shot('relations-device');
  await studio.tidy();

  await iot.send(new UpdateProvisioningTemplateCommand({ templateName: names.template, enabled: false }));
  const frame = await fleet('text=Enable Template');
  await studio.shot('relations-broken');
  await frame.locator('svg').scrollIntoViewIfNeeded();
  await frame.locator('svg .node').nth(1).focus();
  await studio.shot('relations-picture');
  await studio.tidy();

  await studio.command('Check the Fleet Before Shipping');
  await page.locator('.notification-toast', { hasText: 'relations hold' }).waitFor();
  await studio.shot('preflight-message');
  await workbench.answerNotification('Show Report');
  await page.locator('.tab.active', { hasText: 'Preflight' }).waitFor();
  await workbench.runCommand('View: Focus Problems');
  await studio.shot('preflight-problems');
  await iot.send(new UpdateProvisioningTemplateCommand({ templateName: names.template, enabled: true }));
  iot.destroy();
  await studio.tidy();
}
