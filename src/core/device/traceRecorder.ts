import { deviceStepIds, type DeviceRunView, type DeviceStepId, type Leftovers, type TraceMessage, type TraceState, type TraceStep, type Verdict } from './trace';

export interface TraceHead {
  readonly title: string;
  readonly facts: DeviceRunView['facts'];
  readonly stepTitles: Readonly<Record<DeviceStepId, string>>;
}

interface OpenStep {
  readonly id: DeviceStepId;
  state: TraceState;
  startedAt?: number;
  duration?: number;
  readonly notes: string[];
  readonly messages: TraceMessage[];
}

/** Keeps what happens in a run, and gives it as an unchanging view. `now` is in milliseconds and only ever grows. */
export class TraceRecorder {
  private readonly steps: ReadonlyMap<DeviceStepId, OpenStep> = new Map(deviceStepIds.map((id) => [id, { id, state: 'waiting', notes: [], messages: [] }]));
  private readonly start: number;
  private verdict: Verdict = { outcome: 'running' };
  private total: number | undefined;
  private left: Leftovers | undefined;

  constructor(
    private head: TraceHead,
    private readonly now: () => number,
    private readonly changed: (view: DeviceRunView) => void,
  ) {
    this.start = now();
  }

  begin(id: DeviceStepId): void {
    const step = this.step(id);
    step.state = 'running';
    step.startedAt = this.elapsed();
    this.fire();
  }

  /** Ends a step. A step that already warned stays a warning when it is done. */
  end(id: DeviceStepId, state: Exclude<TraceState, 'waiting' | 'running'>): void {
    const step = this.step(id);
    if (step.state !== 'running' && state !== 'skipped') return;
    step.state = state;
    if (step.startedAt !== undefined) step.duration = this.elapsed() - step.startedAt;
    this.fire();
  }

  note(id: DeviceStepId, text: string): void {
    this.step(id).notes.push(text);
    this.fire();
  }

  message(id: DeviceStepId, message: TraceMessage): void {
    this.step(id).messages.push(message);
    this.fire();
  }

  /** More about the run than was known at its start. */
  retitle(head: Partial<Pick<TraceHead, 'title' | 'facts'>>): void {
    this.head = { ...this.head, ...head };
    this.fire();
  }

  /** The step that is running, if any. */
  get running(): DeviceStepId | undefined {
    return [...this.steps.values()].find((step) => step.state === 'running')?.id;
  }

  decide(verdict: Verdict): void {
    this.verdict = verdict;
    this.total = this.elapsed();
    for (const step of this.steps.values()) if (step.state === 'waiting' && step.id !== 'cleanUp') step.state = 'skipped';
    this.fire();
  }

  leave(leftovers: Leftovers | undefined): void {
    this.left = leftovers;
    this.fire();
  }

  view(): DeviceRunView {
    return {
      title: this.head.title,
      facts: this.head.facts,
      steps: [...this.steps.values()].map((step): TraceStep => ({ ...step, notes: [...step.notes], messages: [...step.messages], title: this.head.stepTitles[step.id] })),
      verdict: this.verdict,
      ...(this.total === undefined ? {} : { total: this.total }),
      ...(this.left === undefined ? {} : { leftovers: this.left }),
    };
  }

  private step(id: DeviceStepId): OpenStep {
    const step = this.steps.get(id);
    if (step === undefined) throw new Error(`no step ${id}`);
    return step;
  }

  private elapsed(): number {
    return Math.round(this.now() - this.start);
  }

  private fire(): void {
    this.changed(this.view());
  }
}
