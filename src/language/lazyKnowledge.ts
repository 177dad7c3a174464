import type { Disposable } from '../core/util/emitter';
import type { AccountKnowledge, KnowledgeDeps } from './accountKnowledge';

/** What the languages know of the connected account: one for all, so that none asks again what another has asked. Made with the first that needs it. */
export class LazyKnowledge implements Disposable {
  private loading: Promise<AccountKnowledge> | undefined;

  constructor(private readonly deps: KnowledgeDeps) {}

  async get(): Promise<AccountKnowledge> {
    this.loading ??= this.load();
    return this.loading;
  }

  dispose(): void {
    this.loading?.then((account) => account.dispose()).catch(() => undefined);
  }

  private async load(): Promise<AccountKnowledge> {
    try {
      const { AccountKnowledge: Knowledge } = await import(/* webpackChunkName: "policy" */ './accountKnowledge');
      return new Knowledge(this.deps.session, this.deps.steps);
    } catch (error) {
      this.loading = undefined;
      throw error;
    }
  }
}
