import { isCancelled, isFleetError } from '../core/errors';
import { retry } from '../core/util/backoff';
import type { Clock } from '../core/util/clock';

/** Detaching takes "several seconds": https://docs.aws.amazon.com/iot/latest/apireference/API_DetachThingPrincipal.html */
const waits = { first: 300, longest: 5_000, factor: 1.7, total: 60_000 };

/** Tries again for a minute while AWS says that something still holds on to what is to go. */
export async function patiently(work: () => Promise<void>, clock: Clock, signal: AbortSignal): Promise<void> {
  await retry(work, { ...waits, clock, signal, again: (error) => isFleetError(error) && (error.category === 'conflict' || error.category === 'validation' || error.category === 'throttling') });
}

/** What is to go and is not there is gone: somebody else took it away, or an earlier try did. */
export async function gone(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (isCancelled(error) || !isNotFound(error)) throw error;
  }
}

export function isNotFound(error: unknown): boolean {
  return isFleetError(error) && error.category === 'notFound';
}

/** The whole list, before anything of it is changed: pages of a list that changes meanwhile may leave items out. */
export async function all<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Runs `work` on each item, at most `atOnce` at a time; stops at the first failure and throws it once the others have ended. */
export async function each<T>(items: AsyncIterable<T> | Iterable<T>, atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const item of items) {
    const one = work(item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(one));
    running.add(one);
    if (running.size >= atOnce) await Promise.race(running);
    if (failures.length > 0) break;
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0] instanceof Error ? failures[0] : new Error(String(failures[0]));
}
