import type { Evaluation } from './evaluation';
import type { OperationRecord, ResourceRecord, Step } from './records';

/** Steps that bring the resources of a template into being or up to date. */
export function forwardSteps(evaluation: Evaluation, existing: ReadonlyMap<string, ResourceRecord>): Step[] {
  return evaluation.order.map((logicalId) => ({
    key: logicalId,
    logicalId,
    action: existing.get(logicalId)?.physicalId !== undefined && existing.get(logicalId)?.status !== 'DELETE_COMPLETE' ? 'update' : 'create',
    after: evaluation.needs.get(logicalId) ?? [],
    state: 'waiting',
  }));
}

/**
 * Deletions, users before what they use.
 * @param retain whether the real thing stays
 */
export function deletionSteps(records: readonly ResourceRecord[], retain: (record: ResourceRecord) => boolean): Step[] {
  return records.map((record) => ({
    key: record.logicalId,
    logicalId: record.logicalId,
    action: 'delete',
    after: records.filter((other) => other.needs.includes(record.logicalId)).map((other) => other.logicalId),
    state: 'waiting',
    victim: victimOf(record),
    retain: retain(record),
  }));
}

export function victimOf(record: ResourceRecord): NonNullable<Step['victim']> {
  return { type: record.type, properties: record.properties, ...(record.physicalId === undefined ? {} : { physicalId: record.physicalId }) };
}

/** After a successful update: what the new template no longer has, and what was replaced. */
export function cleanupSteps(operation: OperationRecord, now: ReadonlyMap<string, ResourceRecord>, evaluation: Evaluation): Step[] {
  const before = Object.values(operation.before?.resources ?? {}).filter((record) => record.status !== 'DELETE_COMPLETE' && record.physicalId !== undefined);
  const gone = before.filter((record) => !evaluation.order.includes(record.logicalId) || now.get(record.logicalId)?.physicalId !== record.physicalId);
  return deletionSteps(gone, (record) =>
    evaluation.order.includes(record.logicalId) ? keeps(record.updateReplacePolicy) : keeps(record.deletionPolicy));
}

/** Undoes a failed update: puts back what existed before. */
export function restoreSteps(operation: OperationRecord): Step[] {
  const touched = operation.steps.filter((step) => step.action === 'update' && step.state !== 'waiting').map((step) => step.logicalId);
  const before = operation.before?.resources ?? {};
  return touched.map((logicalId) => ({
    key: logicalId, logicalId, action: 'restore', state: 'waiting',
    after: (before[logicalId]?.needs ?? []).filter((name) => touched.includes(name)),
  }));
}

/** What a failed update made that the old state does not have. */
export function rollbackCleanupSteps(operation: OperationRecord, made: readonly ResourceRecord[]): Step[] {
  const before = operation.before?.resources ?? {};
  return deletionSteps(
    made.filter((record) => {
      const old = before[record.logicalId];
      return old === undefined || old.status === 'DELETE_COMPLETE' || old.physicalId !== record.physicalId;
    }),
    () => false,
  );
}

export function keeps(policy: ResourceRecord['deletionPolicy'], whileCreating = false): boolean {
  return policy === 'Retain' || policy === 'Snapshot' || (policy === 'RetainExceptOnCreate' && !whileCreating);
}

/** Names in the form that stack reasons use. */
export function named(steps: readonly Step[], state: Step['state']): string {
  return `[${steps.filter((step) => step.state === state).map((step) => step.logicalId).sort().join(', ')}]`;
}
