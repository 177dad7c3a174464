import * as vscode from 'vscode';
import { FleetError } from '../core/errors';
import type { Choice, Interaction } from '../core/ports/interaction';
import type { FleetSteps, SessionService } from '../core/ports/services';
import { Commands, WorkspaceFileNames } from '../ids';
import { targetOf } from '../platform/commandTargets';
import type { CommandRegistry } from '../platform/commands';
import type { Folders } from '../platform/folders';
import type { Log } from '../platform/log';
import { openFile } from './files';

export interface LookCommandsDeps {
  readonly registry: CommandRegistry;
  readonly steps: FleetSteps;
  readonly session: SessionService;
  readonly folders: Folders;
  readonly ui: Interaction;
  readonly log: Log;
  /** Looks again at everything, or at one node. */
  readonly refreshViews: (node?: unknown) => Promise<void>;
  readonly showStackOutputs: () => Promise<void>;
}

/** They do what they are for with a node of any region. */
const anyRegion = { anyRegion: true } as const;

/** The commands that only look: nothing in the account or the workspace changes. */
export function registerLookCommands(deps: LookCommandsDeps): void {
  const { registry, log } = deps;
  registry.register(Commands.showStackOutputs, async () => deps.showStackOutputs(), { needsTrust: true });
  registry.register(Commands.copyValue, async (node) => copy(targetOf(node).copyText ?? (await chooseValue(deps))), anyRegion);
  registry.register(Commands.copyName, async (node) => copy(targetOf(node).name ?? targetOf(node).copyText ?? (await chooseValue(deps, 'name'))), anyRegion);
  registry.register(Commands.openStepFile, async (node) => openStepFile(deps, node), anyRegion);
  registry.register(Commands.refresh, async (node) => refresh(deps, node), anyRegion);
  registry.register(Commands.showLog, () => log.show());
}

async function refresh(deps: LookCommandsDeps, node: unknown): Promise<void> {
  // A connection that failed is tried again: that is what somebody means who presses refresh on it.
  if (vscode.workspace.isTrusted && deps.session.state.kind === 'failed') await deps.session.connection();
  await deps.refreshViews(node);
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('$(check) Copied {0}', text.length > 60 ? `${text.slice(0, 60)}…` : text), 4000);
}

async function chooseValue(deps: LookCommandsDeps, what: 'arn' | 'name' = 'arn'): Promise<string> {
  // What the steps showed last may be of another account, when nobody sees the tree that keeps it fresh.
  if (!deps.steps.busy) await deps.steps.refresh(vscode.workspace.isTrusted ? deps.session.current : undefined, deps.folders.current());
  const resources = [...deps.steps.states.values()].flatMap((state) => state.resources);
  if (resources.length === 0) {
    throw new FleetError(vscode.l10n.t('There is nothing to copy yet: no step has made a resource.'), {
      category: 'notFound',
      code: 'nothingToCopy',
      advice: vscode.l10n.t('Connect and run the first step.'),
      remedies: [{ kind: 'runStep', step: 'rolesStack' }],
    });
  }
  const endpoints = what === 'name' ? [] : await endpointChoices(deps);
  return deps.ui.choose({
    title: what === 'name' ? vscode.l10n.t('Copy which name?') : vscode.l10n.t('Copy which name, ARN or endpoint?'),
    choices: [
      ...resources.map((resource) => ({
        label: resource.name,
        description: resource.kind,
        value: what === 'name' ? resource.name : (resource.arn ?? resource.name),
        ...(resource.arn === undefined ? {} : { detail: resource.arn }),
      })),
      ...endpoints,
    ],
  });
}

/** What the configuration of a device names. Where they cannot be told, the list of the others stands without them. */
async function endpointChoices({ session, log }: LookCommandsDeps): Promise<readonly Choice<string>[]> {
  const iot = vscode.workspace.isTrusted ? session.current?.iot : undefined;
  if (iot === undefined) return [];
  try {
    const [data, credentials] = await Promise.all([iot.describeEndpoint('iot:Data-ATS'), iot.describeEndpoint('iot:CredentialProvider')]);
    return [
      { label: data, description: vscode.l10n.t('data endpoint'), value: data },
      { label: credentials, description: vscode.l10n.t('credentials endpoint'), value: credentials },
    ];
  } catch (error) {
    log.warn(`the endpoints could not be told: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

async function openStepFile(deps: LookCommandsDeps, node: unknown): Promise<void> {
  const files = deps.folders.current() ?? (await deps.folders.forCommand());
  const file = targetOf(node).file ?? (await chooseFile(deps, await existing(files)));
  if (!(await files.exists(file))) {
    throw new FleetError(vscode.l10n.t('{0} is no longer in the folder.', file), { category: 'file', code: 'stepFileGone', advice: vscode.l10n.t('Run its step again: it writes the file anew.') });
  }
  await openFile(files, file);
}

const openable = [
  WorkspaceFileNames.iotPolicy,
  WorkspaceFileNames.provisioningTemplate,
  WorkspaceFileNames.claimPolicy,
  WorkspaceFileNames.claimCertificate,
  WorkspaceFileNames.deviceConfiguration,
];

async function existing(files: { exists(path: string): Promise<boolean> }): Promise<readonly string[]> {
  const found = await Promise.all(openable.map(async (name) => ((await files.exists(name)) ? [name] : [])));
  return found.flat();
}

async function chooseFile(deps: LookCommandsDeps, names: readonly string[]): Promise<string> {
  if (names.length === 0) {
    throw new FleetError(vscode.l10n.t('No step has made a file in this folder yet.'), {
      category: 'file',
      code: 'noStepFile',
      advice: vscode.l10n.t('Begin with the command “Create IoT Policy File”.'),
    });
  }
  return deps.ui.choose({ title: vscode.l10n.t('Open which file?'), choices: names.map((name) => ({ label: name, value: name })) });
}
