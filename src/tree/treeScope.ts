import type { Connection } from '../core/ports/connection';
import type { FleetNames } from '../core/provisioning/steps';
import type { Log } from '../platform/log';

/** What every node that reads the account works with, from one refresh of the whole tree to the next. */
export interface TreeScope {
  readonly connection: Connection;
  readonly names: FleetNames;
  /** Aborted when the tree is read anew: what was under way is of no use any more. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** How many items of a list somebody has looked at, by the list's id. Outlives a refresh, which then reads as far again. */
  readonly reach: Map<string, number>;
}
