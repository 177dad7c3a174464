import * as vscode from 'vscode';
import type { SessionService } from '../core/ports/services';
import type { FleetNames } from '../core/provisioning/steps';
import type { Log } from '../platform/log';
import { ErrorNode, LoadMoreNode, MessageNode, type FleetNode } from './nodes';
import { PagedList } from './pagedList';
import { resourceGroups, type ResourceGroup } from './resourceGroups';

const pageSize = 25;

/** What the account holds of this flow, by kind. Nothing is read before its node is opened. */
export class ResourcesTree implements vscode.TreeDataProvider<FleetNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<FleetNode | undefined>();
  private abort = new AbortController();
  private roots: readonly GroupNode[] = [];
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly session: SessionService,
    private readonly names: () => FleetNames,
    private readonly log: Log,
  ) {}

  /** Forgets what was read; all of it, or one group. */
  refresh(node?: unknown): void {
    const group = this.roots.find((root) => root === node);
    if (group === undefined) {
      this.abort.abort();
      this.abort = new AbortController();
      this.roots = [];
    } else {
      group.forget();
    }
    this.changed.fire(group);
  }

  /** Reads one more page of a list and shows it. */
  async loadMore(node: unknown): Promise<void> {
    if (!(node instanceof LoadMoreNode)) return;
    await node.load();
    this.changed.fire(node.parent);
  }

  getTreeItem(node: FleetNode): vscode.TreeItem {
    return node.item();
  }

  async getChildren(node?: FleetNode): Promise<FleetNode[]> {
    if (node !== undefined) return [...((await node.children?.()) ?? [])];
    const connection = this.session.current;
    if (connection === undefined) return [];
    if (this.roots.length === 0) {
      const { signal } = this.abort;
      const scope = `${connection.target.account}/${connection.target.region}`;
      this.roots = resourceGroups(connection, this.names()).map((group) => new GroupNode(`${scope}/${group.id}`, group, signal, this.log));
    }
    return [...this.roots];
  }

  dispose(): void {
    this.abort.abort();
    this.changed.dispose();
  }
}

class GroupNode implements FleetNode {
  private list: PagedList<FleetNode>;

  constructor(
    readonly id: string,
    private readonly group: ResourceGroup,
    private readonly signal: AbortSignal,
    private readonly log: Log,
  ) {
    this.list = this.newList();
  }

  forget(): void {
    this.list = this.newList();
  }

  item(): vscode.TreeItem {
    const item = new vscode.TreeItem(this.group.title, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.iconPath = new vscode.ThemeIcon(this.group.icon);
    item.contextValue = `group:${this.group.id}`;
    return item;
  }

  async children(): Promise<readonly FleetNode[]> {
    const { list } = this;
    try {
      const items = await list.first();
      if (items.length === 0) return [new MessageNode(`${this.id}/empty`, this.group.empty)];
      return list.hasMore ? [...items, new LoadMoreNode(`${this.id}/more`, this, async () => list.more())] : items;
    } catch (error) {
      if (this.signal.aborted) return [];
      this.log.warn(`${this.group.id} could not be listed: ${error instanceof Error ? error.message : String(error)}`);
      return [new ErrorNode(`${this.id}/error`, this, error)];
    }
  }

  private newList(): PagedList<FleetNode> {
    return new PagedList(() => this.group.list(this.signal), pageSize);
  }
}
