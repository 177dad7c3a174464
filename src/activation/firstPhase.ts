import * as vscode from 'vscode';
import { registerAgentTools } from '../agents/registerAgentTools';
import type { Container, Overrides } from '../container';
import type { AgentToolName } from '../ids';
import { registerCheckTasks } from '../tasks/registerCheckTasks';
import { CommandStubs } from './commandStubs';
import { ProductLoader } from './productLoader';
import type * as SecondPhase from './secondPhase';

/** What we take from our package.json, which VS Code has read: a list of names of our own would be code to read for every window. */
interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[]; readonly languageModelTools: readonly { readonly name: AgentToolName }[] };
}

/**
 * What VS Code has to know before the activation is over, because that may be what it activates us for: a command, a tool
 * for language models, a task. All else waits for the next turn, in a file of its own (`secondPhase.ts`).
 */
export class FirstPhase implements vscode.Disposable {
  private readonly loader: ProductLoader<Container>;
  private readonly commands: CommandStubs;
  private readonly disposables: { dispose(): unknown }[];
  private readonly nextTurn: NodeJS.Immediate;
  private second: Promise<SecondPhase.SecondPhase> | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly overrides: Omit<Overrides, 'registerCommand'> = {},
  ) {
    const { contributes } = context.extension.packageJSON as Manifest;
    const loader = new ProductLoader({ make: async () => this.make(), ask: askToTryAgain });
    this.loader = loader;
    this.commands = new CommandStubs(contributes.commands.map(({ command }) => command), vscode.commands.registerCommand, async () => loader.loadForPerson());
    this.disposables = [
      this.commands,
      registerAgentTools(contributes.languageModelTools.map(({ name }) => name), async () => (await loader.load()).agentTools()),
      registerCheckTasks(async () => (await secondPhase()).loadCheckTask(), {
        program: context.asAbsolutePath('dist/check.js'),
        session: {
          get current() {
            return loader.current?.services.session.current;
          },
        },
      }),
      loader,
    ];
    // A file that cannot be read is told by the loader.
    this.nextTurn = setImmediate(() => void this.goOn().catch(async () => loader.load()).catch(() => undefined));
  }

  /** The product, loaded now unless it is there. */
  async product(): Promise<Container> {
    return this.loader.load();
  }

  dispose(): void {
    clearImmediate(this.nextTurn);
    void this.second?.then((second) => second.dispose(), () => undefined);
    for (const part of this.disposables.reverse()) part.dispose();
  }

  private async make(): Promise<Container> {
    const second = await this.goOn();
    return second.makeProduct({ ...this.overrides, registerCommand: this.commands.register });
  }

  private async goOn(): Promise<SecondPhase.SecondPhase> {
    this.second ??= this.beginSecond();
    return this.second;
  }

  private async beginSecond(): Promise<SecondPhase.SecondPhase> {
    try {
      return new (await secondPhase()).SecondPhase(this.context, this.loader);
    } catch (error) {
      this.second = undefined;
      throw error;
    }
  }
}

export async function secondPhase(): Promise<typeof SecondPhase> {
  return import('./secondPhase');
}

/** The usual reason is an update that has replaced the files of this window's version: then only a reload helps. */
async function askToTryAgain(error: unknown): Promise<boolean> {
  const again = vscode.l10n.t('Try Again');
  const reload = vscode.l10n.t('Reload Window');
  const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  const chosen = await vscode.window.showErrorMessage(
    vscode.l10n.t('Greengrass Fleet Provisioning could not be loaded: {0}. Try again. If the extension was just updated, reload the window.', reason),
    again,
    reload,
  );
  if (chosen === reload) await vscode.commands.executeCommand('workbench.action.reloadWindow');
  return chosen === again;
}
