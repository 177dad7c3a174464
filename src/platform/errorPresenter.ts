import * as vscode from 'vscode';
import type { FleetError, Remedy } from '../core/errors';
import { isFleetError } from '../core/errors';
import { remedyLabel } from '../core/remedyLabel';
import type { StepId } from '../core/provisioning/steps';
import { Commands, type CommandId } from '../ids';
import type { Log } from './log';
import type { PromptWindow } from './promptWindow';

/** How the presenter starts a command again or another one; the registry gives itself. */
export interface CommandRunner {
  run(id: CommandId, ...args: readonly unknown[]): Promise<'done' | 'cancelled' | 'failed'>;
}

export interface FailedCommand {
  readonly id: CommandId;
  readonly args: readonly unknown[];
}

interface Button {
  readonly label: string;
  act(): Promise<unknown>;
}

const stepCommands: Readonly<Record<StepId, CommandId>> = {
  rolesStack: Commands.deployRolesStack,
  roleAlias: Commands.createRoleAlias,
  iotPolicy: Commands.publishPolicy,
  provisioningTemplate: Commands.deployTemplate,
  claimCertificate: Commands.createClaimCertificate,
};

/** Turns an error into one message with the buttons that help. */
export class ErrorPresenter {
  constructor(
    private readonly window: PromptWindow,
    private readonly log: Log,
    /** Absolute path of a file that an error names relative to the workspace folder. */
    private readonly absolute: (file: string) => string,
  ) {}

  /** Resolves when the person has answered or dismissed the message, and the chosen remedy has run. */
  async present(error: unknown, failed: FailedCommand, runner: CommandRunner): Promise<void> {
    const buttons = isFleetError(error) ? this.remedyButtons(error, failed, runner) : [];
    buttons.push({ label: vscode.l10n.t('Show Log'), act: async () => this.log.show() });
    const chosen = await this.window.notify('error', messageFor(error), buttons.map((button) => button.label));
    await buttons.find((button) => button.label === chosen)?.act();
  }

  /** Does what a remedy stands for, where no command has failed. */
  async act(remedy: Remedy, runner: CommandRunner): Promise<void> {
    await this.remedyButton(remedy, { id: Commands.refresh, args: [] }, runner).act();
  }

  private remedyButtons(error: FleetError, failed: FailedCommand, runner: CommandRunner): Button[] {
    const buttons = new Map<string, Button>();
    for (const remedy of error.remedies) {
      const button = this.remedyButton(remedy, failed, runner);
      if (!buttons.has(button.label)) buttons.set(button.label, button);
    }
    if (error.retryable && !error.remedies.some((remedy) => remedy.kind === 'retry')) {
      const retry = this.remedyButton({ kind: 'retry' }, failed, runner);
      buttons.set(retry.label, retry);
    }
    return [...buttons.values()];
  }

  private remedyButton(remedy: Remedy, failed: FailedCommand, runner: CommandRunner): Button {
    // Once the person is connected, what they wanted in the first place goes on by itself.
    const thenRetry = (id: CommandId, ...args: readonly unknown[]) => async () => {
      if ((await runner.run(id, ...args)) === 'done' && failed.id !== id) await runner.run(failed.id, ...failed.args);
    };
    const label = remedyLabel(remedy);
    switch (remedy.kind) {
      case 'chooseProfile':
        return { label, act: thenRetry(Commands.chooseProfile) };
      case 'chooseRegion':
        return { label, act: thenRetry(Commands.chooseRegion) };
      case 'switchRegion':
        return { label, act: thenRetry(Commands.switchRegion, remedy.region) };
      case 'signIn':
        // The sign-in goes on in a terminal and a browser; only the person knows when it is over.
        return { label, act: async () => runner.run(Commands.signIn, remedy.profile) };
      case 'startSandbox':
        return { label, act: thenRetry(Commands.startSandbox) };
      case 'runStep':
        return { label, act: async () => runner.run(stepCommands[remedy.step]) };
      case 'openFile':
        return { label, act: async () => openAt(this.absolute(remedy.file), remedy.offset) };
      case 'showStackOutputs':
        return { label, act: async () => runner.run(Commands.showStackOutputs) };
      case 'copy':
        return { label, act: async () => vscode.env.clipboard.writeText(remedy.text) };
      case 'openDocumentation':
        return { label, act: async () => vscode.env.openExternal(vscode.Uri.parse(remedy.url, true)) };
      case 'manageTrust':
        return { label, act: async () => vscode.commands.executeCommand('workbench.trust.manage') };
      case 'openFolder':
        return { label, act: async () => vscode.commands.executeCommand('vscode.openFolder') };
      case 'deleteStuckStack':
        return { label, act: async () => runner.run(Commands.runTearDown, { stuck: remedy.stackId, name: remedy.name }) };
      case 'retry':
        return { label, act: async () => runner.run(failed.id, ...failed.args) };
    }
  }
}

/** What failed and why, then what to do next. */
export function messageFor(error: unknown): string {
  if (!isFleetError(error)) return vscode.l10n.t('Something went wrong that this extension did not foresee. The log says more.');
  return error.advice === undefined ? error.message : `${endSentence(error.message)} ${error.advice}`;
}

function endSentence(text: string): string {
  return /[.!?…:]$/.test(text.trimEnd()) ? text.trimEnd() : `${text.trimEnd()}.`;
}

async function openAt(file: string, offset: number | undefined): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  const editor = await vscode.window.showTextDocument(document);
  if (offset === undefined) return;
  const position = document.positionAt(offset);
  editor.selection = new vscode.Selection(position, position);
  editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
