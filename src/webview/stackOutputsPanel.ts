import * as vscode from 'vscode';
import { randomBytes } from 'node:crypto';
import { isCancelled } from '../core/errors';
import type { FleetSteps, SessionService, SessionState, StackView } from '../core/ports/services';
import { Commands, Views, type CommandId } from '../ids';
import type { Log } from '../platform/log';
import { pageHtml } from './html';
import { commandFor, emptyState, errorState, stackState } from './pageState';
import { parseFromPage, type FromPage, type PageState, type ToPage } from './protocol';

export interface StackOutputsDeps {
  readonly extensionUri: vscode.Uri;
  readonly session: SessionService;
  readonly steps: FleetSteps;
  readonly log: Log;
  /** Runs one of our commands behind its error boundary. */
  readonly run: (command: CommandId) => Promise<unknown>;
}

/**
 * The stack's outputs in an editor tab: ARNs are too long for a side bar. One tab per window; it follows the connection
 * and the steps while it is visible.
 */
export class StackOutputsPanel implements vscode.Disposable {
  private readonly disposables: { dispose(): unknown }[];
  private panel: vscode.WebviewPanel | undefined;
  private view: StackView | undefined;
  private state: PageState = { kind: 'loading' };
  private loading: AbortController | undefined;
  private stale = false;
  private readonly sent: ToPage[] = [];

  constructor(private readonly deps: StackOutputsDeps) {
    let wasBusy = false;
    this.disposables = [
      deps.session.onDidChange((state) => this.sessionChanged(state)),
      deps.steps.onDidChange(() => {
        if (wasBusy && !deps.steps.busy) this.outdated();
        wasBusy = deps.steps.busy;
      }),
    ];
  }

  /** Opens the tab or brings it to the front, and reads the stack anew. */
  async show(): Promise<void> {
    if (this.panel === undefined) {
      const panel = vscode.window.createWebviewPanel(Views.stackOutputs, vscode.l10n.t('Stack Outputs'), vscode.ViewColumn.Active, { retainContextWhenHidden: false });
      this.adopt(panel);
    } else {
      this.panel.reveal();
    }
    await this.load();
  }

  /** VS Code brings the tab back after a reload of the window; the activation announces that. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    this.adopt(panel);
    this.outdated();
  }

  /** For tests: what the page was told last, and the document it runs in. */
  inspect(): { readonly html: string | undefined; readonly state: PageState; readonly sent: readonly ToPage[] } {
    return { html: this.panel?.webview.html, state: this.state, sent: this.sent };
  }

  /** What the page may ask for. Public, so that a test can speak in the page's place. */
  async receive(message: unknown): Promise<void> {
    const request = parseFromPage(message);
    if (request === undefined) {
      this.deps.log.warn('the stack outputs page sent a message that is not in the protocol');
      return;
    }
    await this.answer(request);
  }

  dispose(): void {
    this.loading?.abort();
    this.panel?.dispose();
    for (const disposable of this.disposables.reverse()) disposable.dispose();
  }

  private async answer(request: FromPage): Promise<void> {
    switch (request.type) {
      case 'ready':
        this.send({ type: 'state', state: this.state });
        return;
      case 'refresh':
        return this.load();
      case 'deploy':
        await this.deps.run(Commands.deployRolesStack);
        return;
      case 'showLog':
        await this.deps.run(Commands.showLog);
        return;
      case 'copy': {
        const output = this.view?.outputs[request.row];
        if (output === undefined) return;
        await vscode.env.clipboard.writeText(output.value);
        this.send({ type: 'copied', row: request.row });
        return;
      }
      case 'use': {
        const output = this.view?.outputs[request.row];
        const command = output === undefined ? undefined : commandFor(output.meaning);
        if (command !== undefined) await this.deps.run(command);
        return;
      }
    }
  }

  private adopt(panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const media = vscode.Uri.joinPath(this.deps.extensionUri, 'media');
    this.panel = panel;
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(this.deps.extensionUri, `resources/icons/outputs-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    webview.options = { enableScripts: true, localResourceRoots: [media] };
    webview.onDidReceiveMessage((message: unknown) => {
      this.receive(message).catch((error: unknown) => this.deps.log.error('the stack outputs page could not be answered', error));
    });
    panel.onDidChangeViewState(() => panel.visible && this.stale && this.reload());
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.loading?.abort();
    });
    webview.html = pageHtml({
      cspSource: webview.cspSource,
      nonce: randomBytes(24).toString('base64'),
      script: webview.asWebviewUri(vscode.Uri.joinPath(media, 'stackOutputs.js')).toString(),
      style: webview.asWebviewUri(vscode.Uri.joinPath(media, 'stackOutputs.css')).toString(),
      language: vscode.env.language,
      title: vscode.l10n.t('Stack Outputs'),
      texts: pageTexts(),
    });
  }

  /** Loading connects, so a connection that failed must not make it load: the two would go round for ever. */
  private sessionChanged(state: SessionState): void {
    if (state.kind === 'connecting') return;
    if (state.kind !== 'failed') {
      this.outdated();
      return;
    }
    this.view = undefined;
    if (this.panel !== undefined) this.tell(errorState(state.error));
  }

  private outdated(): void {
    this.stale = true;
    if (this.panel?.visible === true) this.reload();
  }

  private reload(): void {
    this.load().catch((error: unknown) => this.deps.log.error('the stack outputs could not be read', error));
  }

  private async load(): Promise<void> {
    this.loading?.abort();
    const abort = new AbortController();
    this.loading = abort;
    this.stale = false;
    // What is shown stays until there is something newer: no flicker, no lost scroll position.
    if (this.state.kind !== 'stack') this.tell({ kind: 'loading' });
    try {
      const connection = await this.deps.session.connection(abort.signal);
      const view = await this.deps.steps.stackView(connection, abort.signal);
      if (abort.signal.aborted) return;
      this.view = view;
      this.tell(view === undefined ? emptyState(this.deps.steps.names().stackName) : stackState(view));
    } catch (error) {
      if (abort.signal.aborted || isCancelled(error)) return;
      this.deps.log.error('the stack outputs could not be read', error);
      this.view = undefined;
      this.tell(errorState(error));
    }
  }

  private tell(state: PageState): void {
    this.state = state;
    this.send({ type: 'state', state });
  }

  private send(message: ToPage): void {
    this.sent.push(message);
    if (this.sent.length > 50) this.sent.shift();
    // A page that is not ready yet asks by itself.
    void this.panel?.webview.postMessage(message);
  }
}

function pageTexts(): Readonly<Record<string, string>> {
  return {
    loading: vscode.l10n.t('Reading the stack…'),
    refresh: vscode.l10n.t('Refresh'),
    search: vscode.l10n.t('Filter outputs'),
    name: vscode.l10n.t('Name'),
    value: vscode.l10n.t('Value'),
    description: vscode.l10n.t('Description'),
    actions: vscode.l10n.t('Actions'),
    copy: vscode.l10n.t('Copy'),
    copied: vscode.l10n.t('Copied'),
    copyLabel: vscode.l10n.t('Copy the value of {0}'),
    useLabel: vscode.l10n.t('{0}, with {1}'),
    copiedValue: vscode.l10n.t('Copied the value of {0}'),
    noOutputs: vscode.l10n.t('This stack has no outputs.'),
    noMatch: vscode.l10n.t('No output matches the filter.'),
    retry: vscode.l10n.t('Try Again'),
    showLog: vscode.l10n.t('Show Log'),
    outputs: vscode.l10n.t('Outputs of {0}'),
  };
}
