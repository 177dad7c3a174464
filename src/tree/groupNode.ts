import * as vscode from 'vscode';
import type { Log } from '../platform/log';
import { ErrorNode, LoadMoreNode, MessageNode, type FleetNode } from './nodes';
import { PagedList } from './pagedList';

const pageSize = 25;

/** A list of the account under a title. */
export interface ResourceGroup {
  readonly id: string;
  readonly title: string;
  readonly icon: string;
  /** What stands there when there is nothing. */
  readonly empty: string;
  list(signal: AbortSignal, log: Log): AsyncIterable<FleetNode>;
}

/** Reads its list when it is opened, page by page. A failure is a node of it, which a click tries again. */
export class GroupNode implements FleetNode {
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
    return new PagedList(() => this.group.list(this.signal, this.log), pageSize);
  }
}
