import * as vscode from 'vscode';
import type { RelationGraph } from '../core/relations/graph';
import { relationsState, type RelationsState, type RelationsView } from '../core/relations/view';
import { remedyCommand } from '../core/relations/words';
import { Commands, Panels, type CommandId } from '../ids';
import { deployedUri } from '../platform/deployedUri';
import type { Log } from '../platform/log';
import { fillPanel, pageOptions } from './pageDocument';
import { parseFromRelations } from './relationsProtocol';

export interface RelationsDeps {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
  /** Behind the error boundary of commands. */
  readonly run: (command: CommandId, ...args: readonly unknown[]) => Promise<unknown>;
}

export interface ShownRelations {
  readonly graph: RelationGraph;
  readonly view: RelationsView;
  /** What the command was called on, to call it again. */
  readonly hint: unknown;
  /** Id of the node that was asked about. */
  readonly asked?: string;
}

/** What hangs together with what, as a list, as a tree and as a picture. One tab per window; it is not brought back after a reload. */
export class RelationsPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private shown: ShownRelations | undefined;
  private state: RelationsState | undefined;

  constructor(private readonly deps: RelationsDeps) {}

  show(shown: ShownRelations): void {
    this.shown = shown;
    this.state = relationsState(shown.graph, shown.view, shown.asked);
    if (this.panel === undefined) this.open();
    else this.panel.reveal(undefined, true);
    this.send();
  }

  /** For tests: what the page was told last, and the document it runs in. */
  inspect(): { readonly html: string | undefined; readonly state: RelationsState | undefined } {
    return { html: this.panel?.webview.html, state: this.state };
  }

  /** What the page may ask for. Public, so that a test can speak in the page's place. */
  async receive(message: unknown): Promise<void> {
    const request = parseFromRelations(message);
    const { shown } = this;
    switch (request?.type) {
      case undefined:
        this.deps.log.warn('the page of relations sent a message that is not in the protocol');
        return;
      case 'ready':
        this.send();
        return;
      case 'refresh':
        await this.again();
        return;
      case 'open': {
        const node = shown?.graph.nodes[request.node];
        if (shown === undefined || node === undefined || this.state?.nodes[request.node]?.opens !== true) return;
        if (node.kind === 'stack') await this.deps.run(Commands.showStackOutputs);
        if (node.kind === 'policy' || node.kind === 'template') await vscode.window.showTextDocument(deployedUri(node.kind, shown.view.target, node.name), { preview: true });
        return;
      }
      case 'fix': {
        const remedy = shown?.graph.edges[request.edge]?.remedy;
        if (remedy !== undefined && (await this.deps.run(remedyCommand(remedy))) === 'done') await this.again();
        return;
      }
    }
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private async again(): Promise<void> {
    if (this.panel !== undefined) await this.deps.run(Commands.showRelations, this.shown?.hint);
  }

  private send(): void {
    // A page that is not ready yet asks by itself.
    if (this.state !== undefined) void this.panel?.webview.postMessage({ type: 'state', state: this.state });
  }

  private open(): void {
    const title = vscode.l10n.t('Relations');
    const panel = vscode.window.createWebviewPanel(Panels.relations, title, vscode.ViewColumn.Active, pageOptions(this.deps.extensionUri));
    this.panel = panel;
    const { webview } = panel;
    webview.onDidReceiveMessage((message: unknown) => {
      this.receive(message).catch((error: unknown) => this.deps.log.error('the page of relations could not be answered', error));
    });
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.shown = undefined;
      this.state = undefined;
    });
    fillPanel(panel, this.deps.extensionUri, {
      page: 'relations',
      title,
      texts: {
        heading: vscode.l10n.t('Relations of {0}'),
        refresh: vscode.l10n.t('Refresh'),
        list: vscode.l10n.t('Relations as a list'),
        picture: vscode.l10n.t('Relations as a picture'),
        tree: vscode.l10n.t('Relations as a tree'),
        usedBy: vscode.l10n.t('Used by'),
        again: vscode.l10n.t('shown further up'),
        asked: vscode.l10n.t('What hangs on {0}'),
        broken: vscode.l10n.t('What does not hold'),
      },
    });
  }
}
