import { randomUUID } from 'node:crypto';
import type { CancelUpdateStackInput, ContinueUpdateRollbackInput, UpdateStackInput, UpdateTerminationProtectionInput } from '@aws-sdk/client-cloudformation';
import type { CallContext } from '../../../kernel/types';
import { StackJournal } from '../engine/events';
import type { Evaluation } from '../engine/evaluation';
import { OperationContext } from '../engine/operationContext';
import { forwardSteps } from '../engine/phases';
import { planChanges } from '../engine/planner';
import type { StackContent, StackRecord } from '../engine/records';
import type { StackEngine } from '../engine/stackEngine';
import { requireStack, StackStore } from '../engine/stackStore';
import { callOff, turnBack } from '../engine/transitions';
import { validationError } from '../template/model';
import { once, prepare } from './prepare';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-describing-stacks.html */
const UPDATABLE: readonly string[] = [
  'CREATE_COMPLETE', 'CREATE_FAILED', 'UPDATE_COMPLETE', 'UPDATE_FAILED', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE',
];

export function checkUpdatable(stack: StackRecord): void {
  if (!UPDATABLE.includes(stack.status)) throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

export function updateStackOperation(engine: StackEngine) {
  return async (input: UpdateStackInput, call: CallContext): Promise<{ StackId: string }> => {
    const store = new StackStore(call.tx);
    const StackId = await once(store, 'UpdateStack', input, async () => {
      const stack = await requireStack(store, input.StackName, 'brackets');
      checkUpdatable(stack);
      const { content, evaluation } = await prepare(call, store, stack, input, stack);
      if (!planChanges(evaluation, content, stack, await store.resources(stack.uuid)).hasChanges) {
        throw validationError('No updates are to be performed.');
      }
      await startUpdate(engine, call, store, stack, content, evaluation, {
        disableRollback: input.DisableRollback ?? false,
        ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
        ...(input.RoleARN === undefined ? {} : { roleArn: input.RoleARN }),
      });
      return stack.id;
    });
    return { StackId };
  };
}

export async function startUpdate(
  engine: StackEngine,
  call: CallContext,
  store: StackStore,
  stack: StackRecord,
  content: StackContent,
  evaluation: Evaluation,
  options: { readonly disableRollback: boolean; readonly token?: string; readonly roleArn?: string },
): Promise<void> {
  const resources = await store.resources(stack.uuid);
  const journal = new StackJournal(call, store, stack, options.token);
  journal.change({ ...content, updatedAt: journal.now(), ...(options.roleArn === undefined ? {} : { roleArn: options.roleArn }) });
  journal.stackStatus('UPDATE_IN_PROGRESS', 'User Initiated');
  const { templateBody, parameters, tags, capabilities, notificationArns, outputs, imports } = stack;
  const operation = store.putOperation({
    id: randomUUID(), stack: stack.uuid, kind: 'update', phase: 'forward',
    steps: forwardSteps(evaluation, resources),
    before: { templateBody, parameters, tags, capabilities, notificationArns, outputs, imports, resources: Object.fromEntries(resources) },
    disableRollback: options.disableRollback,
    ...(options.token === undefined ? {} : { token: options.token }),
  });
  engine.start(call, stack.uuid, operation.id);
}

export async function cancelUpdateStack(input: CancelUpdateStackInput, call: CallContext): Promise<object> {
  const store = new StackStore(call.tx);
  const stack = await requireStack(store, input.StackName, 'brackets');
  const context = await OperationContext.open(call, stack.uuid);
  if (stack.status !== 'UPDATE_IN_PROGRESS' || context?.operation.phase !== 'forward') {
    throw validationError('CancelUpdateStack cannot be called from current stack status');
  }
  await callOff(context);
  context.save({ disableRollback: false });
  await turnBack(context, 'User Initiated');
  return {};
}

export function continueUpdateRollbackOperation(engine: StackEngine) {
  return async (input: ContinueUpdateRollbackInput, call: CallContext): Promise<object> => {
    const store = new StackStore(call.tx);
    const stack = await requireStack(store, input.StackName, 'brackets');
    const suspended = await store.suspended(stack.uuid);
    if (stack.status !== 'UPDATE_ROLLBACK_FAILED' || suspended === undefined) {
      throw validationError(`Stack:${stack.id} is in ${stack.status} state and its update rollback can not be continued.`);
    }
    const skip = input.ResourcesToSkip ?? [];
    const failed = suspended.steps.filter((step) => step.state === 'failed').map((step) => step.logicalId);
    const wrong = skip.filter((name) => !failed.includes(name));
    if (wrong.length > 0) throw validationError(`The following resources are not in the UPDATE_FAILED state and cannot be skipped: [${wrong.join(', ')}]`);
    store.endSuspension(stack.uuid);
    const journal = new StackJournal(call, store, stack, input.ClientRequestToken);
    journal.stackStatus('UPDATE_ROLLBACK_IN_PROGRESS', 'User Initiated');
    const resources = await store.resources(stack.uuid);
    for (const name of skip) {
      const record = suspended.before?.resources[name] ?? resources.get(name);
      if (record !== undefined) journal.resourceStatus(record, 'UPDATE_COMPLETE');
    }
    const operation = store.putOperation({
      ...suspended,
      id: randomUUID(),
      steps: suspended.steps.map((step) => (step.state === 'done' || skip.includes(step.logicalId) ? { ...step, state: 'done' } : { ...step, state: 'waiting' })),
    });
    engine.start(call, stack.uuid, operation.id);
    return {};
  };
}

export async function updateTerminationProtection(input: UpdateTerminationProtectionInput, call: CallContext): Promise<{ StackId: string }> {
  const store = new StackStore(call.tx);
  const stack = await requireStack(store, input.StackName, 'brackets');
  store.put({ ...stack, terminationProtection: input.EnableTerminationProtection ?? false });
  return { StackId: stack.id };
}
