import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { StepRun } from '../../core/ports/services';
import type { ProvisioningTemplate, ProvisioningTemplateVersion } from '../../core/ports/iotApi';
import { gone } from '../removal';

type Work = Pick<StepRun, 'connection' | 'ui' | 'signal'>;

/** A template with its versions, newest first. Throws FleetError when there is none of that name. */
export async function templateWithVersions({ connection, signal }: Work, name: string): Promise<{ template: ProvisioningTemplate; versions: readonly ProvisioningTemplateVersion[] }> {
  const template = await connection.iot.describeProvisioningTemplate(name, { signal });
  if (template === undefined) {
    throw new FleetError(l10n.t('There is no provisioning template {0} in account {1}, {2}.', name, connection.target.account, connection.target.region), {
      category: 'notFound',
      code: 'noTemplate',
      advice: l10n.t('Run the step that makes it first.'),
      remedies: [{ kind: 'runStep', step: 'provisioningTemplate' }],
    });
  }
  const versions: ProvisioningTemplateVersion[] = [];
  for await (const version of connection.iot.listProvisioningTemplateVersions(name, { signal })) versions.push(version);
  return { template, versions: versions.sort((a, b) => b.versionId - a.versionId) };
}

/** Devices that claim from now on get what this version says; devices that have claimed stay as they are. */
export async function makeDefaultVersion({ connection, ui, signal }: Work, name: string, versionId: number): Promise<void> {
  await ui.confirm({
    title: l10n.t('Make version {0} of {1} the default?', versionId, name),
    detail: l10n.t('Devices that register from now on get what version {0} says. Devices that are registered stay as they are.', versionId),
    action: l10n.t('Make Default'),
    target: connection.target,
  });
  await connection.iot.updateProvisioningTemplate({ name, defaultVersionId: versionId }, { signal });
}

/** Deletes versions; never the default one, which AWS IoT refuses. One that is gone, by a try whose answer was lost perhaps, is as wanted. */
export async function deleteVersions({ connection, ui, signal }: Work, name: string, versionIds: readonly number[]): Promise<void> {
  if (versionIds.length === 0) {
    ui.inform(l10n.t('{0} has its default version only: there is nothing to delete.', name));
    return;
  }
  await ui.confirm({
    title: versionIds.length === 1 ? l10n.t('Delete version {0} of {1}?', versionIds[0] ?? 0, name) : l10n.t('Delete {0} versions of {1}?', versionIds.length, name),
    detail: [l10n.t('Versions: {0}', versionIds.join(', ')), l10n.t('They cannot be restored. No device uses them: only the default version is used.')].join('\n'),
    action: l10n.t('Delete'),
    target: connection.target,
  });
  for (const versionId of versionIds) await gone(connection.iot.deleteProvisioningTemplateVersion(name, versionId, { signal }));
}

/** The switch for claiming: a disabled template refuses every device. https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateProvisioningTemplate.html */
export async function switchTemplate(work: Work, name: string): Promise<boolean> {
  const { connection, ui, signal } = work;
  const { template } = await templateWithVersions(work, name);
  await ui.confirm(
    template.enabled
      ? {
          title: l10n.t('Disable the provisioning template {0}?', name),
          detail: l10n.t('From then on every new device that claims with it is refused. Devices that are registered keep working.'),
          action: l10n.t('Disable'),
          target: connection.target,
        }
      : {
          title: l10n.t('Enable the provisioning template {0}?', name),
          detail: [l10n.t('From then on every device with a claim certificate for it can register itself.'), ...hookNote(template)].join('\n'),
          action: l10n.t('Enable'),
          target: connection.target,
        },
  );
  await connection.iot.updateProvisioningTemplate({ name, enabled: !template.enabled }, { signal });
  return !template.enabled;
}

function hookNote({ preProvisioningHook: hook }: ProvisioningTemplate): readonly string[] {
  return hook === undefined ? [] : [l10n.t('The pre-provisioning hook {0} is asked about each device (payload {1}).', hook.targetArn, hook.payloadVersion)];
}
