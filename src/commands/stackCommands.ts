import * as vscode from 'vscode';
import type { Clock } from '../core/util/clock';
import { Commands } from '../ids';
import type { StepCommandsDeps } from './connectedRun';

export interface StackCommandsDeps extends StepCommandsDeps {
  readonly clock: Clock;
  readonly refreshViews: () => Promise<void>;
}

/** Loaded when somebody changes a parameter, which is rare. */
const parameters = async () => import(/* webpackChunkName: "stackParameters" */ '../services/steps/changeParameters');

/** The roles stack with other values of its parameters. It needs no folder. */
export function registerStackCommands(deps: StackCommandsDeps): void {
  const { registry, progress, session, steps, ui, clock, refreshViews } = deps;
  registry.register(
    Commands.updateRolesStack,
    async () => {
      await progress.run(vscode.l10n.t('Roles stack'), async (report, signal) => {
        const connection = await session.connection(signal);
        const { changeParameters } = await parameters();
        try {
          await changeParameters({ connection, ui, progress: report, signal, clock, stackName: steps.names().stackName });
        } finally {
          await refreshViews();
        }
      });
    },
    { mutates: true, needsTrust: true },
  );
}
