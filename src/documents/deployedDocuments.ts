import * as vscode from 'vscode';
import type { FleetSteps, RegionsService, SessionService } from '../core/ports/services';
import { prettyJson } from '../core/util/json';
import { deployedScheme, parseDeployedUri, type DeployedAddress } from '../platform/deployedUri';

/**
 * Policies and provisioning templates as they stand in the account, read-only. Their file names end like local ones, so
 * that the same language service and schemas read them.
 */
export class DeployedDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly disposables: { dispose(): unknown }[];
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly session: SessionService,
    steps: FleetSteps,
    private readonly regions: Pick<RegionsService, 'pinned' | 'connection' | 'isOpen'>,
  ) {
    let wasBusy = false;
    this.disposables = [
      this.changed,
      vscode.workspace.registerTextDocumentContentProvider(deployedScheme, this),
      // Only what is connected is read anew: reading connects, and after a failure that would never end.
      session.onDidChange((state) => {
        if (state.kind === 'connected') this.reload();
      }),
      // A publish may have changed what is shown.
      steps.onDidChange(() => {
        if (wasBusy && !steps.busy) this.reload();
        wasBusy = steps.busy;
      }),
    ];
  }

  async provideTextDocumentContent(uri: vscode.Uri, token: vscode.CancellationToken): Promise<string> {
    const address = parseDeployedUri(uri);
    if (address === undefined) throw new Error(vscode.l10n.t('This is not the address of a deployed document.'));
    const abort = new AbortController();
    const cancelled = token.onCancellationRequested(() => abort.abort());
    try {
      // AWS stores the text as it was sent, often in one line. Indented it can be read and compared.
      const text = await this.read(address, abort.signal);
      // One that is shown and has gone meanwhile becomes empty; one that was never there is no empty document.
      if (text === undefined && !vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString())) throw new Error(missingText(address));
      return prettyJson(text ?? '');
    } finally {
      cancelled.dispose();
    }
  }

  dispose(): void {
    for (const disposable of this.disposables.reverse()) disposable.dispose();
  }

  private async read(address: DeployedAddress, signal: AbortSignal): Promise<string | undefined> {
    const connected = await this.session.connection(signal);
    // A pinned region is read by a connection of its own.
    const elsewhere = connected.target.account === address.account && connected.target.region !== address.region && this.regions.pinned.includes(address.region);
    const connection = elsewhere ? await this.regions.connection(address.region) : connected;
    const { target } = connection;
    if (target.account !== address.account || target.region !== address.region) {
      throw new Error(
        vscode.l10n.t('This document is in account {0}, {1}, but the connection is to {2}, {3}.', address.account, address.region, target.account, target.region),
      );
    }
    const { name, version } = address;
    if (version !== undefined) {
      return address.kind === 'policy'
        ? connection.iot.getPolicyVersion(name, version, { signal })
        : connection.iot.getProvisioningTemplateVersion(name, Number(version), { signal });
    }
    if (address.kind === 'policy') return (await connection.iot.getPolicy(address.name, { signal }))?.document;
    return (await connection.iot.describeProvisioningTemplate(address.name, { signal }))?.templateBody;
  }

  /** Reads the documents that are open anew: the account may have changed. Those of a pinned region that nobody looks into stay as they are. */
  reload(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme !== deployedScheme || document.isClosed) continue;
      const region = parseDeployedUri(document.uri)?.region;
      if (region !== undefined && this.regions.pinned.includes(region) && !this.regions.isOpen(region)) continue;
      this.changed.fire(document.uri);
    }
  }
}

function missingText({ kind, name, account, region, version }: DeployedAddress): string {
  if (version !== undefined) return vscode.l10n.t('There is no version {0} of {1} in account {2}, {3}.', version, name, account, region);
  return kind === 'policy' ? vscode.l10n.t('There is no IoT policy {0} in account {1}, {2}.', name, account, region) : vscode.l10n.t('There is no provisioning template {0} in account {1}, {2}.', name, account, region);
}
