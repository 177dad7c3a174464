import { randomUUID } from 'node:crypto';
import type { DeleteStackInput } from '@aws-sdk/client-cloudformation';
import type { CallContext } from '../../../kernel/types';
import { StackJournal } from '../engine/events';
import { deletionSteps, keeps } from '../engine/phases';
import type { StackRecord } from '../engine/records';
import type { StackEngine } from '../engine/stackEngine';
import { StackStore } from '../engine/stackStore';
import { validationError } from '../template/model';
import { once } from './prepare';

/** In these the stack is busy; a creation may still be called off. */
function isBusy(status: string): boolean {
  return status.endsWith('_IN_PROGRESS') && !['CREATE_IN_PROGRESS', 'REVIEW_IN_PROGRESS'].includes(status);
}

export function deleteStackOperation(engine: StackEngine) {
  return async (input: DeleteStackInput, call: CallContext): Promise<object> => {
    const store = new StackStore(call.tx);
    await once(store, 'DeleteStack', input, async () => {
      const stack = await store.find(input.StackName ?? '');
      // Deleting what is not there, or is going already, succeeds.
      if (stack === undefined || stack.status === 'DELETE_COMPLETE' || stack.status === 'DELETE_IN_PROGRESS') return '';
      await startDeletion(engine, call, store, stack, input);
      return stack.id;
    });
    return {};
  };
}

async function startDeletion(engine: StackEngine, call: CallContext, store: StackStore, stack: StackRecord, input: DeleteStackInput): Promise<void> {
  if (stack.terminationProtection) {
    throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  if (isBusy(stack.status)) throw validationError(`Stack [${stack.id}] cannot be deleted while in status ${stack.status}`);
  const retained = input.RetainResources ?? [];
  const resources = await store.resources(stack.uuid);
  checkRetained(stack, retained, new Map([...resources].map(([name, record]) => [name, record.status])));
  const force = input.DeletionMode === 'FORCE_DELETE_STACK';
  if (force && stack.status !== 'DELETE_FAILED') {
    throw validationError(`Stack [${stack.name}] must be in the DELETE_FAILED state to use the FORCE_DELETE_STACK deletion mode`);
  }
  const journal = new StackJournal(call, store, stack, input.ClientRequestToken);
  for (const output of stack.outputs) {
    const users = output.exportName === undefined ? [] : (await store.importers(output.exportName)).filter((name) => name !== stack.name);
    if (users.length > 0) {
      // The stack goes back to where it was, with the cause.
      journal.stackStatus('DELETE_IN_PROGRESS', 'User Initiated');
      journal.stackStatus(stack.status, `Delete canceled. Cannot delete export ${output.exportName ?? ''} as it is in use by ${users.join(', ')}.`);
      return;
    }
  }
  journal.stackStatus('DELETE_IN_PROGRESS', 'User Initiated');
  const records = [...resources.values()].filter((record) => record.status !== 'DELETE_COMPLETE' && record.status !== 'DELETE_SKIPPED');
  const operation = store.putOperation({
    id: randomUUID(), stack: stack.uuid, kind: 'delete', phase: 'delete', force,
    steps: deletionSteps(records, (record) => retained.includes(record.logicalId) || keeps(record.deletionPolicy)),
    ...(input.ClientRequestToken === undefined ? {} : { token: input.ClientRequestToken }),
  });
  for (const changeSet of await store.changeSets(stack.uuid)) store.deleteChangeSet(changeSet);
  engine.start(call, stack.uuid, operation.id);
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html (RetainResources) */
function checkRetained(stack: StackRecord, retained: readonly string[], statuses: ReadonlyMap<string, string>): void {
  if (retained.length === 0) return;
  if (stack.status !== 'DELETE_FAILED') {
    throw validationError(`Invalid operation on stack [${stack.id}]. RetainResources can only be specified when the stack is in the DELETE_FAILED state.`);
  }
  const unknown = retained.find((name) => !statuses.has(name));
  if (unknown !== undefined) throw validationError(`The specified resources to retain must be in the stack. Resource ${unknown} does not exist for stack ${stack.name}`);
  if (retained.some((name) => statuses.get(name) === 'DELETE_COMPLETE')) {
    throw validationError('The specified resources to retain must be in a valid state. Do not specify resources that are in the DELETE_COMPLETE state.');
  }
}
