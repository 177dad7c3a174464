import * as vscode from 'vscode';
import type { ConnectionChoice } from '../../core/ports/identity';
import { askRegion } from './askRegion';
import { nothingToChoose, connect } from './connect';
import type { ConnectionCommandDeps } from './connectionCommandDeps';

/** Another region of the same identity is another connection. The sandbox serves every region. */
export async function chooseRegion(deps: ConnectionCommandDeps): Promise<void> {
  const { state } = deps.session;
  if (state.kind === 'none') {
    throw nothingToChoose(vscode.l10n.t('A region is chosen for a connection, and there is none yet.'), vscode.l10n.t('Choose a profile, or use the local sandbox.'), [
      { kind: 'chooseProfile' },
      { kind: 'startSandbox' },
    ]);
  }
  const region = await askRegion(deps);
  const choice: ConnectionChoice = { ...state.choice, region };
  await connect(deps, choice);
}
