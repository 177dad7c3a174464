import * as vscode from 'vscode';
import type { Disposable } from '../core/util/emitter';
import type { TemplateLanguageDeps } from './templateLanguage';
import { isTemplateDocument, mentionsFleetProvisioning } from './templateSelector';

/** The language service of provisioning templates, loaded with the first of them, or the first device configuration. */
export class LazyTemplateLanguage implements Disposable {
  private readonly listeners: vscode.Disposable[] = [];
  private loading: Promise<Disposable> | undefined;
  private disposed = false;

  constructor(private readonly deps: TemplateLanguageDeps) {
    this.listeners.push(
      vscode.workspace.onDidOpenTextDocument((document) => this.look(document)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('greengrassFleet.templateFiles')) this.lookAtAll();
      }),
    );
    this.lookAtAll();
  }

  dispose(): void {
    this.disposed = true;
    this.stopLooking();
    this.loading?.then((service) => service.dispose()).catch(() => undefined);
  }

  private lookAtAll(): void {
    for (const document of vscode.workspace.textDocuments) this.look(document);
  }

  private look(document: vscode.TextDocument): void {
    if (this.loading !== undefined || !(isTemplateDocument(document) || mentionsFleetProvisioning(document))) return;
    this.loading = this.load();
    this.loading.catch((error: unknown) => {
      this.loading = undefined;
      if (!this.disposed) this.deps.onError(error);
    });
  }

  private async load(): Promise<Disposable> {
    const [{ registerTemplateLanguage }, account] = await Promise.all([import(/* webpackChunkName: "policy" */ './templateLanguage'), this.deps.knowledge.get()]);
    // A window that closes meanwhile must not find new providers.
    if (this.disposed) throw new vscode.CancellationError();
    this.stopLooking();
    return registerTemplateLanguage(this.deps, account);
  }

  private stopLooking(): void {
    for (const listener of this.listeners.splice(0)) listener.dispose();
  }
}
