import * as vscode from 'vscode';
import { registerAgentTools } from '../agents/registerAgentTools';
import type { Container, Overrides } from '../container';
import type { AgentToolName } from '../ids';
import { registerReports } from '../platform/keptReport';
import { deployedScheme, Views } from '../startIds';
import { registerCheckTasks } from '../tasks/registerCheckTasks';
import { CommandStubs } from './commandStubs';
import { OwnDocuments } from './ownDocuments';
import { ProductLoader } from './productLoader';
import type * as SecondPhase from './secondPhase';
import { Soon } from './soon';

/** What we take from our package.json, which VS Code has read: a list of names of our own would be code to read for every window. */
interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[]; readonly languageModelTools: readonly { readonly name: AgentToolName }[] };
}

/**
 * All that a window pays for while nobody uses the product: what VS Code has to know at once, standing in for the
 * product, which a chunk of its own holds. A command, a view that is seen, a document of ours or a tool for language
 * models loads it; only then is the last connection restored too.
 */
export class FirstPhase implements vscode.Disposable {
  private readonly loader: ProductLoader<Container>;
  private readonly commands: CommandStubs;
  private readonly documents: OwnDocuments<vscode.TextDocument>;
  private readonly disposables: { dispose(): unknown }[];
  /** What the product registers itself: VS Code takes each of them once. */
  private standIns: vscode.Disposable[] = [];
  /** What VS Code waits for however late it comes: a view's nodes, the owner of a tab. So the activation need not. */
  private readonly afterActivation = new Soon();

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly overrides: Omit<Overrides, 'registerCommand'> = {},
  ) {
    const { contributes } = context.extension.packageJSON as Manifest;
    this.loader = new ProductLoader({ make: async () => this.make(), ask: askToTryAgain });
    this.commands = new CommandStubs(contributes.commands.map(({ command }) => command), vscode.commands.registerCommand, async () => this.loader.loadForPerson());
    this.documents = new OwnDocuments(
      {
        open: () => vscode.workspace.textDocuments,
        onDidOpen: vscode.workspace.onDidOpenTextDocument,
        onDidChangeFileSettings: (listener) =>
          vscode.workspace.onDidChangeConfiguration((event) => {
            if (event.affectsConfiguration('greengrassFleet.policyFiles') || event.affectsConfiguration('greengrassFleet.templateFiles')) listener();
          }),
      },
      async () => (await secondPhase()).isOurs,
      () => this.loadSoon(),
    );
    const { loader } = this;
    this.disposables = [
      this.commands,
      this.documents,
      registerReports(context.workspaceState),
      registerAgentTools(contributes.languageModelTools.map(({ name }) => name), async () => (await loader.load()).agentTools()),
      registerCheckTasks({
        program: context.asAbsolutePath('dist/check.js'),
        session: {
          get current() {
            return loader.current?.services.session.current;
          },
        },
      }),
    ];
    this.standIn();
    this.afterActivation.add(() => this.documents.look());
    this.afterActivation.add(() =>
      this.disposables.push(
        vscode.window.registerWebviewPanelSerializer(Views.stackOutputs, {
          deserializeWebviewPanel: async (panel) => (await loader.load()).userInterface.outputs.deserializeWebviewPanel(panel),
        }),
      ),
    );
  }

  /** The product, loaded now unless it is there. */
  async product(): Promise<Container> {
    return this.loader.load();
  }

  dispose(): void {
    this.afterActivation.dispose();
    this.loader.dispose();
    for (const part of [...this.standIns, ...this.disposables]) part.dispose();
  }

  private async make(): Promise<Container> {
    const makeProduct = await (await secondPhase()).loadProduct();
    // Reading the code and making its parts take some milliseconds each: others have a turn between them.
    await new Promise((resolve) => setImmediate(resolve));
    this.stopStandingIn();
    try {
      const product = makeProduct(this.context, { ...this.overrides, registerCommand: this.commands.register });
      this.documents.dispose();
      product.start();
      return product;
    } catch (error) {
      this.standIn();
      throw error;
    }
  }

  /** VS Code asks for the nodes of a view when it is seen, and for a deployed document when its tab is brought back. */
  private standIn(): void {
    const tree = (id: string): vscode.Disposable =>
      vscode.window.createTreeView<never>(id, {
        treeDataProvider: {
          // The nodes come from the provider that takes the place of this one.
          getChildren: async () => this.loader.load().then(() => []),
          getTreeItem: (node) => node,
        },
      });
    const views = this.afterActivation.add(() => this.standIns.push(tree(Views.steps), tree(Views.resources)));
    this.standIns = [
      new vscode.Disposable(() => views.dispose()),
      vscode.workspace.registerTextDocumentContentProvider(deployedScheme, {
        provideTextDocumentContent: async (uri, token) => (await this.loader.load()).userInterface.deployed.provideTextDocumentContent(uri, token),
      }),
    ];
  }

  private stopStandingIn(): void {
    vscode.Disposable.from(...this.standIns).dispose();
    this.standIns = [];
  }

  /** The loader tells of a failure. */
  private loadSoon(): void {
    this.loader.load().catch(() => undefined);
  }
}

/** What is loaded with the first document, and on the way to the product. */
async function secondPhase(): Promise<typeof SecondPhase> {
  return import(/* webpackChunkName: "secondPhase" */ './secondPhase');
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
