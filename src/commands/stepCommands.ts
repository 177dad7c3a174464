import * as vscode from 'vscode';
import type { StepRun } from '../core/ports/services';
import type { StepId } from '../core/provisioning/steps';
import { Commands, ContextKeys, type CommandId } from '../ids';
import { ContextKey } from '../platform/contextKeys';
import { stepTitle } from '../platform/stepTitle';
import { connected, type StepCommandsDeps } from './connectedRun';
import { openFile } from './files';

const changes = { mutates: true, needsTrust: true } as const;

/** The commands that do the five steps, one by one or all together. */
export function registerStepCommands(deps: StepCommandsDeps): void {
  const { registry, steps } = deps;
  const step = (id: CommandId, stepId: StepId): void => {
    registry.register(id, async (hint) => connected(deps, hint, stepTitle(stepId), async (run) => steps.run(stepId, run)), changes);
  };
  step(Commands.deployRolesStack, 'rolesStack');
  step(Commands.createRoleAlias, 'roleAlias');
  step(Commands.publishPolicy, 'iotPolicy');
  step(Commands.deployTemplate, 'provisioningTemplate');
  step(Commands.createClaimCertificate, 'claimCertificate');

  registry.register(
    Commands.provisionEverything,
    async (hint) => connected(deps, hint, vscode.l10n.t('Provision Everything'), async (run) => steps.provisionEverything(run)),
    changes,
  );
  registry.register(
    Commands.createDeviceConfiguration,
    async (hint) =>
      connected(deps, hint, vscode.l10n.t('Device configuration'), async (run) => {
        await openFile(run.files, await steps.createDeviceConfiguration(run));
      }),
    changes,
  );
  registry.register(
    Commands.createDeviceKit,
    async (hint) =>
      connected(deps, hint, vscode.l10n.t('Device kit'), async (run) => {
        await openFile(run.files, await steps.createDeviceKit(run));
        new ContextKey<boolean>(ContextKeys.deviceKitCreated).set(true);
      }),
    changes,
  );
  registry.register(Commands.createPolicyFile, async (hint) => withFolder(deps, hint, async (run) => steps.createPolicyFile(run)), { mutates: true, anyRegion: true });
  registry.register(Commands.createTemplateFile, async (hint) => withFolder(deps, hint, async (run) => steps.createTemplateFile(run)), { mutates: true, anyRegion: true });
}

async function withFolder(deps: StepCommandsDeps, hint: unknown, create: (run: Pick<StepRun, 'files' | 'ui'>) => Promise<string>): Promise<void> {
  const files = await deps.folders.forCommand(hint);
  await openFile(files, await create({ files, ui: deps.ui }));
}
