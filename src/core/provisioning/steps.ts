/** The five resources of fleet provisioning by claim, in the order in which they depend on each other. */
export const stepIds = ['rolesStack', 'roleAlias', 'iotPolicy', 'provisioningTemplate', 'claimCertificate'] as const;
export type StepId = (typeof stepIds)[number];

/**
 * - `notStarted`: the account does not hold the resource
 * - `running`: we are working on it
 * - `done`: the account holds it as the workspace and the settings want it
 * - `differs`: it exists but not as wanted (other role, other document, inactive …)
 * - `failed`: the last run or the resource itself failed
 * - `unknown`: not connected, not allowed to look, or the look failed
 */
export type StepStatus = 'notStarted' | 'running' | 'done' | 'differs' | 'failed' | 'unknown';

export interface StepResource {
  /** Kind as AWS names it, for example `role alias`. Localized. */
  readonly kind: string;
  readonly name: string;
  readonly arn?: string;
}

export interface StepState {
  readonly id: StepId;
  readonly status: StepStatus;
  /** One short line for the tree, localized: what is there or what is missing. */
  readonly summary: string;
  /** Longer explanation for the tooltip, localized. */
  readonly detail?: string;
  readonly resources: readonly StepResource[];
  /** Workspace file of this step, relative to the workspace folder, if it has one and it exists. */
  readonly file?: string;
}

/** Names of what the steps create; from settings, or read from an existing stack's outputs. */
export interface FleetNames {
  readonly stackName: string;
  readonly roleAliasName: string;
  readonly iotPolicyName: string;
  readonly claimPolicyName: string;
  readonly templateName: string;
  readonly thingGroupName: string;
}
