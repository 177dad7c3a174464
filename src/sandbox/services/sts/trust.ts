/** Whether a role's trust policy lets a caller assume it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
import { wildcardMatch } from '../../../core/policy/arn';
import { conditionHolds } from '../../../core/policy/conditionMatch';
import { isRecord } from '../../../core/util/json';
import { parseTrustPolicy, type Statement } from '../iam/policyDocument';

export interface AssumeRequest {
  readonly callerArn: string;
  readonly account: string;
  readonly partition: string;
  /** Values of condition keys, by lower-case key; a key that is absent has no value. */
  readonly keys: Readonly<Record<string, string>>;
}

/** A deny wins. Conditions with operators that are not known here do not hold. */
export function mayAssume(trustPolicy: string, request: AssumeRequest): boolean {
  const matching = parseTrustPolicy(trustPolicy).filter((statement) => applies(statement, request));
  return matching.some(({ effect }) => effect === 'Allow') && !matching.some(({ effect }) => effect === 'Deny');
}

function applies(statement: Statement, request: AssumeRequest): boolean {
  return statement.actions.some((action) => wildcardMatch(action.toLowerCase(), 'sts:assumerole')) && names(statement, request) && holds(statement.condition, request.keys);
}

function names({ principal }: Statement, { callerArn, account, partition }: AssumeRequest): boolean {
  if (principal === undefined) return false;
  const values = principal === '*' ? ['*'] : (principal['AWS'] ?? []);
  const accepted = new Set(['*', account, `arn:${partition}:iam::${account}:root`, callerArn]);
  const isRole = roleOfSession(callerArn);
  return values.some((value) => accepted.has(value) || isRole(value));
}

/** A session is named by its role's ARN as well; a session's ARN does not carry the role's path. */
function roleOfSession(arn: string): (value: string) => boolean {
  const match = /^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\/.+$/.exec(arn);
  if (match === null) return () => false;
  const [, head = '', account = '', role = ''] = match;
  const roles = `${head}:iam::${account}:role/`;
  return (value) => value.startsWith(roles) && `/${value.slice(roles.length)}`.endsWith(`/${role}`);
}

function holds(condition: Statement['condition'], keys: AssumeRequest['keys']): boolean {
  return Object.entries(condition).every(([operator, tests]) => {
    if (!isRecord(tests)) return false;
    return Object.entries(tests).every(([key, wanted]) => {
      const value = keys[key.toLowerCase()];
      return conditionHolds(operator, [wanted].flat().map(String), value === undefined ? undefined : [value]);
    });
  });
}
