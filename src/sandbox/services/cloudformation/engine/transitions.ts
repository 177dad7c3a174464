import { Fault } from '../../../kernel/types';
import { validationError } from '../template/model';
import { fromRecords, type OperationContext } from './operationContext';
import { cleanupSteps, deletionSteps, keeps, named, restoreSteps, rollbackCleanupSteps } from './phases';
import type { Step } from './records';
import { begin, deletionStatus, report } from './steps';
import { failureReason } from './failures';
import { providerOf } from '../resources/registry';

const isOpen = (step: Step): boolean => step.state === 'waiting' || step.state === 'started' || step.state === 'performed';

/**
 * Moves the operation as far as it goes without working in a service: announces steps whose turn it is, changes phase,
 * ends. Gives the steps to work on; none means the operation has ended.
 */
export async function advance(context: OperationContext): Promise<readonly Step[]> {
  for (;;) {
    const { operation } = context;
    const state = new Map(operation.steps.map((step) => [step.key, step.state]));
    const blocked = operation.steps.filter((step) => step.state === 'waiting' && step.after.some((key) => state.get(key) === 'failed' || state.get(key) === 'blocked'));
    const ready = operation.steps.filter((step) => step.state === 'waiting' && step.after.every((key) => (state.get(key) ?? 'done') === 'done'));
    if (blocked.length > 0) {
      for (const step of blocked) context.setStep(step.key, 'blocked');
    } else if (ready.length > 0) {
      for (const step of ready) context.setStep(step.key, await begin(context, step));
    } else if (operation.steps.some(isOpen)) {
      const working = operation.steps.filter((step) => step.state === 'started' || step.state === 'performed');
      if (working.length === 0) throw new Error(`Operation ${operation.id} waits for itself`);
      return working;
    } else if (await finishPhase(context)) {
      context.end();
      return [];
    }
  }
}

/** Records a failure; while going forward it also calls off everything under way and turns back. */
export async function fail(context: OperationContext, step: Step, error: unknown): Promise<void> {
  const { operation } = context;
  const type = step.victim?.type ?? (await context.resources()).get(step.logicalId)?.type;
  const reason = failureReason(error, type === undefined ? 'iam' : providerOf(type).service);
  if (step.action === 'delete' && operation.force === true) {
    await report(context, step, reason);
    deletionStatus(context, step, (await context.resources()).get(step.logicalId), 'DELETE_SKIPPED');
    context.setStep(step.key, 'done');
    return;
  }
  await report(context, step, reason);
  context.setStep(step.key, 'failed');
  if (operation.phase !== 'forward') return;
  await callOff(context);
  await turnBack(context, `The following resource(s) failed to ${operation.kind}: ${named(context.operation.steps, 'failed')}. `);
}

const INTERNAL = 'Internal Failure';

/**
 * After an error of our own, so that no stack stays "in progress" for ever. True: it turned back and there is more to do.
 * @param again it broke off before: end where it stands, whatever that is
 */
export async function breakOff(context: OperationContext, again: boolean): Promise<boolean> {
  const { journal, operation, store } = context;
  if (!again) {
    for (const step of operation.steps.filter((other) => other.state === 'started' || other.state === 'performed')) {
      await report(context, step, INTERNAL);
      context.setStep(step.key, 'failed');
    }
    if (operation.phase === 'forward') {
      await turnBack(context, `${INTERNAL}. `);
      return true;
    }
  }
  if (operation.kind === 'update' && operation.phase === 'rollback') store.suspend(operation);
  journal.stackStatus(brokenStatus(context), INTERNAL);
  context.end();
  return false;
}

function brokenStatus({ journal: { stack }, operation: { kind, phase } }: OperationContext): string {
  if (kind === 'delete' || stack.status === 'DELETE_IN_PROGRESS') return 'DELETE_FAILED';
  if (kind === 'create') return phase === 'rollback' ? 'ROLLBACK_FAILED' : 'CREATE_FAILED';
  if (phase === 'rollback' || phase === 'rollbackCleanup') return 'UPDATE_ROLLBACK_FAILED';
  return phase === 'cleanup' ? 'UPDATE_COMPLETE' : 'UPDATE_FAILED';
}

/** Steps under way end as cancelled. */
export async function callOff(context: OperationContext): Promise<void> {
  for (const step of context.operation.steps.filter((other) => other.state === 'started' || other.state === 'performed')) {
    await report(context, step, step.action === 'create' ? 'Resource creation cancelled' : 'Resource update cancelled');
    context.setStep(step.key, 'failed');
  }
}

/** From going forward to rolling back, or to the end where rolling back is switched off. */
export async function turnBack(context: OperationContext, reason: string): Promise<void> {
  const { journal, operation } = context;
  const resources = await context.resources();
  if (operation.kind === 'create') {
    const { onFailure } = journal.stack;
    if (onFailure === 'DO_NOTHING') {
      journal.stackStatus('CREATE_FAILED', reason);
      context.save({ steps: [], phase: 'cleanup' });
      return;
    }
    const deleting = onFailure === 'DELETE';
    journal.stackStatus(deleting ? 'DELETE_IN_PROGRESS' : 'ROLLBACK_IN_PROGRESS', `${reason}${deleting ? 'Delete' : 'Rollback'} requested by user.`);
    const retainNew = !journal.stack.retainExceptOnCreate;
    const steps = deletionSteps([...resources.values()], (record) => retainNew && keeps(record.deletionPolicy, true));
    context.save({ phase: 'rollback', steps });
    return;
  }
  if (operation.disableRollback === true) {
    journal.stackStatus('UPDATE_FAILED', reason);
    context.save({ steps: [], phase: 'cleanup' });
    return;
  }
  const made = [...resources.values()].filter((record) => record.status !== 'DELETE_COMPLETE');
  const { before } = operation;
  if (before !== undefined) {
    const { templateBody, parameters, tags, capabilities, notificationArns, outputs, imports } = before;
    journal.change({ templateBody, parameters, tags, capabilities, notificationArns, outputs, imports });
  }
  journal.stackStatus('UPDATE_ROLLBACK_IN_PROGRESS', reason);
  context.save({ phase: 'rollback', afterRollback: rollbackCleanupSteps(operation, made), steps: restoreSteps(operation) });
}

/** All steps of the phase are over. True when the operation is too. */
async function finishPhase(context: OperationContext): Promise<boolean> {
  const { journal, operation } = context;
  const failed = operation.steps.some((step) => step.state === 'failed');
  const failedToDelete = `The following resource(s) failed to delete: ${named(operation.steps, 'failed')}. `;
  switch (`${operation.kind}/${operation.phase}`) {
    case 'create/forward':
    case 'update/forward':
      return finishForward(context);
    // Rolling back was switched off; the status stands already.
    case 'create/cleanup':
      return true;
    case 'create/rollback':
      if (journal.stack.onFailure === 'DELETE') return finishDeletion(context, failed ? failedToDelete : undefined);
      if (failed) journal.stackStatus('ROLLBACK_FAILED', failedToDelete);
      else journal.stackStatus('ROLLBACK_COMPLETE');
      return true;
    case 'update/cleanup':
      if (journal.stack.status === 'UPDATE_FAILED') return true;
      journal.stackStatus('UPDATE_COMPLETE', failed ? 'Update successful. One or more resources could not be deleted.' : undefined);
      return true;
    case 'update/rollback':
      if (failed) {
        journal.stackStatus('UPDATE_ROLLBACK_FAILED', `The following resource(s) failed to update: ${named(operation.steps, 'failed')}. `);
        context.store.suspend(operation);
        return true;
      }
      journal.stackStatus('UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
      context.save({ phase: 'rollbackCleanup', steps: operation.afterRollback ?? [] });
      return false;
    case 'update/rollbackCleanup':
      journal.stackStatus('UPDATE_ROLLBACK_COMPLETE', failed ? 'Rollback successful. One or more resources could not be deleted.' : undefined);
      return true;
    default:
      return finishDeletion(context, failed ? failedToDelete : undefined);
  }
}

async function finishForward(context: OperationContext): Promise<boolean> {
  const { journal, operation, store } = context;
  const resources = await context.resources();
  try {
    const evaluation = context.evaluation();
    const outputs = evaluation.outputs(fromRecords(resources));
    for (const logicalId of evaluation.order) evaluation.properties(logicalId, fromRecords(resources));
    await checkExports(context, new Map(outputs.flatMap((output) => (output.exportName === undefined ? [] : [[output.exportName, output.value] as const]))));
    journal.change({ outputs, imports: [...evaluation.imported] });
    if (operation.kind === 'create') {
      journal.stackStatus('CREATE_COMPLETE');
      return true;
    }
    journal.stackStatus('UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
    context.save({ phase: 'cleanup', steps: cleanupSteps(operation, resources, evaluation) });
    store.endSuspension(operation.stack);
    return false;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    await turnBack(context, `${error.message}. `.replace('.. ', '. '));
    return false;
  }
}

/** An export name belongs to one stack, and stays while another uses it. */
async function checkExports(context: OperationContext, next: ReadonlyMap<string, string>): Promise<void> {
  const { stack } = context.journal;
  const present = await context.store.exports();
  for (const name of next.keys()) {
    const owner = present.get(name)?.stack;
    if (owner !== undefined && owner.uuid !== stack.uuid) throw validationError(`Export with name ${name} is already exported by stack ${owner.name}`);
  }
  for (const [name, { value, stack: owner }] of present) {
    if (owner.uuid !== stack.uuid || next.get(name) === value) continue;
    const users = await context.store.importers(name);
    if (users.length > 0) throw validationError(`Export ${name} cannot be ${next.has(name) ? 'updated' : 'deleted'} as it is in use by ${users.join(', ')}`);
  }
}

function finishDeletion(context: OperationContext, failure: string | undefined): boolean {
  const { journal, store } = context;
  if (failure !== undefined) {
    journal.stackStatus('DELETE_FAILED', failure);
    return true;
  }
  journal.change({ deletedAt: journal.now() });
  journal.stackStatus('DELETE_COMPLETE');
  store.endSuspension(journal.stack.uuid);
  return true;
}
