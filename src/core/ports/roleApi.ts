import type { CallOptions } from './iotApi';

export interface Role {
  readonly name: string;
  readonly arn: string;
  /** Decoded JSON text of the trust policy (IAM sends it URL-encoded). */
  readonly trustPolicy: string;
  readonly maxSessionDuration: number;
  readonly permissionsBoundaryArn?: string;
  readonly createdAt?: Date;
}

/** What IAM says of one action, over all resources that were asked about. */
export interface SimulatedAction {
  /** For example `iot:CreatePolicy`. */
  readonly action: string;
  readonly allowed: boolean;
  /** Condition keys whose values IAM would have needed to be sure. */
  readonly missingContext: readonly string[];
}

/** Who has a managed policy, also as permissions boundary. All names. */
export interface PolicyEntities {
  readonly roles: readonly string[];
  readonly users: readonly string[];
  readonly groups: readonly string[];
}

export interface RoleApi {
  /** By role name (not ARN). iam:GetRole. */
  getRole(name: string, options?: CallOptions): Promise<Role | undefined>;
  listAttachedRolePolicies(name: string, options?: CallOptions): AsyncIterable<{ name: string; arn: string }>;
  /**
   * What a user or role may do, without doing it. `resources` empty: `*`. iam:SimulatePrincipalPolicy. Throws FleetError.
   * @param source ARN of the user or role (not of a session)
   */
  simulatePrincipal(source: string, actions: readonly string[], resources: readonly string[], options?: CallOptions): Promise<readonly SimulatedAction[]>;
  /** Document of the default version of a managed policy, decoded, by the policy's ARN. iam:GetPolicy and iam:GetPolicyVersion. */
  managedPolicy(arn: string, options?: CallOptions): Promise<string | undefined>;
  /** Documents of the role's own policies, decoded. iam:ListRolePolicies and iam:GetRolePolicy. */
  inlineRolePolicies(name: string, options?: CallOptions): Promise<readonly { name: string; document: string }[]>;
  /** Names only: a call, however many there are. */
  inlineRolePolicyNames(name: string, options?: CallOptions): AsyncIterable<string>;
  /** Names of the instance profiles that a role is in. */
  instanceProfilesOfRole(name: string, options?: CallOptions): AsyncIterable<string>;
  entitiesOfPolicy(arn: string, options?: CallOptions): Promise<PolicyEntities>;
  /** Throws `notFound` when it is not attached. */
  detachRolePolicy(role: string, policyArn: string, options?: CallOptions): Promise<void>;
  /** Throws `notFound` without it. */
  deleteRolePolicy(role: string, policy: string, options?: CallOptions): Promise<void>;
}
