import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { DeviceServer } from '../../core/ports/deviceTransport';
import type { AwsTarget, SandboxDevices } from '../../core/ports/identity';

export interface DeviceServers {
  readonly mqtt: DeviceServer;
  readonly credentials: DeviceServer;
}

/** Port 443 is shared by protocols, told apart by ALPN: https://docs.aws.amazon.com/iot/latest/developerguide/protocols.html#protocol-port-mapping */
const mqttAlpn = 'x-amzn-mqtt-ca';

/** Where a device of this connection connects to. Throws FleetError when a local AWS serves no devices. */
export function deviceServers(
  facts: { readonly dataEndpoint: string; readonly credentialEndpoint: string; readonly rootCaPem: string; readonly port: 443 | 8883 },
  target: AwsTarget,
  devices: SandboxDevices | undefined,
): DeviceServers {
  const { dataEndpoint, credentialEndpoint, rootCaPem, port } = facts;
  const alpn = port === 443 ? { alpn: mqttAlpn } : {};
  if (!target.isSandbox) {
    return { mqtt: { name: dataEndpoint, port, rootCaPem, ...alpn }, credentials: { name: credentialEndpoint, port: 443, rootCaPem } };
  }
  if (devices === undefined) {
    throw new FleetError(l10n.t('It is not known where this local sandbox serves devices.'), {
      category: 'validation',
      code: 'noDevicePorts',
      advice: l10n.t('Start the sandbox from here: then its ports are known.'),
      remedies: [{ kind: 'startSandbox' }],
    });
  }
  // The names are AWS's in shape; on this computer nothing resolves them.
  const address = '127.0.0.1';
  return {
    mqtt: { name: dataEndpoint, address, port: devices.mqttPort, rootCaPem, ...alpn },
    credentials: { name: credentialEndpoint, address, port: devices.credentialsPort, rootCaPem },
  };
}
