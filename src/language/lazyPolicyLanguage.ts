import * as vscode from 'vscode';
import type { Disposable } from '../core/util/emitter';
import type { PolicyLanguage, PolicyLanguageDeps } from './policyLanguage';
import { isPolicyDocument } from './policySelector';

/** The language service of policy files, loaded with the first of them: any other JSON file costs a look at its name. */
export class LazyPolicyLanguage implements Disposable {
  private readonly listeners: vscode.Disposable[] = [];
  private loading: Promise<PolicyLanguage> | undefined;
  private disposed = false;

  /** @param deps `onError` is told too when the service could not be loaded for a document; whoever calls `service` gets the error itself */
  constructor(private readonly deps: PolicyLanguageDeps) {
    this.listeners.push(
      vscode.workspace.onDidOpenTextDocument((document) => this.look(document)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('greengrassFleet.policyFiles')) this.lookAtAll();
      }),
    );
    this.lookAtAll();
  }

  /** The service; loaded now unless it is there. */
  async service(): Promise<PolicyLanguage> {
    this.loading ??= this.load();
    return this.loading;
  }

  dispose(): void {
    this.disposed = true;
    this.stopLooking();
    this.loading?.then((service) => service.dispose()).catch(() => undefined);
  }

  private async load(): Promise<PolicyLanguage> {
    try {
      const [{ registerPolicyLanguage }, account] = await Promise.all([import(/* webpackChunkName: "policy" */ './policyLanguage'), this.deps.knowledge.get()]);
      // A window that closes meanwhile must not find new providers.
      if (this.disposed) throw new vscode.CancellationError();
      this.stopLooking();
      return registerPolicyLanguage(this.deps, account);
    } catch (error) {
      this.loading = undefined;
      throw error;
    }
  }

  private lookAtAll(): void {
    for (const document of vscode.workspace.textDocuments) this.look(document);
  }

  private look(document: vscode.TextDocument): void {
    if (this.loading !== undefined || !isPolicyDocument(document)) return;
    this.service().catch((error: unknown) => {
      if (!this.disposed) this.deps.onError(error);
    });
  }

  private stopLooking(): void {
    for (const listener of this.listeners.splice(0)) listener.dispose();
  }
}
