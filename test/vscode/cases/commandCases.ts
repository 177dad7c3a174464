import type { FleetHost } from '../../helpers/fleetHost';

/** Title and test. Each starts with nothing connected, an empty folder and an empty account. */
export type Scenarios = Readonly<Record<string, (host: FleetHost) => Promise<void>>>;

/** What a command does when all is well, and when it is not. */
export interface CommandCases {
  readonly happy: Scenarios;
  readonly unhappy: Scenarios;
}
