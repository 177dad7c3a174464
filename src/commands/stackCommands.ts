import * as vscode from 'vscode';
import type { Clock } from '../core/util/clock';
import { Commands } from '../ids';
import type { Operation } from '../services/steps/stackOperations';
import type { StepCommandsDeps } from './connectedRun';

export interface StackCommandsDeps extends StepCommandsDeps {
  readonly clock: Clock;
  readonly refreshViews: () => Promise<void>;
}

type StackWork = Operation & { readonly clock: Clock; readonly stackName: string };

/** Loaded when somebody changes the stack besides the step, which is rare. */
const parameters = async () => import(/* webpackChunkName: "stackParameters" */ '../services/steps/changeParameters');
const reverting = async () => import(/* webpackChunkName: "stackParameters" */ '../services/steps/revertDrift');

/** The roles stack with other values of its parameters, or put back as it was. It needs no folder. */
export function registerStackCommands(deps: StackCommandsDeps): void {
  const { registry } = deps;
  registry.register(Commands.updateRolesStack, async () => change(deps, (await parameters()).changeParameters), { mutates: true, needsTrust: true });
  registry.register(Commands.revertStackDrift, async () => change(deps, (await reverting()).revertDrift), { mutates: true, needsTrust: true });
}

async function change({ progress, session, steps, ui, clock, refreshViews }: StackCommandsDeps, run: (work: StackWork) => Promise<void>): Promise<void> {
  await progress.run(vscode.l10n.t('Roles stack'), async (report, signal) => {
    const connection = await session.connection(signal);
    try {
      await run({ connection, ui, progress: report, signal, clock, stackName: steps.names().stackName });
    } finally {
      await refreshViews();
    }
  });
}
