import * as vscode from 'vscode';
import { askRegion } from './askRegion';
import { nothingToChoose, connect } from './connect';
import type { ConnectionCommandDeps } from './connectionCommandDeps';

export async function chooseRegion(deps: ConnectionCommandDeps): Promise<void> {
  checkChoice(deps);
  await useRegion(deps, await askRegion(deps));
}

/** Another region of the same identity is another connection. The sandbox serves every region. */
export async function useRegion(deps: ConnectionCommandDeps, region: string): Promise<void> {
  await connect(deps, { ...checkChoice(deps), region });
}

function checkChoice({ session }: ConnectionCommandDeps) {
  const { state } = session;
  if (state.kind !== 'none') return state.choice;
  throw nothingToChoose(vscode.l10n.t('A region is chosen for a connection, and there is none yet.'), vscode.l10n.t('Choose a profile, or use the local sandbox.'), [
    { kind: 'chooseProfile' },
    { kind: 'startSandbox' },
  ]);
}
