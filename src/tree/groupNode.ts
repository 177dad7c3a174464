import * as vscode from 'vscode';
import { ErrorNode, LoadMoreNode, MessageNode, type FleetNode } from './nodes';
import { largestPage } from './pageLimits';
import { PagedList } from './pagedList';
import type { TreeScope } from './treeScope';

/** A refresh does not read on for minutes because somebody once looked far. */
const mostReadAgain = 4 * largestPage;

/** A list of the account under a title. */
export interface ResourceGroup {
  readonly id: string;
  readonly title: string;
  readonly icon: string;
  /** What stands there when there is nothing. */
  readonly empty: string;
  /** Items of a page; fewer than AWS gives where each item costs a call of its own. */
  readonly pageSize?: number;
  /** Its items tell how old they are, which goes on while one looks. */
  readonly ages?: true;
  /** What the list is narrowed to, now. */
  readonly description?: () => string | undefined;
  /** `id`: of the group's node, with which the ids of its items begin. */
  list(scope: TreeScope, id: string): AsyncIterable<FleetNode>;
}

/** Reads its list when it is opened, page by page. A failure is a node of it, which a click tries again. */
export class GroupNode implements FleetNode {
  private list: PagedList<FleetNode>;
  /** Why the page that somebody asked for last is not there. */
  private moreFailed: unknown;

  constructor(
    readonly id: string,
    private readonly group: ResourceGroup,
    private readonly scope: TreeScope,
  ) {
    this.list = this.newList();
  }

  /** Its items tell how old they are, and there are some: drawing them again costs no call. */
  get ages(): boolean {
    return this.group.ages === true && this.list.items.length > 0;
  }

  forget(): void {
    this.moreFailed = undefined;
    this.list = this.newList();
  }

  item(): vscode.TreeItem {
    const { title, icon } = this.group;
    const description = this.group.description?.();
    const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.iconPath = new vscode.ThemeIcon(icon);
    item.contextValue = `group:${this.group.id}`;
    item.accessibilityInformation = { label: description === undefined ? title : `${title}, ${description}` };
    if (description !== undefined) item.description = description;
    return item;
  }

  async children(): Promise<readonly FleetNode[]> {
    const { list, scope } = this;
    try {
      const items = await list.first(Math.min(scope.reach.get(this.id) ?? 0, mostReadAgain));
      if (items.length === 0) return [new MessageNode(`${this.id}/empty`, this.group.empty)];
      return list.hasMore ? [...items, new LoadMoreNode(`${this.id}/more`, this, `${this.group.title}: ${vscode.l10n.t('{0} shown', items.length)}`, async () => this.more(list), this.moreFailed)] : items;
    } catch (error) {
      if (scope.signal.aborted) return [];
      scope.log.warn(`${this.group.id} could not be listed: ${error instanceof Error ? error.message : String(error)}`);
      return [new ErrorNode(`${this.id}/error`, this, error)];
    }
  }

  private async more(list: PagedList<FleetNode>): Promise<void> {
    try {
      await list.more();
      this.moreFailed = undefined;
      this.scope.reach.set(this.id, list.items.length);
    } catch (error) {
      if (this.scope.signal.aborted) return;
      this.scope.log.warn(`${this.group.id} could not be read further: ${error instanceof Error ? error.message : String(error)}`);
      this.moreFailed = error;
    }
  }

  private newList(): PagedList<FleetNode> {
    return new PagedList(() => this.group.list(this.scope, this.id), this.group.pageSize ?? largestPage, (node) => node.id);
  }
}
