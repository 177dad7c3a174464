import type { RelationGraph } from '../core/relations/graph';
import type { RelationsView } from '../core/relations/view';
import type { Severity } from '../platform/promptWindow';
import { Commands } from '../ids';
import type { StepCommandsDeps } from './connectedRun';
import type { PreflightProblems } from './preflightProblems';

export interface PreflightCommandsDeps extends StepCommandsDeps {
  /** Keeps the text of the last report, for a window that is loaded again. */
  readonly keepReport: (text: string) => Promise<void>;
  /** A message that may stay for as long as a person likes; answers the button. */
  readonly notify: (severity: Severity, message: string, buttons: readonly string[]) => Promise<string | undefined>;
  readonly showRelations: (shown: { readonly graph: RelationGraph; readonly view: RelationsView; readonly hint: unknown; readonly asked?: string }) => Promise<void>;
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
      problems ??= new Problems(deps.keepReport);
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
