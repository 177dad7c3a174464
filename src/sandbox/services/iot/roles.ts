import type { GetRoleResponse } from '@aws-sdk/client-iam';
import { member } from '../../../core/util/json';
import type { CallContext } from '../../kernel/types';
import { Fault } from '../../kernel/types';
import { invalidRequest } from './faults';

/** Services that AWS IoT lets assume a role: the credentials provider for role aliases, IoT itself for provisioning. */
export type AssumingService = 'credentials.iot.amazonaws.com' | 'iot.amazonaws.com';

const DEFAULT_MAX_SESSION_SECONDS = 3600;

/**
 * Checks that a role exists in this account and may be assumed by the service; gives its longest session in seconds.
 * Throws InvalidRequestException.
 *
 * unverified: the messages, and that CreateRoleAlias looks at the trust policy (for provisioning templates AWS does:
 * creating one right after its role fails until the role has spread).
 */
export async function requireAssumableRole(call: CallContext, roleArn: string, service: AssumingService): Promise<{ maxSessionSeconds: number }> {
  const match = /^arn:([^:]+):iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]{1,64})$/.exec(roleArn);
  const [, partition, account, roleName] = match ?? [];
  if (partition !== call.partition || roleName === undefined) throw invalidRequest(`Invalid roleArn: ${roleArn}`);
  // A role of another account cannot be passed to a service: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
  if (account !== call.account) throw invalidRequest('Cross-account pass role is not allowed.');

  const role = await findRole(call, roleName);
  if (role?.Arn !== roleArn) throw invalidRequest(`The role with ARN ${roleArn} does not exist or cannot be assumed by ${service}.`);
  if (!trusts(role.AssumeRolePolicyDocument ?? '', service)) {
    throw invalidRequest(`The role with ARN ${roleArn} cannot be assumed by ${service}. Check the trust policy of the role.`);
  }
  return { maxSessionSeconds: role.MaxSessionDuration ?? DEFAULT_MAX_SESSION_SECONDS };
}

async function findRole(call: CallContext, roleName: string): Promise<GetRoleResponse['Role']> {
  try {
    return (await call.invoke<GetRoleResponse>('iam', 'GetRole', { RoleName: roleName })).Role;
  } catch (error) {
    if (error instanceof Fault && error.name.startsWith('NoSuchEntity')) return undefined;
    throw error;
  }
}

/** IAM answers the trust policy as URL-encoded JSON: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html */
function trusts(document: string, service: AssumingService): boolean {
  let policy: unknown;
  try {
    policy = JSON.parse(document.trimStart().startsWith('{') ? document : decodeURIComponent(document));
  } catch {
    return false;
  }
  return listOf(member(policy, 'Statement')).some((statement) => {
    const actions = listOf(member(statement, 'Action'));
    const services = listOf(member(member(statement, 'Principal'), 'Service'));
    return (
      member(statement, 'Effect') === 'Allow' &&
      services.includes(service) &&
      actions.some((action) => typeof action === 'string' && ['sts:assumerole', 'sts:*', '*'].includes(action.toLowerCase()))
    );
  });
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
