import * as vscode from 'vscode';
import { isCancelled } from '../core/errors';
import type { Connection } from '../core/ports/connection';
import type { Interaction } from '../core/ports/interaction';
import type { FleetSettings, FleetSteps, SessionService, SessionState, StackView } from '../core/ports/services';
import type { StackEvent } from '../core/ports/stackApi';
import { outputsAsEnv, outputsAsJson } from '../core/stack/outputsText';
import { usableAs, type UseAs, type UseAsSetting } from '../core/stack/useAs';
import { pauseAfter } from '../core/util/backoff';
import { LatestLook } from '../core/util/latestLook';
import { Commands, Views, type CommandId } from '../ids';
import type { Log } from '../platform/log';
import { fillPanel, pageOptions } from './pageDocument';
import { commandFor, emptyState, errorState, stackState } from './pageState';
import { pageTexts } from './stackOutputsTexts';
import { parseFromPage, type CopyFormat, type FromPage, type PageState, type ToPage } from './protocol';

/** Milliseconds between looks while something is going on with the stack: often at first, as whoever runs the step does. */
const pauses = { first: 400, factor: 1.35, longest: 2000 };
/** Milliseconds after which what was read is looked at anew when the tab is seen again. */
const fresh = 15_000;
/** Events shown, newest first: those of the last operation or two. */
const mostEvents = 60;

export interface StackOutputsDeps {
  readonly extensionUri: vscode.Uri;
  readonly session: SessionService;
  readonly steps: FleetSteps;
  readonly settings: Pick<FleetSettings, 'names' | 'onDidChange'>;
  readonly log: Log;
  readonly ui: Interaction;
  /** Keeps a value as a setting of ours. */
  readonly keep: (use: UseAs) => Promise<void>;
  /** Runs one of our commands behind its error boundary. */
  readonly run: (command: CommandId) => Promise<unknown>;
}

/**
 * The stack's outputs in an editor tab: ARNs are too long for a side bar. One tab per window; it follows the connection
 * and the steps while it is visible, and looks again and again while CloudFormation is at work.
 */
export class StackOutputsPanel implements vscode.Disposable {
  private readonly disposables: { dispose(): unknown }[];
  private panel: vscode.WebviewPanel | undefined;
  private view: StackView | undefined;
  private state: PageState = { kind: 'loading' };
  private readonly looking = new LatestLook();
  private stale = false;
  private next: ReturnType<typeof setTimeout> | undefined;
  private readAt = 0;
  private looks = 0;
  private readonly sent: ToPage[] = [];

  constructor(private readonly deps: StackOutputsDeps) {
    let wasBusy = false;
    let named = deps.settings.names().stackName;
    this.disposables = [
      deps.session.onDidChange((state) => this.sessionChanged(state)),
      deps.steps.onDidChange(() => {
        if (wasBusy !== deps.steps.busy) this.outdated();
        wasBusy = deps.steps.busy;
      }),
      deps.settings.onDidChange(() => {
        // Another stack is meant now.
        const { stackName } = deps.settings.names();
        if (stackName !== named) this.outdated();
        named = stackName;
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
    this.looking.cancel();
    clearTimeout(this.next);
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
      case 'useAs':
        return this.useAs(request.row);
      case 'copyAll':
        return this.copyAll(request.format);
    }
  }

  private async copyAll(format: CopyFormat): Promise<void> {
    if (this.view === undefined) return;
    const { name, outputs, target } = this.view;
    // The comment is for files: it is not translated.
    const text = format === 'json' ? outputsAsJson(outputs) : outputsAsEnv(outputs, `Outputs of the stack ${name}, account ${target.account}, region ${target.region}`);
    await vscode.env.clipboard.writeText(text);
    this.send({ type: 'copiedAll', format });
  }

  /** An output of any stack may hold a name that our steps should go by. */
  private async useAs(row: number): Promise<void> {
    const output = this.view?.outputs[row];
    const uses = output === undefined ? [] : usableAs(output.value);
    if (output === undefined || uses.length === 0) return;
    const labels = settingLabels();
    try {
      const use = await this.deps.ui.choose({
        title: vscode.l10n.t('Use the value of {0} as', output.key),
        choices: uses.map((each) => ({ label: labels[each.setting], description: each.value, value: each })),
      });
      await this.deps.keep(use);
      this.deps.ui.inform(vscode.l10n.t('{0} is now {1}, in your settings.', labels[use.setting], use.value));
    } catch (error) {
      if (!isCancelled(error)) throw error;
    }
  }

  private adopt(panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    this.panel = panel;
    webview.options = pageOptions(this.deps.extensionUri);
    webview.onDidReceiveMessage((message: unknown) => {
      this.receive(message).catch((error: unknown) => this.deps.log.error('the stack outputs page could not be answered', error));
    });
    panel.onDidChangeViewState(() => panel.visible && (this.stale || Date.now() - this.readAt > fresh) && this.reload());
    panel.onDidDispose(() => {
      this.panel = undefined;
      this.looking.cancel();
      clearTimeout(this.next);
      // The next tab begins anew, maybe in another account.
      this.view = undefined;
      this.state = { kind: 'loading' };
    });
    fillPanel(panel, this.deps.extensionUri, {
      page: 'stackOutputs',
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
    clearTimeout(this.next);
    this.stale = false;
    await this.looking.take(async (signal) => this.look(signal));
  }

  private async look(signal: AbortSignal): Promise<void> {
    // What is shown stays until there is something newer: no flicker, no lost scroll position.
    if (this.state.kind === 'error' || this.state.kind === 'loading') this.tell({ kind: 'loading' });
    try {
      const connection = await this.deps.session.connection(signal);
      const view = await this.deps.steps.stackView(connection, signal);
      const events = view === undefined ? [] : await this.events(connection, view.id, signal);
      if (signal.aborted) return;
      this.view = view;
      this.readAt = Date.now();
      this.tell(view === undefined ? emptyState(this.deps.steps.names().stackName) : stackState(view, events));
      this.lookAgain(view);
    } catch (error) {
      if (signal.aborted || isCancelled(error)) return;
      this.deps.log.error('the stack outputs could not be read', error);
      this.view = undefined;
      this.tell(errorState(error));
    }
  }

  /** While something is going on, what is shown is soon old. A tab that nobody sees does not ask AWS. */
  private lookAgain(view: StackView | undefined): void {
    const lively = this.deps.steps.busy || view?.status.endsWith('_IN_PROGRESS') === true;
    this.looks = lively ? this.looks + 1 : 0;
    if (lively) this.next = setTimeout(() => this.outdated(), pauseAfter(this.looks - 1, pauses));
  }

  /** Who may not read the events still sees the outputs. */
  private async events(connection: Connection, stackId: string, signal: AbortSignal): Promise<readonly StackEvent[]> {
    const events: StackEvent[] = [];
    try {
      for await (const event of connection.stacks.stackEvents(stackId, { signal })) {
        events.push(event);
        if (events.length >= mostEvents) break;
      }
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.deps.log.warn(`the events of the stack could not be read: ${error instanceof Error ? error.message : String(error)}`);
    }
    return events;
  }

  /** Tells the page only what is new to it: a page that is drawn anew loses what is selected in it. */
  private tell(state: PageState): void {
    const same = JSON.stringify(state) === JSON.stringify(this.state);
    this.state = state;
    if (!same) this.send({ type: 'state', state });
  }

  private send(message: ToPage): void {
    this.sent.push(message);
    if (this.sent.length > 50) this.sent.shift();
    // A page that is not ready yet asks by itself.
    void this.panel?.webview.postMessage(message);
  }
}

function settingLabels(): Readonly<Record<UseAsSetting, string>> {
  return {
    roleAliasName: vscode.l10n.t('Name of the role alias'),
    iotPolicyName: vscode.l10n.t('Name of the IoT policy of devices'),
    claimPolicyName: vscode.l10n.t('Name of the claim policy'),
    templateName: vscode.l10n.t('Name of the provisioning template'),
    thingGroupName: vscode.l10n.t('Name of the thing group'),
    preProvisioningHook: vscode.l10n.t('Pre-provisioning hook'),
  };
}
