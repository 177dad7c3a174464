import type { FleetSteps, SessionService, StepRun } from '../core/ports/services';
import type { Interaction } from '../core/ports/interaction';
import { WorkspaceFileNames } from '../ids';
import type { CommandRegistry } from '../platform/commands';
import type { Folders } from '../platform/folders';
import type { ProgressRunner } from '../platform/progress';
import { saveIfOpen } from './files';

export interface StepCommandsDeps {
  readonly registry: CommandRegistry;
  readonly steps: FleetSteps;
  readonly session: SessionService;
  readonly folders: Folders;
  readonly ui: Interaction;
  readonly progress: ProgressRunner;
}

/** Folder, connection, progress: in this order, so that nothing runs before it can finish. */
export async function connected(deps: StepCommandsDeps, hint: unknown, title: string, work: (run: StepRun) => Promise<void>): Promise<void> {
  const files = await deps.folders.forCommand(hint);
  // What is deployed must be what stands in the folder, for the next person too.
  await saveIfOpen(files, [WorkspaceFileNames.iotPolicy, WorkspaceFileNames.provisioningTemplate]);
  await deps.progress.run(title, async (progress, signal) => {
    const connection = await deps.session.connection(signal);
    await work({ connection, files, ui: deps.ui, progress, signal });
  });
}

