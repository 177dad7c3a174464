import * as vscode from 'vscode';
import { ErrorNode, ResourceNode, type FleetNode, type ResourceNodeOptions } from './nodes';
import type { TreeScope } from './treeScope';

/** What stands below a resource. */
export interface Branch {
  /** What calls tell of the resource itself; read when it is opened. */
  facts?(): Promise<readonly FleetNode[]>;
  /** Lists below it, each of which is read when it is opened in turn. */
  lists?(): readonly FleetNode[];
  /** Shown open, where there is only one of its kind. */
  readonly open?: boolean;
}

/** A resource that can be opened. When its facts cannot be read, an error stands in their place and the lists stay. */
export class BranchNode extends ResourceNode {
  private facts: Promise<readonly FleetNode[]> | undefined;
  private lists: readonly FleetNode[] | undefined;

  constructor(
    options: ResourceNodeOptions,
    private readonly scope: TreeScope,
    private readonly branch: Branch,
  ) {
    super(options);
  }

  forget(): void {
    this.facts = undefined;
    this.lists = undefined;
  }

  override item(): vscode.TreeItem {
    const item = super.item();
    item.collapsibleState = this.branch.open === true ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
    return item;
  }

  async children(): Promise<readonly FleetNode[]> {
    this.lists ??= this.branch.lists?.() ?? [];
    return [...(await this.readFacts()), ...this.lists];
  }

  private async readFacts(): Promise<readonly FleetNode[]> {
    try {
      this.facts ??= this.branch.facts?.();
      return (await this.facts) ?? [];
    } catch (error) {
      this.facts = undefined;
      if (this.scope.signal.aborted) return [];
      this.scope.log.warn(`${this.id} could not be read: ${error instanceof Error ? error.message : String(error)}`);
      return [new ErrorNode(`${this.id}/error`, this, error)];
    }
  }
}
