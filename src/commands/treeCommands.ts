import * as vscode from 'vscode';
import { coreDeviceFilters, filterText, type CoreDeviceFilter } from '../core/coreDevices/filter';
import type { Interaction } from '../core/ports/interaction';
import type { FleetSteps, SessionService } from '../core/ports/services';
import { Commands } from '../ids';
import type { CommandRegistry } from '../platform/commands';
import type { ProgressRunner } from '../platform/progress';
import type { Work } from './policyVersions';

export interface TreeCommandsDeps {
  readonly registry: CommandRegistry;
  readonly steps: FleetSteps;
  readonly session: SessionService;
  readonly ui: Interaction;
  readonly progress: ProgressRunner;
  readonly refreshViews: () => Promise<void>;
  /** Which core devices the tree shows. */
  readonly coreDevices: { readonly filter: CoreDeviceFilter | undefined; filterCoreDevices(filter: CoreDeviceFilter | undefined): void };
}

const changes = { mutates: true, needsTrust: true } as const;
const life = async () => import(/* webpackChunkName: "policyVersions" */ './policyVersions');

/** What is done on nodes of the resources, and from the palette after asking. They need no folder. */
export function registerTreeCommands(deps: TreeCommandsDeps): void {
  const { registry, steps, session, progress, ui, refreshViews } = deps;
  const change = async (title: string, work: (run: Work) => Promise<boolean>): Promise<void> =>
    progress.run(title, async (_, signal) => {
      if (await work({ connection: await session.connection(signal), ui, signal })) await refreshViews();
    });
  registry.register(Commands.managePolicyVersions, async (hint) => change(vscode.l10n.t('Policy versions'), async (run) => (await life()).managePolicyVersions(run, steps.names(), hint)), changes);
  registry.register(Commands.makeVersionDefault, async (hint) => change(vscode.l10n.t('Default version'), async (run) => (await life()).changeVersion(run, steps.names(), hint, 'default')), changes);
  registry.register(Commands.deleteVersion, async (hint) => change(vscode.l10n.t('Version'), async (run) => (await life()).changeVersion(run, steps.names(), hint, 'delete')), changes);
  registry.register(Commands.filterCoreDevices, async () => chooseFilter(deps));
}

async function chooseFilter({ ui, coreDevices }: TreeCommandsDeps): Promise<void> {
  const now = coreDevices.filter;
  const filter = await ui.choose<CoreDeviceFilter | undefined>({
    title: vscode.l10n.t('Show which core devices?'),
    choices: [undefined, ...coreDeviceFilters].map((value) => ({
      label: value === undefined ? vscode.l10n.t('All') : filterText(value),
      ...(value === now ? { description: vscode.l10n.t('shown now') } : {}),
      value,
    })),
  });
  coreDevices.filterCoreDevices(filter);
}
