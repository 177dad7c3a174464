import { randomUUID } from 'node:crypto';
import type { DescribeStackDriftDetectionStatusInput, DescribeStackResourceDriftsInput, DetectStackDriftInput } from '@aws-sdk/client-cloudformation';
import type { CallContext, Kernel } from '../../../kernel/types';
import { driftedCount, DriftStore, isRunning, stackDriftStatus, type ResourceDriftRecord } from '../engine/driftStore';
import { observe } from '../engine/observed';
import { propertyDifferences } from '../engine/propertyDifferences';
import type { ResourceRecord, StackRecord } from '../engine/records';
import { requireStack, StackStore } from '../engine/stackStore';
import { validationError } from '../template/model';
import { page, PAGE_SIZE } from './paging';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html (the wording of the refusal is unverified) */
const DETECTABLE = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'UPDATE_ROLLBACK_FAILED', 'IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE'];

/**
 * Holds the resources against what the template says of them, at once; the result is given out after the time that a
 * resource takes in this sandbox, so that clients have to wait as they have to on AWS.
 */
export function detectStackDriftOperation(kernel: Pick<Kernel, 'resourceDelay'>) {
  return async (input: DetectStackDriftInput, call: CallContext): Promise<object> => {
    const store = new StackStore(call.tx);
    const drifts = new DriftStore(call.tx);
    const stack = await requireStack(store, input.StackName, 'brackets');
    if (!DETECTABLE.includes(stack.status)) throw validationError(`Drift detection cannot be performed on stack [${stack.id}] while in status ${stack.status}`);
    const before = await drifts.latest(stack);
    // unverified wording
    if (before !== undefined && isRunning(before, call.now())) throw validationError(`Drift detection is already in progress for stack [${stack.id}]`);
    const records = [...(await store.resources(stack.uuid)).values()];
    const wanted = input.LogicalResourceIds ?? [];
    const unknown = wanted.find((name) => !records.some((record) => record.logicalId === name));
    if (unknown !== undefined) throw validationError(`Resource ${unknown} does not exist for stack ${stack.name}`);
    const resources: ResourceDriftRecord[] = [];
    for (const record of records) {
      if (wanted.length > 0 && !wanted.includes(record.logicalId)) continue;
      const drift = await resourceDrift(call, stack, record);
      if (drift !== undefined) resources.push(drift);
    }
    const now = call.now();
    const id = randomUUID();
    drifts.put({
      id, stack: stack.uuid, stackId: stack.id, startedAt: now.toISOString(), resources,
      readyAt: new Date(now.getTime() + kernel.resourceDelay).toISOString(),
      ...(stack.updatedAt === undefined ? {} : { stackUpdatedAt: stack.updatedAt }),
    });
    return { StackDriftDetectionId: id };
  };
}

async function resourceDrift(call: CallContext, stack: StackRecord, record: ResourceRecord): Promise<ResourceDriftRecord | undefined> {
  const seen = await observe(call, stack, record);
  if (seen === undefined || record.physicalId === undefined) return undefined;
  const { logicalId, physicalId, type } = record;
  const { expected, actual } = seen;
  const base = { logicalId, physicalId, type, at: call.now().toISOString(), expected: JSON.stringify(expected) };
  if (actual === undefined) return { ...base, status: 'DELETED', differences: [] };
  const differences = propertyDifferences(expected, actual);
  return { ...base, status: differences.length === 0 ? 'IN_SYNC' : 'MODIFIED', actual: JSON.stringify(actual), differences };
}

export async function describeStackDriftDetectionStatus(input: DescribeStackDriftDetectionStatusInput, call: CallContext): Promise<object> {
  const detection = await new DriftStore(call.tx).detection(input.StackDriftDetectionId ?? '');
  // unverified wording
  if (detection === undefined) throw validationError(`Stack drift detection ID ${input.StackDriftDetectionId ?? ''} does not exist`);
  const base = { StackId: detection.stackId, StackDriftDetectionId: detection.id, Timestamp: new Date(detection.startedAt) };
  if (isRunning(detection, call.now())) return { ...base, DetectionStatus: 'DETECTION_IN_PROGRESS' };
  return { ...base, DetectionStatus: 'DETECTION_COMPLETE', StackDriftStatus: stackDriftStatus(detection), DriftedStackResourceCount: driftedCount(detection) };
}

export async function describeStackResourceDrifts(input: DescribeStackResourceDriftsInput, call: CallContext): Promise<object> {
  const stack = await requireStack(new StackStore(call.tx), input.StackName, 'brackets');
  const detection = await new DriftStore(call.tx).latest(stack);
  const filters: readonly string[] = input.StackResourceDriftStatusFilters ?? [];
  const found = detection === undefined || isRunning(detection, call.now()) ? [] : detection.resources.filter((resource) => filters.length === 0 || filters.includes(resource.status));
  const { items, nextToken } = page(found, (resource) => resource.logicalId, input.MaxResults ?? PAGE_SIZE, input.NextToken);
  return {
    StackResourceDrifts: items.map((resource) => ({
      StackId: stack.id, LogicalResourceId: resource.logicalId, PhysicalResourceId: resource.physicalId, ResourceType: resource.type,
      ExpectedProperties: resource.expected,
      ...(resource.actual === undefined ? {} : { ActualProperties: resource.actual }),
      ...(resource.status === 'MODIFIED' ? { PropertyDifferences: resource.differences } : {}),
      StackResourceDriftStatus: resource.status, Timestamp: new Date(resource.at),
    })),
    ...(nextToken === undefined ? {} : { NextToken: nextToken }),
  };
}
