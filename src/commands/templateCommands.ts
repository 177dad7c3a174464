import * as vscode from 'vscode';
import { FleetError } from '../core/errors';
import { Commands, WorkspaceFileNames } from '../ids';
import type { CommandRegistry } from '../platform/commands';
import type { Folders } from '../platform/folders';
import { fileUri } from './files';

export interface TemplateCommandsDeps {
  readonly registry: CommandRegistry;
  readonly folders: Folders;
  readonly showPreview: (document: vscode.TextDocument) => Promise<void>;
}

/** Commands on the provisioning template's file that need no connection. */
export function registerTemplateCommands({ registry, folders, showPreview }: TemplateCommandsDeps): void {
  registry.register(Commands.previewTemplate, async (argument) => showPreview(await templateDocument(folders, argument)), { anyRegion: true });
}

/** The file that the button belongs to, else the JSON in the active editor that looks like a template, else that of the steps. */
async function templateDocument(folders: Folders, argument: unknown): Promise<vscode.TextDocument> {
  if (argument instanceof vscode.Uri) return vscode.workspace.openTextDocument(argument);
  const active = vscode.window.activeTextEditor?.document;
  if (active !== undefined && /^jsonc?$/.test(active.languageId) && /"AWS::IoT::(?:Thing|Certificate|Policy)"/.test(active.getText())) return active;
  const files = await folders.forCommand(argument);
  const file = WorkspaceFileNames.provisioningTemplate;
  if (await files.exists(file)) {
    const document = await vscode.workspace.openTextDocument(fileUri(files, file));
    await vscode.window.showTextDocument(document, vscode.ViewColumn.One);
    return document;
  }
  throw new FleetError(vscode.l10n.t('There is no template to preview, because {0} is not in the folder.', file), {
    category: 'file',
    code: 'templateFileMissing',
    advice: vscode.l10n.t('Create it with the command “Create Fleet Provisioning Template File”.'),
  });
}
