import * as vscode from 'vscode';
import type { Certificate } from '../core/ports/iotApi';
import type { StepRun } from '../core/ports/services';
import { Commands } from '../ids';
import { targetAt } from '../platform/otherRegion';
import { changeClaim, claimChanges, claimsOffered, mostClaims, type ClaimChange } from '../services/lifecycle/claimLife';
import { deleteVersions, makeDefaultVersion, switchTemplate, templateWithVersions } from '../services/lifecycle/templateLife';
import { chosenTemplate } from './chosenTemplate';
import { connected, type StepCommandsDeps } from './connectedRun';
import { manageVersions } from './versionDialog';

export interface LifeCommandsDeps extends StepCommandsDeps {
  readonly refreshViews: () => Promise<void>;
}

const changes = { mutates: true, needsTrust: true } as const;

/** What comes after the first deployment: versions and switch of the template, claim certificates replaced and withdrawn. */
export function registerLifeCommands(deps: LifeCommandsDeps): void {
  const { registry } = deps;
  registry.register(Commands.manageTemplateVersions, async (hint) => connected(deps, undefined, vscode.l10n.t('Template versions'), async (run) => manageTemplateVersions(deps, run, hint)), changes);
  registry.register(
    Commands.switchTemplate,
    async (hint) =>
      connected(deps, undefined, vscode.l10n.t('Provisioning template'), async (run) => {
        const name = await chosenTemplate(run, deps.steps.names(), hint);
        const enabled = await switchTemplate(run, name);
        deps.ui.inform(enabled ? vscode.l10n.t('{0} is enabled: devices can register.', name) : vscode.l10n.t('{0} is disabled: devices are refused.', name));
        await deps.refreshViews();
      }),
    changes,
  );
  registry.register(
    Commands.rotateClaimCertificate,
    async (hint) =>
      connected(deps, hint, vscode.l10n.t('Claim certificate'), async (run) => {
        await deps.steps.rotateClaim(run);
        await deps.refreshViews();
      }),
    changes,
  );
  registry.register(Commands.changeClaimCertificate, async (hint) => connected(deps, undefined, vscode.l10n.t('Claim certificate'), async (run) => manageClaims(deps, run, hint)), changes);
}

async function manageTemplateVersions(deps: LifeCommandsDeps, run: StepRun, hint: unknown): Promise<void> {
  const name = await chosenTemplate(run, deps.steps.names(), hint);
  const { template, versions } = await templateWithVersions(run, name);
  const hook = template.preProvisioningHook;
  const most = vscode.l10n.t('AWS IoT keeps five at most');
  const spare = versions.filter((version) => !version.isDefault).map(({ versionId }) => versionId);
  const changed = await manageVersions(run.ui, run.connection.target, {
    kind: 'template',
    name,
    versions,
    defaultIs: vscode.l10n.t('default: what devices get'),
    placeholder: hook === undefined ? most : `${most} · ${vscode.l10n.t('hook of all versions: {0}, payload {1}', hook.targetArn, hook.payloadVersion)}`,
    ...(spare.length > 1 ? { prune: { label: vscode.l10n.t('Delete all but the default…'), versionIds: spare } } : {}),
    makeDefault: async (versionId) => makeDefaultVersion(run, name, versionId),
    delete: async (versionIds) => deleteVersions(run, name, versionIds),
  });
  if (changed) await deps.refreshViews();
}

async function manageClaims(deps: LifeCommandsDeps, run: StepRun, hint: unknown): Promise<void> {
  const certificate = (await claimOfNode(run, hint)) ?? (await chooseClaim(deps, run));
  if (certificate === undefined) return;
  const labels: Readonly<Record<ClaimChange, string>> = { activate: vscode.l10n.t('Activate'), deactivate: vscode.l10n.t('Make Inactive'), revoke: vscode.l10n.t('Revoke for Good') };
  const possible = claimChanges(certificate);
  if (possible.length === 0) {
    deps.ui.inform(vscode.l10n.t('This claim certificate is {0}: that cannot be changed.', certificate.status));
    return;
  }
  const change = await deps.ui.choose<ClaimChange>({
    title: vscode.l10n.t('Claim certificate {0}, {1}', `${certificate.id.slice(0, 12)}…`, certificate.status),
    choices: possible.map((each) => ({ label: labels[each], value: each })),
  });
  await changeClaim(run, certificate, change);
  await deps.refreshViews();
}

/** The certificate of a tree node, whichever claim policy it carries. */
async function claimOfNode({ connection, signal }: StepRun, hint: unknown): Promise<Certificate | undefined> {
  const id = /:cert\/([0-9a-f]{64})$/.exec(targetAt(connection.target, hint).copyText ?? '')?.[1];
  return id === undefined ? undefined : connection.iot.describeCertificate(id, { signal });
}

/** Undefined when there is none, which is said. */
async function chooseClaim(deps: LifeCommandsDeps, run: StepRun): Promise<Certificate | undefined> {
  const { claimPolicyName: policy, templateName } = deps.steps.names();
  const { claims, more } = await claimsOffered(run, policy);
  if (claims.length === 0) {
    deps.ui.inform(vscode.l10n.t('No certificate carries the claim policy {0}.', policy));
    return undefined;
  }
  return deps.ui.choose<Certificate>({
    title: vscode.l10n.t('Claim certificates that carry {0}', policy),
    ...(more ? { placeholder: vscode.l10n.t('The first {0}; the others stand in the tree, each with the same command', mostClaims) } : {}),
    choices: claims.map((each) => ({
      label: `${each.id.slice(0, 12)}…`,
      description: each.status,
      detail: [each.createdAt?.toLocaleString(), vscode.l10n.t('may register devices by {0}', templateName)].filter((part) => part !== undefined).join(' · '),
      value: each,
    })),
  });
}
