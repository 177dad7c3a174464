import * as vscode from 'vscode';
import { FleetError, isCancelled } from '../core/errors';
import type { CommandId } from '../ids';
import type { CommandRunner, ErrorPresenter } from './errorPresenter';
import type { Log } from './log';

export interface CommandOptions {
  /** Changes the account or the workspace: never two of these at a time. */
  readonly mutates?: boolean;
  /** Refused in a workspace that is not trusted, with the button that opens the trust editor. */
  readonly needsTrust?: boolean;
  /** Does what it is for with a node of any region: copies, opens a page or a file. Any other command is refused there. */
  readonly anyRegion?: boolean;
}

export type CommandOutcome = 'done' | 'cancelled' | 'failed';
export type CommandHandler = (...args: readonly unknown[]) => unknown;

interface Registered {
  readonly handler: CommandHandler;
  readonly options: CommandOptions;
}

/**
 * The one place where commands are registered, and the one error boundary around them. Handlers contain no
 * try/catch: a FleetError becomes a message with buttons, a CancelledError is silent, anything else is logged and
 * shown in one short sentence.
 */
export class CommandRegistry implements CommandRunner, vscode.Disposable {
  private readonly registered = new Map<CommandId, Registered>();
  private readonly disposables: { dispose(): unknown }[] = [];
  private mutating: CommandId | undefined;

  constructor(
    private readonly presenter: ErrorPresenter,
    private readonly log: Log,
    /** Titles for "is still running", by command id; from the manifest. */
    private readonly titleOf: (id: CommandId) => string,
    /** A stand-in for the command may be there already, which wants to know its handler. */
    private readonly registerCommand: (id: string, handler: (...args: unknown[]) => unknown) => { dispose(): unknown } = vscode.commands.registerCommand,
    /** Refuses what a command was called on, by throwing, when that is not where the connection is. */
    private readonly guard: (argument: unknown) => Promise<void> | undefined = () => undefined,
  ) {}

  /** The command answers with the handler's value, or undefined when it failed or was cancelled. */
  register(id: CommandId, handler: CommandHandler, options: CommandOptions = {}): { dispose(): unknown } {
    this.registered.set(id, { handler, options });
    const registration = this.registerCommand(id, async (...args: unknown[]) => (await this.execute(id, args)).value);
    this.disposables.push(registration);
    return registration;
  }

  /** Runs a registered command behind the same boundary and says how it ended. */
  async run(id: CommandId, ...args: readonly unknown[]): Promise<CommandOutcome> {
    return (await this.execute(id, args)).outcome;
  }

  dispose(): void {
    for (const disposable of this.disposables.reverse()) disposable.dispose();
    this.disposables.length = 0;
  }

  private async execute(id: CommandId, args: readonly unknown[]): Promise<{ outcome: CommandOutcome; value?: unknown }> {
    const command = this.registered.get(id);
    if (command === undefined) throw new Error(`command ${id} is not registered`);
    let entered = false;
    const started = Date.now();
    try {
      this.checkTrust(id, command.options);
      const guarded = command.options.anyRegion === true ? undefined : this.guard(args[0]);
      // Nothing to wait for is not waited for: two commands at once are told apart before either begins.
      if (guarded !== undefined) await guarded;
      this.checkBusy(id, command.options);
      if (command.options.mutates === true) {
        this.mutating = id;
        entered = true;
      }
      this.log.info(`${id} started`);
      const value = await command.handler(...args);
      this.log.info(`${id} done in ${Date.now() - started} ms`);
      return { outcome: 'done', value };
    } catch (error) {
      if (isCancelled(error)) {
        this.log.info(`${id} cancelled`);
        return { outcome: 'cancelled' };
      }
      this.log.error(`${id} failed`, error);
      // Not awaited: the command is over; the message may stay as long as the person likes.
      this.presenter
        .present(error, { id, args }, this)
        .catch((problem: unknown) => this.log.error(`${id}: the message could not be shown`, problem));
      return { outcome: 'failed' };
    } finally {
      if (entered) this.mutating = undefined;
    }
  }

  private checkTrust(id: CommandId, options: CommandOptions): void {
    if (options.needsTrust === true && !vscode.workspace.isTrusted) {
      throw new FleetError(vscode.l10n.t('“{0}” is not available in Restricted Mode, because this workspace is not trusted.', this.titleOf(id)), {
        category: 'validation',
        code: 'untrustedWorkspace',
        advice: vscode.l10n.t('Trust the workspace to change an AWS account from it. Editing policies works without trust.'),
        remedies: [{ kind: 'manageTrust' }],
      });
    }
  }

  private checkBusy(id: CommandId, options: CommandOptions): void {
    if (options.mutates === true && this.mutating !== undefined) {
      throw new FleetError(vscode.l10n.t('“{0}” has to wait, because “{1}” is still running.', this.titleOf(id), this.titleOf(this.mutating)), {
        category: 'conflict',
        code: 'busy',
        advice: vscode.l10n.t('Wait until it is done, or cancel it in its progress notification.'),
      });
    }
  }
}
