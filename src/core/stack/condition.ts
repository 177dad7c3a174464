import type { StackStatus } from '../ports/stackApi';

/**
 * - `none`: there is no such stack (any more)
 * - `working`: CloudFormation is at it; nothing else may be asked of it
 * - `healthy`: holds what its template says, or what it said before a failed update
 * - `broken`: can only be deleted (or needs a person in the CloudFormation console)
 */
export type StackCondition = 'none' | 'working' | 'healthy' | 'broken';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html lists the statuses. */
export function stackCondition(status: StackStatus | undefined): StackCondition {
  if (status === undefined || status === 'DELETE_COMPLETE') return 'none';
  // A shell that a CREATE change set left behind: nothing is in it, and CreateStack refuses its name.
  if (status === 'REVIEW_IN_PROGRESS') return 'broken';
  if (status.endsWith('_IN_PROGRESS')) return 'working';
  const healthy = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE', 'IMPORT_COMPLETE', 'IMPORT_ROLLBACK_COMPLETE'];
  return healthy.includes(status) ? 'healthy' : 'broken';
}

/** True for a status in which the last operation did what it was asked to do. */
export function stackSucceeded(status: StackStatus): boolean {
  return ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'IMPORT_COMPLETE', 'DELETE_COMPLETE'].includes(status);
}
