import * as vscode from 'vscode';
import type { Choice } from '../../core/ports/interaction';
import { regionName } from '../../core/util/regions';
import type { ConnectionCommandDeps } from './connectionCommandDeps';

/** Asks for a region code; free text too, because new regions come and old tables stay. */
export async function askRegion(deps: Pick<ConnectionCommandDeps, 'session' | 'ui'>): Promise<string> {
  const { state } = deps.session;
  const current = state.kind === 'connected' ? state.target.region : undefined;
  // The one in use first: it is seen without scrolling, and Enter keeps it.
  const regions = [...deps.session.knownRegions()].sort((a, b) => Number(b === current) - Number(a === current));
  const known = regions.map((region): Choice<string | undefined> => {
    const name = regionName(region);
    return { label: region === current ? `$(check) ${region}` : region, value: region, ...(name === undefined ? {} : { description: name }) };
  });
  const chosen = await deps.ui.choose({
    title: vscode.l10n.t('Choose a Region'),
    placeholder: vscode.l10n.t('Code or place, such as eu-central-1 or Frankfurt'),
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
