import { randomUUID } from 'node:crypto';
import type {
  CreateChangeSetInput, DeleteChangeSetInput, DescribeChangeSetInput, ExecuteChangeSetInput, ListChangeSetsInput,
} from '@aws-sdk/client-cloudformation';
import { Fault, type CallContext } from '../../../kernel/types';
import type { ChangeSetEngine } from '../engine/changeSets';
import { StackJournal } from '../engine/events';
import { evaluateTemplate } from '../engine/evaluation';
import { observedRecords } from '../engine/observed';
import type { ChangeSetRecord, StackContent, StackRecord } from '../engine/records';
import type { StackEngine } from '../engine/stackEngine';
import { requireStack, StackStore } from '../engine/stackStore';
import { validationError } from '../template/model';
import { shownValue } from '../template/parameters';
import { parseTemplate } from '../template/parse';
import { checkStackName, newStack, startCreation } from './createStack';
import { PAGE_SIZE, page } from './paging';
import { prepare } from './prepare';
import { checkUpdatable, startUpdate } from './updateStack';

const NOTHING: StackContent = { templateBody: '', parameters: {}, tags: [], capabilities: [], notificationArns: [] };

export function createChangeSetOperation(engine: ChangeSetEngine) {
  return async (input: CreateChangeSetInput, call: CallContext): Promise<{ Id: string; StackId: string }> => {
    const store = new StackStore(call.tx);
    const type = input.ChangeSetType ?? 'UPDATE';
    if (input.DeploymentMode !== undefined && type !== 'UPDATE') throw validationError('DeploymentMode is for change sets that update a stack.'); // unverified wording
    if (type === 'IMPORT') throw validationError('The local sandbox does not import existing resources into stacks.');
    const name = input.ChangeSetName ?? '';
    const present = await store.find(input.StackName ?? '');
    const again = present === undefined ? undefined : (await store.changeSets(present.uuid)).find((set) => set.name === name);
    if (again !== undefined && present !== undefined) {
      // The same request again (its answer was lost) is answered as before.
      if (input.ClientToken !== undefined && again.token === input.ClientToken) return { Id: again.id, StackId: present.id };
      throw new Fault('AlreadyExistsException', `ChangeSet [${name}] already exists`);
    }
    const stack = type === 'CREATE' ? stackToCreate(call, store, input, present) : await stackToUpdate(store, input);
    const { content } = await prepare(call, store, stack, input, type === 'CREATE' ? undefined : stack);
    const uuid = randomUUID();
    const changeSet: ChangeSetRecord = {
      uuid, name, type, stack: stack.uuid, content, changes: [],
      id: `arn:${call.partition}:cloudformation:${call.region}:${call.account}:changeSet/${name}/${uuid}`,
      createdAt: call.now().toISOString(),
      status: 'CREATE_PENDING',
      executionStatus: 'UNAVAILABLE',
      ...(input.Description === undefined ? {} : { description: input.Description }),
      ...(input.OnStackFailure === undefined ? {} : { onStackFailure: input.OnStackFailure }),
      ...(input.DeploymentMode === 'REVERT_DRIFT' ? { revertsDrift: true as const } : {}),
      ...(input.ClientToken === undefined ? {} : { token: input.ClientToken }),
    };
    store.putChangeSet(changeSet);
    store.putPending(`${stack.uuid}/${uuid}`);
    engine.start(call, changeSet);
    return { Id: changeSet.id, StackId: stack.id };
  };
}

/** A new stack waits in REVIEW_IN_PROGRESS until one of its change sets is executed. */
function stackToCreate(call: CallContext, store: StackStore, input: CreateChangeSetInput, present: StackRecord | undefined): StackRecord {
  const name = input.StackName ?? '';
  if (present !== undefined) {
    if (present.status === 'REVIEW_IN_PROGRESS') return present;
    throw validationError(`Stack [${present.name}] already exists and cannot be created again with the changeSet [${input.ChangeSetName ?? ''}].`);
  }
  checkStackName(name);
  const stack = newStack(call, randomUUID(), name, NOTHING, { onFailure: 'ROLLBACK', retainExceptOnCreate: false, terminationProtection: false });
  const journal = new StackJournal(call, store, stack, undefined);
  journal.stackStatus('REVIEW_IN_PROGRESS', 'User Initiated');
  return journal.stack;
}

async function stackToUpdate(store: StackStore, input: CreateChangeSetInput): Promise<StackRecord> {
  const stack = await requireStack(store, input.StackName, 'brackets');
  checkUpdatable(stack);
  return stack;
}

interface Naming {
  readonly ChangeSetName?: string | undefined;
  readonly StackName?: string | undefined;
}

/** By ARN alone, or by name together with the stack. */
async function find(store: StackStore, input: Naming): Promise<{ changeSet: ChangeSetRecord; stack: StackRecord }> {
  const name = input.ChangeSetName ?? '';
  if (!name.startsWith('arn:')) {
    if (input.StackName === undefined) throw validationError('StackName must be specified if ChangeSetName is not specified as an ARN.');
    const stack = await requireStack(store, input.StackName, 'brackets');
    const changeSet = (await store.changeSets(stack.uuid)).find((set) => set.name === name);
    if (changeSet !== undefined) return { changeSet, stack };
  } else {
    const changeSet = (await store.changeSets()).find((set) => set.id === name);
    if (changeSet !== undefined) return { changeSet, stack: await store.mustHave(changeSet.stack) };
  }
  throw new Fault('ChangeSetNotFoundException', `ChangeSet [${name}] does not exist`, {}, 404);
}

/** An executed change set is done when its stack is. */
async function executionStatus(store: StackStore, changeSet: ChangeSetRecord, stack: StackRecord): Promise<string> {
  if (changeSet.executionStatus !== 'EXECUTE_IN_PROGRESS' || await store.operation(stack.uuid) !== undefined) return changeSet.executionStatus;
  return /ROLLBACK|FAILED/.test(stack.status) ? 'EXECUTE_FAILED' : 'EXECUTE_COMPLETE';
}

export async function describeChangeSet(input: DescribeChangeSetInput, call: CallContext): Promise<object> {
  const store = new StackStore(call.tx);
  const { changeSet, stack } = await find(store, input);
  const { content } = changeSet;
  const template = parseTemplate(content.templateBody);
  const numbered = changeSet.changes.map((change, index) => ({ key: String(index), change }));
  const { items, nextToken } = page(numbered, (entry) => entry.key, PAGE_SIZE, input.NextToken);
  const parameters = Object.entries(content.parameters);
  return {
    ChangeSetName: changeSet.name, ChangeSetId: changeSet.id, StackId: stack.id, StackName: stack.name,
    ...(changeSet.description === undefined ? {} : { Description: changeSet.description }),
    ...(parameters.length === 0 ? {} : { Parameters: parameters.map(([key, value]) => ({ ParameterKey: key, ParameterValue: shownValue(template.parameters[key], value) })) }),
    CreationTime: new Date(changeSet.createdAt),
    ExecutionStatus: await executionStatus(store, changeSet, stack),
    Status: changeSet.status,
    ...(changeSet.reason === undefined ? {} : { StatusReason: changeSet.reason }),
    NotificationARNs: content.notificationArns,
    RollbackConfiguration: {},
    Capabilities: content.capabilities,
    Tags: content.tags,
    Changes: items.map(({ change }) => ({ Type: 'Resource', ResourceChange: change })),
    IncludeNestedStacks: false,
    ...(changeSet.revertsDrift === true ? { DeploymentMode: 'REVERT_DRIFT' } : {}),
    ...(changeSet.onStackFailure === undefined ? {} : { OnStackFailure: changeSet.onStackFailure }),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
}

export async function listChangeSets(input: ListChangeSetsInput, call: CallContext): Promise<object> {
  const store = new StackStore(call.tx);
  const stack = await requireStack(store, input.StackName, 'brackets');
  const { items, nextToken } = page(await store.changeSets(stack.uuid), (set) => set.uuid, PAGE_SIZE, input.NextToken);
  const summaries = await Promise.all(items.map(async (set) => ({
    StackId: stack.id, StackName: stack.name, ChangeSetId: set.id, ChangeSetName: set.name,
    ExecutionStatus: await executionStatus(store, set, stack), Status: set.status,
    ...(set.reason === undefined ? {} : { StatusReason: set.reason }),
    CreationTime: new Date(set.createdAt),
    ...(set.description === undefined ? {} : { Description: set.description }),
    IncludeNestedStacks: false,
  })));
  return { Summaries: summaries, ...(nextToken === undefined ? {} : { NextToken: nextToken }) };
}

export function executeChangeSetOperation(engine: StackEngine) {
  return async (input: ExecuteChangeSetInput, call: CallContext): Promise<object> => {
    const store = new StackStore(call.tx);
    const { changeSet, stack } = await find(store, input);
    const token = input.ClientRequestToken;
    if (changeSet.executionStatus === 'EXECUTE_IN_PROGRESS' && token !== undefined && await store.token(token) !== undefined) return {};
    if (changeSet.executionStatus !== 'AVAILABLE') {
      throw new Fault('InvalidChangeSetStatusException', `ChangeSet [${changeSet.id}] cannot be executed in its current status of [${changeSet.status}]`, {}, 400);
    }
    const { account, region, partition } = call;
    const evaluation = evaluateTemplate({ account, region, partition, exports: await store.exports() }, stack, changeSet.content);
    if (changeSet.type === 'CREATE') {
      const onFailure = changeSet.onStackFailure ?? (input.DisableRollback === true ? 'DO_NOTHING' : 'ROLLBACK');
      const begun: StackRecord = {
        ...stack, ...changeSet.content, changeSetId: changeSet.id, onFailure: onFailure as StackRecord['onFailure'], retainExceptOnCreate: input.RetainExceptOnCreate ?? false,
      };
      startCreation(engine, call, store, begun, evaluation, token);
    } else {
      checkUpdatable(stack);
      if (changeSet.revertsDrift === true) for (const record of (await observedRecords(call, stack, await store.resources(stack.uuid))).values()) store.putResource(stack.uuid, record);
      await startUpdate(engine, call, store, { ...stack, changeSetId: changeSet.id }, changeSet.content, evaluation, {
        disableRollback: input.DisableRollback === true || changeSet.onStackFailure === 'DO_NOTHING',
        ...(token === undefined ? {} : { token }),
      });
    }
    if (token !== undefined) store.putToken(token, { fingerprint: changeSet.id, stackId: stack.id });
    // The others were made for a state of the stack that is over.
    for (const other of await store.changeSets(stack.uuid)) store.putChangeSet({ ...other, executionStatus: other.uuid === changeSet.uuid ? 'EXECUTE_IN_PROGRESS' : 'OBSOLETE' });
    return {};
  };
}

export async function deleteChangeSet(input: DeleteChangeSetInput, call: CallContext): Promise<object> {
  const store = new StackStore(call.tx);
  try {
    const { changeSet, stack } = await find(store, input);
    if (await executionStatus(store, changeSet, stack) === 'EXECUTE_IN_PROGRESS') {
      throw new Fault('InvalidChangeSetStatusException', `ChangeSet [${changeSet.id}] cannot be deleted in its current status of [${changeSet.status}]`, {}, 400);
    }
    store.deleteChangeSet(changeSet);
  } catch (error) {
    // Deleting one that is gone succeeds.
    if (!(error instanceof Fault && error.name === 'ChangeSetNotFoundException')) throw error;
  }
  return {};
}
