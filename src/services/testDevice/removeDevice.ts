import * as l10n from '@vscode/l10n';
import type { Certificate, IotApi } from '../../core/ports/iotApi';
import type { Clock } from '../../core/util/clock';
import { all, gone, patiently } from '../removal';

/** What a test device left in an account. The thing is named only when it is the test's own. */
export interface DeviceRemains {
  readonly certificateId: string;
  readonly thingName?: string;
}

/**
 * Takes a test device out of the account: things and policies off its certificate, certificate inactive and deleted, thing
 * deleted. May be run again after any interruption; what is gone already is no error. Throws FleetError for what AWS does
 * not let go. A thing that other certificates are attached to is somebody's: it stays, and the reason is returned.
 * https://docs.aws.amazon.com/iot/latest/developerguide/thing-registry.html, X.509 certificates: managing-device-certs.html
 */
export async function removeDevice(iot: IotApi, { certificateId, thingName }: DeviceRemains, clock: Clock, signal: AbortSignal): Promise<string | undefined> {
  const certificate = await iot.describeCertificate(certificateId, { signal });
  if (certificate !== undefined) await gone(removeCertificate(iot, certificate, clock, signal));
  if (thingName === undefined || (await iot.describeThing(thingName, { signal })) === undefined) return undefined;
  for await (const principal of iot.listThingPrincipals(thingName, { signal })) {
    // By its id: a run that was interrupted may have deleted the certificate already, and lists lag behind.
    if (!principal.endsWith(`:cert/${certificateId}`)) return l10n.t('The thing {0} has another certificate and stays.', thingName);
  }
  await patiently(() => iot.deleteThing({ name: thingName }, { signal }), clock, signal);
  return undefined;
}

async function removeCertificate(iot: IotApi, { id, arn, status }: Certificate, clock: Clock, signal: AbortSignal): Promise<void> {
  const [things, policies] = await Promise.all([all(iot.listPrincipalThings(arn, { signal })), all(iot.listAttachedPolicies(arn, { signal }))]);
  await Promise.all([
    ...things.map((thingName) => gone(iot.detachThingPrincipal({ thingName, principal: arn }, { signal }))),
    ...policies.map(({ name }) => gone(iot.detachPolicy({ policyName: name, target: arn }, { signal }))),
    ...(status === 'INACTIVE' || status === 'REVOKED' ? [] : [iot.updateCertificateStatus(id, 'INACTIVE', { signal })]),
  ]);
  await patiently(() => gone(iot.deleteCertificate(id, { signal })), clock, signal);
}
