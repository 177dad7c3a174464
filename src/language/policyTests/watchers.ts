import * as vscode from 'vscode';

interface Watched {
  readonly users: Set<string>;
  readonly watcher: vscode.FileSystemWatcher;
}

/** Watches single files, each once, for as long as somebody needs it; they may be outside of the workspace. */
export class Watchers implements vscode.Disposable {
  private readonly watched = new Map<string, Watched>();

  constructor(private readonly onChange: (uri: vscode.Uri) => void) {}

  watches(uri: string): boolean {
    return this.watched.has(uri);
  }

  usersOf(uri: string): readonly string[] {
    return [...(this.watched.get(uri)?.users ?? [])];
  }

  /** From now on `user` needs these files and no others. */
  watch(user: string, uris: readonly vscode.Uri[]): void {
    const wanted = new Map(uris.map((uri) => [uri.toString(), uri]));
    for (const [id, { users, watcher }] of this.watched) {
      if (wanted.has(id) || !users.delete(user) || users.size > 0) continue;
      watcher.dispose();
      this.watched.delete(id);
    }
    for (const [id, uri] of wanted) {
      const known = this.watched.get(id) ?? this.start(uri);
      known.users.add(user);
      this.watched.set(id, known);
    }
  }

  dispose(): void {
    for (const { watcher } of this.watched.values()) watcher.dispose();
    this.watched.clear();
  }

  private start(uri: vscode.Uri): Watched {
    const name = uri.path.slice(uri.path.lastIndexOf('/') + 1);
    // Signs that mean something in a glob are any character; a change of a neighbour costs one look.
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), name.replaceAll(/[[\]{}*?]/g, '?')));
    const changed = (): void => this.onChange(uri);
    watcher.onDidCreate(changed);
    watcher.onDidChange(changed);
    watcher.onDidDelete(changed);
    return { users: new Set(), watcher };
  }
}
