import * as vscode from 'vscode';
import path from 'node:path';
import { FleetError } from '../core/errors';
import type { WorkspaceFiles } from '../core/ports/workspaceFiles';

/** Opens a file of the folder in an editor. `file` is relative to the folder or absolute. */
export async function openFile(files: WorkspaceFiles, file: string): Promise<void> {
  await vscode.window.showTextDocument(fileUri(files, file), { preview: false });
}

export function fileUri(files: WorkspaceFiles, file: string): vscode.Uri {
  return vscode.Uri.file(path.resolve(files.root, file));
}

/** Saves these files where an editor holds them with changes. */
export async function saveIfOpen(files: WorkspaceFiles, names: readonly string[]): Promise<void> {
  const wanted = new Set(names.map((name) => fileUri(files, name).toString()));
  for (const document of vscode.workspace.textDocuments) {
    if (!document.isDirty || !wanted.has(document.uri.toString())) continue;
    if (!(await document.save())) {
      throw new FleetError(vscode.l10n.t('{0} has changes that could not be saved.', path.basename(document.fileName)), {
        category: 'file',
        code: 'saveFailed',
        remedies: [{ kind: 'openFile', file: document.fileName }],
      });
    }
  }
}
