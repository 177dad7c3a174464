import type { DeviceFacts, NucleusKind } from './deviceConfiguration';
import type { TemplateParameter } from './templateBody';

/** The folder of all kits in the workspace; git ignores it, because each kit holds the claim's private key. */
export const kitFolder = 'device-kit';

export const kitFolders: Readonly<Record<NucleusKind, string>> = {
  classicLinux: `${kitFolder}/classic-linux`,
  classicWindows: `${kitFolder}/classic-windows`,
  lite: `${kitFolder}/lite-linux`,
};

/** The script of a kit: its source among the extension's resources and its name in the kit. */
export const kitScripts: Readonly<Record<NucleusKind, { readonly source: string; readonly file: string }>> = {
  classicLinux: { source: 'install-classic.sh', file: 'install.sh' },
  classicWindows: { source: 'install-classic.ps1', file: 'install.ps1' },
  lite: { source: 'install-lite.sh', file: 'install.sh' },
};

/** Parameters without a default differ from device to device: the script asks for them by `@Name@`. */
export function kitParameters(parameters: readonly TemplateParameter[]): { readonly values: Readonly<Record<string, string>>; readonly open: readonly string[] } {
  const open = parameters.filter(({ defaultValue }) => defaultValue === undefined).map(({ name }) => name);
  return { values: Object.fromEntries(parameters.map(({ name, defaultValue }) => [name, defaultValue ?? `@${name}@`])), open };
}

/** Parameter names that a script can take as NAME=VALUE. */
export const isKitParameterName = (name: string): boolean => /^\w+$/.test(name);

/**
 * What the script reads, as shell assignments. The values are names and endpoints, which AWS limits to harmless characters;
 * a value that is not harmless throws, because a shell will run this file.
 */
export function kitEnvironment(device: Omit<DeviceFacts, 'templateParameters'>, open: readonly string[]): string {
  const line = (name: string, value: string): string => {
    if (!/^[\w=,@.:/ -]*$/.test(value)) throw new Error(`not a harmless value for ${name}`);
    return `${name}='${value}'\n`;
  };
  return [
    line('KIT_REGION', device.region),
    line('KIT_CREDENTIAL_ENDPOINT', device.credentialEndpoint),
    line('KIT_ROLE_ALIAS', device.roleAliasName),
    line('KIT_TEMPLATE', device.templateName),
    line('KIT_PARAMETERS', open.join(' ')),
  ].join('');
}

/** The command that a person types on the device. */
export function kitCommand(kind: NucleusKind, open: readonly string[]): string {
  const values = open.map((name) => `${name}=${name === 'ThingName' ? 'MyGreengrassCore-0001' : 'VALUE'}`);
  return [...(kind === 'classicWindows' ? ['powershell', '-ExecutionPolicy', 'Bypass', '-File', '.\\install.ps1'] : ['sudo', 'sh', 'install.sh']), ...values].join(' ');
}
