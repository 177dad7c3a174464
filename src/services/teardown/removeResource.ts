import * as l10n from '@vscode/l10n';
import { FleetError, isFleetError } from '../../core/errors';
import type { TeardownAction } from '../../core/teardown/actions';
import { retry } from '../../core/util/backoff';
import { all, each, gone, patiently } from '../removal';
import { removeStack } from './removeStack';
import type { TeardownWork } from './runTeardown';

/**
 * "It can take up to five minutes after a policy is detached before it's ready to be deleted":
 * https://docs.aws.amazon.com/iot/latest/apireference/API_DeletePolicy.html. Milliseconds; a little longer than that.
 */
const policyWaits = { first: 1_000, longest: 20_000, factor: 1.6, total: 330_000 };
/** DetachPolicy takes 15 per second: https://docs.aws.amazon.com/general/latest/gr/iot-core.html (unverified). */
const detachesAtOnce = 4;

/**
 * Removes one resource. May be run again after any interruption: what is gone is done. Answers why something is left on purpose.
 * Throws FleetError for what AWS does not let go, CancelledError.
 */
export async function removeResource(work: TeardownWork, action: TeardownAction, tell: (message: string) => void): Promise<string | undefined> {
  const { clock, signal } = work;
  const { iot, roles } = work.connection;
  const { key, role = '' } = action;
  switch (action.kind) {
    case 'claimCertificate':
      await removeClaim(work, key);
      return undefined;
    case 'iotPolicy':
      await removePolicy(work, key, tell);
      return undefined;
    case 'provisioningTemplate':
      if ((await iot.describeProvisioningTemplate(key, { signal })) === undefined) return undefined;
      // Whether a template takes its other versions with it is not documented (unverified).
      for (const { versionId, isDefault } of await versionsOf(work, key)) if (!isDefault) await gone(iot.deleteProvisioningTemplateVersion(key, versionId, { signal }));
      await patiently(() => gone(iot.deleteProvisioningTemplate(key, { signal })), clock, signal);
      return undefined;
    case 'roleAlias':
      if ((await iot.describeRoleAlias(key, { signal })) !== undefined) await patiently(() => gone(iot.deleteRoleAlias(key, { signal })), clock, signal);
      return undefined;
    case 'thingGroup':
      return removeGroup(work, key);
    case 'rolePolicy':
      await gone(roles.detachRolePolicy(role, key, { signal }));
      return undefined;
    case 'roleOwnPolicy':
      await gone(roles.deleteRolePolicy(role, key, { signal }));
      return undefined;
    case 'stack':
      await removeStack(work, key, action.name);
      return undefined;
    case 'testDevice':
      throw new Error('test devices are removed by their ledger');
  }
}

/**
 * Inactive first: from then on nobody claims with it. Its policies go with it in one call, so that an interruption leaves no
 * certificate that nothing tells from those of devices.
 */
async function removeClaim({ connection: { iot }, clock, signal }: TeardownWork, id: string): Promise<void> {
  const certificate = await iot.describeCertificate(id, { signal });
  if (certificate === undefined) return;
  const [thing] = await all(iot.listPrincipalThings(certificate.arn, { signal }));
  if (thing !== undefined) {
    throw new FleetError(l10n.t('The thing {0} has got this certificate in the meantime: it belongs to a device now.', thing), { category: 'conflict', code: 'claimIsDevice', advice: l10n.t('Look at the plan again.') });
  }
  if (certificate.status !== 'INACTIVE' && certificate.status !== 'REVOKED') await gone(iot.updateCertificateStatus(id, 'INACTIVE', { signal }));
  await patiently(() => gone(iot.deleteCertificate(id, { signal, force: true })), clock, signal);
}

/** Off everything that carries it, whose certificates stay as they are; then its other versions, then the policy. */
async function removePolicy({ connection: { iot }, clock, signal }: TeardownWork, name: string, tell: (message: string) => void): Promise<void> {
  if ((await iot.getPolicy(name, { signal })) === undefined) return;
  const targets = await all(iot.listTargetsForPolicy(name, { signal }));
  let done = 0;
  await each(targets, detachesAtOnce, async (target) => {
    await gone(iot.detachPolicy({ policyName: name, target }, { signal }));
    done += 1;
    if (done % 25 === 0) tell(l10n.t('taken off {0} of {1}', done, targets.length));
  });
  for (const { versionId, isDefault } of await iot.listPolicyVersions(name, { signal })) if (!isDefault) await gone(iot.deletePolicyVersion(name, versionId, { signal }));
  await retry(() => gone(iot.deletePolicy(name, { signal })), {
    ...policyWaits,
    clock,
    signal,
    again: (error) => isFleetError(error) && error.category === 'conflict',
    onPause: (seconds) => tell(l10n.t('AWS keeps a policy for up to five minutes after it was detached; {0} s so far', seconds)),
  });
}

async function versionsOf({ connection: { iot }, signal }: TeardownWork, name: string): Promise<readonly { readonly versionId: number; readonly isDefault: boolean }[]> {
  return all(iot.listProvisioningTemplateVersions(name, { signal }));
}

/** A group that has filled meanwhile stays. Lists lag behind: a thing counts when it is really there. */
async function removeGroup({ connection: { iot }, clock, signal }: TeardownWork, name: string): Promise<string | undefined> {
  if ((await iot.describeThingGroup(name, { signal })) === undefined) return undefined;
  const [child] = await all(iot.listChildThingGroups(name, { signal }));
  if (child !== undefined) return l10n.t('The thing group {0} has the group {1} below it and stays.', name, child.name);
  for (const thing of await all(iot.listThingsInThingGroup(name, { signal }))) {
    if ((await iot.describeThing(thing, { signal })) !== undefined) return l10n.t('The thing {0} is in the thing group {1}, which stays.', thing, name);
  }
  await patiently(() => gone(iot.deleteThingGroup(name, { signal })), clock, signal);
  return undefined;
}
