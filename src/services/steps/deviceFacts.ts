import * as l10n from '@vscode/l10n';
import type { DeviceFacts } from '../../core/provisioning/deviceConfiguration';
import { templateFacts, type TemplateParameter } from '../../core/provisioning/templateBody';
import { missingStep, type RunContext } from './stepContext';

/** Every text in quotes, so that no version or name is read as a number; one line per value. */
export const yamlStyle = { lineWidth: 0, defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'PLAIN' } as const;

/** What a device's configuration says of the account, asked live. Throws FleetError when a step in front of it is missing. */
export async function deviceFacts(
  context: Pick<RunContext, 'connection' | 'look' | 'progress' | 'signal'>,
): Promise<{ readonly device: Omit<DeviceFacts, 'templateParameters'>; readonly parameters: readonly TemplateParameter[] }> {
  const { connection, look, progress, signal } = context;
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

  const device = { region: connection.target.region, dataEndpoint, credentialEndpoint, roleAliasName: names.roleAliasName, templateName: names.templateName };
  return { device, parameters: templateFacts(template.templateBody).parameters };
}
