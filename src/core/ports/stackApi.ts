import type { CallOptions, Tag } from './iotApi';

/** CloudFormation StackStatus, for example `CREATE_COMPLETE`. */
export type StackStatus = string;

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description?: string;
  readonly exportName?: string;
}

export interface StackParameter {
  readonly key: string;
  readonly value: string;
  readonly usePreviousValue?: boolean;
}

export interface Stack {
  readonly id: string;
  readonly name: string;
  readonly status: StackStatus;
  readonly statusReason?: string;
  readonly outputs: readonly StackOutput[];
  readonly parameters: readonly StackParameter[];
  readonly createdAt?: Date;
  readonly updatedAt?: Date;
  /** It cannot be deleted until this is taken away: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html */
  readonly terminationProtection?: boolean;
}

export interface StackEvent {
  readonly id: string;
  readonly timestamp: Date;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly resourceType: string;
  readonly status: string;
  readonly reason?: string;
}

export interface StackResource {
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly type: string;
  readonly status: string;
}

/** A template given inline (at most 51,200 bytes) or by URL (at most 1 MB, in S3). */
export type TemplateSource = { readonly body: string } | { readonly url: string };

/** The template that the stack has, of whatever length: nothing is sent. */
export type PreviousTemplate = { readonly previous: true };

export interface TemplateParameterInfo {
  readonly key: string;
  readonly defaultValue?: string;
  readonly description?: string;
  readonly noEcho: boolean;
}

export interface TemplateSummary {
  readonly parameters: readonly TemplateParameterInfo[];
  readonly capabilities: readonly string[];
  readonly capabilitiesReason?: string;
  readonly description?: string;
}

export interface ChangeSetChange {
  /** Add, Modify, Remove, Import, Dynamic. */
  readonly action: string;
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly resourceType: string;
  /** True, False or Conditional. */
  readonly replacement?: string;
  readonly scope: readonly string[];
  /** Names of the properties that change, where CloudFormation tells. */
  readonly properties?: readonly string[];
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly executionStatus: string;
  readonly changes: readonly ChangeSetChange[];
}

/** A drift detection: `DETECTION_IN_PROGRESS`, `DETECTION_COMPLETE` or `DETECTION_FAILED`. */
export interface DriftDetection {
  readonly status: string;
  readonly statusReason?: string;
  /** `DRIFTED`, `IN_SYNC` or `NOT_CHECKED`; once it is complete. */
  readonly stackStatus?: string;
}

export interface ResourceDrift {
  readonly logicalId: string;
  readonly physicalId?: string;
  readonly resourceType: string;
  /** `IN_SYNC`, `MODIFIED`, `DELETED` or `NOT_CHECKED`. */
  readonly status: string;
  readonly differences: readonly {
    /** `/Policies/0/PolicyDocument` */
    readonly path: string;
    readonly expected: string;
    readonly actual: string;
    /** `ADD`, `REMOVE` or `NOT_EQUAL`. */
    readonly type: string;
  }[];
}

export interface StackInput {
  readonly stackName: string;
  readonly template: TemplateSource;
  readonly parameters: readonly StackParameter[];
  readonly capabilities: readonly string[];
  readonly tags?: readonly Tag[];
  /** Makes a repeated call after a lost answer find the first one: 1-128 of [a-zA-Z0-9][-a-zA-Z0-9]*. */
  readonly clientRequestToken?: string;
}

export interface ChangeSetInput extends Omit<StackInput, 'template'> {
  /** PreviousTemplate: for a stack that is there. */
  readonly template: TemplateSource | PreviousTemplate;
  readonly changeSetName: string;
  readonly type: 'CREATE' | 'UPDATE';
  /** Held against what the account has, not against what was deployed: what was changed by hand is put back. */
  readonly revertDrift?: true;
}

/** What becomes of resources that CloudFormation could not delete: these stay (logical ids), or it tries each again and leaves what fails. */
export type StuckDeletion = { readonly leave: readonly string[] } | 'force';

export interface StackApi {
  describeStack(nameOrId: string, options?: CallOptions): Promise<Stack | undefined>;
  listStacks(options?: CallOptions): AsyncIterable<{ name: string; id: string; status: StackStatus }>;
  /** Newest first; stops paging when the consumer stops. */
  stackEvents(nameOrId: string, options?: CallOptions): AsyncIterable<StackEvent>;
  listStackResources(nameOrId: string, options?: CallOptions): AsyncIterable<StackResource>;
  getTemplate(nameOrId: string, options?: CallOptions): Promise<string>;
  /** As CloudFormation works with it: macros and transforms are carried out. */
  processedTemplate(nameOrId: string, options?: CallOptions): Promise<string>;
  validateTemplate(template: TemplateSource, options?: CallOptions): Promise<TemplateSummary>;
  /** The same of the template that a stack has. */
  deployedSummary(nameOrId: string, options?: CallOptions): Promise<TemplateSummary>;
  createStack(input: StackInput, options?: CallOptions): Promise<{ stackId: string }>;
  deleteStack(nameOrId: string, options?: CallOptions): Promise<void>;
  /** For a stack in DELETE_FAILED only. */
  deleteStuckStack(nameOrId: string, how: StuckDeletion, options?: CallOptions): Promise<void>;
  /** Lets the stack be deleted again. Throws `notFound` without it. */
  removeTerminationProtection(nameOrId: string, options?: CallOptions): Promise<void>;
  createChangeSet(input: ChangeSetInput, options?: CallOptions): Promise<{ id: string; stackId: string }>;
  describeChangeSet(id: string, options?: CallOptions): Promise<ChangeSet | undefined>;
  executeChangeSet(id: string, clientRequestToken: string, options?: CallOptions): Promise<void>;
  deleteChangeSet(id: string, options?: CallOptions): Promise<void>;
  /** Begins a drift detection; it runs for seconds to minutes. */
  detectDrift(nameOrId: string, options?: CallOptions): Promise<{ detectionId: string }>;
  driftDetection(detectionId: string, options?: CallOptions): Promise<DriftDetection>;
  /** What the last detection found, resources in sync included; types that CloudFormation does not check are not there. */
  resourceDrifts(nameOrId: string, options?: CallOptions): AsyncIterable<ResourceDrift>;
}
