import * as vscode from 'vscode';
import { previewState, type PreviewState } from '../core/provisioning/template/preview';
import { Panels, WorkspaceFileNames } from '../ids';
import type { Log } from '../platform/log';
import { deviceParameters } from '../services/deviceParameters';
import { fillPanel, pageOptions } from './pageDocument';
import { parseFromPreview, type PreviewMemory } from './templatePreviewProtocol';

export interface TemplatePreviewDeps {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
  readonly memory: { get(): PreviewMemory | undefined; set(value: PreviewMemory): Promise<void> };
}

/** Files whose values are kept; older ones go. */
const maxRemembered = 20;

/**
 * What a device gets from a provisioning template, beside it: parameters in, the rest follows while one types on either
 * side. Works without any connection. One tab per window; it is not brought back after a reload.
 */
export class TemplatePreviewPanel implements vscode.Disposable {
  private readonly disposables: vscode.Disposable[];
  private panel: vscode.WebviewPanel | undefined;
  private document: vscode.TextDocument | undefined;
  private typed: Readonly<Record<string, string>> = {};
  private configured: Readonly<Record<string, string>> = {};
  private state: PreviewState | undefined;

  constructor(private readonly deps: TemplatePreviewDeps) {
    this.disposables = [
      vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document === this.document) this.update();
      }),
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (document.uri.path.endsWith(`/${WorkspaceFileNames.deviceConfiguration}`)) void this.readConfiguration();
      }),
    ];
  }

  /** Shows the preview of a template; the tab opens beside it, and typing goes on in the template. */
  async show(document: vscode.TextDocument): Promise<void> {
    this.document = document;
    this.typed = this.deps.memory.get()?.[document.uri.toString()] ?? {};
    this.configured = {};
    if (this.panel === undefined) this.open();
    else this.panel.reveal(undefined, true);
    await this.readConfiguration();
  }

  /** For tests: what the page was told last, and the document it runs in. */
  inspect(): { readonly html: string | undefined; readonly state: PreviewState | undefined } {
    return { html: this.panel?.webview.html, state: this.state };
  }

  /** What the page may ask for. Public, so that a test can speak in the page's place. */
  async receive(message: unknown): Promise<void> {
    const request = parseFromPreview(message);
    switch (request?.type) {
      case undefined:
        this.deps.log.warn('the template preview sent a message that is not in the protocol');
        return;
      case 'ready':
        this.send();
        return;
      case 'set':
        if (this.state?.parameters.some((parameter) => parameter.name === request.name) !== true) return;
        this.typed = { ...this.typed, [request.name]: request.value };
        this.update();
        await this.remember();
        return;
      case 'reveal': {
        const problem = this.state?.problems[request.problem];
        if (problem === undefined || this.document === undefined) return;
        const range = new vscode.Range(this.document.positionAt(problem.offset), this.document.positionAt(problem.offset + problem.length));
        await vscode.window.showTextDocument(this.document, { viewColumn: vscode.ViewColumn.One, selection: range });
        return;
      }
    }
  }

  dispose(): void {
    this.panel?.dispose();
    for (const disposable of this.disposables) disposable.dispose();
  }

  private async readConfiguration(): Promise<void> {
    const { document } = this;
    if (document === undefined) return;
    try {
      const uri = vscode.Uri.joinPath(document.uri, '..', WorkspaceFileNames.deviceConfiguration);
      const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
      const { values } = await deviceParameters(text, document.getText());
      if (this.document === document) this.configured = values;
    } catch {
      // There need not be one.
    }
    this.update();
  }

  private update(): void {
    const { document } = this;
    if (document === undefined || this.panel === undefined) return;
    const name = document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1);
    this.state = previewState(name, document.getText(), { ...this.configured, ...this.typed });
    this.send();
  }

  private send(): void {
    // A page that is not ready yet asks by itself.
    if (this.state !== undefined) void this.panel?.webview.postMessage({ type: 'state', state: this.state });
  }

  private async remember(): Promise<void> {
    if (this.document === undefined) return;
    const key = this.document.uri.toString();
    const others = Object.entries(this.deps.memory.get() ?? {}).filter(([other]) => other !== key);
    await this.deps.memory.set(Object.fromEntries([...others.slice(1 - maxRemembered), [key, this.typed]]));
  }

  private open(): void {
    const title = vscode.l10n.t('What a Device Gets');
    const options = pageOptions(this.deps.extensionUri);
    const panel = vscode.window.createWebviewPanel(Panels.templatePreview, title, { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true }, options);
    this.panel = panel;
    const { webview } = panel;
    webview.onDidReceiveMessage((message: unknown) => {
      this.receive(message).catch((error: unknown) => this.deps.log.error('the template preview could not be answered', error));
    });
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.document = undefined;
      this.state = undefined;
    });
    fillPanel(panel, this.deps.extensionUri, {
      page: 'templatePreview',
      title,
      texts: {
        parameters: vscode.l10n.t('Parameters that the device sends'),
        none: vscode.l10n.t('The template declares no parameters.'),
        result: vscode.l10n.t('What the device gets'),
        problems: vscode.l10n.t('Problems'),
        line: vscode.l10n.t('line {0}'),
        needed: vscode.l10n.t('needed'),
        default: vscode.l10n.t('default: {0}'),
      },
    });
  }
}
