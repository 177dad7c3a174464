import * as vscode from 'vscode';

/** The picture on the tab of a page: that of the view container, in the colours of light and dark themes. */
export function panelIcon(extensionUri: vscode.Uri): { readonly light: vscode.Uri; readonly dark: vscode.Uri } {
  const of = (theme: string): vscode.Uri => vscode.Uri.joinPath(extensionUri, `resources/icons/outputs-${theme}.svg`);
  return { light: of('light'), dark: of('dark') };
}
