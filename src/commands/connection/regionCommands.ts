import * as vscode from 'vscode';
import { FleetError } from '../../core/errors';
import { isRegionCode, regionName } from '../../core/util/regions';
import { targetOf } from '../../platform/commandTargets';
import { askRegion } from './askRegion';
import { chooseRegion, useRegion } from './chooseRegion';
import type { ConnectionCommandDeps } from './connectionCommandDeps';

/** @param argument a node of a pinned region, a region code, or nothing to be asked. Regions that stood side by side go on doing so. */
export async function switchRegion(deps: ConnectionCommandDeps, argument: unknown): Promise<void> {
  const { regions, session } = deps;
  const region = regionOf(argument);
  if (region === undefined) return chooseRegion(deps);
  const left = session.current?.target.region;
  await useRegion(deps, region);
  if (left !== undefined && left !== region && regions.pinned.includes(region)) await regions.pin(left);
}

/** @param argument a region code, or nothing to be asked */
export async function pinRegion(deps: ConnectionCommandDeps, argument: unknown): Promise<void> {
  const region = regionOf(argument) ?? (await askRegion(deps, { title: vscode.l10n.t('Pin which region?'), except: deps.regions.pinned }));
  await deps.regions.pin(region);
  deps.ui.inform(
    deps.session.current?.target.region === region
      ? vscode.l10n.t('{0} is pinned: it stays among the resources when another region is connected.', region)
      : vscode.l10n.t('{0} is pinned: it stands below the resources, and is read when it is opened.', region),
  );
}

/** @param argument a node of a pinned region, a region code, or nothing to be asked */
export async function unpinRegion(deps: ConnectionCommandDeps, argument: unknown): Promise<void> {
  const { pinned } = deps.regions;
  const given = regionOf(argument);
  if (pinned.length === 0 || (given !== undefined && !pinned.includes(given))) {
    throw new FleetError(given === undefined ? vscode.l10n.t('No region is pinned.') : vscode.l10n.t('The region {0} is not pinned.', given), {
      category: 'region',
      code: 'notPinned',
      advice: vscode.l10n.t('Run “Pin a Region…” to keep one in view beside the connected one.'),
    });
  }
  const region =
    given ??
    (await deps.ui.choose({
      title: vscode.l10n.t('Unpin which region?'),
      choices: pinned.map((code) => {
        const name = regionName(code);
        return { label: code, value: code, ...(name === undefined ? {} : { description: name }) };
      }),
    }));
  await deps.regions.unpin(region);
}

function regionOf(argument: unknown): string | undefined {
  const region = typeof argument === 'string' ? argument : targetOf(argument).inRegion;
  return region !== undefined && isRegionCode(region) ? region : undefined;
}
