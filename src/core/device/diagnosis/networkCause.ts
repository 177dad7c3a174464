import * as l10n from '@vscode/l10n';
import { Commands } from '../../../ids';
import type { DeviceFaultFacts } from '../deviceFault';
import type { Cause, Mend } from '../trace';
import type { DiagnosisFacts } from './facts';

const protocols = 'https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html#protocol-port-mapping';
const serverAuthentication = 'https://docs.aws.amazon.com/iot/latest/developerguide/server-authentication.html';

/** Causes that lie between the device and AWS; undefined for what AWS itself refused. */
export function networkCause(fault: DeviceFaultFacts, facts: DiagnosisFacts): Cause | undefined {
  switch (fault.kind) {
    case 'unreachable':
      return fault.code === 'ENOTFOUND' || fault.code === 'EAI_AGAIN'
        ? cause('endpointNotFound', l10n.t('The name of the endpoint cannot be found ({0}): no DNS, no network, or an endpoint of another account or region.', fault.code), [again()])
        : cause('unreachable', l10n.t('{0} cannot be reached ({1}): a firewall, a proxy, or nothing listens there.', fault.address, fault.code), [...otherPort(facts), again()], protocols);
    case 'timeout':
      switch (fault.waitedFor) {
        case 'connection':
        case 'handshake':
          return cause('noConnection', l10n.t('Nothing answered within {0}: a firewall that drops the packets, or one that opens TLS.', seconds(fault.milliseconds)), [...otherPort(facts), again()], protocols);
        case 'connack':
        case 'suback':
        case 'puback':
        case 'http':
          return cause('deadConnection', l10n.t('The connection stands, but nothing came back within {0}: the network lost it, or the server stopped in the middle.', seconds(fault.milliseconds)), [again()]);
      }
      break;
    case 'serverNotTrusted':
      return cause(
        'wrongRootCa',
        l10n.t('The device\'s root CA did not sign what the server shows ({0}): it is not Amazon Root CA 1, or something in between opens TLS.', fault.code),
        [{ label: l10n.t('Create Device Configuration Again'), act: { kind: 'command', command: Commands.createDeviceConfiguration } }, again()],
        serverAuthentication,
      );
    case 'clock':
      return cause('clock', clockText(fault, facts), [again()], 'https://docs.aws.amazon.com/iot/latest/developerguide/x509-client-certs.html');
    case 'unreadable':
      return cause('unreadable', l10n.t('The answer on {0} cannot be read.', fault.topic), [again()]);
    default:
      return undefined;
  }
}

function clockText({ validFrom, validTo }: Extract<DeviceFaultFacts, { kind: 'clock' }>, { now }: DiagnosisFacts): string {
  const here = now.toISOString();
  if (validFrom === undefined || validTo === undefined) return l10n.t('By this device\'s clock ({0}) the server\'s certificate is not valid: the clock is wrong.', here);
  return l10n.t('By this device\'s clock it is {0}, but the server\'s certificate is valid from {1} to {2}: the clock is wrong.', here, validFrom.toISOString(), validTo.toISOString());
}

function cause(code: string, text: string, mends: readonly Mend[], documentation?: string): Cause {
  return { code, text, mends, ...(documentation === undefined ? {} : { documentation }) };
}

function otherPort({ port }: DiagnosisFacts): readonly Mend[] {
  const other = port === 443 ? 8883 : 443;
  // The local AWS listens on ports of its own.
  if (port !== 443 && port !== 8883) return [];
  return [{ label: l10n.t('Try Port {0}', other), act: { kind: 'command', command: Commands.provisionTestDevice, args: [{ again: true, port: other }] } }];
}

export function again(): Mend {
  return { label: l10n.t('Try Again'), act: { kind: 'command', command: Commands.provisionTestDevice, args: [{ again: true }] } };
}

export function seconds(milliseconds: number): string {
  return l10n.t('{0} s', Math.round(milliseconds / 100) / 10);
}
