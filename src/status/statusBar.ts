import * as vscode from 'vscode';
import type { SessionService, SessionState } from '../core/ports/services';
import type { Waiting, WaitingCalls } from '../core/ports/waiting';
import { Commands, EXTENSION_PREFIX } from '../ids';
import { waitingReason, waitingSince } from '../platform/waitingText';

/** Which account a click will reach: profile · account · region, and that its calls wait. Click to change it. */
export class ConnectionStatusBar implements vscode.Disposable {
  private readonly item: vscode.StatusBarItem;
  private readonly listeners: readonly { dispose(): void }[];

  constructor(session: Pick<SessionService, 'state' | 'onDidChange'>, waiting: WaitingCalls) {
    this.item = vscode.window.createStatusBarItem(`${EXTENSION_PREFIX}.connection`, vscode.StatusBarAlignment.Left, 10);
    this.item.name = vscode.l10n.t('AWS Connection of Greengrass Fleet Provisioning');
    this.item.command = Commands.chooseConnection;
    const show = (): void => this.show(withWaiting(describeConnection(session.state), waiting.current));
    this.listeners = [session.onDidChange(show), waiting.onDidChange(show)];
    show();
    this.item.show();
  }

  /** As it stands there now. */
  get shown(): { readonly text: string; readonly label: string } {
    return { text: this.item.text, label: this.item.accessibilityInformation?.label ?? '' };
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.item.dispose();
  }

  private show({ text, tooltip, label, failed }: ConnectionText): void {
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.accessibilityInformation = { label, role: 'button' };
    this.item.backgroundColor = failed ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  }
}

export interface ConnectionText {
  readonly text: string;
  readonly tooltip: string;
  /** For screen readers: the same without icons. */
  readonly label: string;
  readonly failed: boolean;
}

/** State is told by words and icon, never by colour alone. */
export function describeConnection(state: SessionState): ConnectionText {
  const withIcon = (icon: string, label: string, tooltip: string, failed = false): ConnectionText => ({
    text: `$(${icon}) ${label}`,
    label: vscode.l10n.t('AWS connection: {0}', label),
    tooltip,
    failed,
  });
  switch (state.kind) {
    case 'none':
      return withIcon('plug', vscode.l10n.t('AWS: not connected'), vscode.l10n.t('Choose a profile, or start the local sandbox'));
    case 'connecting':
      return withIcon('loading~spin', vscode.l10n.t('AWS: connecting…'), vscode.l10n.t('Connecting. Click to choose something else.'));
    case 'failed':
      return withIcon('warning', vscode.l10n.t('AWS: connection failed'), [state.error.message, state.error.advice].filter(Boolean).join('\n'), true);
    case 'connected': {
      const { label, account, region, callerArn, endpoint, isSandbox } = state.target;
      const who = isSandbox && state.choice.kind === 'sandbox' ? vscode.l10n.t('Local Sandbox') : label;
      const lines = [callerArn, isSandbox ? vscode.l10n.t('Local sandbox: nothing reaches an AWS account') : undefined, endpoint];
      return withIcon(isSandbox ? 'beaker' : 'cloud', `${who} · ${account} · ${region}`, lines.filter((line) => line !== undefined).join('\n'));
    }
  }
}

/** The account stays readable: while calls wait, this is said after it. */
export function withWaiting(connection: ConnectionText, waiting: Waiting | undefined): ConnectionText {
  if (waiting === undefined) return connection;
  const since = waitingSince(waiting);
  return {
    ...connection,
    text: `${connection.text} $(watch) ${since}`,
    label: `${connection.label}, ${since}`,
    tooltip: `${waitingReason(waiting)}\n\n${connection.tooltip}`,
  };
}
