import * as vscode from 'vscode';
import path from 'node:path';
import { kindOfFile, type DeployedSubject } from '../core/deployedFiles';
import { FleetError } from '../core/errors';
import type { Connection } from '../core/ports/connection';
import { prettyJson, sameJson } from '../core/util/json';
import { Commands } from '../ids';
import { deployedUri } from '../platform/deployedUri';
import { refuseElsewhere } from '../platform/otherRegion';
import { fileExists, fileNameOf } from '../platform/ownFiles';
import { readDeployed, type DeployedText } from '../services/deployedTexts';
import { connected, type StepCommandsDeps } from './connectedRun';
import { nameFile, subjectFor, subjectOfUri, type Subject } from './deployedSubjects';
import { saveIfOpen } from './files';

/** Policy and template files held against the account: the difference shown, and the deployed text taken over. */
export function registerDeployedCommands(deps: StepCommandsDeps): void {
  const { registry } = deps;
  registry.register(Commands.comparePolicyWithDeployed, async (hint) => compare(deps, 'policy', hint), { needsTrust: true });
  registry.register(Commands.compareTemplateWithDeployed, async (hint) => compare(deps, 'template', hint), { needsTrust: true });
  registry.register(Commands.publishFile, async (hint) => publish(deps, hint), { mutates: true, needsTrust: true });
  registry.register(Commands.pullDeployed, async (hint) => pull(deps, hint), { mutates: true, needsTrust: true });
}

async function compare(deps: StepCommandsDeps, kind: DeployedSubject['kind'], hint: unknown): Promise<void> {
  const subject = await subjectFor(deps, hint, { kind, title: vscode.l10n.t('Compare which file with what is deployed?') });
  if (!(await fileExists(subject.uri))) {
    const create = kind === 'policy' ? vscode.l10n.t('Create it with the command “Create IoT Policy File”.') : vscode.l10n.t('Create it with the command “Create Fleet Provisioning Template File”.');
    throw new FleetError(vscode.l10n.t('There is nothing to compare, because {0} is not in the folder.', subject.file), {
      category: 'file',
      code: kind === 'policy' ? 'policyFileMissing' : 'templateFileMissing',
      advice: subject.step === undefined ? vscode.l10n.t('Make it with the command “Replace File with Deployed Version”.') : create,
    });
  }
  const connection = await deps.session.connection();
  refuseElsewhere(hint, connection.target);
  await deployedOr(connection, subject, missingText(connection, subject));
  const title = vscode.l10n.t('{0}: deployed ↔ {1}', subject.name, subject.file);
  await vscode.commands.executeCommand('vscode.diff', deployedUri(kind, connection.target, subject.name), subject.uri, title, { preview: true });
}

/** Publishes the file of a menu, the one in the editor or a chosen one, as what its name says; a file of the steps by its step. */
async function publish(deps: StepCommandsDeps, hint: unknown): Promise<void> {
  const uri = hint instanceof vscode.Uri ? hint : vscode.window.activeTextEditor?.document.uri;
  // A policy or template that is called after nothing yet.
  const unnamed = uri !== undefined && subjectOfUri(deps, uri) === undefined && kindOfFile(fileNameOf(uri)) !== undefined && uri.scheme === 'file';
  const subject = unnamed ? await nameFile(deps, uri) : await subjectFor(deps, hint, { title: vscode.l10n.t('Publish which file?') });
  const { step, file, kind } = subject;
  const title = kind === 'policy' ? vscode.l10n.t('IoT policy') : vscode.l10n.t('Provisioning template');
  await connected(deps, subject.uri, title, async (run) => {
    if (step !== undefined) return deps.steps.run(step, run);
    const relative = path.relative(run.files.root, subject.uri.fsPath);
    await saveIfOpen(run.files, [relative]);
    await deps.steps.publishFile(run, subject, relative);
    const deployed = await readDeployed(run.connection, subject, run.signal);
    deps.ui.inform(vscode.l10n.t('{0} is published as {1}, version {2}.', file, subject.name, deployed?.version ?? '?'));
  });
}

/** The file becomes what is deployed, by an edit that can be undone, once a person has seen the difference. */
async function pull(deps: StepCommandsDeps, hint: unknown): Promise<void> {
  const { ui } = deps;
  const connection = await deps.session.connection();
  refuseElsewhere(hint, connection.target);
  const subject = await subjectFor(deps, hint, { title: vscode.l10n.t('Replace which file by what is deployed?'), changes: true });
  const deployed = await deployedOr(connection, subject, missingText(connection, subject));
  const text = prettyJson(deployed.text);
  const edit = new vscode.WorkspaceEdit();
  if (await fileExists(subject.uri)) {
    const document = await vscode.workspace.openTextDocument(subject.uri);
    const before = document.getText();
    if (sameJson(before, text)) {
      ui.inform(vscode.l10n.t('{0} says already what is deployed as {1}, version {2}.', subject.file, subject.name, deployed.version));
      return;
    }
    await ui.reviewDiff({
      title: vscode.l10n.t('Replace {0} by what is deployed?', subject.file),
      detail: document.isDirty
        ? vscode.l10n.t('Changes that are not saved are replaced too. Undo in the editor brings them back.')
        : vscode.l10n.t('Undo in the editor brings the present text back.'),
      action: vscode.l10n.t('Replace File'),
      target: connection.target,
      left: { label: vscode.l10n.t('{0} (now)', subject.file), text: before },
      right: { label: vscode.l10n.t('{0} (deployed, version {1})', subject.name, deployed.version), text },
      language: 'json',
    });
    edit.replace(subject.uri, new vscode.Range(document.positionAt(0), document.positionAt(document.getText().length)), text);
  } else {
    edit.createFile(subject.uri, { contents: new TextEncoder().encode(text) });
  }
  const document = (await vscode.workspace.applyEdit(edit)) ? await vscode.workspace.openTextDocument(subject.uri) : undefined;
  if (document === undefined || !(await document.save())) {
    throw new FleetError(vscode.l10n.t('{0} could not be saved.', subject.file), { category: 'file', code: 'saveFailed', remedies: [{ kind: 'openFile', file: subject.uri.fsPath }] });
  }
  await vscode.window.showTextDocument(document, { preview: false });
}

async function deployedOr(connection: Connection, subject: Subject, message: string): Promise<DeployedText> {
  const deployed = await readDeployed(connection, subject);
  if (deployed !== undefined) return deployed;
  throw new FleetError(message, {
    category: 'notFound',
    code: subject.kind === 'policy' ? 'policyNotDeployed' : 'templateNotDeployed',
    advice: vscode.l10n.t('Publish the file first.'),
    ...(subject.step === undefined ? {} : { remedies: [{ kind: 'runStep', step: subject.step }] }),
  });
}

function missingText({ target }: Connection, { kind, name }: Subject): string {
  return kind === 'policy'
    ? vscode.l10n.t('There is nothing to compare with: the IoT policy {0} is not in account {1}, {2}.', name, target.account, target.region)
    : vscode.l10n.t('There is nothing to compare with: the provisioning template {0} is not in account {1}, {2}.', name, target.account, target.region);
}
