import * as l10n from '@vscode/l10n';
import { wildcardMatch } from '../../policy/arn';
import { iotService } from '../../stack/trust';
import { tryParseJson } from '../../util/json';

export interface HookFacts {
  /** ARN of the function that the template names; may end in a version or alias. */
  readonly functionArn: string;
  readonly templateArn: string;
  /** Account of the template. */
  readonly account: string;
  /** The function's resource-based policy; undefined when it has none. */
  readonly policy: string | undefined;
}

export type HookFindingCode = 'otherAccount' | 'noPermission' | 'denied' | 'otherSource' | 'anySource' | 'anyone' | 'unread' | 'unjudged';

export interface HookFinding {
  readonly code: HookFindingCode;
  /** `error`: devices are refused. */
  readonly severity: 'error' | 'warning';
  /** Localized. */
  readonly message: string;
}

const invoke = 'lambda:InvokeFunction';

type Condition = 'holds' | 'fails' | 'unknown';

interface Applied {
  readonly sid: string;
  readonly condition: Condition;
  readonly anyone: boolean;
  readonly namesSource: boolean;
}

/**
 * May AWS IoT run the hook of this template, and nobody else's? "Be sure to include the source-arn or source-account in the
 * global condition context keys of the policies attached to your Lambda action":
 * https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html. The ARN has the form
 * arn:aws:iot:region:account-id:resource-type/resource-id: https://docs.aws.amazon.com/iot/latest/developerguide/cross-service-confused-deputy-prevention.html
 * Pure and total.
 */
export function checkHookPermission(facts: HookFacts): readonly HookFinding[] {
  const account = facts.functionArn.split(':')[4] ?? '';
  if (account !== facts.account) {
    return [error('otherAccount', l10n.t('The function is in account {0}; a pre-provisioning hook must be in the account of its template, {1}.', account, facts.account))];
  }
  if (facts.policy === undefined) return [error('noPermission', l10n.t('The function has no policy, or does not exist: AWS IoT may not invoke it, and each device is refused with AccessDenied.'))];
  const document = tryParseJson(facts.policy)?.value;
  const statements = listOf(member(document, 'Statement')).filter(isRecord);
  if (!isRecord(document)) return [error('unread', l10n.t('The policy of the function cannot be read.'))];
  const applied = (effect: string): readonly Applied[] => statements.filter((statement) => statement['Effect'] === effect && concerns(statement, facts)).map((statement) => judge(statement, facts));
  const [denial] = applied('Deny').filter(({ condition }) => condition !== 'fails');
  if (denial !== undefined) {
    return denial.condition === 'holds'
      ? [error('denied', l10n.t('The statement {0} of the function’s policy denies AWS IoT to invoke it.', denial.sid))]
      : [warning('unjudged', l10n.t('The statement {0} of the function’s policy has conditions that are not judged here.', denial.sid))];
  }
  const allows = applied('Allow');
  const holds = allows.filter(({ condition }) => condition === 'holds');
  if (holds.length === 0) {
    const [unknown] = allows.filter(({ condition }) => condition === 'unknown');
    if (unknown !== undefined) return [warning('unjudged', l10n.t('The statement {0} of the function’s policy has conditions that are not judged here.', unknown.sid))];
    const [other] = allows;
    return other === undefined
      ? [error('noPermission', l10n.t('No statement of the function’s policy lets AWS IoT ({0}) invoke it: each device is refused with AccessDenied.', iotService))]
      : [error('otherSource', l10n.t('The statement {0} lets AWS IoT invoke the function, but for another template or account: each device is refused with AccessDenied.', other.sid))];
  }
  return holds.filter(({ namesSource }) => !namesSource).map(({ sid, anyone }) =>
    anyone
      ? warning('anyone', l10n.t('The statement {0} lets anyone invoke the function.', sid))
      : warning('anySource', l10n.t('The statement {0} has neither aws:SourceArn nor aws:SourceAccount: templates of other accounts can have AWS IoT invoke the function.', sid)),
  );
}

/** The command that gives AWS IoT the permission, for this template only. Paste-safe: nothing in it needs quotes. */
export function permissionCommand({ functionArn, templateArn, account }: Omit<HookFacts, 'policy'>): string {
  const [, , , region = '', , , name = '', qualifier] = functionArn.split(':');
  const template = templateArn.slice(templateArn.lastIndexOf('/') + 1);
  return [
    'aws lambda add-permission',
    `--function-name ${name}`,
    ...(qualifier === undefined ? [] : [`--qualifier ${qualifier}`]),
    `--statement-id iot-${template}`,
    `--action ${invoke}`,
    `--principal ${iotService}`,
    `--source-arn ${templateArn}`,
    `--source-account ${account}`,
    `--region ${region}`,
  ].join(' ');
}

/** Is it about AWS IoT invoking this function? */
function concerns(statement: Readonly<Record<string, unknown>>, { functionArn }: HookFacts): boolean {
  const matches = (name: string, text: string): boolean => {
    const patterns = textsOf(statement[name]);
    if (patterns.length > 0) return patterns.some((pattern) => wildcardMatch(pattern, text));
    const others = textsOf(statement[`Not${name}`]);
    return others.length > 0 && !others.some((pattern) => wildcardMatch(pattern, text));
  };
  const action = [...textsOf(statement['Action'])].some((pattern) => wildcardMatch(pattern.toLowerCase(), invoke.toLowerCase())) || ('NotAction' in statement && matches('Action', invoke));
  return action && matches('Resource', functionArn) && (isAnyone(statement) || textsOf(member(statement['Principal'], 'Service')).includes(iotService));
}

function isAnyone({ Principal: principal }: Readonly<Record<string, unknown>>): boolean {
  return principal === '*' || textsOf(member(principal, 'AWS')).includes('*') || textsOf(member(principal, 'Service')).includes('*');
}

function judge(statement: Readonly<Record<string, unknown>>, facts: HookFacts): Applied {
  let condition: Condition = 'holds';
  let namesSource = false;
  const conditions = statement['Condition'];
  for (const [operator, keys] of Object.entries(isRecord(conditions) ? conditions : {})) {
    for (const [key, wanted] of Object.entries(isRecord(keys) ? keys : {})) {
      const actual = { 'aws:sourcearn': facts.templateArn, 'aws:sourceaccount': facts.account }[key.toLowerCase()];
      const matched = actual === undefined ? undefined : compare(operator, textsOf(wanted), actual);
      if (matched === true) namesSource = true;
      if (matched === false) condition = 'fails';
      else if (matched === undefined && condition === 'holds') condition = 'unknown';
    }
  }
  const sid = typeof statement['Sid'] === 'string' ? statement['Sid'] : l10n.t('without a Sid');
  return { sid, condition, anyone: isAnyone(statement), namesSource };
}

/** Undefined for operators that do not belong to texts. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
function compare(operator: string, wanted: readonly string[], actual: string): boolean | undefined {
  switch (operator.replace(/IfExists$/, '')) {
    case 'StringEquals':
      return wanted.includes(actual);
    case 'StringEqualsIgnoreCase':
      return wanted.some((text) => text.toLowerCase() === actual.toLowerCase());
    case 'StringLike':
    case 'ArnLike':
    // "ArnEquals and ArnLike … behave identically."
    case 'ArnEquals':
      return wanted.some((pattern) => wildcardMatch(pattern, actual));
    default:
      return undefined;
  }
}

const error = (code: HookFindingCode, message: string): HookFinding => ({ code, severity: 'error', message });
const warning = (code: HookFindingCode, message: string): HookFinding => ({ code, severity: 'warning', message });

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter((item) => typeof item === 'string');
}
