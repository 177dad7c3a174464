import type * as vscode from 'vscode';
import type { TemplatePreviewDeps, TemplatePreviewPanel } from './templatePreviewPanel';

/** The template preview, loaded when it is first asked for: it brings the reading of templates. */
export class LazyTemplatePreview implements vscode.Disposable {
  private panel: TemplatePreviewPanel | undefined;

  constructor(private readonly deps: TemplatePreviewDeps) {}

  async show(document: vscode.TextDocument): Promise<void> {
    const { TemplatePreviewPanel: Panel } = await import(/* webpackChunkName: "policy" */ './templatePreviewPanel');
    this.panel ??= new Panel(this.deps);
    await this.panel.show(document);
  }

  /** For tests; undefined before the first use. */
  get current(): TemplatePreviewPanel | undefined {
    return this.panel;
  }

  dispose(): void {
    this.panel?.dispose();
  }
}
