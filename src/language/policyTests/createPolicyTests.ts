import * as vscode from 'vscode';
import path from 'node:path';
import { FleetError } from '../../core/errors';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import { newPolicyTests } from '../../core/policy/tests/coreDeviceQuestions';
import { testFileNameFor } from '../../core/policy/tests/format';
import { WorkspaceFileNames } from '../../ids';
import { isPolicyDocument } from '../policySelector';
import { isPolicyTests } from './testFiles';
import { currentText } from './texts';

export interface CreatePolicyTestsDeps {
  /** The folder of the five steps, asked for when there are several. */
  readonly folder: (hint?: unknown) => Promise<WorkspaceFiles>;
  /** The alias of the settings, for a policy that names none yet. */
  readonly roleAlias: () => string;
}

/** Used where a policy names no device: one name is as good as another, and the person may write their own. */
const exampleThing = 'MyGreengrassCore';

/**
 * Writes tests beside the policy: the one it was called on, else the one in the active editor, else the policy of the
 * steps. Tests that are there already are opened and left as they are. Answers the file.
 */
export async function createPolicyTests(deps: CreatePolicyTestsDeps, argument: unknown): Promise<vscode.Uri> {
  const policy = await policyFor(deps, argument);
  const text = await currentText(policy);
  const name = policy.path.slice(policy.path.lastIndexOf('/') + 1);
  if (text === undefined) {
    throw new FleetError(vscode.l10n.t('There is nothing to test, because {0} is not in the folder.', name), {
      category: 'file',
      code: 'policyFileMissing',
      advice: vscode.l10n.t('Create it with the command “Create IoT Policy File”.'),
    });
  }
  const file = vscode.Uri.joinPath(policy, '..', testFileNameFor(name));
  const contents = newPolicyTests(name, text, { thingName: exampleThing, roleAlias: deps.roleAlias() });
  const edit = new vscode.WorkspaceEdit();
  edit.createFile(file, { ignoreIfExists: true, contents: new TextEncoder().encode(contents) });
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new FleetError(vscode.l10n.t('{0} could not be written.', testFileNameFor(name)), { category: 'file', code: 'fileFailed', advice: vscode.l10n.t('Check that the folder can be written to.') });
  }
  await vscode.window.showTextDocument(file, { preview: false });
  return file;
}

async function policyFor(deps: CreatePolicyTestsDeps, argument: unknown): Promise<vscode.Uri> {
  if (argument instanceof vscode.Uri && argument.scheme === 'file' && !isPolicyTests(argument)) return argument;
  const active = vscode.window.activeTextEditor?.document;
  if (active?.uri.scheme === 'file' && isPolicyDocument(active)) return active.uri;
  const folder = await deps.folder(argument);
  return vscode.Uri.file(path.join(folder.root, WorkspaceFileNames.iotPolicy));
}
