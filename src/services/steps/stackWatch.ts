import * as l10n from '@vscode/l10n';
import { CancelledError, isCancelled, isFleetError } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { Progress } from '../../core/ports/interaction';
import type { Stack, StackEvent } from '../../core/ports/stackApi';
import { stackCondition, stackSucceeded } from '../../core/stack/condition';
import { firstCause } from '../../core/stack/failure';
import { pauseAfter } from '../../core/util/backoff';
import type { Clock } from '../../core/util/clock';

/**
 * Milliseconds from one look to the next, for as long as a stack of two roles may take with patience: an eighth of the
 * time that has passed, so that a quick one (the sandbox' takes less than a second) loses little, and never so long that the end is
 * known later than 300 ms after it. A stack that takes longer than that is worth a look every two seconds: AWS is not asked thousands of times.
 */
const often = { shortest: 50, longest: 250, until: 180_000 };
const seldom = 2_000;
/** Milliseconds from one reading of the events to the next: they tell the progress, the stack itself its end. */
const eventsPause = 1_000;
/** An operation that was asked for begins within this many milliseconds, or has ended before it was seen. */
const beginsWithin = 10_000;
/** After a look that failed: AWS is throttling, or cannot be reached. Milliseconds. */
const pauses = { first: 500, factor: 2, longest: 4_000 };
/** Looks that may fail in a row before the watch gives up: a laptop changes its network. */
const patience = 6;

export interface WatchOptions {
  readonly connection: Connection;
  /** Stack id rather than name: a deleted stack is found by its id only. */
  readonly stackId: string;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** The stack as it was before an operation was asked for: until something moves, the operation has not begun. */
  readonly before?: Pick<Stack, 'status' | 'updatedAt'>;
}

/** The stack once CloudFormation is done with it, and the events of an operation that failed, newest first. */
export interface Settled {
  readonly stack: Stack | undefined;
  readonly events: readonly StackEvent[];
}

/** Waits until no operation runs on a stack, telling what happens. An abort ends the watch, not the operation. */
export async function watchStack(options: WatchOptions): Promise<Settled> {
  const { connection, stackId, clock, progress, signal } = options;
  const told = new Set<string>();
  const now = (): number => clock.now().getTime();
  const started = now();
  let failures = 0;
  let eventsRead = -Infinity;
  for (;;) {
    if (signal.aborted) throw new CancelledError();
    const begun = now();
    try {
      const tell = begun - eventsRead >= eventsPause;
      const [stack, events] = await Promise.all([connection.stacks.describeStack(stackId, { signal }), tell ? operationEvents(options) : undefined]);
      if (events !== undefined) {
        eventsRead = begun;
        report(events, told, progress);
      }
      failures = 0;
      const waiting = sameAsBefore(stack, options.before) && begun - started < beginsWithin;
      if (!waiting && stackCondition(stack?.status) !== 'working') return { stack, events: await lastEvents(options, stack, told) };
    } catch (error) {
      failures += 1;
      const passing = isFleetError(error) && (error.retryable || error.category === 'throttling' || error.category === 'network');
      if (isCancelled(error) || !passing || failures >= patience) throw error;
    }
    const period = failures > 0 ? pauseAfter(failures - 1, pauses) : pauseAt(begun - started);
    await clock.sleep(Math.max(0, period - (now() - begun)), signal);
  }
}

function pauseAt(elapsed: number): number {
  return elapsed < often.until ? Math.min(often.longest, Math.max(often.shortest, elapsed / 8)) : seldom;
}

/** Of a failure: what was read beside the last look may be older than it. A success needs none, and nobody waits for them. */
async function lastEvents(options: WatchOptions, stack: Stack | undefined, told: Set<string>): Promise<readonly StackEvent[]> {
  if (stack === undefined || stackSucceeded(stack.status)) return [];
  const events = await operationEvents(options);
  report(events, told, options.progress);
  return events;
}

/** Events since the stack's own last start of an operation. */
async function operationEvents({ connection, stackId, signal }: WatchOptions): Promise<readonly StackEvent[]> {
  const events: StackEvent[] = [];
  for await (const event of connection.stacks.stackEvents(stackId, { signal })) {
    events.push(event);
    const ownStart = event.resourceType === 'AWS::CloudFormation::Stack' && /^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/.test(event.status);
    if (ownStart || events.length >= 500) break;
  }
  return events;
}

function report(events: readonly StackEvent[], told: Set<string>, progress: Progress): void {
  const failed = firstCause(events);
  for (const event of [...events].reverse()) {
    if (told.has(event.id)) continue;
    told.add(event.id);
    if (event.status.includes('ROLLBACK') && failed !== undefined) progress.report(l10n.t('Rolling back, because {0} failed: {1}', failed.logicalId, failed.reason ?? failed.status));
    else progress.report(l10n.t('{0}: {1}', event.logicalId, event.status));
  }
}

function sameAsBefore(stack: Stack | undefined, before: WatchOptions['before']): boolean {
  return before !== undefined && stack?.status === before.status && stack.updatedAt?.getTime() === before.updatedAt?.getTime();
}
