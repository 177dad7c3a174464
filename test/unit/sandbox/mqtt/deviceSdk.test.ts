import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { iot, iotidentity, mqtt, mqtt5 } from 'aws-iot-device-sdk-v2';
import { startFixture, type Credentials, type MqttFixture } from './mqttFixture';

/** AWS's own device SDK: nothing of ours is on the device's side. */
describe('sandbox MQTT: AWS IoT Device SDK v2', function () {
  let fixture: MqttFixture;
  let claim: Credentials;
  before(async () => {
    fixture = await startFixture();
    claim = await fixture.certificate('Claim');
  });
  after(() => fixture.close());

  it('provisions a device with IotIdentityClient over MQTT 3.1.1', async () => {
    const connect = async (credentials: Credentials, clientId: string): Promise<mqtt.MqttClientConnection> => {
      const config = iot.AwsIotMqttConnectionConfigBuilder.new_mtls_builder(credentials.cert, credentials.key)
        .with_certificate_authority(fixture.ca)
        .with_endpoint('127.0.0.1')
        .with_port(fixture.port)
        .with_client_id(clientId)
        .with_clean_session(true)
        .build();
      const connection = new mqtt.MqttClient().new_connection(config);
      await connection.connect();
      return connection;
    };
    const connection = await connect(claim, randomUUID());
    const identity = new iotidentity.IotIdentityClient(connection);
    const created = await new Promise<iotidentity.model.CreateKeysAndCertificateResponse>((resolve, reject) => {
      const qos = mqtt.QoS.AtLeastOnce;
      Promise.all([
        identity.subscribeToCreateKeysAndCertificateAccepted({}, qos, (error, response) => (response === undefined ? reject(error ?? new Error('no response')) : resolve(response))),
        identity.subscribeToCreateKeysAndCertificateRejected({}, qos, (_error, response) => reject(new Error(JSON.stringify(response)))),
      ])
        .then(() => identity.publishCreateKeysAndCertificate({}, qos))
        .catch(reject);
    });
    const serial = randomUUID().slice(0, 8);
    const registered = await new Promise<iotidentity.model.RegisterThingResponse>((resolve, reject) => {
      const qos = mqtt.QoS.AtLeastOnce;
      const templateName = 'Fleet';
      const { certificateOwnershipToken } = created;
      Promise.all([
        identity.subscribeToRegisterThingAccepted({ templateName }, qos, (error, response) => (response === undefined ? reject(error ?? new Error('no response')) : resolve(response))),
        identity.subscribeToRegisterThingRejected({ templateName }, qos, (_error, response) => reject(new Error(JSON.stringify(response)))),
      ])
        .then(() => identity.publishRegisterThing({ templateName, certificateOwnershipToken, parameters: { SerialNumber: serial } } as iotidentity.model.RegisterThingRequest, qos))
        .catch(reject);
    });
    await connection.disconnect();
    assert.equal(registered.thingName, `Core-${serial}`);
    const device = await connect({ id: '', cert: created.certificatePem ?? '', key: created.privateKey ?? '' }, `Core-${serial}`);
    await device.publish('open/greeting', 'hello', mqtt.QoS.AtLeastOnce);
    await device.disconnect();
  });

  it('provisions a device with IotIdentityClientv2 over MQTT 5, and gets rejections as modelled errors', async () => {
    const config = iot.AwsIotMqtt5ClientConfigBuilder.newDirectMqttBuilderWithMtlsFromMemory('127.0.0.1', claim.cert, claim.key)
      .withCertificateAuthority(fixture.ca)
      .withPort(fixture.port)
      .withConnectProperties({ clientId: randomUUID(), keepAliveIntervalSeconds: 30 })
      .build();
    const client = new mqtt5.Mqtt5Client(config);
    const connected = new Promise<void>((resolve, reject) => {
      client.on('connectionSuccess', () => resolve());
      client.on('connectionFailure', (event) => reject(new Error(JSON.stringify(event.error))));
    });
    client.start();
    await connected;
    const identity = iotidentity.IotIdentityClientv2.newFromMqtt5(client, { maxRequestResponseSubscriptions: 6, maxStreamingSubscriptions: 2, operationTimeoutInSeconds: 20 });
    try {
      const created = await identity.createKeysAndCertificate({});
      const serial = randomUUID().slice(0, 8);
      const { certificateOwnershipToken } = created;
      await assert.rejects(
        identity.registerThing({ templateName: 'Fleet', certificateOwnershipToken: 'wrong', parameters: { SerialNumber: serial } }),
        (error: { modeledError?: iotidentity.model.V2ErrorResponse }) => error.modeledError?.errorCode === 'InvalidCertificateOwnershipToken' && error.modeledError.statusCode === 400,
      );
      const registered = await identity.registerThing({ templateName: 'Fleet', ...(certificateOwnershipToken === undefined ? {} : { certificateOwnershipToken }), parameters: { SerialNumber: serial } });
      assert.deepEqual(registered, { deviceConfiguration: { site: 'Berlin', interval: 5 }, thingName: `Core-${serial}` });
    } finally {
      identity.close();
      const stopped = new Promise((resolve) => client.on('stopped', resolve));
      client.stop();
      await stopped;
      client.close();
    }
  });
});
