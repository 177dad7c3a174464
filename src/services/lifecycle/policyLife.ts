import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { IotPolicyVersion } from '../../core/ports/iotApi';
import type { StepRun } from '../../core/ports/services';
import { gone } from '../removal';

type Work = Pick<StepRun, 'connection' | 'ui' | 'signal'>;

/** The versions of an IoT policy, newest first. Throws FleetError when there is no policy of that name. */
export async function policyVersions({ connection, signal }: Work, name: string): Promise<readonly IotPolicyVersion[]> {
  if ((await connection.iot.getPolicy(name, { signal })) === undefined) {
    throw new FleetError(l10n.t('There is no IoT policy {0} in account {1}, {2}.', name, connection.target.account, connection.target.region), {
      category: 'notFound',
      code: 'noPolicy',
      advice: l10n.t('Run the step that makes it first.'),
      remedies: [{ kind: 'runStep', step: 'iotPolicy' }],
    });
  }
  // Ids are numbers as text: "10" is younger than "9".
  return [...(await connection.iot.listPolicyVersions(name, { signal }))].sort((a, b) => Number(b.versionId) - Number(a.versionId));
}

/** All that are neither the default nor the newest, which may be one that is being prepared. `versions`: newest first. */
export function prunable(versions: readonly IotPolicyVersion[]): readonly string[] {
  return versions.filter((version, index) => index > 0 && !version.isDefault).map(({ versionId }) => versionId);
}

/** Unlike a template's, a policy's version takes effect for devices that are registered already. */
export async function makeDefaultPolicyVersion({ connection, ui, signal }: Work, name: string, versionId: string): Promise<void> {
  await ui.confirm({
    title: l10n.t('Make version {0} of {1} the default?', versionId, name),
    detail: l10n.t('It takes effect for all devices with this policy within minutes.'),
    action: l10n.t('Make Default'),
    target: connection.target,
  });
  await connection.iot.setDefaultPolicyVersion(name, versionId, { signal });
}

/** Deletes versions; never the default one, which AWS IoT refuses. One that is gone, by a try whose answer was lost perhaps, is as wanted. */
export async function deletePolicyVersions({ connection, ui, signal }: Work, name: string, versionIds: readonly string[]): Promise<void> {
  if (versionIds.length === 0) {
    ui.inform(l10n.t('{0} has no version to spare: there is nothing to delete.', name));
    return;
  }
  await ui.confirm({
    title: versionIds.length === 1 ? l10n.t('Delete version {0} of {1}?', versionIds[0] ?? '', name) : l10n.t('Delete {0} versions of {1}?', versionIds.length, name),
    detail: [l10n.t('Versions: {0}', versionIds.join(', ')), l10n.t('They cannot be restored. No device uses them: only the default version is used.')].join('\n'),
    action: l10n.t('Delete'),
    target: connection.target,
  });
  for (const versionId of versionIds) await gone(connection.iot.deletePolicyVersion(name, versionId, { signal }));
}
