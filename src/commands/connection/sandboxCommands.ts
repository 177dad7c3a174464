import * as vscode from 'vscode';
import { connect } from './connect';
import type { ConnectionCommandDeps } from './connectionCommandDeps';

/** Starts the local AWS, or finds the one of another window, and connects to it. */
export async function startSandbox(deps: ConnectionCommandDeps): Promise<void> {
  const choice = await deps.progress.run(vscode.l10n.t('Starting the local sandbox'), async (_progress, signal) => deps.sandbox.start(signal));
  await connect(deps, choice);
}

/** What it holds stays on disk. */
export async function stopSandbox(deps: ConnectionCommandDeps): Promise<void> {
  const { state } = deps.session;
  if (state.kind !== 'none' && state.choice.kind === 'sandbox') deps.session.disconnect();
  if (!deps.sandbox.running) {
    deps.ui.inform(vscode.l10n.t('The local sandbox is not running.'));
    return;
  }
  await deps.sandbox.stop();
  deps.ui.inform(vscode.l10n.t('The local sandbox has stopped. What it holds is kept.'));
}

/** Deletes everything in the local AWS; the session stays connected to the empty one. */
export async function resetSandbox(deps: ConnectionCommandDeps): Promise<void> {
  await deps.ui.confirm({
    title: vscode.l10n.t('Empty the local sandbox?'),
    detail: vscode.l10n.t('Every stack, role, policy, template and certificate in it is deleted. No AWS account is touched.'),
    action: vscode.l10n.t('Empty Sandbox'),
  });
  await deps.sandbox.reset();
  const { state } = deps.session;
  // Whoever shows the account looks again.
  if (state.kind === 'connected' && state.choice.kind === 'sandbox') await connect(deps, state.choice);
  deps.ui.inform(vscode.l10n.t('The local sandbox is empty.'));
}
