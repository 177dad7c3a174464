import * as vscode from 'vscode';
import type { Choice } from '../../core/ports/interaction';
import { isReachable, isRegionCode, regionName } from '../../core/util/regions';
import type { ConnectionCommandDeps } from './connectionCommandDeps';

export interface RegionQuestion {
  readonly title?: string;
  /** Regions that are not offered. */
  readonly except?: readonly string[];
}

/** Asks for a region code; free text too, because new regions come and old tables stay. */
export async function askRegion(deps: Pick<ConnectionCommandDeps, 'session' | 'regions' | 'ui'>, { title, except = [] }: RegionQuestion = {}): Promise<string> {
  const { state } = deps.session;
  const current = state.kind === 'connected' ? state.target.region : undefined;
  const pinned = deps.regions.pinned.filter((region) => state.kind !== 'connected' || isReachable(region, state.target));
  // Pinned regions first, those that one switches between; then the one in use.
  const rank = (region: string): number => (region === current ? 1 : pinned.includes(region) ? 0 : 2);
  const regions = [...new Set([...pinned, ...deps.session.knownRegions()])].filter((region) => !except.includes(region)).sort((a, b) => rank(a) - rank(b));
  const known = regions.map((region): Choice<string | undefined> => {
    const isPinned = pinned.includes(region);
    const icon = region === current ? '$(check) ' : isPinned ? '$(pinned) ' : '';
    const description = [regionName(region), isPinned ? vscode.l10n.t('pinned') : undefined].filter((part) => part !== undefined).join(' · ');
    return { label: `${icon}${region}`, value: region, ...(description === '' ? {} : { description }) };
  });
  const chosen = await deps.ui.choose({
    title: title ?? vscode.l10n.t('Choose a Region'),
    placeholder: vscode.l10n.t('Code or place, such as eu-central-1 or Frankfurt'),
    choices: [...known, { label: `$(edit) ${vscode.l10n.t('Other region…')}`, value: undefined }],
  });
  if (chosen !== undefined) return chosen;
  const typed = await deps.ui.input({
    title: vscode.l10n.t('Region'),
    placeholder: 'eu-central-1',
    validate: (value) => (isRegionCode(value.trim()) ? undefined : vscode.l10n.t('A region looks like eu-central-1.')),
  });
  return typed.trim();
}
