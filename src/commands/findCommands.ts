import type { Interaction } from '../core/ports/interaction';
import type { RegionsService, SessionService } from '../core/ports/services';
import type { FleetHit } from '../core/search/hits';
import { Commands } from '../ids';
import type { CommandRegistry } from '../platform/commands';
import type { PromptWindow } from '../platform/promptWindow';

export interface FindCommandsDeps {
  readonly registry: CommandRegistry;
  readonly session: SessionService;
  /** Those that are pinned are looked into as well. */
  readonly regions: Pick<RegionsService, 'pinned' | 'connection'>;
  readonly ui: Interaction;
  readonly window: PromptWindow;
  /** Shows what was found among the resources. */
  readonly reveal: (hit: FleetHit) => Promise<void>;
}

/** Things, core devices, certificates and policies by name, as one types. */
export function registerFindCommands(deps: FindCommandsDeps): void {
  deps.registry.register(
    Commands.findInFleet,
    async (text) => {
      const { findInFleet } = await import(/* webpackChunkName: "find" */ './find/findInFleet');
      await findInFleet(deps, typeof text === 'string' ? text : '');
    },
    { needsTrust: true },
  );
}
