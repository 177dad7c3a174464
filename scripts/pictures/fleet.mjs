// A fleet to look at, beyond what the five steps make: things with types, groups and attributes, policies with versions, cores that report.
import fs from 'node:fs';
import {
  AddThingToThingGroupCommand,
  AttachPolicyCommand,
  AttachThingPrincipalCommand,
  CreateKeysAndCertificateCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateThingCommand,
  CreateThingGroupCommand,
  CreateThingTypeCommand,
  IoTClient,
} from '@aws-sdk/client-iot';
import mqtt from 'mqtt';
import { healthReport, healthTopic } from '../../test/helpers/coreHealth.ts';

const sites = ['berlin', 'busan', 'seoul'];
const pumpsPerSite = 8;

export const names = { devicePolicy: 'GGv2WSIoTThingPolicy', template: 'GGv2WSFleetProvisioningTemplate', coreGroup: 'GGv2WSGreengrassCoreGroup', stack: 'GGv2Workshop' };

export function iotClient({ endpoint, region, accessKeyId, secretAccessKey }) {
  return new IoTClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
}

const capitalized = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;
const telemetry = (topic) => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Publish', Resource: `arn:aws:iot:*:*:topic/${topic}` }] });

/** Fills the account of a sandbox whose five steps are done. */
export async function fillFleet(info) {
  const iot = iotClient(info);
  try {
    for (const [name, description] of [['Pump', 'Pumps of line 3'], ['Gateway', 'Greengrass cores']]) await iot.send(new CreateThingTypeCommand({ thingTypeName: name, thingTypeProperties: { thingTypeDescription: description } }));
    await iot.send(new CreateThingGroupCommand({ thingGroupName: 'Sites' }));
    for (const site of sites) {
      await iot.send(new CreateThingGroupCommand({ thingGroupName: capitalized(site), parentGroupName: 'Sites' }));
      for (let number = 1; number <= pumpsPerSite; number += 1) {
        const thingName = `pump-${site}-${String(number).padStart(3, '0')}`;
        await iot.send(new CreateThingCommand({ thingName, thingTypeName: 'Pump', attributePayload: { attributes: { site, line: String((number % 3) + 1) } } }));
        await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: capitalized(site) }));
      }
    }
    await iot.send(new CreatePolicyCommand({ policyName: 'PumpTelemetry', policyDocument: telemetry('pumps/*') }));
    for (const topic of ['pumps/${iot:Connection.Thing.ThingName}/*', 'pumps/${iot:Connection.Thing.ThingName}/telemetry']) await iot.send(new CreatePolicyVersionCommand({ policyName: 'PumpTelemetry', policyDocument: telemetry(topic), setAsDefault: true }));
    await reportAsCore(iot, info, 'gateway-berlin', {});
    await reportAsCore(iot, info, 'gateway-busan', { overallDeviceStatus: 'UNHEALTHY', components: [{ componentName: 'aws.greengrass.Nucleus', version: '2.12.0', status: 'FINISHED', isRoot: true }, { componentName: 'com.example.Pump', version: '1.0.0', status: 'BROKEN', isRoot: true }] });
    await reportAsCore(iot, info, 'gateway-seoul', { runtime: 'aws_nucleus_lite', ggcVersion: '2.6.0' });
  } finally {
    iot.destroy();
  }
}

/** What a core does: connects by its own certificate and publishes its health. */
async function reportAsCore(iot, { mqttPort, caFile }, thingName, health) {
  const { certificateArn, certificatePem, keyPair } = await iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  await iot.send(new CreateThingCommand({ thingName, thingTypeName: 'Gateway', attributePayload: { attributes: { site: thingName.split('-')[1] } } }));
  await iot.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn }));
  await iot.send(new AttachPolicyCommand({ policyName: names.devicePolicy, target: certificateArn }));
  await iot.send(new AddThingToThingGroupCommand({ thingName, thingGroupName: names.coreGroup }));
  const client = await mqtt.connectAsync({ protocol: 'mqtts', host: '127.0.0.1', port: mqttPort, ca: fs.readFileSync(caFile, 'utf8'), cert: certificatePem, key: keyPair.PrivateKey, clientId: thingName, reconnectPeriod: 0 });
  await client.publishAsync(healthTopic(thingName), healthReport(health), { qos: 1 });
  await client.endAsync();
}
