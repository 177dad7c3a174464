import * as l10n from '@vscode/l10n';
import { PolicyEvaluator } from '../policy/evaluate';
import type { Role } from '../ports/roleApi';
import { trustedServices } from '../stack/trust';
import type { Fact, RolePermissions } from './facts';
import type { RelationEdge } from './graph';
import { otherServices, permissiveActions, permissiveManaged, roleAliasCheck, unusedServicesCheck } from './roleAudit';

export type Verdict = Pick<RelationEdge, 'status' | 'reason' | 'remedy' | 'at'>;

export const ok = (reason: string): Verdict => ({ status: 'ok', reason });
export const unknown = (reason: string): Verdict => ({ status: 'unknown', reason });
export const broken = (reason: string, more: Pick<RelationEdge, 'remedy' | 'at'> = {}): Verdict => ({ status: 'broken', reason, ...more });

/** The verdict that an absent or unreadable thing already settles; undefined for one that was found. */
export function settled(fact: Fact<unknown>, missing: string, remedy?: RelationEdge['remedy'], at?: RelationEdge['at']): Verdict | undefined {
  if (fact.kind === 'found') return undefined;
  return fact.kind === 'missing' ? broken(missing, { ...(remedy === undefined ? {} : { remedy }), ...(at === undefined ? {} : { at }) }) : unknown(fact.why);
}

/** @param remedy what mends the role, if anything of ours does */
export function trustVerdict(role: Fact<Role>, service: string, remedy: RelationEdge['remedy']): Verdict {
  const absent = settled(role, l10n.t('The role does not exist.'), remedy);
  if (absent !== undefined || role.kind !== 'found') return absent ?? unknown('');
  if (trustedServices(role.value.trustPolicy).has(service)) return ok(l10n.t('The role trusts {0}.', service));
  return broken(l10n.t('The trust policy of {0} does not let {1} assume it.', role.value.name, service), mendedBy(remedy));
}

const mendedBy = (remedy: RelationEdge['remedy']): Pick<RelationEdge, 'remedy'> => (remedy === undefined ? {} : { remedy });

/** @param remedy what mends the role's own policies; what is attached to it by hand is for the person to detach */
export function permissionsVerdict(permissions: Fact<RolePermissions>, remedy?: RelationEdge['remedy']): Verdict {
  if (permissions.kind === 'unreadable') return unknown(permissions.why);
  if (permissions.kind === 'missing') return unknown(l10n.t('The role does not exist.'));
  const { inline, managed } = permissions.value;
  const [first] = permissiveActions(inline);
  if (first !== undefined) {
    const attached = inline.some(({ name, managed: ofAccount }) => name === first.policy && ofAccount === true);
    return broken(l10n.t('{0} in {1} is more than a device needs. Device Defender reports this as {2}.', first.action, first.policy, `${roleAliasCheck} (${first.reason})`), mendedBy(attached ? undefined : remedy));
  }
  const [wide] = permissiveManaged(managed);
  if (wide !== undefined) return broken(l10n.t('The managed policy {0} allows whole services, which is more than a device needs. Device Defender reports this as {1}.', wide, roleAliasCheck));
  if (managed.length > 0) return unknown(l10n.t('The managed policies {0} of the role were not read.', managed.join(', ')));
  return ok(l10n.t('The role allows no whole service, and none that audits the account.'));
}

/** Services that no device may have used for a year; undefined when there are none, or the role is too wide anyway. */
export function servicesVerdict(permissions: Fact<RolePermissions>): Verdict | undefined {
  if (permissions.kind !== 'found' || permissionsVerdict(permissions).status === 'broken') return undefined;
  const others = otherServices(permissions.value.inline);
  return others.length === 0 ? undefined : unknown(l10n.t('The role also allows {0}. Device Defender reports what no device used for a year as {1}; that cannot be seen here.', others.join(', '), unusedServicesCheck));
}

/** It has all that provisioning needs: https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html */
const registrationPolicy = 'AWSIoTThingsRegistration';

/**
 * Whether the provisioning role may do what a template has it do. Which calls AWS IoT makes for a template is not published
 * (unverified); these stand for its resources one by one in the managed policy that AWS gives for it.
 */
export function provisioningVerdict(permissions: Fact<RolePermissions>, needed: readonly string[], remedy: RelationEdge['remedy']): Verdict {
  if (permissions.kind === 'unreadable') return unknown(permissions.why);
  if (permissions.kind === 'missing') return unknown(l10n.t('The role does not exist.'));
  const { inline, managed } = permissions.value;
  const evaluator = new PolicyEvaluator(inline.map(({ name, document }) => ({ name, text: document })));
  const outcome = (action: string): string => evaluator.check({ action, resource: '*', values: new Map() }).outcome;
  const refused = needed.filter((action) => outcome(action) !== 'allowed');
  if (refused.length === 0 || managed.includes(registrationPolicy)) return ok(l10n.t('The role may make what the template describes.'));
  // A narrower resource than `*`, or a condition, may do as well: that is not worked out here.
  const narrow = refused.filter((action) => outcome(action) === 'implicitDeny' && evaluator.mayAllow(action));
  if (narrow.length === refused.length) return unknown(l10n.t('The role may do this for some resources or under conditions only: {0}.', refused.join(', ')));
  if (managed.length > 0) return unknown(l10n.t('The managed policies {0} of the role were not read.', managed.join(', ')));
  return broken(l10n.t('The role may not do this, so no device can register: {0}. The managed policy {1} allows it.', refused.filter((action) => !narrow.includes(action)).join(', '), registrationPolicy), mendedBy(remedy));
}
