import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DescribeCertificateCommand, DescribeThingCommand } from '@aws-sdk/client-iot';
import { request, startFixture, type MqttFixture } from './mqttFixture';

interface Issued {
  certificateId: string;
  certificatePem: string;
  privateKey: string;
  certificateOwnershipToken: string;
}

describe('sandbox MQTT: fleet provisioning by claim', () => {
  let fixture: MqttFixture;
  before(async () => (fixture = await startFixture()));
  after(() => fixture.close());

  for (const protocolVersion of [4, 5] as const) {
    it(`gives a device its keys, certificate and thing (MQTT ${protocolVersion})`, async () => {
      const claim = await fixture.certificate('Claim');
      const client = await fixture.connect(claim, { protocolVersion });
      const created = await request(client, '$aws/certificates/create/json', {});
      assert.equal(created.topic, 'accepted', created.body.toString());
      const issued = JSON.parse(created.body.toString()) as Issued;
      assert.match(issued.privateKey, /^-----BEGIN RSA PRIVATE KEY-----/);
      assert.ok(issued.certificateOwnershipToken.length <= 512);
      const pending = await fixture.iot.send(new DescribeCertificateCommand({ certificateId: issued.certificateId }));
      assert.equal(pending.certificateDescription?.status, 'PENDING_ACTIVATION');

      const serial = randomUUID().slice(0, 8);
      const registered = await request(client, '$aws/provisioning-templates/Fleet/provision/json', {
        certificateOwnershipToken: issued.certificateOwnershipToken,
        parameters: { SerialNumber: serial },
      });
      assert.equal(registered.topic, 'accepted', registered.body.toString());
      assert.deepEqual(JSON.parse(registered.body.toString()), { deviceConfiguration: { site: 'Berlin', interval: 5 }, thingName: `Core-${serial}` });
      const thing = await fixture.iot.send(new DescribeThingCommand({ thingName: `Core-${serial}` }));
      assert.deepEqual(thing.attributes, { serial });

      const device = await fixture.connect({ id: issued.certificateId, cert: issued.certificatePem, key: issued.privateKey }, { protocolVersion, clientId: `Core-${serial}` });
      await device.publishAsync('open/hello', 'x', { qos: 1 });
    });
  }
});
