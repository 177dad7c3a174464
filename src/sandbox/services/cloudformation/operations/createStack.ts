import { randomUUID } from 'node:crypto';
import type { CreateStackInput } from '@aws-sdk/client-cloudformation';
import { Fault, type CallContext } from '../../../kernel/types';
import { StackJournal } from '../engine/events';
import type { Evaluation } from '../engine/evaluation';
import { forwardSteps } from '../engine/phases';
import type { StackContent, StackRecord } from '../engine/records';
import type { StackEngine } from '../engine/stackEngine';
import { StackStore } from '../engine/stackStore';
import { validationError } from '../template/model';
import { once, prepare } from './prepare';

export function stackArn(call: CallContext, name: string, uuid: string): string {
  return `arn:${call.partition}:cloudformation:${call.region}:${call.account}:stack/${name}/${uuid}`;
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html (StackName) */
export function checkStackName(name: string): void {
  const fail = (rule: string): never => {
    throw validationError(`1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: ${rule}`);
  };
  if (name.length > 128) fail('Member must have length less than or equal to 128');
  if (!/^[a-zA-Z][-a-zA-Z0-9]*$/.test(name)) fail('Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*');
}

export function createStackOperation(engine: StackEngine) {
  return async (input: CreateStackInput, call: CallContext): Promise<{ StackId: string }> => {
    const store = new StackStore(call.tx);
    const name = input.StackName ?? '';
    checkStackName(name);
    if (input.OnFailure !== undefined && input.DisableRollback !== undefined) {
      throw validationError('Only one of OnFailure or DisableRollback may be specified.');
    }
    const StackId = await once(store, 'CreateStack', input, async () => {
      if (await store.find(name) !== undefined) throw new Fault('AlreadyExistsException', `Stack [${name}] already exists`);
      const uuid = randomUUID();
      const id = stackArn(call, name, uuid);
      const { content, evaluation } = await prepare(call, store, { id, name }, input);
      const stack = newStack(call, uuid, name, content, {
        onFailure: input.OnFailure ?? (input.DisableRollback === true ? 'DO_NOTHING' : 'ROLLBACK'),
        retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
        terminationProtection: input.EnableTerminationProtection ?? false,
        ...(input.RoleARN === undefined ? {} : { roleArn: input.RoleARN }),
        ...(input.TimeoutInMinutes === undefined ? {} : { timeoutMinutes: input.TimeoutInMinutes }),
      });
      startCreation(engine, call, store, stack, evaluation, input.ClientRequestToken);
      return id;
    });
    return { StackId };
  };
}

export function newStack(
  call: CallContext,
  uuid: string,
  name: string,
  content: StackContent,
  options: Pick<StackRecord, 'onFailure' | 'retainExceptOnCreate' | 'terminationProtection' | 'roleArn' | 'timeoutMinutes'>,
): StackRecord {
  return {
    uuid, name, id: stackArn(call, name, uuid), createdAt: call.now().toISOString(), status: 'REVIEW_IN_PROGRESS', outputs: [], imports: [], events: 0,
    ...content, ...options,
  };
}

/** Puts the operation into the store; it starts when this call has committed. */
export function startCreation(engine: StackEngine, call: CallContext, store: StackStore, stack: StackRecord, evaluation: Evaluation, token: string | undefined): void {
  const journal = new StackJournal(call, store, stack, token);
  journal.stackStatus('CREATE_IN_PROGRESS', 'User Initiated');
  const operation = store.putOperation({
    id: randomUUID(), stack: stack.uuid, kind: 'create', phase: 'forward', steps: forwardSteps(evaluation, new Map()),
    ...(token === undefined ? {} : { token }),
  });
  engine.start(call, stack.uuid, operation.id);
}
