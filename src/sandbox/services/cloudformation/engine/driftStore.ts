import type { Transaction } from '../../../kernel/types';
import type { PropertyDifference } from './propertyDifferences';
import type { StackRecord } from './records';

const DETECTION = 'cloudformation.driftDetection';
const LATEST = 'cloudformation.driftOfStack';

export interface ResourceDriftRecord {
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  readonly status: 'IN_SYNC' | 'MODIFIED' | 'DELETED';
  readonly expected: string;
  readonly actual?: string;
  readonly differences: readonly PropertyDifference[];
  readonly at: string;
}

export interface DriftDetectionRecord {
  readonly id: string;
  /** Uuid and id of the stack, and when it was last updated: a later update makes the result worthless. */
  readonly stack: string;
  readonly stackId: string;
  readonly stackUpdatedAt?: string;
  readonly startedAt: string;
  /** Until then the detection counts as running. */
  readonly readyAt: string;
  readonly resources: readonly ResourceDriftRecord[];
}

/** Typed access to the results of drift detections; one per transaction. */
export class DriftStore {
  constructor(private readonly tx: Transaction) {}

  put(detection: DriftDetectionRecord): void {
    this.tx.put(DETECTION, detection.id, detection);
    this.tx.put(LATEST, detection.stack, detection.id);
  }

  detection(id: string): Promise<DriftDetectionRecord | undefined> {
    return this.tx.get<DriftDetectionRecord>(DETECTION, id);
  }

  /** The last detection of a stack as long as the stack is as it was then. */
  async latest(stack: StackRecord): Promise<DriftDetectionRecord | undefined> {
    const id = await this.tx.get<string>(LATEST, stack.uuid);
    const found = id === undefined ? undefined : await this.detection(id);
    return found?.stackUpdatedAt === stack.updatedAt ? found : undefined;
  }
}

export function isRunning(detection: DriftDetectionRecord, now: Date): boolean {
  return now.toISOString() < detection.readyAt;
}

export function driftedCount(detection: DriftDetectionRecord): number {
  return detection.resources.filter((resource) => resource.status !== 'IN_SYNC').length;
}

export function stackDriftStatus(detection: DriftDetectionRecord): 'DRIFTED' | 'IN_SYNC' | 'NOT_CHECKED' {
  if (detection.resources.length === 0) return 'NOT_CHECKED';
  return driftedCount(detection) > 0 ? 'DRIFTED' : 'IN_SYNC';
}
