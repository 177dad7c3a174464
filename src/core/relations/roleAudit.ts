import { wildcardMatch } from '../policy/arn';
import { parsePolicy, type Statement } from '../policy/model';
import type { RoleDocument } from './facts';

/** https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-iot-role-alias-permissive.html */
export const roleAliasCheck = 'IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK';

/** https://docs.aws.amazon.com/iot-device-defender/latest/devguide/audit-chk-role-alias-unused-svcs.html */
export const unusedServicesCheck = 'IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK';

/** The reason codes of the first check, as its page lists them. */
export type AuditReason =
  | 'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES'
  | 'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES'
  | 'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS'
  | 'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS'
  | 'ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS'
  | 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS';

export interface PermissiveAction {
  readonly policy: string;
  readonly action: string;
  readonly reason: AuditReason;
}

/** What core devices call by themselves: https://docs.aws.amazon.com/greengrass/v2/developerguide/device-service-role.html */
const ordinary = new Set(['logs', 's3', 'iot', 'greengrass']);

/** Services that the role allows beyond those; the audit asks whether they were used in the past year, which cannot be seen here. */
export function otherServices(documents: readonly RoleDocument[]): readonly string[] {
  const services = allowing(documents).flatMap(({ statement }) => statement.actions.map(({ value }) => serviceOf(value)));
  return [...new Set(services)].filter((service) => /^[\w-]+$/.test(service) && !ordinary.has(service)).sort();
}

/** "security auditing services": the page of the first check. */
const auditing = new Set(['iam', 'cloudtrail', 'guardduty', 'inspector', 'inspector2', 'trustedadvisor']);

/**
 * Which actions of AWS IoT belong to which reason is not published (unverified); these are told apart by what they do. Names
 * in lower case: IAM does not look at case.
 */
const dataPlane = ['connect', 'publish', 'subscribe', 'receive', 'retainpublish', 'getretainedmessage', 'listretainedmessages', 'getthingshadow', 'updatethingshadow', 'deletethingshadow', 'listnamedshadowsforthing'];
const thingWrite = ['creatething', 'updatething', 'deletething', 'attachthingprincipal', 'detachthingprincipal', 'addthingtothinggroup', 'removethingfromthinggroup', 'updatethinggroupsforthing', 'registerthing', 'addthingtobillinggroup', 'removethingfrombillinggroup'];
const thingRead = ['describething', 'listthings', 'listthingprincipals', 'listprincipalthings', 'listthinggroupsforthing', 'listthingsinthinggroup', 'searchindex'];
/** What the guide itself had cores do before nucleus 2.5: the page of the role, above. */
const harmless = ['describecertificate', 'describeendpoint'];

/**
 * Actions that the audit objects to. Which services a role used in the past year cannot be seen here, so every whole service
 * counts. Conditions are not looked at.
 */
export function permissiveActions(documents: readonly RoleDocument[]): readonly PermissiveAction[] {
  return allowing(documents).flatMap(({ policy, statement }) => {
    // All but some: more than any device needs.
    const rest = statement.notActions.map(({ value }): PermissiveAction => ({ policy, action: ['NotAction', value].join(' '), reason: 'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES' }));
    const named = statement.actions.flatMap(({ value }): readonly PermissiveAction[] => {
      const reason = reasonOf(value, isBroad(statement));
      return reason === undefined ? [] : [{ policy, action: value, reason }];
    });
    return [...named, ...rest];
  });
}

/** Managed policies of AWS that nobody need read to know that they allow whole services. */
export function permissiveManaged(names: readonly string[]): readonly string[] {
  return names.filter((name) => /^(AdministratorAccess|PowerUserAccess|\w+FullAccess)$/.test(name));
}

function reasonOf(action: string, broad: boolean): AuditReason | undefined {
  const service = serviceOf(action);
  if (auditing.has(service)) return 'ALLOWS_ACCESS_TO_SECURITY_AUDITING_SERVICES';
  if (/^\*+$/.test(action) || /^[^:]+:\*+$/.test(action)) return 'ALLOWS_BROAD_ACCESS_TO_USED_SERVICES';
  if (service !== 'iot') return undefined;
  const pattern = action.slice(action.indexOf(':') + 1).toLowerCase();
  const reaches = (names: readonly string[]): boolean => names.some((name) => wildcardMatch(pattern, name));
  if (reaches(thingWrite)) return 'ALLOWS_ACCESS_TO_IOT_THING_ADMIN_WRITE_ACTIONS';
  if (!reaches([...dataPlane, ...thingRead, ...harmless])) return 'ALLOWS_ACCESS_TO_IOT_NON_THING_ADMIN_ACTIONS';
  if (!broad) return undefined;
  if (reaches(dataPlane)) return 'ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS';
  return reaches(thingRead) ? 'ALLOWS_BROAD_ACCESS_TO_IOT_THING_ADMIN_READ_ACTIONS' : undefined;
}

/** A resource that is not held to one device: all of a kind, without a variable such as `${credentials-iot:ThingName}`. */
function isBroad({ resources, notResources }: Statement): boolean {
  return notResources.length > 0 || resources.some(({ value }) => value === '*' || (/:(topic|topicfilter|client|thing|thinggroup|index)\/\*$/.test(value) || /:\*$/.test(value)));
}

const serviceOf = (action: string): string => action.split(':')[0]?.toLowerCase() ?? '';

function allowing(documents: readonly RoleDocument[]): readonly { readonly policy: string; readonly statement: Statement }[] {
  return documents.flatMap(({ name, document }) => {
    const parsed = parsePolicy(document);
    if (parsed.kind !== 'policy') return [];
    return parsed.policy.statements.filter(({ effect }) => effect?.value === 'Allow').map((statement) => ({ policy: name, statement }));
  });
}
