import * as vscode from 'vscode';
import { coreDeviceArn, coreNameOfArn } from '../core/coreDevices/identity';
import { FleetError } from '../core/errors';
import type { Interaction } from '../core/ports/interaction';
import type { SessionService } from '../core/ports/services';
import type { Clock } from '../core/util/clock';
import { consoleUrl } from '../core/util/consoleUrl';
import { coreThingNameProblem } from '../core/util/names';
import { Commands } from '../ids';
import { targetOf } from '../platform/commandTargets';
import type { CommandRegistry } from '../platform/commands';
import { targetAt } from '../platform/otherRegion';
import type { Folders } from '../platform/folders';
import type { ProgressRunner } from '../platform/progress';

export interface CoreDeviceCommandsDeps {
  readonly registry: CommandRegistry;
  readonly session: SessionService;
  readonly folders: Folders;
  readonly ui: Interaction;
  readonly progress: ProgressRunner;
  readonly clock: Clock;
  /** Shows a core device in the tree, by its ARN. */
  readonly showCore: (arn: string) => Promise<void>;
}

/** Commands on Greengrass core devices and, for any resource that has an ARN, the way to its page in the AWS console. */
export function registerCoreDeviceCommands(deps: CoreDeviceCommandsDeps): void {
  // Changes nothing: other commands may run beside it, for minutes.
  deps.registry.register(Commands.watchCoreDevice, async (hint) => watch(deps, hint), { needsTrust: true });
  deps.registry.register(Commands.openInConsole, async (hint) => openInConsole(deps, hint), { anyRegion: true });
}

async function watch({ session, folders, ui, progress, clock, showCore }: CoreDeviceCommandsDeps, hint: unknown): Promise<void> {
  const { suggestedCore } = await import(/* webpackChunkName: "coreDevices" */ '../services/coreDevices/suggestedCore');
  const { watchCore } = await import(/* webpackChunkName: "coreDevices" */ '../services/coreDevices/watchCore');
  // Nobody should type a name first and then hear that there is no connection.
  const connection = await session.connection();
  const name = coreNameOfArn(targetAt(connection.target, hint).copyText ?? '') ?? (await askName(ui, await suggestedCore(folders.current())));
  await progress.run(vscode.l10n.t('Core device {0}', name), async (report, signal) => watchCore({ connection, ui, progress: report, signal }, name, clock));
  if (session.current === connection) await showCore(coreDeviceArn(connection.target, name));
}

async function askName(ui: Interaction, value: string | undefined): Promise<string> {
  return ui.input({
    title: vscode.l10n.t('Watch for which core device?'),
    prompt: vscode.l10n.t('The name of its thing. It need not exist yet.'),
    validate: coreThingNameProblem,
    ...(value === undefined ? {} : { value }),
  });
}

async function openInConsole({ session, ui }: CoreDeviceCommandsDeps, hint: unknown): Promise<void> {
  const { consoleArn, copyText } = targetOf(hint);
  const arn =
    consoleArn ??
    copyText ??
    (await ui.input({
      title: vscode.l10n.t('Open which resource in the AWS console?'),
      prompt: vscode.l10n.t('Its ARN'),
      validate: (text) => (consoleUrl(text) === undefined ? vscode.l10n.t('No page of the console is known for this ARN.') : undefined),
    }));
  if (session.current?.target.isSandbox === true) {
    throw new FleetError(vscode.l10n.t('The local sandbox has no console.'), {
      category: 'validation',
      code: 'noConsole',
      advice: vscode.l10n.t('Its resources are all in the tree. Choose a profile to see those of an AWS account.'),
      remedies: [{ kind: 'chooseProfile' }],
    });
  }
  const url = consoleUrl(arn);
  if (url === undefined) {
    throw new FleetError(vscode.l10n.t('No page of the AWS console is known for {0}.', arn), { category: 'validation', code: 'noConsolePage', advice: vscode.l10n.t('Copy its name, and search for it in the console.') });
  }
  await vscode.env.openExternal(vscode.Uri.parse(url, true));
}
