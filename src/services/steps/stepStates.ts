import * as l10n from '@vscode/l10n';
import { stepIds, type StepId, type StepState } from '../../core/provisioning/steps';
import { Emitter } from '../../core/util/emitter';

/** What is shown of the five steps. A step that runs keeps saying so while looks come in. */
export class StepStates {
  private readonly emitter = new Emitter<ReadonlyMap<StepId, StepState>>();
  readonly onDidChange = this.emitter.event;
  private seen: ReadonlyMap<StepId, StepState> = unknownStates();
  private readonly running = new Map<StepId, string>();
  /** Messages of last runs that failed, until a look finds the step done or a run succeeds. */
  private readonly failures = new Map<StepId, string>();

  get current(): ReadonlyMap<StepId, StepState> {
    return new Map(stepIds.map((id) => [id, this.shown(id)]));
  }

  set(states: readonly StepState[]): void {
    this.seen = new Map([...this.seen, ...states.map((state): [StepId, StepState] => [state.id, state])]);
    for (const state of states) if (state.status === 'done') this.failures.delete(state.id);
    this.fire();
  }

  /** Nothing is known: no connection, or another one. */
  reset(): void {
    this.seen = unknownStates();
    this.failures.clear();
    this.fire();
  }

  begin(id: StepId, message: string): void {
    this.failures.delete(id);
    this.running.set(id, message);
    this.fire();
  }

  end(id: StepId, failure: string | undefined): void {
    this.running.delete(id);
    if (failure !== undefined) this.failures.set(id, failure);
    this.fire();
  }

  fire(): void {
    this.emitter.fire(this.current);
  }

  dispose(): void {
    this.emitter.dispose();
  }

  private shown(id: StepId): StepState {
    const seen = this.seen.get(id) ?? unknownState(id);
    const running = this.running.get(id);
    if (running !== undefined) return { ...seen, status: 'running', summary: running };
    const failure = this.failures.get(id);
    if (failure === undefined) return seen;
    const detail = [failure, seen.summary, seen.detail].filter((part) => part !== undefined && part !== '').join('\n\n');
    return { ...seen, status: 'failed', summary: l10n.t('Failed: {0}', failure), detail };
  }
}

function unknownStates(): ReadonlyMap<StepId, StepState> {
  return new Map(stepIds.map((id) => [id, unknownState(id)]));
}

function unknownState(id: StepId): StepState {
  return { id, status: 'unknown', summary: l10n.t('Not connected'), resources: [] };
}
