import { randomBytes } from 'node:crypto';
import { SESSION_TABLE, type SessionRecord } from '../../kernel/credentials';
import { Fault, type CallContext, type ServiceFactory } from '../../kernel/types';
import { Tables, uniqueId, type RoleRecord } from '../iam/records';
import { mayAssume } from './trust';

interface AssumeRole {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly DurationSeconds?: number;
  readonly ExternalId?: string;
  readonly SerialNumber?: string;
  readonly TokenCode?: string;
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
const DEFAULT_SECONDS = 3600;
/** A role that assumes a role: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining */
const MAX_CHAINED_SECONDS = 3600;
/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html */
const DEFAULT_USER_SESSION_SECONDS = 43_200;
/** The sandbox has no MFA devices: it takes any code but this one, so that both ways can be tried. */
const REFUSED_MFA_CODE = '000000';
/** How long an expired session is still told apart from an unknown one. */
const REMEMBER_EXPIRED_MS = 24 * 3600_000;

async function assumeRole(input: AssumeRole, call: CallContext): Promise<object> {
  const role = await findRole(input.RoleArn, call);
  const mfa = checkMfa(input);
  const { principal, partition, account } = call;
  const keys: Record<string, string> = {
    'sts:rolesessionname': input.RoleSessionName,
    'aws:principalarn': principal.arn,
    'aws:principalaccount': principal.account,
    'aws:multifactorauthpresent': String(mfa),
    ...(input.ExternalId === undefined ? {} : { 'sts:externalid': input.ExternalId }),
  };
  if (role === undefined || !mayAssume(role.trustPolicy, { callerArn: principal.arn, account: principal.account, partition, keys })) {
    throw new Fault('AccessDenied', `User: ${principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`, {}, 403);
  }
  const seconds = input.DurationSeconds ?? DEFAULT_SECONDS;
  if (principal.arn.includes(':assumed-role/') && seconds > MAX_CHAINED_SECONDS) {
    throw new Fault('ValidationError', 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
  }
  if (seconds > role.MaxSessionDuration) throw new Fault('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  const user = {
    AssumedRoleId: `${role.RoleId}:${input.RoleSessionName}`,
    Arn: `arn:${partition}:sts::${account}:assumed-role/${role.RoleName}/${input.RoleSessionName}`,
  };
  return { Credentials: await issueSession(call, user.Arn, user.AssumedRoleId, seconds), AssumedRoleUser: user };
}

async function getSessionToken(input: { readonly DurationSeconds?: number }, call: CallContext): Promise<object> {
  if (call.principal.arn.includes(':assumed-role/')) throw new Fault('AccessDenied', 'Cannot call GetSessionToken with session credentials', {}, 403);
  return { Credentials: await issueSession(call, call.principal.arn, call.principal.userId, input.DurationSeconds ?? DEFAULT_USER_SESSION_SECONDS) };
}

/** The row is found by name; the ARN must be the role's own, path and partition included. */
async function findRole(arn: string, call: CallContext): Promise<RoleRecord | undefined> {
  const name = arn.slice(arn.lastIndexOf('/') + 1);
  const role = await call.tx.get<RoleRecord>(Tables.role, name.toLowerCase());
  return role?.Arn === arn ? role : undefined;
}

function checkMfa({ SerialNumber, TokenCode }: AssumeRole): boolean {
  if (SerialNumber === undefined && TokenCode === undefined) return false;
  if (SerialNumber === undefined || TokenCode === undefined || TokenCode === REFUSED_MFA_CODE) {
    throw new Fault('AccessDenied', 'MultiFactorAuthentication failed with invalid MFA one time pass code.', {}, 403);
  }
  return true;
}

export interface IssuedSession {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  /** ISO time. */
  readonly Expiration: string;
}

/** New temporary credentials, which the sandbox honours until they expire. Decides nothing: the caller has. */
export async function issueSession(call: CallContext, arn: string, userId: string, seconds: number): Promise<IssuedSession> {
  await forgetExpired(call);
  const accessKeyId = uniqueId('ASIA').slice(0, 20);
  const expiration = new Date(Math.floor(call.now().getTime() / 1000) * 1000 + seconds * 1000).toISOString();
  const session: SessionRecord = {
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(192).toString('base64'),
    expiration,
    arn,
    userId,
  };
  call.tx.put(SESSION_TABLE, accessKeyId, session);
  return { AccessKeyId: accessKeyId, SecretAccessKey: session.secretAccessKey, SessionToken: session.sessionToken, Expiration: expiration };
}

async function forgetExpired(call: CallContext): Promise<void> {
  const limit = call.now().getTime() - REMEMBER_EXPIRED_MS;
  for await (const [key, session] of call.tx.list<SessionRecord>(SESSION_TABLE)) {
    if (Date.parse(session.expiration) < limit) call.tx.delete(SESSION_TABLE, key);
  }
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html */
export const createStsService: ServiceFactory = () => ({
  service: 'sts',
  handlers: {
    GetCallerIdentity: (_input: object, { principal }: CallContext) => ({ UserId: principal.userId, Account: principal.account, Arn: principal.arn }),
    AssumeRole: assumeRole,
    GetSessionToken: getSessionToken,
    GetAccessKeyInfo: (_input: object, call: CallContext) => ({ Account: call.account }),
  },
});
