import * as vscode from 'vscode';

const scheme = 'greengrass-fleet-review';

/** Short-lived read-only texts: the two sides of a diff and the plan that is reviewed before an account is changed. */
export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly registration: vscode.Disposable;
  private readonly closing: vscode.Disposable;
  private next = 1;

  constructor() {
    this.registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
    this.closing = vscode.workspace.onDidCloseTextDocument((document) => {
      if (document.uri.scheme === scheme) this.texts.delete(document.uri.toString());
    });
  }

  /** An address under which the text can be opened until it is closed. `name` is what the tab shows. */
  add(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme, path: `/${this.next++}/${name.replaceAll('/', '∕')}` });
    this.texts.set(uri.toString(), text);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? '';
  }

  /** Closes the tabs that show one of these texts. */
  async close(uris: readonly vscode.Uri[]): Promise<void> {
    const wanted = new Set(uris.map((uri) => uri.toString()));
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => shows(tab.input, wanted));
    if (tabs.length > 0) await vscode.window.tabGroups.close(tabs, true);
    for (const uri of wanted) this.texts.delete(uri);
  }

  dispose(): void {
    this.registration.dispose();
    this.closing.dispose();
    this.texts.clear();
  }
}

function shows(input: unknown, uris: ReadonlySet<string>): boolean {
  if (input instanceof vscode.TabInputText) return uris.has(input.uri.toString());
  if (input instanceof vscode.TabInputTextDiff) return uris.has(input.original.toString()) || uris.has(input.modified.toString());
  return false;
}
