import * as vscode from 'vscode';
import type { SessionService } from '../core/ports/services';
import { checkTaskType, EXTENSION_PREFIX } from '../ids';

export interface CheckTaskDeps {
  /** Path of the check for command lines. */
  readonly program: string;
  /** Arguments that the task was not given: the account that the editor compares ARNs with. */
  readonly session: Pick<SessionService, 'current'>;
}

/** As `taskDefinitions` in package.json has it; written by people, so that anything may be missing or wrong. */
interface CheckTaskDefinition extends vscode.TaskDefinition {
  readonly task: 'validate';
  readonly files?: readonly string[];
  readonly severity?: string;
}

const problemMatcher = '$greengrass-fleet-check';
const severities: readonly unknown[] = ['error', 'warning', 'information', 'off'];

/** One task for each folder on disk. */
export function checkTasks(deps: CheckTaskDeps): vscode.Task[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map((folder) => checkTask(deps, { type: checkTaskType, task: 'validate' }, folder));
}

/** The task that somebody wrote into tasks.json; undefined when it is none that there is, or no folder is open. */
export function resolveCheckTask(deps: CheckTaskDeps, task: vscode.Task): vscode.Task | undefined {
  const folder = typeof task.scope === 'object' ? task.scope : vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined || task.definition['task'] !== 'validate') return undefined;
  // The definition has to stay the same object: VS Code knows the task by it.
  return checkTask(deps, task.definition as CheckTaskDefinition, folder);
}

function checkTask({ program, session }: CheckTaskDeps, definition: CheckTaskDefinition, folder: vscode.WorkspaceFolder): vscode.Task {
  const files = Array.isArray(definition.files) ? definition.files.filter((file) => typeof file === 'string') : [];
  const target = session.current?.target;
  const { l10n } = vscode;
  const args = [
    program,
    '--severity', definition.severity === 'warning' || definition.severity === 'information' ? definition.severity : 'error',
    ...settingArguments(folder.uri),
    ...(target === undefined ? [] : ['--account', target.account, '--region', target.region, '--partition', target.partition]),
    ...(l10n.uri?.scheme === 'file' ? ['--texts', l10n.uri.fsPath] : []),
    // A file may be named like an option.
    '--',
    ...(files.length > 0 ? files : ['.']),
  ];
  // The executable of VS Code is Electron, which runs as Node when told so. It is there even where no Node is installed.
  const execution = new vscode.ProcessExecution(process.execPath, args, { cwd: folder.uri.fsPath, env: { ELECTRON_RUN_AS_NODE: '1' } });
  const task = new vscode.Task(definition, folder, l10n.t('validate policies and templates'), checkTaskType, execution, problemMatcher);
  task.detail = l10n.t('Checks all IoT policies, provisioning templates and policy tests of the folder.');
  task.group = vscode.TaskGroup.Test;
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Silent, clear: true };
  return task;
}

/** What the editor goes by in this folder. Settings are written by people: what is no rule is passed over, as there. */
function settingArguments(folder: vscode.Uri): readonly string[] {
  const configuration = vscode.workspace.getConfiguration(EXTENSION_PREFIX, folder);
  const rules = (key: string, option: string): readonly string[] =>
    Object.entries(configuration.get<Readonly<Record<string, unknown>>>(key, {})).flatMap(([code, severity]) => (severities.includes(severity) ? [`--${option}=${code}=${String(severity)}`] : []));
  const globs = (key: string, option: string): readonly string[] =>
    configuration.get<readonly unknown[]>(key, []).flatMap((glob) => (typeof glob === 'string' ? [`--${option}=${glob}`] : []));
  return [...rules('policyRules', 'policy-rule'), ...rules('templateRules', 'template-rule'), ...globs('policyFiles', 'policy-files'), ...globs('templateFiles', 'template-files')];
}
