import * as l10n from '@vscode/l10n';
import { FleetError, isCancelled, isFleetError, type Remedy } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { ConfirmRequest, Interaction, Progress } from '../../core/ports/interaction';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import type { FleetNames, StepId, StepState } from '../../core/provisioning/steps';
import type { AccountLook } from './accountLook';

/** What a step looks at. */
export interface StepContext {
  readonly connection: Connection;
  readonly files: WorkspaceFiles;
  /** The stack of this connection, read once per context. */
  readonly look: AccountLook;
  readonly signal: AbortSignal;
}

/** What a step works with. */
export interface RunContext extends StepContext {
  readonly ui: Interaction;
  readonly progress: Progress;
  /**
   * True when the person has agreed to all that is missing in one question: then creating does not ask again.
   * Whatever replaces, repoints or removes asks nevertheless.
   */
  readonly approved: boolean;
}

export interface Step {
  readonly id: StepId;
  /** Never changes anything. Throws what a look may throw; the caller makes `unknown` of it. */
  inspect(context: StepContext): Promise<StepState>;
  run(context: RunContext): Promise<void>;
  /** Work that neither asks nor touches account or folder, begun while steps before this one are under way. */
  prepare?(): void;
  /** One line, localized: what `run` will create when nothing is there yet. */
  plan(names: FleetNames): string;
}

/** Asks before something missing is created, unless that was agreed to before. */
export async function confirmCreation(context: RunContext, request: Omit<ConfirmRequest, 'target'>): Promise<void> {
  if (!context.approved) await context.ui.confirm({ ...request, target: context.connection.target });
}

/** Asks before something existing is changed or removed: always. */
export async function confirmChange(context: RunContext, request: Omit<ConfirmRequest, 'target'>): Promise<void> {
  await context.ui.confirm({ ...request, target: context.connection.target });
}

/** The same error with advice and buttons of ours in front. Anything that is no FleetError stays as it is. */
export function withHelp(error: unknown, help: { readonly advice?: string | undefined; readonly remedies?: readonly Remedy[] }): unknown {
  if (!isFleetError(error)) return error;
  const advice = help.advice ?? error.advice;
  return new FleetError(error.message, {
    category: error.category,
    code: error.code,
    remedies: [...(help.remedies ?? []), ...error.remedies],
    ...(advice === undefined ? {} : { advice }),
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    retryable: error.retryable,
    cause: error.cause,
  });
}

/** The step in front of this one is missing. */
export function missingStep(message: string, step: StepId, code: string): FleetError {
  return new FleetError(message, { category: 'notFound', code, advice: l10n.t('Run the step that makes it first.'), remedies: [{ kind: 'runStep', step }] });
}

/** State of a step whose look failed. */
export function unknownState(id: StepId, error: unknown): StepState {
  const reason = isCancelled(error) ? l10n.t('The look was cancelled.') : error instanceof Error ? error.message : String(error);
  const advice = isFleetError(error) ? error.advice : undefined;
  return { id, status: 'unknown', summary: summaryOfFailure(error), detail: advice === undefined ? reason : `${reason}\n\n${advice}`, resources: [] };
}

function summaryOfFailure(error: unknown): string {
  if (isCancelled(error)) return l10n.t('Not looked at');
  if (!isFleetError(error)) return l10n.t('Could not look');
  switch (error.category) {
    case 'permissions':
      return l10n.t('Not allowed to look');
    case 'throttling':
      return l10n.t('AWS is throttling; try again');
    case 'credentials':
      return l10n.t('No valid credentials');
    case 'network':
      return l10n.t('AWS does not answer');
    default:
      return l10n.t('Could not look');
  }
}
