import * as vscode from 'vscode';
import { isCancelled } from '../core/errors';
import type { FleetSettings, FleetSteps, RegionsService, SandboxService, SessionService } from '../core/ports/services';
import type { FleetHit } from '../core/search/hits';
import { stepIds } from '../core/provisioning/steps';
import { LatestLook } from '../core/util/latestLook';
import { Commands, ContextKeys, Views, WorkspaceFileNames } from '../ids';
import type { CommandRegistry } from '../platform/commands';
import { ContextKey } from '../platform/contextKeys';
import type { Folders } from '../platform/folders';
import type { Log } from '../platform/log';
import { coreDevicesGroup } from './resourceGroups';
import { ResourcesTree } from './resourcesTree';
import type { FleetNode } from './nodes';
import { StepsTree } from './stepsTree';

export interface FleetViewsDeps {
  readonly steps: FleetSteps;
  readonly session: SessionService;
  readonly sandbox: SandboxService;
  readonly regions: RegionsService;
  readonly settings: FleetSettings;
  readonly folders: Folders;
  readonly registry: CommandRegistry;
  readonly log: Log;
}

const settleMs = 250;

/** Ages are told in minutes. */
const ageMs = 60_000;

/** The two views of the container, and when they look at the account: on what happens, never while nobody sees them. */
export class FleetViews implements vscode.Disposable {
  readonly stepsTree: StepsTree;
  readonly resourcesTree: ResourcesTree;
  private readonly stepsView: vscode.TreeView<FleetNode>;
  readonly resourcesView: vscode.TreeView<FleetNode>;
  private readonly connectionKey = new ContextKey<string>(ContextKeys.connection);
  private readonly busyKey = new ContextKey<boolean>(ContextKeys.busy);
  private readonly sandboxKey = new ContextKey<boolean>(ContextKeys.sandboxRunning);
  private readonly folderKey = new ContextKey<boolean>(ContextKeys.folderOpen);
  private readonly doneKeys = new Map(stepIds.map((id) => [id, new ContextKey<boolean>(ContextKeys[`${id}Done`])]));
  private readonly disposables: { dispose(): unknown }[] = [];
  private timer: NodeJS.Timeout | undefined;
  private readonly looking = new LatestLook();
  private stale = true;
  private wasBusy = false;

  constructor(private readonly deps: FleetViewsDeps) {
    const { session, steps, sandbox, settings, folders, registry, regions } = deps;
    this.stepsTree = new StepsTree(steps, session, folders);
    this.resourcesTree = new ResourcesTree(session, () => steps.names(), deps.log, regions);
    this.stepsView = vscode.window.createTreeView(Views.steps, { treeDataProvider: this.stepsTree, showCollapseAll: false });
    this.resourcesView = vscode.window.createTreeView(Views.resources, { treeDataProvider: this.resourcesTree, showCollapseAll: true });
    const ages = setInterval(() => {
      if (this.resourcesView.visible) this.resourcesTree.redrawAges();
    }, ageMs);
    this.disposables.push(
      { dispose: () => clearInterval(ages) },
      this.stepsTree,
      this.resourcesTree,
      this.stepsView,
      this.resourcesView,
      this.stepsView.onDidChangeVisibility((event) => event.visible && this.stale && this.lookSoon()),
      session.onDidChange(() => this.sessionChanged()),
      steps.onDidChange(() => this.stepsChanged()),
      sandbox.onDidChange((running) => this.sandboxKey.set(running)),
      regions.onDidChange(() => this.resourcesTree.regionsChanged()),
      settings.onDidChange(() => this.everythingChanged()),
      folders.onDidChange(() => this.everythingChanged()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.everythingChanged()),
      registry.register(Commands.loadMore, async (node) => this.resourcesTree.loadMore(node), { anyRegion: true }),
      ...this.watchFiles(),
    );
    this.sandboxKey.set(sandbox.running);
    this.busyKey.set(false);
    this.sessionChanged();
  }

  /** Looks at the account and the workspace now. `node`: one group of the resources only. */
  async refresh(node?: unknown): Promise<void> {
    this.resourcesTree.refresh(node);
    if (node === undefined) await this.look();
  }

  /** Shows a core device that has just reported, without bringing the view to the front. */
  async showCoreDevice(arn: string): Promise<void> {
    const node = await this.resourcesTree.find(coreDevicesGroup, arn);
    if (node !== undefined && this.resourcesView.visible) await this.resourcesView.reveal(node, { select: true, focus: false, expand: true });
  }

  /** Shows what somebody searched for, and goes there. */
  async showFound(hit: FleetHit): Promise<void> {
    const node = await this.resourcesTree.showFound(hit);
    if (node !== undefined) await this.resourcesView.reveal(node, { select: true, focus: true, expand: true });
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.looking.cancel();
    for (const disposable of this.disposables.reverse()) disposable.dispose();
  }

  private sessionChanged(): void {
    const { state } = this.deps.session;
    this.connectionKey.set(state.kind);
    // Beside the buttons of the steps, not in their place: VS Code shows no welcome where a message is.
    this.resourcesView.message = state.kind === 'failed' ? [state.error.message, state.error.advice].filter(Boolean).join(' ') : '';
    this.everythingChanged();
  }

  private everythingChanged(): void {
    this.folderKey.set(this.deps.folders.current() !== undefined);
    this.describe();
    this.stepsTree.redraw();
    this.resourcesTree.refresh();
    this.stale = true;
    if (this.stepsView.visible) this.lookSoon();
  }

  private stepsChanged(): void {
    const { busy } = this.deps.steps;
    this.busyKey.set(busy);
    for (const [id, key] of this.doneKeys) key.set(this.deps.steps.states.get(id)?.status === 'done');
    this.stepsTree.redraw();
    // What a run made appears among the resources once it is over.
    if (this.wasBusy && !busy) this.resourcesTree.refresh();
    this.wasBusy = busy;
  }

  private describe(): void {
    const { session, folders } = this.deps;
    const target = session.current?.target;
    const parts = target === undefined ? [] : [target.label, target.account, target.region];
    const folder = folders.several ? folders.currentFolder()?.name : undefined;
    if (folder !== undefined) parts.push(folder);
    this.stepsView.description = parts.join(' · ');
    this.resourcesView.description = target === undefined ? '' : `${target.account} · ${target.region}`;
  }

  private lookSoon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.look().catch((error: unknown) => this.deps.log.error('the steps could not be refreshed', error));
    }, settleMs);
  }

  private async look(): Promise<void> {
    const { session, steps, folders } = this.deps;
    clearTimeout(this.timer);
    if (steps.busy) return; // the run itself keeps the states up to date
    this.stale = false;
    await this.looking.take(async (signal) => {
      try {
        await steps.refresh(session.current, folders.current(), signal);
      } catch (error) {
        if (!isCancelled(error)) throw error;
      }
    });
  }

  /** The files of the steps decide what is done; a build that writes thousands of others must not matter. */
  private watchFiles(): readonly vscode.Disposable[] {
    const names = Object.values(WorkspaceFileNames).filter((name) => name !== WorkspaceFileNames.claimFolder);
    const watcher = vscode.workspace.createFileSystemWatcher(`**/{${names.join(',')}}`);
    const changed = (): void => {
      this.stale = true;
      if (this.stepsView.visible) this.lookSoon();
    };
    return [watcher, watcher.onDidChange(changed), watcher.onDidCreate(changed), watcher.onDidDelete(changed)];
  }
}
