import { malformedPolicy } from './faults';

/** https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicy.html: 2,048 characters without white space. */
const MAX_CHARACTERS = 2048;

const VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17'];
const POLICY_KEYS = new Set(['Version', 'Id', 'Statement']);
const STATEMENT_KEYS = new Set(['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']);

/**
 * Checks a policy document as far as AWS IoT does at creation: JSON, its grammar, and that each resource is an ARN or `*`.
 * Action names are NOT looked at: AWS takes any, such as `iot:6` (reported in hashicorp/terraform-provider-aws#30314).
 * Throws MalformedPolicyException. The texts for bad JSON, bad grammar and bad resources are AWS's own, from reports;
 * the one for the size, and how strictly AWS treats unknown keys, is unverified.
 */
export function checkPolicyDocument(text: string): void {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformedPolicy('Policy document is Malformed');
  }
  if (!isObject(document)) throw malformedPolicy('Policy document is Malformed');
  if (text.replace(/\s/g, '').length > MAX_CHARACTERS) {
    throw malformedPolicy(`Policy document is Malformed: Policy size exceeds the maximum of ${MAX_CHARACTERS} characters`);
  }
  const statements = listOf(document['Statement']);
  const wellFormed =
    Object.keys(document).every((key) => POLICY_KEYS.has(key)) &&
    (document['Version'] === undefined || VERSIONS.includes(document['Version'])) &&
    statements.length > 0 &&
    statements.every(isStatement);
  if (!wellFormed) throw malformedPolicy('Policy document is Malformed: Invalid policy syntax');

  const invalid = statements.flatMap((statement) => resourcesOf(statement)).filter((resource) => !isResource(resource));
  if (invalid.length > 0) throw malformedPolicy(`Policy document is Malformed: The following resources are invalid : ${invalid.join(', ')}`);
}

function isStatement(value: unknown): value is Record<string, unknown> {
  return (
    isObject(value) &&
    Object.keys(value).every((key) => STATEMENT_KEYS.has(key)) &&
    (value['Effect'] === 'Allow' || value['Effect'] === 'Deny') &&
    exactlyOneList(value['Action'], value['NotAction']) &&
    exactlyOneList(value['Resource'], value['NotResource']) &&
    (value['Condition'] === undefined || isObject(value['Condition']))
  );
}

function exactlyOneList(positive: unknown, negative: unknown): boolean {
  if ((positive === undefined) === (negative === undefined)) return false;
  const items = listOf(positive ?? negative);
  return items.length > 0 && items.every((item) => typeof item === 'string');
}

function resourcesOf(statement: unknown): readonly string[] {
  if (!isObject(statement)) return [];
  return listOf(statement['Resource'] ?? statement['NotResource']).filter((item) => typeof item === 'string');
}

/** Any service's ARN passes: a role's ARN under iot:AssumeRoleWithCertificate is taken, and then never matches. */
function isResource(resource: string): boolean {
  return resource === '*' || /^arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:\S.*$/.test(resource);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}
