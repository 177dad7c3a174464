import { timingSafeEqual } from 'node:crypto';
import { rowPrefix } from './transaction';
import { Fault, type Principal } from './types';
import type { ReadView } from '../store/store';

/** Temporary credentials that AssumeRole gave, by access key id. Global within the account, hence the table's prefix. */
export const SESSION_TABLE = 'iam.session';

/** The owner of the long-term key: a user, because AWS lets no account root assume a role. */
const USER_NAME = 'sandbox';
const USER_ID = 'AIDASANDBOXUSER234567';

export interface SessionRecord {
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** ISO time. */
  readonly expiration: string;
  readonly arn: string;
  readonly userId: string;
}

export interface LongTermCredentials {
  readonly account: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Whose access key this is. Throws Fault InvalidClientTokenId or ExpiredToken. */
export async function identify(
  view: ReadView,
  own: LongTermCredentials,
  partition: string,
  now: Date,
  accessKeyId: string,
  sessionToken: string | undefined,
): Promise<{ principal: Principal; secretAccessKey: string }> {
  const { account } = own;
  if (accessKeyId === own.accessKeyId && sessionToken === undefined) {
    return { principal: { account, arn: `arn:${partition}:iam::${account}:user/${USER_NAME}`, userId: USER_ID, accessKeyId }, secretAccessKey: own.secretAccessKey };
  }
  const text = await view.get(rowPrefix(SESSION_TABLE, { account, region: own.region, partition }) + accessKeyId);
  if (text === undefined || sessionToken === undefined) throw invalidToken();
  const session = JSON.parse(text) as SessionRecord;
  if (!sameText(session.sessionToken, sessionToken)) throw invalidToken();
  if (now.getTime() >= Date.parse(session.expiration)) {
    throw new Fault('ExpiredToken', 'The security token included in the request is expired', {}, 403);
  }
  return { principal: { account: own.account, arn: session.arn, userId: session.userId, accessKeyId }, secretAccessKey: session.secretAccessKey };
}

function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
function invalidToken(): Fault {
  return new Fault('InvalidClientTokenId', 'The security token included in the request is invalid.', {}, 403);
}
