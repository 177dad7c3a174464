import type { CoreDevice } from '../ports/greengrassApi';
import type { BackOff } from '../util/backoff';

/** Often at first, when an install is about to end; then seldom enough for the quota of the account. */
export const watchPauses: BackOff = { first: 2_000, longest: 15_000, factor: 1.25 };

/** An install takes minutes; who waits longer than this has a device that will not report. */
export const watchLimit = 60 * 60_000;

/** A core that reported so shortly before the watch began is the one that the person has just installed. */
const recent = 5 * 60_000;

/** Failed looks in a row that are borne: a network comes back, an account stays throttled for seconds. */
const patience = 5;

export type WatchState =
  | {
      readonly kind: 'waiting';
      readonly startedAt: Date;
      readonly looks: number;
      /** Looks in a row that failed. */
      readonly failures: number;
      /** An older report of a core of this name: a newer one is waited for. */
      readonly old?: CoreDevice;
    }
  | {
      readonly kind: 'reported';
      readonly device: CoreDevice;
      /** Milliseconds from the start of the watch to the report. */
      readonly took: number;
      /** It had reported shortly before the watch began. */
      readonly before: boolean;
    }
  | { readonly kind: 'silent'; readonly waited: number; readonly old?: CoreDevice }
  | { readonly kind: 'failed'; readonly error: unknown };

export type Waiting = Extract<WatchState, { kind: 'waiting' }>;

export function startWatch(startedAt: Date): Waiting {
  return { kind: 'waiting', startedAt, looks: 0, failures: 0 };
}

/** What a look has found; `undefined` for a core that AWS does not know. */
export function afterLook(state: Waiting, device: CoreDevice | undefined, now: Date): WatchState {
  const passed = now.getTime() - state.startedAt.getTime();
  const next: Waiting = { ...state, looks: state.looks + 1, failures: 0 };
  if (device !== undefined) {
    const first = state.looks === 0;
    const reportedAt = device.reportedAt?.getTime();
    const isRecent = reportedAt !== undefined && state.startedAt.getTime() - reportedAt < recent;
    // Times of AWS are compared with each other only: the clock of this computer may be wrong.
    const isNewer = state.old === undefined ? !first : reportedAt !== undefined && reportedAt > (state.old.reportedAt?.getTime() ?? 0);
    if (isNewer) return { kind: 'reported', device, took: tookOf(reportedAt, state, passed), before: false };
    if (first && isRecent) return { kind: 'reported', device, took: 0, before: true };
  }
  const old = device ?? state.old;
  return passed >= watchLimit ? { kind: 'silent', waited: passed, ...(old && { old }) } : { ...next, ...(old && { old }) };
}

/** A look that failed. Only what may pass by itself is tried again. */
export function afterFailure(state: Waiting, error: unknown, mayPass: boolean): WatchState {
  return mayPass && state.failures < patience ? { ...state, failures: state.failures + 1 } : { kind: 'failed', error };
}

/** By the time of the report where it can be so, else by when it was seen: AWS's clock is not ours. */
function tookOf(reportedAt: number | undefined, { startedAt }: Waiting, passed: number): number {
  const told = reportedAt === undefined ? passed : reportedAt - startedAt.getTime();
  return told >= 0 && told <= passed ? told : passed;
}
