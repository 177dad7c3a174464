import { PolicyEvaluator } from '../../core/policy/evaluate';
import { Fault, type CallContext } from '../kernel/types';
import { Tables, type RoleRecord } from '../services/iam/records';
import { arnOf } from '../services/iot/arns';
import { deviceAuthority } from '../services/iot/devicePolicies';
import { composite } from '../services/iot/paging';
import { findRoleAlias } from '../services/iot/roleAliases';
import { requireAssumableRole } from '../services/iot/roles';
import { issueSession } from '../services/sts/stsService';

export interface DeviceCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** ISO time, whole seconds, `2026-01-31T12:00:00Z`. */
  readonly expiration: string;
}

export interface CredentialsRequest {
  readonly certificateId: string;
  readonly roleAlias: string;
  /** Of the header x-amzn-iot-thingname. */
  readonly thingName: string | undefined;
}

export const accessDenied = (message: string): Fault => new Fault('AccessDeniedException', message, {}, 403);

/**
 * Temporary credentials of the role behind a role alias, for the device with this certificate.
 *
 * The order of the checks, statuses and texts are those that AWS was seen to answer:
 * https://awslabs.github.io/aws-iot-core-credential-provider-session-helper/dev_notes.html
 * Throws Fault with status 403 (certificate, thing or policy), 404 (no such alias) or 400 (the role).
 */
export async function credentialsFor(call: CallContext, request: CredentialsRequest): Promise<DeviceCredentials> {
  const { certificateId, roleAlias, thingName } = request;
  if (thingName !== undefined && !(await isAttached(call, certificateId, thingName))) throw accessDenied('Invalid thing name passed');
  // unverified: that policies of the thing's groups count once the thing is named.
  const { policies, caller, status } = await deviceAuthority(call, certificateId, thingName);
  if (status !== 'ACTIVE') throw invalidCertificate();
  const decision = new PolicyEvaluator(policies).ask({ kind: 'assumeRole', roleAlias }, caller, call);
  if (decision.outcome !== 'allowed') throw accessDenied('Access Denied');

  const alias = await findRoleAlias(call, roleAlias);
  if (alias === undefined) throw new Fault('ResourceNotFoundException', 'Role alias does not exist', {}, 404);
  const role = await assumableRole(call, alias.roleArn);
  if (alias.credentialDurationSeconds > role.MaxSessionDuration) {
    throw new Fault('InvalidRequestException', 'The requested CredentialDurationSeconds exceeds the MaxSessionDuration set for the role');
  }
  // "aws:userId … <role id>:<certificate id>": https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html
  const session = `arn:${call.partition}:sts::${call.account}:assumed-role/${role.RoleName}/${certificateId}`;
  const made = await issueSession(call, session, `${role.RoleId}:${certificateId}`, alias.credentialDurationSeconds);
  return {
    accessKeyId: made.AccessKeyId,
    secretAccessKey: made.SecretAccessKey,
    sessionToken: made.SessionToken,
    expiration: made.Expiration.replace(/\.\d+Z$/, 'Z'),
  };
}

/** unverified for a certificate that is not ACTIVE; seen for one that the account of the endpoint does not know. */
export function invalidCertificate(): Fault {
  return accessDenied('Certificate is invalid on this endpoint');
}

async function isAttached(call: CallContext, certificateId: string, thingName: string): Promise<boolean> {
  // Keys are joined by a space: a name with one is no thing's.
  if (!/^[a-zA-Z0-9:_-]{1,128}$/.test(thingName)) return false;
  return (await call.tx.get('iot.thingByPrincipal', composite(arnOf(call, 'cert', certificateId), thingName))) !== undefined;
}

async function assumableRole(call: CallContext, roleArn: string): Promise<RoleRecord> {
  try {
    await requireAssumableRole(call, roleArn, 'credentials.iot.amazonaws.com');
    const role = await call.tx.get<RoleRecord>(Tables.role, roleArn.slice(roleArn.lastIndexOf('/') + 1).toLowerCase());
    if (role !== undefined) return role;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  throw new Fault('InvalidRequestException', 'Unable to assume the role, or the role to assume does not exist');
}
