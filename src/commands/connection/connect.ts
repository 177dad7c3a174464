import * as vscode from 'vscode';
import { FleetError, isFleetError, type Remedy } from '../../core/errors';
import type { ConnectionChoice } from '../../core/ports/identity';
import type { ConnectionCommandDeps } from './connectionCommandDeps';
import { askRegion } from './askRegion';

/** Connects with a progress. A choice that only lacks its region is completed by asking for one. */
export async function connect(deps: ConnectionCommandDeps, choice: ConnectionChoice): Promise<void> {
  const open = async (wanted: ConnectionChoice): Promise<void> => {
    await deps.progress.run(vscode.l10n.t('Connecting as {0}', describeChoice(wanted)), async (_progress, signal) => deps.session.use(wanted, signal));
  };
  try {
    await open(choice);
  } catch (error) {
    if (!isFleetError(error) || error.code !== 'noRegion' || choice.kind === 'sandbox') throw error;
    await open({ ...choice, region: await askRegion(deps) });
  }
}

export function describeChoice(choice: ConnectionChoice): string {
  switch (choice.kind) {
    case 'profile':
      return choice.profile;
    case 'environment':
      return vscode.l10n.t('environment');
    case 'sandbox':
      return vscode.l10n.t('local sandbox');
  }
}

export function nothingToChoose(message: string, advice: string, remedies: readonly Remedy[]): FleetError {
  return new FleetError(message, { category: 'credentials', code: 'nothingToChoose', advice, remedies });
}
