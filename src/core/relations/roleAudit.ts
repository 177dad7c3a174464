import { parsePolicy } from '../policy/model';
import type { RoleDocument } from './facts';

/** https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-role-alias-permissive.html */
export const roleAliasCheck = 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK';

/** https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-role-alias-unused-svcs.html */
export const unusedServicesCheck = 'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK';

/** What core devices call by themselves: https://docs.aws.amazon.com/greengrass/v2/developerguide/device-service-role.html */
const ordinary = new Set(['logs', 's3', 'iot', 'greengrass']);

/** Services that the role allows beyond those; the audit asks whether they were used in the past year, which cannot be seen here. */
export function otherServices(documents: readonly RoleDocument[]): readonly string[] {
  const services = documents.flatMap(({ document }) => {
    const parsed = parsePolicy(document);
    if (parsed.kind !== 'policy') return [];
    return parsed.policy.statements.filter(({ effect }) => effect?.value === 'Allow').flatMap(({ actions }) => actions.map(({ value }) => value.split(':')[0]?.toLowerCase() ?? ''));
  });
  return [...new Set(services)].filter((service) => /^[\w-]+$/.test(service) && !ordinary.has(service)).sort();
}

/** "security auditing services": same page. */
const auditing = new Set(['iam', 'cloudtrail', 'guardduty', 'inspector', 'inspector2', 'trustedadvisor']);

/**
 * Actions that the audit objects to: a whole service, or any of a service that watches the account. Which services a role
 * used in the past year cannot be seen here, so every whole service counts. Broad data plane access is not looked at.
 */
export function permissiveActions(documents: readonly RoleDocument[]): readonly { readonly policy: string; readonly action: string }[] {
  return documents.flatMap(({ name, document }) => {
    const parsed = parsePolicy(document);
    if (parsed.kind !== 'policy') return [];
    return parsed.policy.statements
      .filter((statement) => statement.effect?.value === 'Allow')
      .flatMap((statement) => statement.actions.filter(({ value }) => value === '*' || /^[\w-]+:\*+$/.test(value) || auditing.has(value.split(':')[0]?.toLowerCase() ?? '')))
      .map(({ value }) => ({ policy: name, action: value }));
  });
}
