import { canonical, propertyChanges, takesTags } from './planner';
import { knownProperties, type Evaluation } from './evaluation';
import { fromRecords, type OperationContext } from './operationContext';
import type { ResourceRecord, Step } from './records';
import { checkedProperties, providerOf } from '../resources/registry';
import { text, type ResourceContext } from '../resources/provider';
import { Fault } from '../../../kernel/types';
import { validationError, type JsonObject } from '../template/model';

function resourceContext(context: OperationContext, logicalId: string): ResourceContext {
  return { call: context.call, stackName: context.journal.stack.name, logicalId, stackTags: context.journal.stack.tags };
}

function blank(context: OperationContext, evaluation: Evaluation, logicalId: string): ResourceRecord {
  const definition = evaluation.template.resources[logicalId];
  if (definition === undefined) throw new Error(`No resource ${logicalId} in the template`);
  const { type, deletionPolicy, updateReplacePolicy } = definition;
  return {
    logicalId, type, status: '', updatedAt: context.journal.now(), properties: {}, attributes: {},
    needs: evaluation.needs.get(logicalId) ?? [], deletionPolicy, updateReplacePolicy,
  };
}

function wanted(evaluation: Evaluation, logicalId: string, resources: ReadonlyMap<string, ResourceRecord>): JsonObject {
  const definition = evaluation.template.resources[logicalId];
  return checkedProperties(definition?.type ?? '', logicalId, knownProperties(evaluation.properties(logicalId, fromRecords(resources))));
}

interface Difference {
  readonly any: boolean;
  readonly replacement: boolean;
}

function difference(context: OperationContext, type: string, record: ResourceRecord, next: JsonObject): Difference {
  if (type !== record.type) return { any: true, replacement: true };
  const changes = propertyChanges(type, next, record.properties);
  const tags = takesTags(type) && canonical(context.journal.stack.tags) !== canonical(context.operation.before?.tags ?? context.journal.stack.tags);
  return { any: changes.length > 0 || tags, replacement: changes.some((change) => change.recreation !== 'Never') };
}

/** Announces a step. Gives the state it is in then: `done` when there was nothing to do. Throws Fault when it cannot be done. */
export async function begin(context: OperationContext, step: Step): Promise<'started' | 'done'> {
  const { journal } = context;
  const resources = await context.resources();
  const record = resources.get(step.logicalId);
  switch (step.action) {
    case 'create':
      journal.resourceStatus(blank(context, context.evaluation(), step.logicalId), 'CREATE_IN_PROGRESS');
      return 'started';
    case 'update': {
      const evaluation = context.evaluation();
      const next = blank(context, evaluation, step.logicalId);
      if (record === undefined) throw new Error(`No record of ${step.logicalId}`);
      let change: Difference;
      try {
        change = difference(context, next.type, record, wanted(evaluation, step.logicalId, resources));
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        // The same refusal comes again, and is told, when the step is carried out.
        change = { any: true, replacement: false };
      }
      if (!change.any) {
        context.store.putResource(context.uuid, { ...record, needs: next.needs, deletionPolicy: next.deletionPolicy, updateReplacePolicy: next.updateReplacePolicy });
        return 'done';
      }
      journal.resourceStatus(
        record, 'UPDATE_IN_PROGRESS',
        change.replacement ? 'Requested update requires the creation of a new physical resource; hence creating one.' : undefined,
      );
      return 'started';
    }
    case 'restore':
      if (record !== undefined) journal.resourceStatus(record, 'UPDATE_IN_PROGRESS');
      return 'started';
    case 'delete':
      if (step.retain === true) {
        deletionStatus(context, step, record, 'DELETE_SKIPPED');
        return 'done';
      }
      if (step.victim?.physicalId === undefined) {
        deletionStatus(context, step, record, 'DELETE_COMPLETE');
        return 'done';
      }
      deletionStatus(context, step, record, 'DELETE_IN_PROGRESS');
      return 'started';
  }
}

/** Does the work in the service, in one transaction with its record. Throws what the service throws. */
export async function perform(context: OperationContext, step: Step): Promise<void> {
  const { journal } = context;
  const resources = await context.resources();
  const record = resources.get(step.logicalId);
  const target = resourceContext(context, step.logicalId);
  switch (step.action) {
    case 'create': {
      const evaluation = context.evaluation();
      const properties = wanted(evaluation, step.logicalId, resources);
      const draft = { ...blank(context, evaluation, step.logicalId), properties };
      const created = await providerOf(draft.type).create(target, properties);
      journal.resourceStatus({ ...draft, ...created }, 'CREATE_IN_PROGRESS', 'Resource creation Initiated');
      return;
    }
    case 'update': {
      if (record === undefined) throw new Error(`No record of ${step.logicalId}`);
      const evaluation = context.evaluation();
      const properties = wanted(evaluation, step.logicalId, resources);
      const draft = { ...blank(context, evaluation, step.logicalId), properties, status: record.status };
      const provider = providerOf(draft.type);
      if (difference(context, draft.type, record, properties).replacement) {
        const name = text(properties, provider.nameProperty ?? '');
        if (draft.type === record.type && name !== undefined && name === text(record.properties, provider.nameProperty ?? '')) {
          throw validationError(`CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`);
        }
        const created = await provider.create(target, properties);
        journal.resourceStatus({ ...draft, ...created }, 'UPDATE_IN_PROGRESS', 'Resource creation Initiated');
      } else {
        const attributes = await provider.update(target, record.physicalId ?? '', properties, record.properties);
        context.store.putResource(context.uuid, { ...draft, physicalId: record.physicalId ?? '', attributes });
      }
      return;
    }
    case 'restore': {
      const before = context.operation.before?.resources[step.logicalId];
      if (before === undefined || record === undefined) throw new Error(`Nothing to restore for ${step.logicalId}`);
      let attributes = before.attributes;
      if (record.physicalId === before.physicalId && record.type === before.type) {
        attributes = await providerOf(before.type).update(target, before.physicalId ?? '', before.properties, record.properties);
      }
      context.store.putResource(context.uuid, { ...before, attributes, status: 'UPDATE_IN_PROGRESS' });
      return;
    }
    case 'delete':
      if (step.victim?.physicalId !== undefined) await providerOf(step.victim.type).delete(target, step.victim.physicalId, step.victim.properties);
  }
}

/** Reports a performed step complete. */
export async function settle(context: OperationContext, step: Step): Promise<void> {
  const record = (await context.resources()).get(step.logicalId);
  if (step.action === 'delete') deletionStatus(context, step, record, 'DELETE_COMPLETE');
  else if (record !== undefined) context.journal.resourceStatus(record, step.action === 'create' ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE');
}

/** Reports a step failed. */
export async function report(context: OperationContext, step: Step, reason: string): Promise<void> {
  const record = (await context.resources()).get(step.logicalId);
  if (step.action === 'delete') deletionStatus(context, step, record, 'DELETE_FAILED', reason);
  else if (record !== undefined) context.journal.resourceStatus(record, step.action === 'create' ? 'CREATE_FAILED' : 'UPDATE_FAILED', reason);
}

/** A deletion's status goes to the record only while that record is the victim's and not its successor's. */
export function deletionStatus(context: OperationContext, step: Step, record: ResourceRecord | undefined, status: string, reason?: string): void {
  const { journal, operation } = context;
  const victim = step.victim;
  if (victim === undefined) return;
  const own = record !== undefined && record.physicalId === victim.physicalId;
  if (!own) {
    journal.resourceEvent({ logicalId: step.logicalId, ...victim }, status, reason);
    return;
  }
  journal.resourceStatus(record, status, reason);
  // A resource that an update removed is no longer the stack's; after a deletion of the stack the list still shows it.
  const ended = status === 'DELETE_COMPLETE' || status === 'DELETE_SKIPPED' || (status === 'DELETE_FAILED' && operation.phase === 'cleanup');
  if (operation.kind === 'update' && ended) context.store.deleteResource(context.uuid, step.logicalId);
}
