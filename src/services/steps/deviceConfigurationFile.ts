import * as l10n from '@vscode/l10n';
import { WorkspaceFileNames } from '../../ids';
import { deviceConfiguration } from '../../core/provisioning/deviceConfiguration';
import { templateFacts } from '../../core/provisioning/templateBody';
import { sameValue } from '../../core/util/json';
import { coreThingNameProblem } from '../../core/util/names';
import { missingStep, type RunContext } from './stepContext';

const file = WorkspaceFileNames.deviceConfiguration;

/** Writes config.yaml for a device from what the account says; asks before another file of that name is replaced. */
export async function writeDeviceConfiguration(context: RunContext): Promise<string> {
  const { connection, files, look, progress, signal, ui } = context;
  progress.report(l10n.t('Asking AWS IoT for the endpoints …'));
  const names = await look.names();
  const [template, alias] = await Promise.all([
    connection.iot.describeProvisioningTemplate(names.templateName, { signal }),
    connection.iot.describeRoleAlias(names.roleAliasName, { signal }),
  ]);
  if (alias === undefined) throw missingStep(l10n.t('There is no role alias {0} yet.', names.roleAliasName), 'roleAlias', 'noRoleAlias');
  if (template === undefined) throw missingStep(l10n.t('There is no provisioning template {0} yet.', names.templateName), 'provisioningTemplate', 'noTemplate');
  const [dataEndpoint, credentialEndpoint] = await Promise.all([
    connection.iot.describeEndpoint('iot:Data-ATS', { signal }),
    connection.iot.describeEndpoint('iot:CredentialProvider', { signal }),
  ]);

  // Loaded on first use: nothing else here needs YAML.
  const yaml = await import('yaml');
  const current = await files.read(file);
  const known = templateParametersOf(current === undefined ? undefined : parsed(() => yaml.parse(current) as unknown));
  const templateParameters: Record<string, string> = {};
  for (const { name, defaultValue } of templateFacts(template.templateBody).parameters) {
    templateParameters[name] = known[name] ?? defaultValue ?? (await askParameter(context, name));
  }
  const wanted = deviceConfiguration({ region: connection.target.region, dataEndpoint, credentialEndpoint, roleAliasName: names.roleAliasName, templateName: names.templateName, templateParameters });
  if (current !== undefined && sameValue(parsed(() => yaml.parse(current) as unknown), wanted)) return file;

  const document = new yaml.Document(wanted);
  document.commentBefore = [
    ` Greengrass core device: ${connection.target.account}, ${connection.target.region}`,
    ' Paths are those on the device. Copy the folder claim-certs there, and set the version to that of your installer:',
    ' java -jar ./GreengrassInstaller/lib/Greengrass.jar --version',
  ].join('\n');
  const text = document.toString({ lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' });
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
