import * as l10n from '@vscode/l10n';
import { Commands } from '../../../ids';
import type { Question } from '../../policy/request';
import type { DeviceFaultFacts } from '../deviceFault';
import type { Cause } from '../trace';
import { credentialsCause } from './credentialsCause';
import type { CertificateFacts, DiagnosisFacts } from './facts';
import { again, networkCause, seconds } from './networkCause';
import { claimHolder, deviceHolder, policyCause, type Holder } from './policyCause';
import { registrationCause } from './registrationCause';

/** MQTT 5 and 3.1.1: https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html#mqtt5-reason-codes */
const notAuthorized: ReadonlySet<number> = new Set([0x87, 5]);

/**
 * Why a device did not get on, as far as the facts tell, and what mends it. Pure. Always gives a cause: where nothing
 * else is known, what the device itself saw.
 */
export function diagnose(fault: DeviceFaultFacts, facts: DiagnosisFacts): Cause {
  const network = networkCause(fault, facts);
  if (network !== undefined) return network;
  const holder = facts.step === 'claimConnect' || facts.step === 'certificate' || facts.step === 'register' ? claimHolder(facts) : deviceHolder(facts);
  switch (fault.kind) {
    case 'certificateRefused':
      return standing(holder, facts) ?? unexplained(l10n.t('The server refused the certificate during the TLS handshake ({0}).', fault.code), 'certificateRefused');
    case 'connectRefused': {
      const { clientId = facts.clientId } = holder.caller;
      const reason = fault.reasonCode === undefined ? l10n.t('The connection was closed instead of accepted.') : l10n.t('The connection was refused with the reason code {0}.', fault.reasonCode);
      return standing(holder, facts) ?? policyCause({ kind: 'connect', clientId }, holder, facts) ?? unexplained(reason, 'connectRefused');
    }
    case 'subscribeRefused':
      return (
        policyCause({ kind: 'subscribe', topicFilter: fault.filter }, holder, facts) ??
        unexplained(l10n.t('The subscription to {0} was refused with the reason code {1}.', fault.filter, fault.reasonCode), 'subscribeRefused')
      );
    case 'cutOff': {
      const question: Question | undefined = facts.sent === undefined ? undefined : { kind: 'publish', topic: facts.sent };
      const denied = fault.reasonCode === undefined || notAuthorized.has(fault.reasonCode) ? standing(holder, facts) ?? (question === undefined ? undefined : policyCause(question, holder, facts)) : undefined;
      if (denied !== undefined) return denied;
      if (fault.reasonCode === 0x8e) return takenOver();
      const text = fault.reasonCode === undefined ? l10n.t('The connection ended in the middle; the other side did not say why.') : l10n.t('AWS IoT ended the connection with the reason code {0}.', fault.reasonCode);
      return unexplained(text, 'cutOff');
    }
    case 'noAnswer':
      return (
        policyCause({ kind: 'receive', topic: `${fault.topic}/accepted` }, holder, facts) ??
        policyCause({ kind: 'receive', topic: `${fault.topic}/rejected` }, holder, facts) ??
        unexplained(l10n.t('AWS IoT took the message on {0} and did not answer it within {1}.', fault.topic, seconds(fault.milliseconds)), 'noAnswer')
      );
    case 'rejected':
      return facts.step === 'register' ? registrationCause(fault, facts) : creationCause(fault, facts);
    case 'http':
      return credentialsCause(fault, facts);
    default:
      return unexplained(l10n.t('The device could not go on.'), fault.kind);
  }
}

/** The certificate itself is why. */
function standing({ kind, certificate }: Holder, facts: DiagnosisFacts): Cause | undefined {
  const { status } = certificate;
  if (kind === 'claim') return claimStanding(facts);
  if (status === undefined || status === 'ACTIVE') return undefined;
  return {
    code: 'deviceCertificateNotActive',
    text: l10n.t('The device\'s new certificate is {0}: the template has to make it active (Properties, Status).', status),
    place: l10n.t('template {0}, certificate', facts.template.name),
    mends: facts.template.file === undefined ? [] : [{ label: l10n.t('Open {0}', facts.template.file), act: { kind: 'remedy', remedy: { kind: 'openFile', file: facts.template.file, offset: Math.max(0, facts.template.text?.indexOf('"Status"') ?? 0) } } }],
    documentation: 'https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html',
  };
}

function claimStanding(facts: DiagnosisFacts): Cause | undefined {
  const { claim, now } = facts;
  const create: Cause['mends'][number] = { label: l10n.t('Create Claim Certificate'), act: { kind: 'remedy', remedy: { kind: 'runStep', step: 'claimCertificate' } } };
  if (claim.temporary) {
    if (claim.expiresAt === undefined || claim.expiresAt.getTime() > now.getTime()) return undefined;
    return { code: 'claimExpired', text: l10n.t('The temporary claim is older than five minutes.'), mends: [again()], documentation: 'https://docs.aws.amazon.com/iot/latest/apireference/API_CreateProvisioningClaim.html' };
  }
  const status: CertificateFacts['status'] = claim.status;
  switch (status) {
    case undefined:
    case 'ACTIVE':
      return undefined;
    case 'missing':
      return { code: 'claimUnknown', text: l10n.t('This account and region does not know the claim certificate in claim-certs: it is of another one, or was deleted.'), mends: [create] };
    case 'INACTIVE':
      return { code: 'claimInactive', text: l10n.t('The claim certificate is inactive.'), mends: [{ label: l10n.t('Activate It'), act: { kind: 'command', command: Commands.changeClaimCertificate } }, create] };
    default:
      return { code: 'claimNotUsable', text: l10n.t('The claim certificate is {0} and cannot be used any more.', status), mends: [{ label: l10n.t('Replace It'), act: { kind: 'command', command: Commands.rotateClaimCertificate } }] };
  }
}

function creationCause(fault: Extract<DeviceFaultFacts, { kind: 'rejected' }>, facts: DiagnosisFacts): Cause {
  return (
    claimStanding(facts) ??
    unexplained(
      l10n.t('AWS IoT gave no certificate: {0} {1}: {2}', fault.statusCode, fault.errorCode, fault.errorMessage),
      'certificateRejected',
    )
  );
}

function takenOver(): Cause {
  return { code: 'takenOver', text: l10n.t('Another device connected with the same client id, so this one was cut off.'), mends: [again()], documentation: 'https://docs.aws.amazon.com/iot/latest/developerguide/mqtt.html' };
}

function unexplained(text: string, code: string): Cause {
  return { code, text: `${text} ${l10n.t('The account shows no reason; what was changed a moment ago may not have arrived everywhere yet.')}`, mends: [again()] };
}
