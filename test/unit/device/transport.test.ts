import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DescribeEndpointCommand, UpdateCertificateCommand } from '@aws-sdk/client-iot';
import { CancelledError } from '../../../src/core/errors';
import { DeviceFault, type DeviceFaultFacts } from '../../../src/core/device/deviceFault';
import type { DeviceConnection, DeviceConnectOptions } from '../../../src/core/ports/deviceTransport';
import { MqttDeviceTransport } from '../../../src/device/mqttDeviceTransport';
import { Relay } from '../../helpers/relay';
import { claimPolicy, policyText, startFixture, type Credentials, type MqttFixture } from '../sandbox/mqtt/mqttFixture';

const transport = new MqttDeviceTransport();
const createTopic = '$aws/certificates/create/json';

async function fault(work: Promise<unknown>): Promise<DeviceFaultFacts> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DeviceFault) return error.facts;
    throw error;
  }
  throw new assert.AssertionError({ message: 'nothing failed' });
}

describe('a device on the network', () => {
  let fixture: MqttFixture;
  let claim: Credentials;
  const open = new Set<DeviceConnection>();
  before(async () => {
    fixture = await startFixture();
    claim = await fixture.certificate('Claim');
  });
  afterEach(async () => {
    await Promise.all([...open].map((connection) => connection.end()));
    open.clear();
  });
  after(() => fixture.close());

  const call = (timeout = 5_000): { signal: AbortSignal; timeout: number } => ({ signal: new AbortController().signal, timeout });
  const options = (more: Partial<DeviceConnectOptions> = {}, who: Credentials = claim): DeviceConnectOptions => ({
    server: { name: '127.0.0.1', port: fixture.port, rootCaPem: fixture.ca },
    identity: { certificatePem: who.cert, privateKeyPem: who.key },
    clientId: randomUUID(),
    protocolVersion: 5,
    ...call(),
    ...more,
  });
  const connect = async (more: Partial<DeviceConnectOptions> = {}, who?: Credentials): Promise<DeviceConnection> => {
    const connection = await transport.connect(options(more, who));
    open.add(connection);
    return connection;
  };

  for (const protocolVersion of [4, 5] as const) {
    it(`subscribes, asks and is answered (MQTT ${String(protocolVersion)})`, async () => {
      const connection = await connect({ protocolVersion });
      await connection.subscribe([`${createTopic}/accepted`, `${createTopic}/rejected`], call());
      const answer = await connection.request(createTopic, '', call());
      assert.equal(answer.accepted, true);
      assert.ok((JSON.parse(answer.payload) as { certificateId: string }).certificateId);
    });
  }

  it('finds the endpoint by its name at another address, with the ALPN protocol of port 443', async () => {
    const { endpointAddress = '' } = await fixture.iot.send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }));
    const connection = await connect({ server: { name: endpointAddress, address: '127.0.0.1', port: fixture.port, alpn: 'x-amzn-mqtt-ca', rootCaPem: fixture.ca } });
    await connection.subscribe([`${createTopic}/accepted`], call());
  });

  it('tells a wrong CA, a port without a server, a name that does not exist', async () => {
    const { readFileSync } = await import('node:fs');
    const amazon = readFileSync('resources/AmazonRootCA1.pem', 'utf8');
    const server = options().server;
    assert.equal((await fault(transport.connect(options({ server: { ...server, rootCaPem: amazon } })))).kind, 'serverNotTrusted');
    assert.deepEqual(await fault(transport.connect(options({ server: { ...server, port: 1 } }))), { kind: 'unreachable', code: 'ECONNREFUSED', address: '127.0.0.1:1' });
    assert.equal((await fault(transport.connect(options({ server: { ...server, name: 'no-such-host.invalid' } })))).kind, 'unreachable');
    // The certificate is for another name than the one asked for.
    assert.equal((await fault(transport.connect(options({ server: { ...server, name: 'example.org', address: '127.0.0.1' } })))).kind, 'serverNotTrusted');
  });

  it('tells an inactive certificate and one whose policy does not let it connect', async () => {
    const inactive = await fixture.certificate('Claim');
    await fixture.iot.send(new UpdateCertificateCommand({ certificateId: inactive.id, newStatus: 'INACTIVE' }));
    assert.match((await fault(transport.connect(options({}, inactive)))).kind, /^(connectRefused|certificateRefused)$/);
    const none = await fixture.certificate();
    assert.deepEqual(await fault(transport.connect(options({}, none))), { kind: 'connectRefused', reasonCode: 135 });
    assert.deepEqual(await fault(transport.connect(options({ protocolVersion: 4 }, none))), { kind: 'connectRefused', reasonCode: 5 });
  });

  it('tells which subscription is refused, and that a publish is', async () => {
    const narrow = policyText({ Action: 'iot:Connect', Resource: '*' }, { Action: 'iot:Subscribe', Resource: `arn:aws:iot:us-east-1:470123856219:topicfilter/${createTopic}/accepted` });
    await fixture.policy('Narrow', narrow);
    const connection = await connect({}, await fixture.certificate('Narrow'));
    const refused = await fault(connection.subscribe([`${createTopic}/accepted`, `${createTopic}/rejected`], call()));
    assert.deepEqual(refused, { kind: 'subscribeRefused', filter: `${createTopic}/rejected`, reasonCode: 135 });
    assert.deepEqual(await fault(connection.request(createTopic, '', call())), { kind: 'cutOff', reasonCode: 135 });
    assert.deepEqual(await fault(connection.publish('x', '', call())), { kind: 'cutOff', reasonCode: 135 }, 'and stays cut off');
  });

  it('tells an answer that may not be received from a connection that is dead', async () => {
    await fixture.policy('Deaf', claimPolicy.replaceAll('"iot:Publish","iot:Receive"', '"iot:Publish"'));
    const connection = await connect({}, await fixture.certificate('Deaf'));
    await connection.subscribe([`${createTopic}/accepted`], call());
    assert.deepEqual(await fault(connection.request(createTopic, '', call(300))), { kind: 'noAnswer', topic: createTopic, milliseconds: 300 });
  });

  it('stops when it is cancelled, and a call that is cancelled before it starts does nothing', async () => {
    const controller = new AbortController();
    const waiting = transport.connect(options({ signal: controller.signal }));
    controller.abort();
    await assert.rejects(waiting, CancelledError);
    await assert.rejects(transport.connect(options({ signal: controller.signal })), CancelledError);
  });

  describe('and a network that fails', () => {
    let relay: Relay;
    beforeEach(async () => {
      relay = await Relay.start(fixture.port);
    });
    afterEach(() => relay.close());
    const through = (more: Partial<DeviceConnectOptions> = {}): Promise<DeviceConnection> => connect({ server: { ...options().server, port: relay.port }, ...more });

    it('gives up on a server that says nothing', async () => {
      relay.mute();
      assert.deepEqual(await fault(through({ timeout: 200 })), { kind: 'timeout', waitedFor: 'handshake', milliseconds: 200 });
    });

    it('gives up on a connection that is half open', async () => {
      const connection = await through();
      relay.mute();
      assert.deepEqual(await fault(connection.request(createTopic, '', call(200))), { kind: 'timeout', waitedFor: 'puback', milliseconds: 200 });
      assert.deepEqual(await fault(connection.subscribe(['x'], call(200))), { kind: 'timeout', waitedFor: 'suback', milliseconds: 200 });
    });

    it('tells a connection that is cut while it waits', async () => {
      const connection = await through();
      relay.mute();
      const asked = fault(connection.request(createTopic, '', call()));
      relay.cut();
      assert.equal((await asked).kind, 'cutOff');
    });
  });
});
