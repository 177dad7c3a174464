/** IAM's policy grammar: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html. Error texts as in public reports; unverified. */
import { malformed } from './faults';

export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** Principal type (AWS, Service, Federated, CanonicalUser) → values; `*` for everyone. */
  readonly principal?: '*' | Readonly<Record<string, readonly string[]>>;
  readonly condition: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

const VERSIONS = ['2012-10-17', '2008-10-17'];
const POLICY_FIELDS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_FIELDS = new Set(['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);
const PRINCIPAL_TYPES = new Set(['AWS', 'Service', 'Federated', 'CanonicalUser']);

/** A role's trust policy. Throws MalformedPolicyDocumentException. */
export function parseTrustPolicy(document: string): readonly Statement[] {
  const { fields, statements } = parse(document);
  requireVersion(fields, VERSIONS);
  return statements.map((statement) => {
    for (const field of ['Resource', 'NotResource']) if (field in statement) throw malformed(`Has prohibited field ${field}`);
    if ('NotPrincipal' in statement) throw malformed('Has prohibited field NotPrincipal');
    if (!('Principal' in statement)) throw malformed('Missing required field Principal');
    const parsed = parseStatement(statement);
    if (parsed.actions.length === 0) throw malformed('Missing required field Action');
    if (!parsed.actions.every((action) => /^(sts:|\*$)/i.test(action))) throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
    return parsed;
  });
}

/** A policy of an identity, inline or managed. Throws MalformedPolicyDocumentException. */
export function checkIdentityPolicy(document: string): void {
  const { fields, statements } = parse(document);
  requireVersion(fields, VERSIONS);
  for (const statement of statements) {
    if ('Principal' in statement || 'NotPrincipal' in statement) throw malformed('Policy document should not specify a principal.');
    const { actions, notActions } = parseStatement(statement);
    if (actions.length + notActions.length === 0) throw malformed('Policy statement must contain actions.');
    const resources = [...texts(statement, 'Resource'), ...texts(statement, 'NotResource')];
    if (resources.length === 0) throw malformed('Policy statement must contain resources.');
    for (const action of [...actions, ...notActions]) checkAction(action);
    for (const resource of resources) checkResource(resource);
  }
}

/** Size for the quotas: white space is not counted, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export function policySize(document: string): number {
  return document.replace(/\s/g, '').length;
}

function parse(document: string): { fields: Fields; statements: readonly Fields[] } {
  let value: unknown;
  try {
    value = JSON.parse(document);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  const fields = asFields(value);
  for (const field of Object.keys(fields)) if (!POLICY_FIELDS.has(field)) throw syntaxError();
  const list: unknown[] = Array.isArray(fields['Statement']) ? fields['Statement'] : [fields['Statement']];
  if (fields['Statement'] === undefined || list.length === 0) throw syntaxError();
  const statements = list.map(asFields);
  const sids = statements.flatMap((statement) => (typeof statement['Sid'] === 'string' && statement['Sid'] !== '' ? [statement['Sid']] : []));
  if (new Set(sids).size !== sids.length) throw malformed('Statement IDs (SID) in a single policy must be unique.');
  return { fields, statements };
}

function requireVersion(fields: Fields, allowed: readonly string[]): void {
  if (fields['Version'] !== undefined && !(typeof fields['Version'] === 'string' && allowed.includes(fields['Version']))) throw syntaxError();
}

function parseStatement(fields: Fields): Statement {
  for (const field of Object.keys(fields)) if (!STATEMENT_FIELDS.has(field)) throw syntaxError();
  const { Effect: effect, Sid: sid, Condition: condition = {} } = fields;
  if (effect === undefined) throw malformed('Missing required field Effect');
  if (effect !== 'Allow' && effect !== 'Deny') throw typeof effect === 'string' ? malformed(`Invalid effect: ${JSON.stringify(effect)}`) : syntaxError();
  if (sid !== undefined && (typeof sid !== 'string' || !/^[A-Za-z0-9 ]*$/.test(sid))) throw malformed('Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*');
  if ('Action' in fields && 'NotAction' in fields) throw syntaxError();
  if ('Resource' in fields && 'NotResource' in fields) throw syntaxError();
  const principal = 'Principal' in fields ? parsePrincipal(fields['Principal']) : undefined;
  return {
    effect,
    actions: texts(fields, 'Action'),
    notActions: texts(fields, 'NotAction'),
    condition: asFields(condition),
    ...(principal === undefined ? {} : { principal }),
  };
}

function parsePrincipal(value: unknown): '*' | Readonly<Record<string, readonly string[]>> {
  if (value === '*') return '*';
  const fields = asFields(value);
  const entries = Object.keys(fields).map((type) => {
    if (!PRINCIPAL_TYPES.has(type)) throw malformed(`Invalid principal in policy: "${type}"`);
    const values = texts(fields, type);
    for (const name of values) checkPrincipal(type, name);
    return [type, values] as const;
  });
  if (entries.length === 0) throw malformed('Invalid principal in policy: The passed in policy has a statement with no principals!');
  return Object.fromEntries(entries);
}

function checkPrincipal(type: string, name: string): void {
  const valid =
    type === 'Service'
      ? /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazon(aws)?\.com(\.cn)?$/.test(name)
      : type === 'AWS'
        ? name === '*' || /^\d{12}$/.test(name) || /^arn:[a-z0-9-]+:(iam|sts)::\d{12}:.+$/.test(name) || /^A[A-Z]{3}[A-Z0-9]{12,}$/.test(name)
        : name !== '';
  if (!valid) throw malformed(`Invalid principal in policy: "${type === 'Service' ? 'SERVICE' : type}":"${name}"`);
}

function checkAction(action: string): void {
  if (action === '*') return;
  const [vendor, name] = action.split(':');
  if (name === undefined) throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  if (!/^[A-Za-z0-9-]+$/.test(vendor ?? '')) throw malformed(`Vendor ${vendor ?? ''} is not valid`);
  if (!/^[A-Za-z0-9*?_-]+$/.test(name)) throw syntaxError();
}

function checkResource(resource: string): void {
  if (resource === '*') return;
  const parts = resource.split(':');
  if (parts[0] !== 'arn') throw malformed(`Resource ${resource} must be in ARN format or "*".`);
  if (parts.length < 6) throw malformed('The policy failed legacy parsing');
  // A policy variable or a wildcard may stand for the partition.
  if (!/^(aws(-[a-z]+)*|\*|.*[*?$].*)$/.test(parts[1] ?? '')) throw malformed(`Partition "${parts[1] ?? ''}" is not valid for resource "${resource}".`);
}

function texts(fields: Fields, name: string): readonly string[] {
  const value = fields[name];
  if (value === undefined) return [];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => {
    if (typeof item !== 'string') throw syntaxError();
    return item;
  });
}

function asFields(value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw syntaxError();
  return value as Fields;
}

function syntaxError(): Error {
  return malformed('Syntax errors in policy.');
}
