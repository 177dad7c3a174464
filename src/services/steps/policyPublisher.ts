import * as l10n from '@vscode/l10n';
import type { IotPolicy } from '../../core/ports/iotApi';
import { versionToRemove } from '../../core/provisioning/versions';
import { prettyJson, sameJson } from '../../core/util/json';
import { confirmChange, confirmCreation, type RunContext } from './stepContext';

export interface Publication {
  readonly name: string;
  readonly document: string;
  /** File that the document comes from, for labels. */
  readonly file: string;
  /** Further lines for the question, localized. */
  readonly notes: readonly string[];
  /** True when the account was just seen not to have it. */
  readonly missing?: boolean;
  /** Runs once the person has agreed and before the account changes, for example to save the resolved file. */
  readonly agreed?: () => Promise<void>;
}

/**
 * Makes an IoT policy's default version say what the document says: creates the policy, adds a version, or does
 * nothing when it says so already. At the limit of five versions it asks which one may go, by naming it.
 */
export async function publishPolicy(context: RunContext, wanted: Publication): Promise<void> {
  const { connection, signal, progress } = context;
  const deployed = wanted.missing === true ? undefined : await connection.iot.getPolicy(wanted.name, { signal });
  if (deployed === undefined) {
    await confirmCreation(context, {
      title: l10n.t('Create the IoT policy {0}?', wanted.name),
      detail: wanted.notes.join('\n'),
      action: l10n.t('Create Policy'),
    });
    await wanted.agreed?.();
    progress.report(l10n.t('Creating the IoT policy {0} …', wanted.name));
    await connection.iot.createPolicy({ name: wanted.name, document: wanted.document }, { signal });
    return;
  }
  if (sameJson(deployed.document, wanted.document)) {
    await wanted.agreed?.();
    return;
  }
  await reviewNewVersion(context, wanted, deployed);
  await wanted.agreed?.();
  await makeRoom(context, wanted.name);
  progress.report(l10n.t('Publishing a new version of {0} …', wanted.name));
  await connection.iot.createPolicyVersion({ name: wanted.name, document: wanted.document, setAsDefault: true }, { signal });
}

async function reviewNewVersion({ ui, connection }: RunContext, wanted: Publication, deployed: IotPolicy): Promise<void> {
  await ui.reviewDiff({
    title: l10n.t('Publish a new version of the IoT policy {0}?', wanted.name),
    detail: [...wanted.notes, l10n.t('It takes effect for all devices with this policy within minutes.')].join('\n'),
    action: l10n.t('Publish New Version'),
    target: connection.target,
    left: { label: l10n.t('{0} (deployed, version {1})', wanted.name, deployed.defaultVersionId), text: prettyJson(deployed.document) },
    right: { label: wanted.file, text: prettyJson(wanted.document) },
    language: 'json',
  });
}

async function makeRoom(context: RunContext, name: string): Promise<void> {
  const { connection, signal, progress } = context;
  const versions = await connection.iot.listPolicyVersions(name, { signal });
  const oldest = versionToRemove(versions);
  if (oldest === undefined) return;
  const made = oldest.createdAt === undefined ? '' : l10n.t('It was made on {0}.', oldest.createdAt.toISOString().slice(0, 10));
  await confirmChange(context, {
    title: l10n.t('Remove version {0} of the IoT policy {1}?', oldest.versionId, name),
    detail: l10n.t('AWS IoT keeps five versions of a policy, and all five are taken. Version {0} is the oldest that is not in use. {1}', oldest.versionId, made).trim(),
    action: l10n.t('Remove Version {0}', oldest.versionId),
  });
  progress.report(l10n.t('Removing version {0} of {1} …', oldest.versionId, name));
  await connection.iot.deletePolicyVersion(name, oldest.versionId, { signal });
}
