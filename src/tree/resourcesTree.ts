import * as vscode from 'vscode';
import type { CoreDeviceFilter } from '../core/coreDevices/filter';
import type { RegionsService, SessionService } from '../core/ports/services';
import type { FleetNames } from '../core/provisioning/steps';
import type { Log } from '../platform/log';
import type { FleetHit } from '../core/search/hits';
import { isReachable } from '../core/util/regions';
import { foundGroup } from './foundGroup';
import { GroupNode } from './groupNode';
import { ErrorNode, LoadMoreNode, type FleetNode } from './nodes';
import { contextElsewhere, RegionNode } from './regionNode';
import { coreDevicesGroup, resourceGroups } from './resourceGroups';
import type { TreeScope } from './treeScope';

/** Found resources that stay on top of the tree. */
const mostFound = 10;

/** What the account holds of this flow, by kind. Nothing is read before its node is opened. */
export class ResourcesTree implements vscode.TreeDataProvider<FleetNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<FleetNode | undefined>();
  private abort = new AbortController();
  private roots: readonly FleetNode[] = [];
  private scope: TreeScope | undefined;
  private readonly parents = new WeakMap<FleetNode, FleetNode>();
  /** How far lists were read, in the account and region that it belongs to. */
  private looked: { readonly place: string; readonly reach: Map<string, number> } | undefined;
  private wanted: CoreDeviceFilter | undefined;
  /** Lists that somebody has opened whose items tell how old they are. */
  private readonly ageing = new Set<GroupNode>();
  /** What somebody searched for, newest first. */
  private found: readonly FleetHit[] = [];
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly session: SessionService,
    private readonly names: () => FleetNames,
    private readonly log: Log,
    private readonly regions: Pick<RegionsService, 'pinned' | 'connection'> = { pinned: [], connection: async () => Promise.reject(new Error('no region is pinned')) },
  ) {}

  /** Forgets what was read; all of it, or what is below one node. An error stands for the node whose list it is. */
  refresh(at?: unknown): void {
    const node = at instanceof ErrorNode ? at.parent : at;
    if (this.holds(node) && node.forget !== undefined) {
      node.forget();
      this.changed.fire(node);
      return;
    }
    this.abort.abort();
    this.abort = new AbortController();
    this.roots = [];
    this.ageing.clear();
    this.changed.fire(undefined);
  }

  /** Draws what tells its age again. What was read stays as it is: that costs no call. */
  redrawAges(): void {
    for (const group of this.ageing) if (group.ages && this.holds(group)) this.changed.fire(group);
  }

  /** Shows what is pinned now; nothing else is read again. */
  regionsChanged(): void {
    if (this.scope !== undefined && this.roots.length > 0) {
      const shown = this.roots.filter((root) => root instanceof RegionNode);
      this.roots = [...this.roots.filter((root) => !(root instanceof RegionNode)), ...this.regionNodes(this.scope).map((node) => shown.find(({ id }) => id === node.id) ?? node)];
    }
    this.changed.fire(undefined);
  }

  /** Reads a group anew and finds a node in its first page, by what it copies; the group itself when it is not there. */
  async find(groupId: string, copyText: string): Promise<FleetNode | undefined> {
    const group = (await this.getChildren()).find((root) => root.id.endsWith(`/${groupId}`));
    if (group === undefined) return undefined;
    this.refresh(group);
    return (await this.getChildren(group)).find((node) => node.copyText === copyText) ?? group;
  }

  /** Puts what somebody searched for on top of the tree, which is not read anew; answers its node. */
  async showFound(hit: FleetHit): Promise<FleetNode | undefined> {
    await this.getChildren();
    this.found = [hit, ...this.found.filter(({ arn }) => arn !== hit.arn)].slice(0, mostFound);
    let group = this.roots.find((root) => root.id.endsWith('/found'));
    if (group === undefined) {
      group = this.newRoots().find((root) => root.id.endsWith('/found'));
      if (group === undefined) return undefined;
      this.roots = [group, ...this.roots];
    }
    group.forget?.();
    this.changed.fire(undefined);
    return (await this.getChildren(group)).find((node) => node.copyText === hit.arn);
  }

  /** Which core devices are shown; undefined: all. */
  get filter(): CoreDeviceFilter | undefined {
    return this.wanted;
  }

  filterCoreDevices(filter: CoreDeviceFilter | undefined): void {
    this.wanted = filter;
    const group = this.roots.find((root) => root.id.endsWith(`/${coreDevicesGroup}`));
    if (group !== undefined) this.refresh(group);
    for (const root of this.roots) {
      if (!(root instanceof RegionNode)) continue;
      void root.opened(coreDevicesGroup).then((opened) => (opened === undefined ? undefined : this.refresh(opened)));
    }
  }

  /** Reads one more page of a list and shows it. */
  async loadMore(node: unknown): Promise<void> {
    if (!(node instanceof LoadMoreNode)) return;
    await node.load();
    this.changed.fire(node.parent);
  }

  getTreeItem(node: FleetNode): vscode.TreeItem {
    const item = node.item();
    if (node.inRegion === undefined || node instanceof RegionNode) return item;
    item.contextValue = contextElsewhere(item.contextValue);
    // Told once, where one comes in; a group is called the same in every region.
    const label = item.accessibilityInformation?.label;
    if (label !== undefined && this.parents.get(node) instanceof RegionNode) item.accessibilityInformation = { label: `${label}, ${node.inRegion}` };
    return item;
  }

  getParent(node: FleetNode): FleetNode | undefined {
    return this.parents.get(node);
  }

  async getChildren(node?: FleetNode): Promise<FleetNode[]> {
    if (node !== undefined) {
      const children = [...((await node.children?.()) ?? [])];
      for (const child of children) {
        this.parents.set(child, node);
        if (node.inRegion !== undefined) child.inRegion = node.inRegion;
      }
      if (node instanceof GroupNode && node.ages) this.ageing.add(node);
      return children;
    }
    if (this.roots.length === 0) this.roots = this.newRoots();
    return [...this.roots];
  }

  dispose(): void {
    this.abort.abort();
    this.changed.dispose();
  }

  private newRoots(): readonly FleetNode[] {
    const connection = this.session.current;
    if (connection === undefined) return [];
    const place = `${connection.target.account}/${connection.target.region}`;
    if (this.looked?.place !== place) {
      // Another account or region: what was found before is not there.
      if (this.looked !== undefined) this.found = [];
      this.looked = { place, reach: new Map() };
    }
    const scope: TreeScope = { connection, names: this.names(), signal: this.abort.signal, log: this.log, reach: this.looked.reach };
    this.scope = scope;
    const found = this.found.length === 0 ? [] : [foundGroup(() => this.found)];
    const groups = [...found, ...resourceGroups(scope.names, () => this.wanted)].map((group) => new GroupNode(`${place}/${group.id}`, group, scope));
    return [...groups, ...this.regionNodes(scope)];
  }

  /** The pinned regions that this identity can reach, without the connected one, whose groups stand above. */
  private regionNodes(scope: TreeScope): readonly RegionNode[] {
    const { target } = scope.connection;
    const others = this.regions.pinned.filter((region) => region !== target.region && isReachable(region, target));
    return others.map((region) => new RegionNode(scope, region, this.regions, () => resourceGroups(scope.names, () => this.wanted)));
  }

  /** A node of what is shown now, not of what was before. */
  private holds(node: unknown): node is FleetNode {
    let at = node as FleetNode | undefined;
    while (typeof at === 'object' && this.parents.has(at)) at = this.parents.get(at);
    return this.roots.some((root) => root === at);
  }
}
