import * as vscode from 'vscode';
import type { ConnectionChoice } from '../../core/ports/identity';
import type { Choice } from '../../core/ports/interaction';
import { regionName } from '../../core/util/regions';
import { nothingToChoose, connect } from './connect';
import type { ConnectionCommandDeps } from './connectionCommands';

/** Another region of the same identity is another connection. The sandbox serves every region. */
export async function chooseRegion(deps: ConnectionCommandDeps): Promise<void> {
  const { state } = deps.session;
  if (state.kind === 'none') {
    throw nothingToChoose(vscode.l10n.t('Choose who you are before the region.'), vscode.l10n.t('Choose a profile, or use the local sandbox.'), [
      { kind: 'chooseProfile' },
      { kind: 'startSandbox' },
    ]);
  }
  const region = await askRegion(deps);
  const choice: ConnectionChoice = { ...state.choice, region };
  await connect(deps, choice);
}

/** Asks for a region code; free text too, because new regions come and old tables stay. */
export async function askRegion(deps: Pick<ConnectionCommandDeps, 'session' | 'ui'>): Promise<string> {
  const { state } = deps.session;
  const current = state.kind === 'connected' ? state.target.region : undefined;
  const known = deps.session.knownRegions().map((region): Choice<string | undefined> => {
    const name = regionName(region);
    return { label: region === current ? `$(check) ${region}` : region, value: region, ...(name === undefined ? {} : { description: name }) };
  });
  const chosen = await deps.ui.choose({
    title: vscode.l10n.t('Choose a Region'),
    choices: [...known, { label: `$(edit) ${vscode.l10n.t('Other region…')}`, value: undefined }],
  });
  if (chosen !== undefined) return chosen;
  const typed = await deps.ui.input({
    title: vscode.l10n.t('Region'),
    placeholder: 'eu-central-1',
    validate: (value) => (/^[a-z]{2,}(-[a-z]+)+-\d+$/.test(value.trim()) ? undefined : vscode.l10n.t('A region looks like eu-central-1.')),
  });
  return typed.trim();
}
