import * as vscode from 'vscode';
import { deployedFileName, deployedFileOf, deployedFiles, kindOfFile, subjectOfFile, type DeployedSubject } from '../core/deployedFiles';
import { FleetError } from '../core/errors';
import type { StepId } from '../core/provisioning/steps';
import { nameProblem } from '../core/util/names';
import { targetOf } from '../platform/commandTargets';
import { deployedScheme } from '../platform/deployedUri';
import { atRoot, fileExists, fileNameOf } from '../platform/ownFiles';
import type { StepCommandsDeps } from './connectedRun';
import { fileUri } from './files';

/** A file of the workspace with what it stands for in the account. */
export interface Subject extends DeployedSubject {
  readonly uri: vscode.Uri;
  readonly file: string;
  /** The step that deploys it. */
  readonly step?: StepId;
}

export interface SubjectQuestion {
  /** Asked where several files come into question. */
  readonly title: string;
  /** Only files of this kind. */
  readonly kind?: DeployedSubject['kind'];
  /** The file is changed: it is always asked for, and those of the steps are offered even where they are missing. */
  readonly changes?: boolean;
}

type Deps = Pick<StepCommandsDeps, 'steps' | 'folders' | 'ui'>;

/** More files than this nobody reads through. */
const mostFiles = 50;

/**
 * The file that a command is about: that of a menu or lens, of a step's node, of a resource's node; without any of these, the
 * one in the editor or the one that a person chooses. Throws FleetError for a file that stands for nothing.
 */
export async function subjectFor(deps: Deps, hint: unknown, question: SubjectQuestion): Promise<Subject> {
  if (hint instanceof vscode.Uri) return subjectOfUri(deps, hint) ?? refuse();
  const { step, copyText = '' } = targetOf(hint);
  const { kind } = question;
  const own = deployedFiles.find((one) => one.step === step && (kind === undefined || one.kind === kind));
  if (own !== undefined) return subjectOfEntry(deps, own, fileUri(await deps.folders.forCommand(hint), own.file));
  const named = subjectOfArn(copyText);
  return named === undefined ? chooseSubject(deps, question) : subjectNamed(deps, named);
}

/** What a file stands for by its name and place; undefined for nothing. */
export function subjectOfUri({ steps }: Pick<Deps, 'steps'>, uri: vscode.Uri): Subject | undefined {
  const file = fileNameOf(uri);
  const root = atRoot(uri);
  const subject = subjectOfFile(file, root, steps.names());
  const step = root ? deployedFileOf(file)?.step : undefined;
  return subject === undefined ? undefined : { ...subject, uri, file, ...(step === undefined ? {} : { step }) };
}

/** Gives a policy or template file the name of what it is to stand for. Throws CancelledError when the person closes the question. */
export async function nameFile(deps: Deps, uri: vscode.Uri): Promise<Subject> {
  const file = fileNameOf(uri);
  const kind = kindOfFile(file);
  if (kind === undefined) return refuse();
  const suggested = file.replace(/\.json$/, '').replace(/[._-]?(iot-policy|provisioning-template)[._-]?/, '-').replace(/^-|-$/g, '');
  const problem = (name: string): string | undefined => nameProblem(kind === 'policy' ? 'iotPolicy' : 'template', name);
  const name = await deps.ui.input({
    title: kind === 'policy' ? vscode.l10n.t('Which IoT policy does {0} stand for?', file) : vscode.l10n.t('Which provisioning template does {0} stand for?', file),
    prompt: vscode.l10n.t('The file is renamed to {0}. The resource need not exist yet.', deployedFileName({ kind, name: 'NAME' })),
    validate: problem,
    ...(problem(suggested) === undefined ? { value: suggested } : {}),
  });
  const renamed = vscode.Uri.joinPath(uri, '..', deployedFileName({ kind, name }));
  const edit = new vscode.WorkspaceEdit();
  edit.renameFile(uri, renamed, { overwrite: false });
  if (!(await fileExists(renamed)) && (await vscode.workspace.applyEdit(edit))) return subjectOfUri(deps, renamed) ?? refuse();
  throw new FleetError(vscode.l10n.t('{0} could not be renamed to {1}.', file, fileNameOf(renamed)), {
    category: 'file',
    code: 'renameFailed',
    advice: vscode.l10n.t('Perhaps there is a file of that name already.'),
  });
}

async function chooseSubject(deps: Deps, { title, kind, changes = false }: SubjectQuestion): Promise<Subject> {
  const active = vscode.window.activeTextEditor?.document.uri;
  // What is shown as deployed is no file, and may be of another region.
  const inEditor = active === undefined || active.scheme === deployedScheme ? undefined : subjectOfUri(deps, active);
  const files = await deps.folders.forCommand(inEditor?.uri);
  const fits = (subject: Subject): boolean => kind === undefined || subject.kind === kind;
  if (!changes && inEditor !== undefined && fits(inEditor)) return inEditor;
  const own = deployedFiles.map((entry) => subjectOfEntry(deps, entry, fileUri(files, entry.file))).filter(fits);
  const present = await Promise.all(own.map(async (subject) => changes || fileExists(subject.uri)));
  const found = await vscode.workspace.findFiles('**/*.{iot-policy,provisioning-template}.json', '**/node_modules/**', mostFiles);
  const others = found.flatMap((uri) => subjectOfUri(deps, uri) ?? []).filter(fits).sort((a, b) => a.uri.path.localeCompare(b.uri.path));
  const offered = [...own.filter((_, index) => present[index]), ...others];
  const [only = own[0] ?? refuse()] = offered;
  if (offered.length < 2) return only;
  const first = (subject: Subject): number => Number(subject.uri.toString() === active?.toString());
  return deps.ui.choose<Subject>({
    title,
    choices: offered.sort((a, b) => first(b) - first(a)).map((subject) => ({ label: vscode.workspace.asRelativePath(subject.uri), description: subject.name, value: subject })),
  });
}

/** The file of a resource: that of its step, one of its name, or one that may be made at the root of the folder. */
async function subjectNamed(deps: Deps, subject: DeployedSubject): Promise<Subject> {
  const files = await deps.folders.forCommand();
  const entry = deployedFiles.find(({ kind, name }) => kind === subject.kind && name(deps.steps.names()) === subject.name);
  if (entry !== undefined) return subjectOfEntry(deps, entry, fileUri(files, entry.file));
  const file = deployedFileName(subject);
  const [found] = await vscode.workspace.findFiles(`**/${file}`, '**/node_modules/**', 1);
  return { ...subject, uri: found ?? fileUri(files, file), file };
}

function subjectOfArn(arn: string): DeployedSubject | undefined {
  const [, kind, name] = /:(policy|provisioningtemplate)\/([\w+=,.@-]+)$/.exec(arn) ?? [];
  return kind === undefined || name === undefined ? undefined : { kind: kind === 'policy' ? 'policy' : 'template', name };
}

function subjectOfEntry({ steps }: Pick<Deps, 'steps'>, { kind, name, file, step }: (typeof deployedFiles)[number], uri: vscode.Uri): Subject {
  return { kind, name: name(steps.names()), uri, file, step };
}

function refuse(): never {
  throw new FleetError(vscode.l10n.t('The name of this file does not say which IoT policy or provisioning template it belongs to.'), {
    category: 'validation',
    code: 'noSubject',
    advice: vscode.l10n.t('Name it after the resource: NAME.iot-policy.json or NAME.provisioning-template.json.'),
  });
}
