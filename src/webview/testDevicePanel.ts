import * as vscode from 'vscode';
import type { DevicePageRequest } from '../core/device/trace';
import { Panels } from '../ids';
import type { Log } from '../platform/log';
import { fillPanel, pageOptions } from './pageDocument';
import { parseFromTestDevicePage, toPage, type ShownRun, type ToTestDevicePage } from './testDeviceProtocol';
import { testDeviceTexts } from './testDeviceTexts';
import { NewestThrottle } from './testDeviceThrottle';

export interface TestDevicePanelDeps {
  readonly extensionUri: vscode.Uri;
  readonly log: Log;
}

/** A page is told at most ten times a second: a fleet changes far more often than anybody can read. */
const tellEvery = 100;

/** What test devices do, while they do it, beside the editor. One tab per window; it is not brought back after a reload. */
export class TestDevicePanel implements vscode.Disposable {
  private readonly throttle = new NewestThrottle<ShownRun>(tellEvery, (shown) => this.tell(shown));
  private panel: vscode.WebviewPanel | undefined;
  private shown: ShownRun | undefined;
  private run = 0;
  private startedAt = 0;
  private listener: ((request: DevicePageRequest) => Promise<unknown>) | undefined;

  constructor(private readonly deps: TestDevicePanelDeps) {}

  /** Who does what the page asks for. Failures are logged here and shown by who runs the command. */
  onRequest(listener: (request: DevicePageRequest) => Promise<unknown>): void {
    this.listener = listener;
  }

  /** Shows a run. `bring` opens the tab or puts it in front; without it a tab that somebody has closed stays closed. */
  show(shown: ShownRun, bring: boolean): void {
    const before = this.shown;
    if (bring || before?.kind !== shown.kind || before.view.title !== shown.view.title) {
      this.run += 1;
      this.startedAt = Date.now();
    }
    if (this.panel === undefined) {
      if (!bring) return;
      this.open();
    } else if (bring) this.panel.reveal(undefined, true);
    this.shown = shown;
    if (this.panel !== undefined && this.panel.title !== shown.view.title) this.panel.title = shown.view.title;
    this.throttle.push(shown);
  }

  /** True while the tab is open. */
  get isOpen(): boolean {
    return this.panel !== undefined;
  }

  /** For tests: what is shown, and the document it is shown in. */
  inspect(): { readonly html: string | undefined; readonly shown: ShownRun | undefined } {
    return { html: this.panel?.webview.html, shown: this.shown };
  }

  /** What the page may ask for. Public, so that a test can speak in the page's place. */
  async receive(message: unknown): Promise<void> {
    const request = parseFromTestDevicePage(message);
    if (request === undefined) this.deps.log.warn('the test device page sent a message that is not in the protocol');
    else if (request.type !== 'ready') await this.listener?.(request);
    else if (this.shown !== undefined) this.tell(this.shown);
  }

  dispose(): void {
    this.panel?.dispose();
  }

  private tell(shown: ShownRun): void {
    const message: ToTestDevicePage = { type: 'run', run: this.run, elapsed: Date.now() - this.startedAt, ...toPage(shown) };
    void this.panel?.webview.postMessage(message);
  }

  private open(): void {
    const title = vscode.l10n.t('Test Device');
    const panel = vscode.window.createWebviewPanel(
      Panels.testDevice,
      title,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      pageOptions(this.deps.extensionUri),
    );
    this.panel = panel;
    const { webview } = panel;
    webview.onDidReceiveMessage((message: unknown) => {
      this.receive(message).catch((error: unknown) => this.deps.log.error('the test device page could not be answered', error));
    });
    panel.onDidDispose(() => {
      this.throttle.clear();
      this.panel = undefined;
      this.shown = undefined;
    });
    fillPanel(panel, this.deps.extensionUri, {
      page: 'testDevice',
      title,
      texts: testDeviceTexts(),
    });
  }
}
