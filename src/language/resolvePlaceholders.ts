import * as vscode from 'vscode';
import { FleetError, type Remedy } from '../core/errors';
import { findPlaceholders, placeholderChanges, type Placeholder, type PlaceholderKind } from '../core/policy/placeholders';
import type { Interaction } from '../core/ports/interaction';
import type { SessionService } from '../core/ports/services';
import { WorkspaceFileNames } from '../ids';
import type { AccountKnowledge } from './accountKnowledge';
import { placeholderName } from './placeholderText';
import { rangeOf } from './policyAnalysis';
import { isPolicyDocument } from './policySelector';

export interface ResolveDeps {
  readonly session: SessionService;
  readonly ui: Interaction;
  readonly account: AccountKnowledge;
}

/** Argument of `greengrassFleet.resolvePlaceholder`: which placeholder, and the value if it is already chosen. */
export interface PlaceholderArgument {
  readonly uri: vscode.Uri;
  readonly kind: PlaceholderKind;
  readonly offset: number;
  readonly text: string;
  readonly value?: string;
}

/**
 * Fills in all placeholders of a document from the live account, in one undo step. Asks where there are several
 * values. Without a connection it connects if a choice is known, else throws; nothing is written then.
 *
 * @param argument the document: a Uri, anything with a `uri`, or nothing for the active editor, else the workspace's policy file
 * @returns how many placeholders were replaced
 */
export async function resolvePlaceholders(deps: ResolveDeps, argument?: unknown): Promise<number> {
  const document = await documentFor(argument);
  const found = findPlaceholders(document.getText());
  if (found.length === 0) {
    deps.ui.inform(vscode.l10n.t('{0} has no placeholders.', baseName(document)));
    return 0;
  }
  const connection = await deps.session.connection();
  const open = findPlaceholders(document.getText(), { account: connection.target.account });
  if (open.length === 0) {
    deps.ui.inform(vscode.l10n.t('{0} has no placeholders.', baseName(document)));
    return 0;
  }
  const values: Partial<Record<PlaceholderKind, string>> = {};
  const missing: PlaceholderKind[] = [];
  for (const kind of new Set(open.map((item) => item.kind))) {
    if (kind === 'unknown') continue;
    const value = await chooseValue(deps, kind);
    if (value === undefined) missing.push(kind);
    else values[kind] = value;
  }
  // The person may have typed while a list was open.
  const count = await replace(document, findPlaceholders(document.getText(), { account: connection.target.account }), values);
  const first = missing[0];
  if (first !== undefined) throw nothingToFillIn(first, connection.target.account, connection.target.region);
  const left = findPlaceholders(document.getText(), { account: connection.target.account }).filter((item) => item.kind === 'unknown');
  if (left.length > 0) deps.ui.warn(vscode.l10n.t('{0} in {1} is left: only you know its value.', left.map((item) => item.text).join(', '), baseName(document)));
  return count;
}

/** Fills in one placeholder. Throws as `resolvePlaceholders` does. */
export async function resolvePlaceholder(deps: ResolveDeps, argument: unknown): Promise<number> {
  if (!isPlaceholderArgument(argument)) return resolvePlaceholders(deps, argument);
  const document = await vscode.workspace.openTextDocument(argument.uri);
  const connection = await deps.session.connection();
  const value = argument.value ?? (await chooseValue(deps, argument.kind));
  if (value === undefined) throw nothingToFillIn(argument.kind, connection.target.account, connection.target.region);
  // The text may have moved since the lens was drawn: take the nearest one that reads the same.
  const same = findPlaceholders(document.getText()).filter((item) => item.text === argument.text && item.kind === argument.kind);
  const nearest = same.sort((a, b) => Math.abs(a.offset - argument.offset) - Math.abs(b.offset - argument.offset))[0];
  if (nearest === undefined) return 0;
  return replace(document, [nearest], { [argument.kind]: value });
}

async function chooseValue(deps: ResolveDeps, kind: PlaceholderKind): Promise<string | undefined> {
  const connection = await deps.session.connection();
  // What is written comes from the account as it is now; the lists of the last minute are for looking only.
  deps.account.forget(kind);
  const candidates = await deps.account.candidates(kind, connection);
  if (candidates.length <= 1) return candidates[0]?.value;
  return deps.ui.choose({
    title: vscode.l10n.t('Which {0}?', placeholderName(kind)),
    placeholder: vscode.l10n.t('From account {0} in {1}', connection.target.account, connection.target.region),
    choices: candidates.map((item) => ({ label: item.label, description: item.value, value: item.value })),
  });
}

function nothingToFillIn(kind: PlaceholderKind, account: string, region: string): FleetError {
  const remedies: readonly Remedy[] =
    kind === 'roleAliasArn' ? [{ kind: 'runStep', step: 'roleAlias' }] : kind === 'provisioningRoleArn' ? [{ kind: 'runStep', step: 'rolesStack' }] : [];
  return new FleetError(vscode.l10n.t('Account {0} has no {1} in {2}, so the placeholder stays.', account, placeholderName(kind), region), {
    category: 'notFound',
    code: 'noPlaceholderValue',
    advice: remedies.length > 0 ? vscode.l10n.t('Run the earlier step first, or choose another region.') : vscode.l10n.t('Create it first, or choose another region.'),
    remedies: [...remedies, { kind: 'chooseRegion' }],
  });
}

async function replace(document: vscode.TextDocument, placeholders: readonly Placeholder[], values: Readonly<Partial<Record<PlaceholderKind, string>>>): Promise<number> {
  const changes = placeholderChanges(placeholders, values);
  if (changes.length === 0) return 0;
  const edit = new vscode.WorkspaceEdit();
  for (const change of changes) edit.replace(document.uri, rangeOf(document, change), change.text);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new FleetError(vscode.l10n.t('{0} could not be changed.', baseName(document)), { category: 'file', code: 'editRefused', advice: vscode.l10n.t('Is the file read-only?') });
  }
  return changes.length;
}

function baseName(document: vscode.TextDocument): string {
  return document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
}

function isPlaceholderArgument(value: unknown): value is PlaceholderArgument {
  return (
    typeof value === 'object' && value !== null && 'uri' in value && value.uri instanceof vscode.Uri &&
    'kind' in value && typeof value.kind === 'string' && 'offset' in value && typeof value.offset === 'number' && 'text' in value && typeof value.text === 'string'
  );
}

async function documentFor(argument: unknown): Promise<vscode.TextDocument> {
  if (argument instanceof vscode.Uri) return vscode.workspace.openTextDocument(argument);
  if (typeof argument === 'object' && argument !== null && 'uri' in argument && argument.uri instanceof vscode.Uri) return vscode.workspace.openTextDocument(argument.uri);
  const active = vscode.window.activeTextEditor?.document;
  if (active !== undefined && (isPolicyDocument(active) || findPlaceholders(active.getText()).some((item) => !item.sample && item.kind !== 'unknown'))) return active;
  const files = await vscode.workspace.findFiles(WorkspaceFileNames.iotPolicy, undefined, 2);
  const file = files[0];
  if (file === undefined) {
    throw new FleetError(vscode.l10n.t('There is no IoT policy file in this workspace yet.'), {
      category: 'notFound',
      code: 'noPolicyFile',
      advice: vscode.l10n.t('Run the step “IoT policy”: it writes {0}.', WorkspaceFileNames.iotPolicy),
      remedies: [{ kind: 'runStep', step: 'iotPolicy' }],
    });
  }
  const document = await vscode.workspace.openTextDocument(file);
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}
