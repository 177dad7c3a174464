import type * as vscode from 'vscode';
import type { RelationsDeps, RelationsPanel, ShownRelations } from './relationsPanel';

/** The page of relations, loaded when it is first asked for. */
export class LazyRelations implements vscode.Disposable {
  private panel: RelationsPanel | undefined;

  constructor(private readonly deps: RelationsDeps) {}

  async show(shown: ShownRelations): Promise<void> {
    const { RelationsPanel: Panel } = await import(/* webpackChunkName: "preflight" */ './relationsPanel');
    this.panel ??= new Panel(this.deps);
    this.panel.show(shown);
  }

  /** For tests; undefined before the first use. */
  get current(): RelationsPanel | undefined {
    return this.panel;
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
