import * as l10n from '@vscode/l10n';
import { CancelledError, isCancelled, isFleetError } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { Progress } from '../../core/ports/interaction';
import type { Stack, StackEvent } from '../../core/ports/stackApi';
import { stackCondition } from '../../core/stack/condition';
import { firstCause } from '../../core/stack/failure';
import { pauseAfter } from '../../core/util/backoff';
import type { Clock } from '../../core/util/clock';

/** A stack of two roles takes about a minute; the sandbox' takes less than a second. Milliseconds. */
const pauses = { first: 250, factor: 1.35, longest: 2000 };
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

/** The stack once CloudFormation is done with it, and the events of that operation, newest first. */
export interface Settled {
  readonly stack: Stack | undefined;
  readonly events: readonly StackEvent[];
}

/** Waits until no operation runs on a stack, telling what happens. An abort ends the watch, not the operation. */
export async function watchStack(options: WatchOptions): Promise<Settled> {
  const { connection, stackId, clock, progress, signal } = options;
  const told = new Set<string>();
  let failures = 0;
  let unchanged = 0;
  for (let look = 0; ; look += 1) {
    if (signal.aborted) throw new CancelledError();
    try {
      const stack = await connection.stacks.describeStack(stackId, { signal });
      const events = await operationEvents(options);
      report(events, told, progress);
      failures = 0;
      const waiting = sameAsBefore(stack, options.before) && unchanged < 10;
      if (waiting) unchanged += 1;
      else if (stackCondition(stack?.status) !== 'working') return { stack, events };
    } catch (error) {
      failures += 1;
      const passing = isFleetError(error) && (error.retryable || error.category === 'throttling' || error.category === 'network');
      if (isCancelled(error) || !passing || failures >= patience) throw error;
    }
    await clock.sleep(pauseAfter(look, pauses), signal);
  }
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
