import * as vscode from 'vscode';
import { access, readFile, realpath, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { FleetError } from '../core/errors';
import type { WorkspaceFiles } from '../core/ports/workspaceFiles';
import { hasCode, makeFolder, syncFolder, writeDurably } from './durableFiles';
import { gitExitCode } from './git';

/** One workspace folder on disk. */
export class FolderFiles implements WorkspaceFiles {
  constructor(readonly root: string) {}

  async exists(relative: string): Promise<boolean> {
    const file = this.resolve(relative);
    return access(file).then(
      () => true,
      () => false,
    );
  }

  async read(relative: string): Promise<string | undefined> {
    const file = this.resolve(relative);
    const open = openDocument(file);
    // Without changes of the person's own the disk is the truth: VS Code hears late of what another program wrote.
    return open?.isDirty === true ? open.getText() : readText(file, relative);
  }

  async write(relative: string, text: string): Promise<void> {
    const file = this.resolve(relative);
    const open = openDocument(file);
    if (open === undefined) {
      await this.guarded(relative, async () => {
        await makeFolder(path.dirname(file));
        await this.assertInside(file, relative);
        await writeDurably(file, text, { mode: 0o666, replace: true });
      });
      return;
    }
    const edit = new vscode.WorkspaceEdit();
    edit.replace(open.uri, new vscode.Range(open.positionAt(0), open.positionAt(open.getText().length)), text);
    const saved = (await vscode.workspace.applyEdit(edit)) && (await open.save());
    if (!saved) throw fileError(vscode.l10n.t('{0} could not be saved.', relative), 'saveFailed');
  }

  async writePrivate(relative: string, text: string, options: { replace?: boolean } = {}): Promise<void> {
    const file = this.resolve(relative);
    await this.guarded(relative, async () => {
      await makeFolder(path.dirname(file), 0o700);
      await this.assertInside(file, relative);
      await writeDurably(file, text, { mode: 0o600, replace: options.replace === true });
    });
  }

  async readPrivate(relative: string): Promise<string | undefined> {
    return readText(this.resolve(relative), relative);
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.resolve(from);
    const target = this.resolve(to);
    await this.guarded(from, async () => {
      await makeFolder(path.dirname(target));
      await this.assertInside(target, to);
      await rename(source, target);
      await syncFolder(path.dirname(target));
      if (path.dirname(source) !== path.dirname(target)) await syncFolder(path.dirname(source));
    });
  }

  async delete(relative: string): Promise<void> {
    const file = this.resolve(relative);
    await this.guarded(relative, async () => {
      await rm(file, { force: true });
      await syncFolder(path.dirname(file)).catch(() => undefined);
    });
  }

  async ensureIgnored(line: string): Promise<void> {
    const current = (await this.read('.gitignore')) ?? '';
    if (current.split(/\r?\n/).some((existing) => covers(existing, line))) return;
    // Another ignore file above, or a pattern, may cover it already; git knows. A folder is asked by something in it.
    const probe = line.endsWith('/') ? `${trimSlashes(line)}/probe` : trimSlashes(line);
    if ((await gitExitCode(this.root, ['check-ignore', '-q', '--no-index', '--', probe])) === 0) return;
    const newline = current.includes('\r\n') ? '\r\n' : '\n';
    const separator = current === '' || current.endsWith('\n') ? '' : newline;
    await this.write('.gitignore', `${current}${separator}${line}${newline}`);
  }

  async isTrackedByGit(relative: string): Promise<boolean> {
    this.resolve(relative);
    return (await gitExitCode(this.root, ['ls-files', '--error-unmatch', '--', relative])) === 0;
  }

  private resolve(relative: string): string {
    const file = path.resolve(this.root, relative);
    const inside = path.relative(this.root, file);
    if (path.isAbsolute(relative) || inside === '' || inside === '..' || inside.startsWith(`..${path.sep}`) || path.isAbsolute(inside)) {
      throw fileError(vscode.l10n.t('{0} is not inside the folder {1}.', relative, this.root), 'outsideFolder');
    }
    return file;
  }

  /** A linked folder in a repository must not lead a key out of the workspace. */
  private async assertInside(file: string, relative: string): Promise<void> {
    const folder = await realpath(path.dirname(file));
    const root = await realpath(this.root);
    if (folder !== root && !folder.startsWith(root.endsWith(path.sep) ? root : root + path.sep)) {
      throw fileError(vscode.l10n.t('{0} would be written outside of the folder {1}, because a link leads there.', relative, this.root), 'outsideFolder');
    }
  }

  private async guarded(relative: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (error instanceof FleetError) throw error;
      throw explain(error, relative);
    }
  }
}

function openDocument(file: string): vscode.TextDocument | undefined {
  const wanted = vscode.Uri.file(file).toString();
  return vscode.workspace.textDocuments.find((document) => !document.isClosed && document.uri.toString() === wanted);
}

async function readText(file: string, relative: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw explain(error, relative);
  }
}

function explain(error: unknown, relative: string): FleetError {
  if (hasCode(error, 'EEXIST')) return fileError(vscode.l10n.t('{0} exists already and is not overwritten.', relative), 'fileExists', error);
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) return fileError(vscode.l10n.t('{0} cannot be written: the disk is full.', relative), 'diskFull', error);
  if (hasCode(error, 'EACCES', 'EPERM', 'EROFS')) return fileError(vscode.l10n.t('{0} cannot be read or written: permission denied.', relative), 'fileAccess', error);
  const reason = error instanceof Error ? error.message : String(error);
  return fileError(vscode.l10n.t('{0} cannot be read or written: {1}', relative, reason), 'fileFailed', error);
}

function fileError(message: string, code: string, cause?: unknown): FleetError {
  return new FleetError(message, { category: 'file', code, cause });
}

function covers(existing: string, wanted: string): boolean {
  const rule = existing.trim();
  if (rule === '' || rule.startsWith('#') || rule.startsWith('!')) return false;
  return trimSlashes(rule.replace(/^\*\*\//, '')) === trimSlashes(wanted);
}

function trimSlashes(text: string): string {
  return text.replace(/^\/+|\/+$/g, '');
}
