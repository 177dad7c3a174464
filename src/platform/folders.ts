import * as vscode from 'vscode';
import { FleetError } from '../core/errors';
import type { Interaction } from '../core/ports/interaction';
import type { WorkspaceFiles } from '../core/ports/workspaceFiles';
import { Emitter, type Disposable } from '../core/util/emitter';
import type { StoredValue } from './mementos';
import { FolderFiles } from './workspaceFiles';

/** Which workspace folder the steps work in. With several folders the person chooses, and the choice is kept. */
export class Folders implements Disposable {
  private readonly changed = new Emitter<void>();
  private readonly listener: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly ui: Interaction,
    private readonly remembered: StoredValue<string>,
  ) {
    this.listener = vscode.workspace.onDidChangeWorkspaceFolders(() => this.changed.fire());
  }

  /** The folder in use, without asking: the only one, the remembered one, or the first. */
  current(): WorkspaceFiles | undefined {
    const folder = this.currentFolder();
    return folder === undefined ? undefined : new FolderFiles(folder.uri.fsPath);
  }

  currentFolder(): vscode.WorkspaceFolder | undefined {
    const folders = usable();
    return folders.find((folder) => folder.uri.toString() === this.remembered.get()) ?? folders[0];
  }

  /** True when there is a choice to make. */
  get several(): boolean {
    return usable().length > 1;
  }

  /**
   * The folder for a command. `hint` is a file or node the command was called on. Throws FleetError without a folder,
   * CancelledError when the person closes the choice.
   */
  async forCommand(hint?: unknown): Promise<WorkspaceFiles> {
    const folders = usable();
    const only = folders[0];
    if (only === undefined) throw noFolder();
    const hinted = hint instanceof vscode.Uri ? vscode.workspace.getWorkspaceFolder(hint) : undefined;
    const folder = hinted ?? (folders.length === 1 ? only : await this.choose(folders));
    await this.use(folder);
    return new FolderFiles(folder.uri.fsPath);
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }

  private async choose(folders: readonly vscode.WorkspaceFolder[]): Promise<vscode.WorkspaceFolder> {
    const current = this.currentFolder();
    const ordered = [...folders].sort((a, b) => Number(b === current) - Number(a === current));
    return this.ui.choose({
      title: vscode.l10n.t('Which folder holds the fleet’s files?'),
      choices: ordered.map((folder) => ({ label: folder.name, description: folder.uri.fsPath, value: folder })),
    });
  }

  private async use(folder: vscode.WorkspaceFolder): Promise<void> {
    const id = folder.uri.toString();
    const before = this.currentFolder()?.uri.toString();
    if (this.several) await this.remembered.set(id);
    if (before !== id) this.changed.fire();
  }
}

function usable(): readonly vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
}

function noFolder(): FleetError {
  return new FleetError(vscode.l10n.t('This needs a folder, because policy, template and certificate are files in it. No folder is open.'), {
    category: 'file',
    code: 'noFolder',
    advice: vscode.l10n.t('Open a folder and try again.'),
    remedies: [{ kind: 'openFolder' }],
  });
}

