import * as vscode from 'vscode';
import type { FleetSteps, SessionService } from '../core/ports/services';
import { stepIds, type StepState } from '../core/provisioning/steps';
import type { Folders } from '../platform/folders';
import type { FleetNode } from './nodes';
import { StepNode } from './stepNode';

/** The five steps in order. Empty, so that a welcome text shows, until there is an account and a folder to look at. */
export class StepsTree implements vscode.TreeDataProvider<FleetNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly steps: FleetSteps,
    private readonly session: SessionService,
    private readonly folders: Folders,
  ) {}

  redraw(): void {
    this.changed.fire(undefined);
  }

  getTreeItem(node: FleetNode): vscode.TreeItem {
    return node.item();
  }

  async getChildren(node?: FleetNode): Promise<FleetNode[]> {
    if (node !== undefined) return [...((await node.children?.()) ?? [])];
    if (!vscode.workspace.isTrusted || this.session.state.kind !== 'connected' || this.folders.current() === undefined) return [];
    return stepIds.map((id, index) => new StepNode(index + 1, this.steps.states.get(id) ?? unknownState(id)));
  }

  dispose(): void {
    this.changed.dispose();
  }
}

function unknownState(id: StepState['id']): StepState {
  return { id, status: 'unknown', summary: '', resources: [] };
}
