import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { pageHtml } from './html';
import { panelIcon } from './panelIcon';

export interface PageContent {
  /** Name of its script and its style sheet in `media`. */
  readonly page: string;
  readonly title: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** What a page may do, and the one folder that it may read from. */
export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions & { readonly retainContextWhenHidden: false } {
  return { enableScripts: true, localResourceRoots: [mediaOf(extensionUri)], retainContextWhenHidden: false };
}

/** Puts the page into its tab. It is empty, and asks for what it shows when it is ready. */
export function fillPanel(panel: vscode.WebviewPanel, extensionUri: vscode.Uri, { page, title, texts }: PageContent): void {
  const { webview } = panel;
  const uri = (file: string): string => webview.asWebviewUri(vscode.Uri.joinPath(mediaOf(extensionUri), file)).toString();
  panel.iconPath = panelIcon(extensionUri);
  webview.html = pageHtml({
    cspSource: webview.cspSource,
    nonce: randomBytes(24).toString('base64'),
    script: uri(`${page}.js`),
    styles: [uri('page.css'), uri(`${page}.css`)],
    language: vscode.env.language,
    title,
    texts,
  });
}

const mediaOf = (extensionUri: vscode.Uri): vscode.Uri => vscode.Uri.joinPath(extensionUri, 'media');
