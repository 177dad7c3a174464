import type { ScriptedWindow } from './platform/scriptedWindow';
import type { Container } from './container';

/** What extension tests see of the running extension. Exists only when GREENGRASS_FLEET_TEST is 1. */
export interface TestApi {
  readonly window: ScriptedWindow;
  readonly container: Container;
}
