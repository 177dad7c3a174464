import { wildcardMatch } from '../policy/arn';
import { parsePolicy } from '../policy/model';

/** Role aliases that a policy names where it allows their use; `*` and variables name none. */
export function aliasesNamed(document: string): readonly string[] {
  return namesIn(document, 'iot:AssumeRoleWithCertificate', /:rolealias\/([\w=,@-]+)$/);
}

/** Provisioning templates that a policy names where it lets a claim register. */
export function templatesNamed(document: string): readonly string[] {
  return namesIn(document, 'iot:Publish', /:topic\/\$aws\/provisioning-templates\/([\w-]+)\/provision(?:\/|\*|$)/);
}

function namesIn(document: string, action: string, name: RegExp): readonly string[] {
  const parsed = parsePolicy(document);
  if (parsed.kind !== 'policy') return [];
  const statements = parsed.policy.statements.filter(({ effect, actions }) => effect?.value === 'Allow' && actions.some(({ value }) => wildcardMatch(value, action)));
  return [...new Set(statements.flatMap(({ resources }) => resources.flatMap(({ value }) => name.exec(value)?.[1] ?? [])))];
}
