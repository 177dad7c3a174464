// A file of its own, which the first phase knows by its name only (webpack.config.js). From here on chunks are loaded on first use.
import * as vscode from 'vscode';
import type { Container, Overrides } from '../container';
import { policyTestsSuffix } from '../core/policy/tests/format';
import { Views } from '../ids';
import { isPolicyDocument } from '../language/policySelector';
import { isTemplateDocument, mentionsFleetProvisioning } from '../language/templateSelector';
import { deployedScheme } from '../platform/deployedUri';
import { registerReports } from '../platform/keptReport';
import type { ScriptedWindow } from '../platform/scriptedWindow';
import type * as CheckTask from '../tasks/checkTask';
import { OwnDocuments } from './ownDocuments';
import type { ProductLoader } from './productLoader';

/**
 * Stands in for the product, which chunks of their own hold, where VS Code waits for however late it comes: a view's nodes,
 * the owner of a tab, a document. A view that is seen or a document of ours loads the product; only then is the last
 * connection restored too.
 */
export class SecondPhase implements vscode.Disposable {
  private readonly documents: OwnDocuments<vscode.TextDocument>;
  private readonly disposables: { dispose(): unknown }[];
  /** What the product registers itself: VS Code takes each of them once. */
  private standIns: vscode.Disposable[] = [];

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly loader: Pick<ProductLoader<Container>, 'load'>,
  ) {
    this.documents = new OwnDocuments(
      {
        open: () => vscode.workspace.textDocuments,
        onDidOpen: vscode.workspace.onDidOpenTextDocument,
        onDidChangeFileSettings: (listener) =>
          vscode.workspace.onDidChangeConfiguration((event) => {
            if (event.affectsConfiguration('greengrassFleet.policyFiles') || event.affectsConfiguration('greengrassFleet.templateFiles')) listener();
          }),
      },
      isOurs,
      () => this.loadSoon(),
    );
    this.disposables = [
      this.documents,
      registerReports(context.workspaceState),
      vscode.window.registerWebviewPanelSerializer(Views.stackOutputs, {
        deserializeWebviewPanel: async (panel) => (await loader.load()).userInterface.outputs.deserializeWebviewPanel(panel),
      }),
    ];
    this.standIn();
    this.documents.look();
  }

  /** The loader calls this, once or until it succeeds. */
  async makeProduct(overrides: Overrides): Promise<Container> {
    const { makeProduct } = await import(/* webpackChunkName: "product" */ '../product');
    // Reading the code and making its parts take some milliseconds each: others have a turn between them.
    await new Promise((resolve) => setImmediate(resolve));
    this.stopStandingIn();
    try {
      const product = makeProduct(this.context, overrides);
      this.documents.dispose();
      product.start();
      return product;
    } catch (error) {
      this.standIn();
      throw error;
    }
  }

  dispose(): void {
    this.stopStandingIn();
    for (const part of this.disposables) part.dispose();
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
    this.standIns = [
      tree(Views.steps),
      tree(Views.resources),
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

/** By name and the globs of the settings; a device configuration by the words in it. */
function isOurs(document: vscode.TextDocument): boolean {
  return document.uri.path.endsWith(policyTestsSuffix) || isPolicyDocument(document) || isTemplateDocument(document) || mentionsFleetProvisioning(document);
}

export async function loadCheckTask(): Promise<typeof CheckTask> {
  return import(/* webpackChunkName: "tasks" */ '../tasks/checkTask');
}

/** For tests. */
export async function loadScriptedWindow(): Promise<typeof ScriptedWindow> {
  return (await import(/* webpackChunkName: "scriptedWindow" */ '../platform/scriptedWindow')).ScriptedWindow;
}
