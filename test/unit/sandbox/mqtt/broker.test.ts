import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once, type EventEmitter } from 'node:events';
import { connect as tlsConnect, type TLSSocket } from 'node:tls';
import { AttachThingPrincipalCommand, CreateThingCommand, SearchIndexCommand, UpdateIndexingConfigurationCommand, DeleteCertificateCommand, DescribeEndpointCommand, DetachPolicyCommand, UpdateCertificateCommand } from '@aws-sdk/client-iot';
import type { MqttClient } from 'mqtt';
import { generate, parser, type Packet } from 'mqtt-packet';
import { isFilter, isTopic, covers } from '../../../../src/sandbox/mqtt/topics';
import { awsLimits } from '../../../../src/sandbox/mqtt/limits';
import { eventually } from '../../../helpers/eventually';
import { ACCOUNT, nextMessage, policyText, startFixture, type Credentials, type MqttFixture } from './mqttFixture';

const arn = (kind: string, name: string): string => `arn:aws:iot:us-east-1:${ACCOUNT}:${kind}/${name}`;
const closed = (client: MqttClient): Promise<unknown> => once(client as unknown as EventEmitter, 'close');

describe('sandbox MQTT: broker', () => {
  let fixture: MqttFixture;
  let open: Credentials;
  const health: string[] = [];
  before(async () => {
    fixture = await startFixture({
      limits: { connectTimeout: 500, minKeepAlive: 200, maxKeepAlive: 60_000 },
      onHealth: async (_kernel, scope, thingName, payload) => {
        health.push(`${scope.region} ${thingName} ${payload.toString()}`);
      },
    });
    await fixture.policy(
      'Open',
      policyText({ Action: ['iot:Connect', 'iot:RetainPublish'], Resource: '*' }, { Action: ['iot:Publish', 'iot:Subscribe'], Resource: [arn('topic', '*'), arn('topicfilter', '*')] }, { Action: 'iot:Receive', Resource: arn('topic', 'open/*') }, { Effect: 'Deny', Action: ['iot:Publish', 'iot:Subscribe'], Resource: [arn('topic', 'closed/*'), arn('topicfilter', 'closed/*')] }),
    );
    open = await fixture.certificate('Open');
  });
  after(() => fixture.close());

  /** The TLS connection that a client without MQTT of its own has. */
  const raw = (credentials: Credentials = open, options: object = {}): TLSSocket => {
    const socket = tlsConnect({ host: '127.0.0.1', port: fixture.port, ca: fixture.ca, cert: credentials.cert, key: credentials.key, servername: 'localhost', ...options });
    socket.on('error', () => undefined);
    return socket;
  };

  describe('connections', () => {
    it('shows a certificate for the endpoint names, and takes ALPN', async () => {
      const { endpointAddress = '' } = await fixture.iot.send(new DescribeEndpointCommand({ endpointType: 'iot:Data-ATS' }));
      for (const servername of ['localhost', endpointAddress, endpointAddress.replace('us-east-1', 'eu-west-1')]) {
        const socket = raw(open, { servername, ALPNProtocols: ['x-amzn-mqtt-ca'] });
        await once(socket, 'secureConnect');
        assert.deepEqual([socket.authorized, socket.alpnProtocol], [true, 'x-amzn-mqtt-ca'], servername);
        socket.destroy();
      }
    });

    it('tells the fleet index who is there, once connectivity is indexed', async () => {
      for (const thingName of ['Indexed-1', 'Indexed-2']) await fixture.iot.send(new CreateThingCommand({ thingName }));
      await fixture.iot.send(new UpdateIndexingConfigurationCommand({ thingIndexingConfiguration: { thingIndexingMode: 'REGISTRY', thingConnectivityIndexingMode: 'STATUS' } }));
      const there = async (): Promise<readonly string[]> => ((await fixture.iot.send(new SearchIndexCommand({ queryString: 'connectivity.connected:true' }))).things ?? []).map(({ thingName }) => thingName ?? '');
      const client = await fixture.connect(open, { clientId: 'Indexed-1' });
      await eventually(async () => assert.deepEqual(await there(), ['Indexed-1']));
      const taker = await fixture.connect(open, { clientId: 'Indexed-1' });
      await closed(client);
      await fixture.connect(open, { clientId: 'Indexed-2' });
      await eventually(async () => assert.deepEqual(await there(), ['Indexed-1', 'Indexed-2'], 'taken over is not gone'));
      await taker.endAsync();
      await eventually(async () => assert.deepEqual(await there(), ['Indexed-2']));
      await fixture.iot.send(new UpdateIndexingConfigurationCommand({ thingIndexingConfiguration: { thingIndexingMode: 'OFF' } }));
    });

    it('refuses old TLS, and a client without a certificate', async () => {
      await assert.rejects(once(raw(open, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }), 'secureConnect'));
      const anonymous = tlsConnect({ host: '127.0.0.1', port: fixture.port, ca: fixture.ca, servername: 'localhost' });
      anonymous.on('error', () => undefined).resume();
      await once(anonymous, 'close');
    });

    it('says in CONNACK that a client id is not allowed (3.1.1: 5, MQTT 5: 0x87)', async () => {
      await fixture.policy('OneClient', policyText({ Action: 'iot:Connect', Resource: arn('client', 'only') }));
      const one = await fixture.certificate('OneClient');
      await fixture.connect(one, { clientId: 'only' });
      await assert.rejects(fixture.connect(one, { clientId: 'other', protocolVersion: 4 }), { code: 5 });
      await assert.rejects(fixture.connect(one, { clientId: 'other', protocolVersion: 5 }), { code: 0x87 });
    });

    it('resolves thing variables for the client whose id is the name of an attached thing', async () => {
      const device = await fixture.certificate('Device');
      await fixture.iot.send(new CreateThingCommand({ thingName: 'Sensor' }));
      await assert.rejects(fixture.connect(device, { clientId: 'Sensor' }), { code: 5 });
      await fixture.iot.send(new AttachThingPrincipalCommand({ thingName: 'Sensor', principal: arn('cert', device.id) }));
      await fixture.connect(device, { clientId: 'Sensor' });
      await assert.rejects(fixture.connect(device, { clientId: 'Sensor#2' }), { code: 5 });
    });

    it('cuts a certificate off when it is made INACTIVE, and refuses it then', async () => {
      const withdrawn = await fixture.certificate('Open');
      const client = await fixture.connect(withdrawn, { protocolVersion: 5 });
      const other = await fixture.connect(open);
      const gone = closed(client);
      await fixture.iot.send(new UpdateCertificateCommand({ certificateId: withdrawn.id, newStatus: 'INACTIVE' }));
      await gone;
      await assert.rejects(fixture.connect(withdrawn));
      await fixture.iot.send(new DetachPolicyCommand({ policyName: 'Open', target: arn('cert', withdrawn.id) }));
      await fixture.iot.send(new DeleteCertificateCommand({ certificateId: withdrawn.id }));
      await assert.rejects(fixture.connect(withdrawn));
      assert.equal(other.connected, true);
    });

    it('gives a client id to one connection: the newer takes over', async () => {
      const clientId = randomUUID();
      const first = await fixture.connect(open, { clientId, protocolVersion: 5 });
      const reasons: (number | undefined)[] = [];
      first.on('disconnect', (packet) => reasons.push(packet.reasonCode));
      const gone = closed(first);
      const second = await fixture.connect(open, { clientId, protocolVersion: 4 });
      await gone;
      assert.deepEqual([reasons, second.connected], [[0x8e], true]);
    });

    it('ends a silent connection after one and a half keep-alive intervals, and one that never says CONNECT', async () => {
      const mute = raw();
      mute.resume();
      await once(mute, 'close');

      const silent = raw();
      await once(silent, 'secureConnect');
      const packets: Packet[] = [];
      const reader = parser();
      reader.on('packet', (packet) => packets.push(packet));
      silent.on('data', (chunk: Buffer) => reader.parse(chunk, { protocolVersion: 5 }));
      silent.write(generate({ cmd: 'connect', protocolVersion: 5, clientId: randomUUID(), keepalive: 1, clean: true }, { protocolVersion: 5 }));
      const start = Date.now();
      await once(silent, 'close');
      const elapsed = Date.now() - start;
      assert.ok(elapsed >= 1400 && elapsed < 5000, String(elapsed));
      assert.deepEqual(packets.map(({ cmd }) => cmd), ['connack', 'disconnect']);
    });

    it('drops what is no MQTT, and packets that are too large', async () => {
      for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n\r\n'), Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff, 0xff]), generate({ cmd: 'pingreq' })]) {
        const socket = raw();
        socket.resume();
        await once(socket, 'secureConnect');
        socket.write(bytes);
        await once(socket, 'close');
      }
      const client = await fixture.connect(open, { protocolVersion: 4 });
      const gone = closed(client);
      client.publish('open/big', Buffer.alloc(awsLimits.payload + 1));
      await gone;
    });

    it('states its limits in the CONNACK of MQTT 5', async () => {
      const socket = raw();
      await once(socket, 'secureConnect');
      const reader = parser({ protocolVersion: 5 });
      const answer = new Promise<Packet>((resolve) => reader.on('packet', resolve));
      socket.on('data', (chunk: Buffer) => reader.parse(chunk));
      socket.write(generate({ cmd: 'connect', protocolVersion: 5, clientId: '', keepalive: 0, clean: true, properties: { sessionExpiryInterval: 90_000 } }, { protocolVersion: 5 }));
      const connack = await answer;
      socket.destroy();
      assert.ok(connack.cmd === 'connack');
      assert.match(connack.properties?.assignedClientIdentifier ?? '', /^\$GEN\//);
      assert.deepEqual(
        [connack.reasonCode, connack.properties?.maximumQoS, connack.properties?.serverKeepAlive, connack.properties?.sessionExpiryInterval, connack.properties?.sharedSubscriptionAvailable],
        [0, 1, 60, 3600, false],
      );
    });
  });

  for (const protocolVersion of [4, 5] as const) {
    describe(`messages (MQTT ${protocolVersion})`, () => {
      const connect = (options: object = {}): Promise<MqttClient> => fixture.connect(open, { protocolVersion, ...options });

      it('go to all who subscribed and may receive them', async () => {
        const [from, to] = [await connect(), await connect()];
        await to.subscribeAsync({ 'open/+/x': { qos: 1 }, 'open/#': { qos: 0 }, 'mute/#': { qos: 1 } });
        const first = nextMessage(to);
        await from.publishAsync('mute/a', 'not received');
        await from.publishAsync('open/a/x', 'received', { qos: 1 });
        assert.deepEqual(await first, { topic: 'open/a/x', payload: 'received' });
        const second = nextMessage(to);
        await from.publishAsync('open/b', 'once');
        assert.deepEqual(await second, { topic: 'open/b', payload: 'once' });
        await to.unsubscribeAsync(['open/+/x', 'open/#']);
      });

      it('disconnect who may not publish them, and refuse who may not subscribe', async () => {
        const client = await connect();
        await assert.rejects(client.subscribeAsync('closed/a', { qos: 1 }));
        assert.equal(client.connected, true);
        const gone = closed(client);
        client.publish('closed/a', 'x');
        await gone;
      });

      it('may not have QoS 2, wildcards, too many levels or an unknown reserved topic', async () => {
        const cases: readonly [topic: string, qos: 0 | 2][] = [['open/a', 2], ['open/1/2/3/4/5/6/7/8', 0], [`open/${'x'.repeat(252)}`, 0], ['$aws/unknown', 0], ['$SYS/broker', 0]];
        for (const [topic, qos] of cases) {
          const client = await connect();
          const gone = closed(client);
          client.publish(topic, 'x', { qos });
          await gone;
        }
      });

      it('are subscribed to eight at a time and fifty at all', async () => {
        const client = await connect();
        for (let i = 0; i < 48; i += 8) await client.subscribeAsync(Array.from({ length: 8 }, (_, j) => `open/${i + j}`));
        await client.subscribeAsync(['open/48', 'open/49']);
        await assert.rejects(client.subscribeAsync('open/50'));
        const gone = closed(client);
        client.subscribe(Array.from({ length: 9 }, (_, i) => `open/many/${i}`));
        await gone;
      });

      it('are retained until an empty one comes', async () => {
        const topic = `open/retained/${protocolVersion}`;
        const from = await connect();
        await from.publishAsync(topic, 'last', { qos: 1, retain: true });
        const late = await connect();
        const message = nextMessage(late);
        await late.subscribeAsync(topic, { qos: 1 });
        assert.deepEqual(await message, { topic, payload: 'last' });
        await from.publishAsync(topic, '', { qos: 1, retain: true });
        const later = await connect();
        await later.subscribeAsync(topic);
        const next = nextMessage(later);
        await from.publishAsync(topic, 'new', { qos: 1 });
        assert.equal((await next).payload, 'new');
      });

      it('are sent as a last will when the connection breaks, not when it ends well', async () => {
        const watcher = await connect();
        await watcher.subscribeAsync('open/will');
        const will = { topic: 'open/will', payload: Buffer.from('gone'), qos: 1 as const, retain: false };
        await (await connect({ will })).endAsync();
        const message = nextMessage(watcher);
        const broken = await connect({ will });
        await watcher.publishAsync('open/will', 'first');
        assert.equal((await message).payload, 'first');
        const last = nextMessage(watcher);
        broken.stream.destroy();
        assert.equal((await last).payload, 'gone');
      });

      it('wait for a client that keeps its session', async () => {
        const clientId = randomUUID();
        const session = { clientId, clean: false, ...(protocolVersion === 5 ? { properties: { sessionExpiryInterval: 600 } } : {}) };
        const before = await connect(session);
        await before.subscribeAsync('open/wait', { qos: 1 });
        await before.endAsync();
        await (await connect()).publishAsync('open/wait', 'kept', { qos: 1 });
        const mqtt = await import('mqtt');
        const again = mqtt.default.connect(fixture.options(open, { protocolVersion, ...session }));
        const [connack, message] = await Promise.all([once(again as unknown as EventEmitter, 'connect'), nextMessage(again)]);
        assert.equal((connack[0] as { sessionPresent: boolean }).sessionPresent, true);
        assert.equal(message.payload, 'kept');
        await again.endAsync();
      });
    });
  }

  describe('beyond one client', () => {
    it('hands on what a Greengrass core reports', async () => {
      const client = await fixture.connect(open);
      await client.publishAsync('$aws/things/Core1/greengrassv2/health/json', '{"a":1}', { qos: 1 });
      await client.publishAsync('$aws/things/Core1/greengrass/health/json', '{"b":2}', { qos: 1 });
      await client.publishAsync('$aws/things/Core1/shadow/update', '{}', { qos: 1 });
      assert.deepEqual(health, ['us-east-1 Core1 {"a":1}', 'us-east-1 Core1 {"b":2}']);
    });

    it('knows topics and filters', () => {
      const matching: readonly [string, string, boolean][] = [
        ['a/+/c', 'a/b/c', true],
        ['a/#', 'a', true],
        ['a/+', 'a', false],
        ['+/b', '/b', true],
        ['#', '$aws/x', false],
        ['+/x', '$aws/x', false],
        ['$aws/#', '$aws/x/y', true],
        ['a/b', 'a/b/c', false],
      ];
      for (const [filter, topic, expected] of matching) assert.equal(covers(filter, topic), expected, `${filter} ${topic}`);
      for (const topic of ['a', 'a/1/2/3/4/5/6/7', '$aws/things/x/jobs/1/namespace-aws-gg-deployment/get/accepted', '$aws/rules/r/1/2/3/4/5/6/7/8'.slice(0, -2)]) assert.equal(isTopic(topic, awsLimits), true, topic);
      for (const topic of ['', 'a/#', 'a\0', 'a/1/2/3/4/5/6/7/8']) assert.equal(isTopic(topic, awsLimits), false, topic);
      for (const filter of ['#', 'a/+/#', '+']) assert.equal(isFilter(filter, awsLimits), true, filter);
      for (const filter of ['', 'a#', 'a/#/b', 'a+/b']) assert.equal(isFilter(filter, awsLimits), false, filter);
    });

    it('ends all connections at a reset, and serves the new store', async () => {
      const client = await fixture.connect(open);
      const gone = closed(client);
      await fixture.started.sandbox.reset();
      await gone;
      await assert.rejects(fixture.connect(open));
      await fixture.policy('Again', policyText({ Action: 'iot:*', Resource: '*' }));
      await fixture.connect(await fixture.certificate('Again'));
    });
  });
});
