import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import { WorkspaceFileNames } from '../../ids';
import { deviceConfiguration, type NucleusKind } from '../../core/provisioning/deviceConfiguration';
import { isKitParameterName, kitCommand, kitEnvironment, kitFolder, kitFolders, kitParameters, kitScripts } from '../../core/provisioning/deviceKit';
import { deviceFacts, yamlStyle } from './deviceFacts';
import { missingStep, type RunContext } from './stepContext';

/** Reads a script of the extension's resources by its name. */
export type KitScriptReader = (name: string) => Promise<string>;

const claimFiles = [WorkspaceFileNames.claimCertificate, WorkspaceFileNames.claimPrivateKey, WorkspaceFileNames.rootCa] as const;

/**
 * Writes the folder that is copied to a device: configuration, claim files, script. Everything in it is made anew each
 * time, so that it always says what the account says. Returns the path of its first file to read.
 */
export async function writeDeviceKit(context: RunContext, script: KitScriptReader): Promise<string> {
  const { files, ui } = context;
  const claims = await Promise.all(claimFiles.map(async (path) => ({ path, text: await files.readPrivate(path) })));
  const lacking = claims.find(({ text }) => text === undefined);
  if (lacking !== undefined) throw missingStep(l10n.t('There is no {0} yet.', lacking.path), 'claimCertificate', 'noClaimFiles');
  const kind = await ui.choose<NucleusKind>({
    title: l10n.t('Device kit for which devices?'),
    choices: [
      { label: l10n.t('Linux, Greengrass nucleus (classic)'), detail: l10n.t('Java 11 or later, systemd'), value: 'classicLinux' },
      { label: l10n.t('Linux, Greengrass nucleus lite'), detail: l10n.t('Small devices; the package aws-greengrass-lite is installed'), value: 'lite' },
      { label: l10n.t('Windows, Greengrass nucleus (classic)'), detail: l10n.t('Java 11 or later, PowerShell'), value: 'classicWindows' },
    ],
  });
  const { device, parameters } = await deviceFacts(context);
  const { values, open } = kitParameters(parameters);
  const odd = open.find((name) => !isKitParameterName(name));
  if (odd !== undefined) {
    throw new FleetError(l10n.t('The template parameter {0} cannot be given to an install script.', odd), {
      category: 'validation',
      code: 'kitParameterName',
      advice: l10n.t('Give it a default in the template, or a name of letters, digits and _ only.'),
      remedies: [{ kind: 'openFile', file: WorkspaceFileNames.provisioningTemplate }],
    });
  }

  const folder = kitFolders[kind];
  const { source, file } = kitScripts[kind];
  const command = kitCommand(kind, open);
  // Loaded on first use: nothing else here needs YAML.
  const yaml = await import('yaml');
  const configuration = new yaml.Document(deviceConfiguration({ ...device, templateParameters: values }, kind));
  configuration.commentBefore = ` ${context.connection.target.account}, ${context.connection.target.region}. The install script fills in what stands between @ and @.`;
  const scriptText = await script(source);
  const guide = [
    l10n.t('# Device kit: {0}', device.templateName),
    l10n.t('Copy this folder to the device, then run there:'),
    `    ${command}`,
    l10n.t('The script puts the files where they belong, installs, and ends by testing that the device gets AWS credentials. Running it again does no harm.'),
    l10n.t('claim-certs holds the private key of the claim certificate: whoever has it can register devices with this template. Delete the copies that you no longer need.'),
  ].join('\n\n');

  // The key must never be seen by git, so the line comes first.
  await files.ensureIgnored(`${kitFolder}/`);
  for (const { path, text } of claims) {
    if (text !== undefined) await files.writePrivate(`${folder}/${path}`, text, { replace: true });
  }
  await files.write(`${folder}/config.yaml`, configuration.toString(yamlStyle));
  await files.write(`${folder}/kit.env`, kitEnvironment(device, open));
  await files.write(`${folder}/${file}`, scriptText);
  await files.write(`${folder}/README.md`, `${guide}\n`);
  if (await files.isTrackedByGit(`${folder}/${WorkspaceFileNames.claimPrivateKey}`)) {
    ui.warn(l10n.t('Git tracks {0}. Remove it from the repository, and replace the claim certificate if it was ever pushed.', `${folder}/${WorkspaceFileNames.claimPrivateKey}`));
  }
  ui.inform(l10n.t('The device kit is ready. On the device run: {0}', command));
  return `${folder}/README.md`;
}
