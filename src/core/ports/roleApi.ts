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

export interface RoleApi {
  /** By role name (not ARN). iam:GetRole. */
  getRole(name: string, options?: CallOptions): Promise<Role | undefined>;
  listAttachedRolePolicies(name: string, options?: CallOptions): AsyncIterable<{ name: string; arn: string }>;
  /** Documents of the role's own policies, decoded. iam:ListRolePolicies and iam:GetRolePolicy. */
  inlineRolePolicies(name: string, options?: CallOptions): Promise<readonly { name: string; document: string }[]>;
}
