import * as l10n from '@vscode/l10n';
import { WorkspaceFileNames } from '../../ids';
import { deviceConfiguration } from '../../core/provisioning/deviceConfiguration';
import { sameValue } from '../../core/util/json';
import { coreThingNameProblem } from '../../core/util/names';
import { deviceFacts, yamlStyle } from './deviceFacts';
import type { RunContext } from './stepContext';

const file = WorkspaceFileNames.deviceConfiguration;

/** Writes config.yaml for a device from what the account says; asks before another file of that name is replaced. */
export async function writeDeviceConfiguration(context: RunContext): Promise<string> {
  const { connection, files, ui } = context;
  const facts = await deviceFacts(context);

  // Loaded on first use: nothing else here needs YAML.
  const yaml = await import('yaml');
  const current = await files.read(file);
  const known = templateParametersOf(current === undefined ? undefined : parsed(() => yaml.parse(current) as unknown));
  const templateParameters: Record<string, string> = {};
  for (const { name, defaultValue } of facts.parameters) {
    templateParameters[name] = known[name] ?? defaultValue ?? (await askParameter(context, name));
  }
  const wanted = deviceConfiguration({ ...facts.device, templateParameters });
  if (current !== undefined && sameValue(parsed(() => yaml.parse(current) as unknown), wanted)) return file;

  const document = new yaml.Document(wanted);
  document.commentBefore = [
    ` Greengrass core device: ${connection.target.account}, ${connection.target.region}`,
    ' Paths are those on the device. Copy the folder claim-certs there, and set the version to that of your installer:',
    ' java -jar ./GreengrassInstaller/lib/Greengrass.jar --version',
  ].join('\n');
  const text = document.toString(yamlStyle);
  if (current !== undefined) {
    await ui.reviewDiff({
      title: l10n.t('Replace {0}?', file),
      detail: l10n.t('The file exists and says something else.'),
      action: l10n.t('Replace File'),
      left: { label: l10n.t('{0} (now)', file), text: current },
      right: { label: l10n.t('{0} (new)', file), text },
      language: 'yaml',
    });
  }
  await files.write(file, text);
  return file;
}

async function askParameter({ ui }: RunContext, name: string): Promise<string> {
  const isThing = name === 'ThingName';
  return ui.input({
    title: isThing ? l10n.t('Name of the core device') : l10n.t('Template parameter {0}', name),
    prompt: isThing ? l10n.t('The thing that this device becomes. Every device needs its own.') : l10n.t('The provisioning template needs a value for {0}.', name),
    ...(isThing ? { value: 'MyGreengrassCore', validate: coreThingNameProblem } : {}),
  });
}

/** Values that a person has set in an earlier file stay. */
function templateParametersOf(value: unknown): Readonly<Record<string, string>> {
  let at = value;
  for (const key of ['services', 'aws.greengrass.FleetProvisioningByClaim', 'configuration', 'templateParameters']) {
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
  }
  const entries = typeof at === 'object' && at !== null ? Object.entries(at) : [];
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

function parsed(read: () => unknown): unknown {
  try {
    return read();
  } catch {
    return undefined;
  }
}
