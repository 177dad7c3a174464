import type { DeviceLedger } from '../core/ports/deviceLedger';
import type { Clock } from '../core/util/clock';
import { Commands } from '../ids';
import type { StepCommandsDeps } from './connectedRun';

export interface TeardownCommandsDeps extends StepCommandsDeps {
  readonly ledger: DeviceLedger;
  readonly clock: Clock;
  readonly refreshViews: () => Promise<void>;
  /** A message with buttons, which may stay for as long as a person likes; answers the one that was pressed. */
  readonly offer: (message: string, buttons: readonly string[]) => Promise<string | undefined>;
  readonly logError: (error: unknown) => void;
}

/** Loaded when somebody takes something down, which is rare. */
const teardown = async () => import(/* webpackChunkName: "teardown" */ './teardownController');

/** A plan first, which changes nothing; what it shows is run by another command, once that is agreed to. */
export function registerTeardownCommands(deps: TeardownCommandsDeps): void {
  const { registry } = deps;
  registry.register(Commands.tearDown, async (argument) => (await teardown()).showPlan(deps, argument), { needsTrust: true });
  registry.register(Commands.tearDownClaim, async (argument) => (await teardown()).showPlanOfClaim(deps, argument), { needsTrust: true });
  registry.register(Commands.runTearDown, async (argument) => (await teardown()).runPlan(deps, argument), { mutates: true, needsTrust: true });
}
