import type { Event } from '../util/emitter';

/** `turn`: this program holds back, so as not to ask too much of AWS. `throttled`: AWS asked it to slow down. */
export type WaitReason = 'turn' | 'throttled';

/** What is told to the person while calls of AWS are not on their way. */
export interface Waiting {
  readonly reason: WaitReason;
  /** The call that waits longest, as IAM names it. */
  readonly action: string;
  /** Since when somebody has been waiting without a pause worth mentioning. */
  readonly seconds: number;
}

/** Told by who makes the calls. */
export interface WaitReporter {
  /** A call waits from now on, until the function that comes back is called; more than once does no harm. */
  waits(action: string, reason: WaitReason): () => void;
}

/** Read by who shows it: over all connections, undefined when nobody waits for long. */
export interface WaitingCalls {
  readonly current: Waiting | undefined;
  readonly onDidChange: Event<Waiting | undefined>;
}
