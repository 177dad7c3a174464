import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { connect as secure, type TLSSocket } from 'node:tls';
import { MqttClient } from 'mqtt';
import { createTopic } from '../../../src/core/device/deviceTopics';
import { WorkspaceFileNames } from '../../../src/ids';
import { MqttDeviceConnection } from '../../../src/device/mqttDeviceConnection';
import { startDeviceWorld, type DeviceWorld } from '../../helpers/deviceWorld';

/** As a device behind a company's proxy does it: CONNECT to the endpoint's own name and standard port, TLS through it. */
describe('devices through the CONNECT proxy, with the live broker', () => {
  let world: DeviceWorld;
  before(async () => {
    world = await startDeviceWorld();
  });
  after(() => world.close());

  const tunnel = async (host: string, port: number): Promise<Socket> => {
    const call = request({ host: '127.0.0.1', port: world.connection.devices?.proxyPort, method: 'CONNECT', path: `${host}:${String(port)}` }).end();
    const [response, socket] = (await once(call, 'connect')) as [{ statusCode: number }, Socket];
    assert.equal(response.statusCode, 200);
    return socket;
  };

  for (const { port, alpn } of [{ port: 8883, alpn: undefined }, { port: 443, alpn: 'x-amzn-mqtt-ca' }]) {
    it(`MQTT on port ${String(port)}: the endpoint proves its name, the device its claim`, async () => {
      const name = await world.connection.iot.describeEndpoint('iot:Data-ATS');
      const read = async (file: string): Promise<string> => (await world.files.readPrivate(file)) ?? '';
      const socket: TLSSocket = secure({
        socket: await tunnel(name, port),
        servername: name,
        ca: await read(WorkspaceFileNames.rootCa),
        cert: await read(WorkspaceFileNames.claimCertificate),
        key: await read(WorkspaceFileNames.claimPrivateKey),
        ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }),
      });
      await once(socket, 'secureConnect');
      assert.equal(socket.authorized, true);
      const client = new MqttClient(() => socket, { protocolVersion: 5, clientId: 'behind-a-proxy', reconnectPeriod: 0 });
      await once(client as unknown as NodeJS.EventEmitter, 'connect');
      const connection = new MqttDeviceConnection(client, socket);
      try {
        const call = { signal: new AbortController().signal, timeout: 5_000 };
        await connection.subscribe([`${createTopic}/accepted`], call);
        assert.equal((await connection.request(createTopic, '', call)).accepted, true);
      } finally {
        await connection.end();
      }
    });
  }

  it('goes nowhere but to the endpoints', async () => {
    const call = request({ host: '127.0.0.1', port: world.connection.devices?.proxyPort, method: 'CONNECT', path: 'example.org:443' }).end();
    const [response] = (await once(call, 'connect')) as [{ statusCode: number }];
    assert.ok(response.statusCode >= 400, String(response.statusCode));
  });
});
