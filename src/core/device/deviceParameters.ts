import type { TemplateParameter } from '../provisioning/templateBody';

/** Stands for what is different for each test device. */
export const deviceIdMark = '{id}';

/** Words for names of parameters that tell one device from another. */
const ownName = /serial|thing|name|device|uuid|mac|id$/i;

/** What is proposed for the template's parameters: the device's own get a name that says it is a test. */
export function proposedParameters(parameters: readonly TemplateParameter[]): Readonly<Record<string, string>> {
  const open = parameters.filter(({ defaultValue }) => defaultValue === undefined);
  const own = open.find(({ name }) => ownName.test(name)) ?? open[0];
  return Object.fromEntries(parameters.map(({ name, defaultValue }) => [name, defaultValue ?? (name === own?.name ? `test-${deviceIdMark}` : '')]));
}

/** The parameters of the device with this id. */
export function parametersFor(values: Readonly<Record<string, string>>, id: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.replaceAll(deviceIdMark, id)]));
}

/** True when every device gets something of its own. */
export function tellsDevicesApart(values: Readonly<Record<string, string>>): boolean {
  return Object.values(values).some((value) => value.includes(deviceIdMark));
}
