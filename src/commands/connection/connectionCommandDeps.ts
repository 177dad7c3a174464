import type { Interaction } from '../../core/ports/interaction';
import type { RegionsService, SandboxService, SessionService } from '../../core/ports/services';
import type { ProgressRunner } from '../../platform/progress';

/** What the connection commands work with; the container gives it. */
export interface ConnectionCommandDeps {
  readonly session: SessionService;
  readonly regions: RegionsService;
  readonly sandbox: SandboxService;
  readonly ui: Interaction;
  readonly progress: ProgressRunner;
}
