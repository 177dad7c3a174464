import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { FirstPhase } from '../../src/activation/firstPhase';
import { Commands, Views } from '../../src/ids';
import { deployedScheme } from '../../src/platform/deployedUri';
import { ScriptedWindow } from '../../src/platform/scriptedWindow';
import type { TestApi } from '../../src/testApi';
import { activateExtension, eventually } from '../helpers/vscodeHost';
import { withHostFact } from '../helpers/fleetHost';

const nextTurn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Handler = (...args: never[]) => unknown;

/**
 * A first phase of its own beside the running extension, whose names VS Code takes once: what it registers is kept here,
 * and its messages are answered here.
 */
class Stage {
  readonly registered = new Map<string, Handler>();
  readonly views = new Map<string, vscode.TreeDataProvider<unknown>[]>();
  readonly messages: string[] = [];
  answer: string | undefined;
  /** How often the manifest is still not to be had, which is one of the first things that the product reads. */
  failing = 0;
  private readonly undo: (() => void)[] = [];
  phase: FirstPhase | undefined;

  async set(): Promise<void> {
    const { container } = await activateExtension<TestApi>();
    const real = (container as unknown as { readonly context: vscode.ExtensionContext }).context;
    const keep = (id: string, handler: Handler): vscode.Disposable => {
      assert.ok(!this.registered.has(id), `${id} is registered twice`);
      this.registered.set(id, handler);
      return new vscode.Disposable(() => this.registered.delete(id));
    };
    this.replace(vscode.commands, 'registerCommand', (id: string, handler: Handler) => keep(id, handler));
    // Documents of ours that other tests have left open would load the product.
    this.replace(vscode.workspace, 'textDocuments', []);
    this.replace(vscode.lm, 'registerTool', () => new vscode.Disposable(() => undefined));
    this.replace(vscode.tasks, 'registerTaskProvider', () => new vscode.Disposable(() => undefined));
    this.replace(vscode.window, 'registerWebviewPanelSerializer', (id: string, serializer: vscode.WebviewPanelSerializer) => keep(`panel ${id}`, serializer.deserializeWebviewPanel.bind(serializer)));
    this.replace(vscode.workspace, 'registerTextDocumentContentProvider', (scheme: string, provider: vscode.TextDocumentContentProvider) => keep(`scheme ${scheme}`, provider.provideTextDocumentContent.bind(provider)));
    this.replace(vscode.window, 'createTreeView', (id: string, { treeDataProvider }: vscode.TreeViewOptions<unknown>) => {
      this.views.set(id, [...(this.views.get(id) ?? []), treeDataProvider]);
      const gone = new vscode.EventEmitter<never>();
      return { onDidChangeVisibility: gone.event, onDidChangeSelection: gone.event, onDidExpandElement: gone.event, onDidCollapseElement: gone.event, onDidChangeCheckboxState: gone.event, visible: false, reveal: async () => undefined, dispose: () => this.registered.set(`left ${id}`, () => undefined) };
    });
    this.replace(vscode.window, 'showErrorMessage', async (text: string) => {
      this.messages.push(text);
      const { answer } = this;
      this.answer = undefined;
      return answer;
    });
    const extension = new Proxy(real.extension, {
      get: (target, name) => {
        if (name !== 'packageJSON') return Reflect.get(target, name) as unknown;
        this.failing -= 1;
        if (this.failing >= 0) throw new Error('the files of this version are gone');
        return target.packageJSON as unknown;
      },
    });
    const context = new Proxy(real, { get: (target, name) => (name === 'extension' ? extension : (Reflect.get(target, name) as unknown)) });
    // VS Code gives logs of the same name one channel, and this product would close that of the running one.
    const ignore = (): void => undefined;
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore, show: ignore, dispose: ignore };
    this.phase = new FirstPhase(context, { window: new ScriptedWindow(), log });
    await eventually(() => assert.equal(this.views.size, 2));
  }

  clear(): void {
    this.phase?.dispose();
    for (const undo of this.undo.reverse()) undo();
  }

  async call(id: string, ...args: readonly unknown[]): Promise<unknown> {
    const handler = this.registered.get(id) as ((...args: readonly unknown[]) => unknown) | undefined;
    assert.ok(handler, `${id} is not registered`);
    return handler(...args);
  }

  private replace<T extends object, K extends keyof T>(owner: T, name: K, value: unknown): void {
    const original = Object.getOwnPropertyDescriptor(owner, name);
    assert.ok(original?.configurable, `${String(name)} can be replaced`);
    Object.defineProperty(owner, name, { configurable: true, enumerable: true, writable: true, value });
    this.undo.push(() => Object.defineProperty(owner, name, original));
  }
}

describe('the first phase of the activation', () => {
  let stage: Stage;
  beforeEach(async () => {
    stage = new Stage();
    await stage.set();
  });
  afterEach(() => stage.clear());

  const providers = (id: string): readonly vscode.TreeDataProvider<unknown>[] => stage.views.get(id) ?? [];

  it('stands in for commands, views, tabs and documents, and loads nothing', () => {
    for (const id of Object.values(Commands)) assert.ok(stage.registered.has(id), id);
    assert.deepEqual([...stage.views.keys()].sort(), [Views.resources, Views.steps].sort());
    assert.ok(stage.registered.has(`panel ${Views.stackOutputs}`));
    assert.ok(stage.registered.has(`scheme ${deployedScheme}`));
    assert.equal(providers(Views.steps).length, 1);
  });

  it('a view that is seen loads the product, whose provider takes the place', async () => {
    assert.deepEqual(await providers(Views.steps)[0]?.getChildren(), []);
    assert.ok(stage.registered.has(`left ${Views.steps}`));
    assert.equal(providers(Views.steps).length, 2);
    assert.equal(providers(Views.resources).length, 2);
    const nodes = await providers(Views.steps)[1]?.getChildren();
    assert.ok(Array.isArray(nodes));
  });

  it('tells of a failing load with what to do, leaves nothing of it, and tries again when asked to', async () => {
    stage.failing = 1;
    stage.answer = 'Try Again';
    await stage.call(Commands.refresh);
    assert.deepEqual(stage.messages.map((text) => text.split('. ')[0]), ['Greengrass Fleet Provisioning could not be loaded: the files of this version are gone']);
    assert.ok(await stage.phase?.product());
    // The product's own is the last.
    assert.ok(Array.isArray(await providers(Views.steps).at(-1)?.getChildren()));
    assert.ok(providers(Views.steps).length > 1);
  });

  it('a failure that nobody wants to try again leaves the command idle, and the next use tries', async () => {
    stage.failing = 1;
    assert.equal(await stage.call(Commands.refresh), undefined);
    assert.equal(stage.messages.length, 1);
    await nextTurn();
    assert.equal(providers(Views.steps).length, 2);
    stage.failing = 1;
    await assert.rejects(async () => providers(Views.steps)[1]?.getChildren(), /gone/);
    await nextTurn();
    assert.equal(providers(Views.steps).length, 3);
    await stage.call(Commands.refresh);
    assert.equal(providers(Views.steps).length, 4);
    // What fails by itself was told before.
    assert.equal(stage.messages.length, 1);
  });

  it('brings back a tab of the stack outputs', async () => {
    const panel = vscode.window.createWebviewPanel('bench.restored', 'restored', vscode.ViewColumn.One, { enableScripts: true });
    try {
      await stage.call(`panel ${Views.stackOutputs}`, panel, undefined);
      await eventually(() => assert.match(panel.webview.html, /stackOutputs\.js/));
    } finally {
      panel.dispose();
    }
  });

  it('restores no connection in a workspace that is not trusted', async () => {
    await withHostFact('isTrusted', false, async () => {
      const product = await stage.phase?.product();
      assert.ok(product);
      await new Promise((resolve) => setImmediate(resolve));
      assert.equal(product.services.session.state.kind, 'none');
    });
  });
});
