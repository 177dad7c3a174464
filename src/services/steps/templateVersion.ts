import * as l10n from '@vscode/l10n';
import type { ProvisioningTemplate, ProvisioningTemplateVersion } from '../../core/ports/iotApi';
import { compactTemplate } from '../../core/provisioning/templateBody';
import { versionToRemove } from '../../core/provisioning/versions';
import { prettyJson } from '../../core/util/json';
import { confirmChange, type RunContext } from './stepContext';

/** Shows what a new version changes, and asks. `label`: the file that it comes from; `notes`: further lines, localized. */
export async function reviewTemplateVersion({ ui, connection }: RunContext, template: ProvisioningTemplate, text: string, label: string, notes: readonly string[]): Promise<void> {
  const { name } = template;
  await ui.reviewDiff({
    title: l10n.t('Publish a new version of the provisioning template {0}?', name),
    detail: notes.join('\n'),
    action: l10n.t('Publish New Version'),
    target: connection.target,
    left: { label: l10n.t('{0} (deployed, version {1})', name, template.defaultVersionId), text: prettyJson(template.templateBody) },
    right: { label, text: prettyJson(text) },
    language: 'json',
  });
}

/** Adds the default version. At the limit of five it asks which one may go, by naming it. */
export async function addTemplateVersion(context: RunContext, name: string, text: string): Promise<void> {
  const { connection, signal, progress } = context;
  await makeRoom(context, name);
  progress.report(l10n.t('Publishing a new version of {0} …', name));
  await connection.iot.createProvisioningTemplateVersion({ name, templateBody: compactTemplate(text), setAsDefault: true }, { signal });
}

async function makeRoom(context: RunContext, name: string): Promise<void> {
  const { connection, signal } = context;
  const versions: ProvisioningTemplateVersion[] = [];
  for await (const version of connection.iot.listProvisioningTemplateVersions(name, { signal })) versions.push(version);
  const oldest = versionToRemove(versions);
  if (oldest === undefined) return;
  await confirmChange(context, {
    title: l10n.t('Remove version {0} of the provisioning template {1}?', oldest.versionId, name),
    detail: l10n.t('AWS IoT keeps five versions of a template, and all five are taken. Version {0} is the oldest that is not in use.', oldest.versionId),
    action: l10n.t('Remove Version {0}', oldest.versionId),
  });
  await connection.iot.deleteProvisioningTemplateVersion(name, oldest.versionId, { signal });
}
