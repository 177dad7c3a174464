import { CancelledError } from '../../core/errors';

/**
 * Runs looks one at a time: callers that come while one is under way share the next one, and an answer that was
 * overtaken by a look at something else is dropped.
 */
export class Refresher<T> {
  private current: { readonly subject: T; readonly done: Promise<void> } | undefined;
  private queued: { readonly subject: T; readonly done: Promise<void> } | undefined;
  private generation = 0;

  constructor(
    private readonly look: (subject: T, isLatest: () => boolean) => Promise<void>,
    private readonly same: (a: T, b: T) => boolean,
  ) {}

  refresh(subject: T): Promise<void> {
    const { current, queued } = this;
    if (current === undefined || !this.same(current.subject, subject)) return this.start(subject);
    // The look under way may have passed what has changed since it began, so one more follows, for all who ask.
    if (queued !== undefined && this.same(queued.subject, subject)) return queued.done;
    const next = (): Promise<void> => {
      if (this.queued === entry) this.queued = undefined;
      // Meanwhile somebody looks at something else: that one counts.
      return this.current === undefined || this.current === current ? this.start(subject) : this.current.done;
    };
    const entry = { subject, done: current.done.then(next, next) };
    this.queued = entry;
    return entry.done;
  }

  private start(subject: T): Promise<void> {
    this.generation += 1;
    const own = this.generation;
    this.queued = undefined;
    const done = this.look(subject, () => own === this.generation).finally(() => {
      if (this.current === entry) this.current = undefined;
    });
    const entry = { subject, done };
    this.current = entry;
    return done;
  }
}

/** Lets questions of steps that run side by side come one after the other. */
export class Turnstile {
  private last: Promise<unknown> = Promise.resolve();

  /** A question that waits when the run has ended is not asked any more. */
  pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const next = this.last.then(() => {
      if (signal.aborted) throw new CancelledError();
      return work();
    });
    this.last = next.catch(() => undefined);
    return next;
  }
}
