import type { RelationFacts } from '../core/relations/facts';
import type { RelationGraph } from '../core/relations/graph';
import type { Severity } from '../platform/promptWindow';
import { Commands } from '../ids';
import type { StepCommandsDeps } from './connectedRun';
import type { PreflightProblems } from './preflightProblems';

export interface PreflightCommandsDeps extends Omit<StepCommandsDeps, 'ui'> {
  /** A message that may stay for as long as a person likes; answers the button. */
  readonly notify: (severity: Severity, message: string, buttons: readonly string[]) => Promise<string | undefined>;
  readonly showRelations: (shown: { readonly graph: RelationGraph; readonly facts: RelationFacts; readonly hint: unknown; readonly name?: string }) => Promise<void>;
  readonly logError: (error: unknown) => void;
}

/** Looks at all that must hang together before devices are shipped. Reads only. Loaded on first use. */
export function registerPreflightCommands(deps: PreflightCommandsDeps): { dispose(): void } {
  let problems: PreflightProblems | undefined;
  deps.registry.register(
    Commands.preflight,
    async () => {
      const { PreflightProblems: Problems } = await import(/* webpackChunkName: "preflight" */ './preflightProblems');
      const { runPreflight } = await import(/* webpackChunkName: "preflight" */ './preflightController');
      problems ??= new Problems();
      await runPreflight(deps, problems);
    },
    { needsTrust: true },
  );
  deps.registry.register(
    Commands.showRelations,
    async (hint) => {
      const { showRelations } = await import(/* webpackChunkName: "preflight" */ './preflightController');
      await showRelations(deps, hint);
    },
    { needsTrust: true },
  );
  return { dispose: () => problems?.dispose() };
}
