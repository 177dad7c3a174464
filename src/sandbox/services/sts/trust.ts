/** Whether a role's trust policy lets a caller assume it: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html */
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
  return statement.actions.some((action) => like(action, 'sts:AssumeRole')) && names(statement, request) && holds(statement.condition, request.keys);
}

function names({ principal }: Statement, { callerArn, account, partition }: AssumeRequest): boolean {
  if (principal === undefined) return false;
  const values = principal === '*' ? ['*'] : (principal['AWS'] ?? []);
  const accepted = new Set(['*', account, `arn:${partition}:iam::${account}:root`, callerArn]);
  const role = roleOfSession(callerArn);
  return values.some((value) => accepted.has(value) || (role !== undefined && role.test(value)));
}

/** A session is named by its role's ARN as well; a session's ARN does not carry the role's path. */
function roleOfSession(arn: string): RegExp | undefined {
  const match = /^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\/.+$/.exec(arn);
  if (match === null) return undefined;
  const [, head = '', account = '', role = ''] = match;
  return new RegExp(`^${escape(head)}:iam::${account}:role/(.+/)?${escape(role)}$`);
}

function holds(condition: Readonly<Record<string, unknown>>, keys: Readonly<Record<string, string>>): boolean {
  return Object.entries(condition).every(([operator, tests]) => {
    if (typeof tests !== 'object' || tests === null) return false;
    return Object.entries(tests).every(([key, wanted]) => compare(operator, keys[key.toLowerCase()], [wanted].flat().map(String)));
  });
}

function compare(operator: string, actual: string | undefined, wanted: readonly string[]): boolean {
  const optional = operator.endsWith('IfExists');
  const name = optional ? operator.slice(0, -'IfExists'.length) : operator;
  if (name === 'Null') return wanted.includes(String(actual === undefined));
  if (actual === undefined) return optional || name.startsWith('StringNot') || name.startsWith('ArnNot');
  switch (name) {
    case 'StringEquals':
      return wanted.includes(actual);
    case 'StringNotEquals':
      return !wanted.includes(actual);
    case 'StringEqualsIgnoreCase':
      return wanted.some((value) => value.toLowerCase() === actual.toLowerCase());
    case 'StringLike':
    case 'ArnLike':
    case 'ArnEquals':
      return wanted.some((value) => like(value, actual));
    case 'StringNotLike':
    case 'ArnNotLike':
    case 'ArnNotEquals':
      return !wanted.some((value) => like(value, actual));
    case 'Bool':
      return wanted.some((value) => value.toLowerCase() === actual);
    default:
      return false;
  }
}

function like(pattern: string, text: string): boolean {
  return new RegExp(`^${escape(pattern).replace(/\\\*/g, '.*').replace(/\\\?/g, '.')}$`, 'i').test(text);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
