import type { JsonObject, RetentionPolicy } from '../template/model';
import type { Tag } from '../resources/provider';

export interface StackOutputRecord {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

/** What an update changes and a rollback puts back. */
export interface StackContent {
  readonly templateBody: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: readonly Tag[];
  readonly capabilities: readonly string[];
  readonly notificationArns: readonly string[];
}

export interface StackRecord extends StackContent {
  readonly uuid: string;
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly updatedAt?: string;
  readonly deletedAt?: string;
  readonly status: string;
  readonly reason?: string;
  readonly outputs: readonly StackOutputRecord[];
  /** Names of the exports that the stack uses. */
  readonly imports: readonly string[];
  readonly onFailure: 'ROLLBACK' | 'DELETE' | 'DO_NOTHING';
  readonly retainExceptOnCreate: boolean;
  readonly terminationProtection: boolean;
  readonly roleArn?: string;
  readonly timeoutMinutes?: number;
  readonly changeSetId?: string;
  /** Number of events so far; the next one's place. */
  readonly events: number;
}

export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId?: string;
  readonly status: string;
  readonly reason?: string;
  readonly updatedAt: string;
  /** As last applied, intrinsics resolved. */
  readonly properties: JsonObject;
  readonly attributes: Readonly<Record<string, string>>;
  readonly needs: readonly string[];
  readonly deletionPolicy: RetentionPolicy;
  readonly updateReplacePolicy: RetentionPolicy;
}

export interface EventRecord {
  readonly id: string;
  readonly at: string;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly properties?: string;
  readonly token?: string;
}

export type StepAction = 'create' | 'update' | 'restore' | 'delete';
/** `started`: announced. `performed`: done in the service, not yet reported complete. */
export type StepState = 'waiting' | 'started' | 'performed' | 'done' | 'failed' | 'blocked';

export interface Step {
  readonly key: string;
  readonly logicalId: string;
  readonly action: StepAction;
  readonly after: readonly string[];
  readonly state: StepState;
  /** For deletions: what is deleted, since the record may already be the successor's. */
  readonly victim?: Pick<ResourceRecord, 'type' | 'physicalId' | 'properties'>;
  /** For deletions: keep the real thing. */
  readonly retain?: boolean;
}

export type Phase = 'forward' | 'cleanup' | 'rollback' | 'rollbackCleanup' | 'delete';

/**
 * A running operation. It stands in the store from the call that began it until its end, so that a killed sandbox
 * finds it again and goes on at the same step.
 */
export interface OperationRecord {
  readonly id: string;
  readonly stack: string;
  readonly kind: 'create' | 'update' | 'delete';
  readonly phase: Phase;
  readonly steps: readonly Step[];
  readonly token?: string;
  /** The state to return to. */
  readonly before?: StackContent & { readonly outputs: readonly StackOutputRecord[]; readonly imports: readonly string[]; readonly resources: Readonly<Record<string, ResourceRecord>> };
  /** Deletions that follow a rollback, fixed before the records point to the old state again. */
  readonly afterRollback?: readonly Step[];
  readonly disableRollback?: boolean;
  readonly force?: boolean;
}

export interface ChangeSetRecord {
  readonly uuid: string;
  readonly id: string;
  readonly name: string;
  readonly stack: string;
  readonly type: 'CREATE' | 'UPDATE';
  readonly createdAt: string;
  readonly description?: string;
  readonly status: string;
  readonly reason?: string;
  readonly executionStatus: string;
  readonly content: StackContent;
  readonly changes: readonly object[];
  readonly onStackFailure?: string;
  /** Compared with what the account has, not with what was deployed. */
  readonly revertsDrift?: true;
  readonly token?: string;
}
