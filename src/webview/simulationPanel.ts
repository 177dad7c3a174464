import * as vscode from 'vscode';
import type { SimulationRequest, SimulationView } from '../core/policy/simulateView';
import { Panels } from '../ids';
import type { Log } from '../platform/log';
import { fillPanel, pageOptions } from './pageDocument';
import { parseFromSimulationPage } from './simulationProtocol';

export interface SimulationPanelDeps {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
}

/** The result of a simulation, beside the file it is about. One tab per window; it is not brought back after a reload. */
export class SimulationPanel implements vscode.Disposable {
  private panel: vscode.WebviewPanel | undefined;
  private view: SimulationView | undefined;
  private listener: ((request: SimulationRequest) => Promise<unknown>) | undefined;

  constructor(private readonly deps: SimulationPanelDeps) {}

  /** Who does what the page asks for. Failures are logged here and shown by who runs the command. */
  onRequest(listener: (request: SimulationRequest) => Promise<unknown>): void {
    this.listener = listener;
  }

  /** Shows the result; opens the tab beside the active editor when there is none. `bring` puts an open one in front. */
  show(view: SimulationView, bring: boolean): void {
    this.view = view;
    if (this.panel === undefined) this.open();
    else if (bring) this.panel.reveal(undefined, true);
    if (this.panel !== undefined) this.panel.title = view.title;
    void this.panel?.webview.postMessage({ type: 'view', view });
  }

  /** True while the tab is open. */
  get isOpen(): boolean {
    return this.panel !== undefined;
  }

  /** For tests: what the page was told last, and the document it runs in. */
  inspect(): { readonly html: string | undefined; readonly view: SimulationView | undefined } {
    return { html: this.panel?.webview.html, view: this.view };
  }

  /** What the page may ask for. Public, so that a test can speak in the page's place. */
  async receive(message: unknown): Promise<void> {
    const request = parseFromSimulationPage(message);
    if (request === undefined) this.deps.log.warn('the simulation page sent a message that is not in the protocol');
    else if (request.type === 'ready') await this.panel?.webview.postMessage({ type: 'view', view: this.view });
    else await this.listener?.(request);
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private open(): void {
    const panel = vscode.window.createWebviewPanel(
      Panels.policySimulation,
      vscode.l10n.t('Policy Simulation'),
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      pageOptions(this.deps.extensionUri),
    );
    this.panel = panel;
    const { webview } = panel;
    webview.onDidReceiveMessage((message: unknown) => {
      this.receive(message).catch((error: unknown) => this.deps.log.error('the simulation page could not be answered', error));
    });
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.view = undefined;
    });
    fillPanel(panel, this.deps.extensionUri, {
      page: 'policySimulation',
      title: vscode.l10n.t('Policy Simulation'),
      texts: {
        question: vscode.l10n.t('What the device does'),
        decision: vscode.l10n.t('Decision'),
        why: vscode.l10n.t('Why'),
        aws: vscode.l10n.t('AWS'),
        differs: vscode.l10n.t('Different'),
        smallest: vscode.l10n.t('Smallest statement that allows it'),
        insert: vscode.l10n.t('Insert this statement'),
        insertLabel: vscode.l10n.t('Insert the statement that allows: {0}'),
        showLabel: vscode.l10n.t('Select {0} in the file'),
        compare: vscode.l10n.t('Compare with AWS'),
        again: vscode.l10n.t('Simulate Something Else'),
      },
    });
  }
}
