import * as l10n from '@vscode/l10n';
import { FleetError, isCancelled, isFleetError, throwIfAborted } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { DeviceLedger } from '../../core/ports/deviceLedger';
import type { Progress } from '../../core/ports/interaction';
import type { WorkspaceFiles } from '../../core/ports/workspaceFiles';
import type { TeardownAction, TeardownPlan } from '../../core/teardown/actions';
import { kindText } from '../../core/teardown/planPage';
import { blockersOf } from '../../core/teardown/plan';
import type { Clock } from '../../core/util/clock';
import { cleanUpLedger } from '../testDevice/cleanUpLedger';
import { removeResource } from './removeResource';

export interface TeardownWork {
  readonly connection: Connection;
  readonly files: WorkspaceFiles;
  readonly ledger: DeviceLedger;
  readonly clock: Clock;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** What a person has seen and agreed to. */
export interface Agreement {
  /** Ids of the actions. */
  readonly actions: readonly string[];
  /** The number that was typed in, or 0 where none was asked for. */
  readonly fieldDevices: number;
}

/**
 * Holds a plan that was made anew against what was agreed to: what is gone meanwhile may be missing, nothing may be added.
 * Throws FleetError when more would go or more devices would lose something, and when something stands in the way.
 */
export function checkAgreement(plan: TeardownPlan, agreed: Agreement): void {
  const [blocker] = blockersOf(plan);
  if (blocker !== undefined) {
    throw new FleetError(l10n.t('Nothing is torn down: {0}', blocker), { category: 'conflict', code: 'teardownBlocked', advice: l10n.t('Put that right, then look at the plan again.'), retryable: true });
  }
  const more = plan.actions.find(({ id }) => !agreed.actions.includes(id));
  if (plan.fieldDevices <= agreed.fieldDevices && more === undefined) return;
  const what =
    more === undefined
      ? l10n.t('Devices in the field that would lose something now: {0}, not {1}.', plan.fieldDevices, agreed.fieldDevices)
      : l10n.t('The {0} {1} is there now, which the plan did not show.', kindText(more.kind), more.name);
  throw new FleetError(l10n.t('Nothing is torn down, because the account has changed: {0}', what), { category: 'conflict', code: 'teardownChanged', advice: l10n.t('Run “Tear Down…” again and look at the new plan.') });
}

/**
 * Runs a plan, one resource after the other, test devices four at once. What is gone already counts as done; the first failure
 * ends it, and a new plan then holds the rest. Answers what was left on purpose, in sentences. Throws FleetError or CancelledError.
 */
export async function runTeardown(work: TeardownWork, plan: TeardownPlan): Promise<readonly string[]> {
  const { progress, signal } = work;
  const notes: string[] = [];
  const devices = plan.actions.filter(({ kind }) => kind === 'testDevice');
  const rest = plan.actions.filter(({ kind }) => kind !== 'testDevice');
  notes.push(...(await removeTestDevices(work, plan, devices)));
  for (const [index, action] of rest.entries()) {
    throwIfAborted(signal);
    const place = `${String(devices.length + index + 1)}/${String(plan.actions.length)}`;
    const tell = (message?: string): void => progress.report([place, kindText(action.kind), action.name, ...(message === undefined ? [] : [message])].join(' · '));
    tell();
    try {
      const note = await removeResource(work, action, tell);
      if (note !== undefined) notes.push(note);
    } catch (error) {
      throw explained(error, action, devices.length + index, plan.actions.length);
    }
  }
  return notes;
}

async function removeTestDevices(work: TeardownWork, plan: TeardownPlan, devices: readonly TeardownAction[]): Promise<readonly string[]> {
  if (devices.length === 0) return [];
  const left = await cleanUpLedger(work, work, devices.map(({ key }) => key), (done) => work.progress.report(l10n.t('{0} of {1} test devices', done, devices.length)));
  throwIfAborted(work.signal);
  const remembered = new Set((await work.ledger.entries()).map(({ certificateId }) => certificateId));
  const failed = left.filter(({ certificateId }) => certificateId !== undefined && remembered.has(certificateId));
  const [first] = failed;
  const action = devices.find(({ key }) => key === first?.certificateId);
  if (first !== undefined && action !== undefined) {
    const reason = new FleetError(first.reason, { category: 'conflict', code: 'testDeviceStays', retryable: true });
    throw explained(reason, action, devices.length - failed.length, plan.actions.length);
  }
  return left.map(({ reason }) => reason);
}

/** Says which resource failed and that the rest is as it was; category, code and buttons stay those of the failure. */
function explained(error: unknown, action: TeardownAction, done: number, total: number): unknown {
  if (isCancelled(error) || !isFleetError(error)) return error;
  return new FleetError(l10n.t('Resources that are gone: {0} of {1}. The {2} {3} could not be removed: {4}', done, total, kindText(action.kind), action.name, error.message), {
    category: error.category,
    code: error.code,
    remedies: error.remedies,
    advice: [...(error.advice === undefined ? [] : [error.advice]), l10n.t('The rest is left as it is. Try again to go on from here.')].join(' '),
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    retryable: true,
    cause: error,
  });
}
