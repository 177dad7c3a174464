import type { FleetNames } from './steps';

/** Name of the pseudo parameter that AWS IoT fills with the new certificate. */
export const certificateParameter = 'AWS::IoT::Certificate::Id';

/**
 * The provisioning template for Greengrass core devices, in the shape of the Greengrass guide's own sample.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning-setup.html#create-provisioning-template
 */
export function templateDocument(names: Pick<FleetNames, 'iotPolicyName' | 'thingGroupName'>): string {
  const text = { Type: 'String' };
  const document = {
    Parameters: {
      ThingName: text,
      ThingGroupName: { ...text, Default: names.thingGroupName },
      [certificateParameter]: text,
    },
    Resources: {
      GreengrassThing: {
        Type: 'AWS::IoT::Thing',
        OverrideSettings: { AttributePayload: 'REPLACE', ThingGroups: 'REPLACE', ThingTypeName: 'REPLACE' },
        Properties: { AttributePayload: {}, ThingGroups: [{ Ref: 'ThingGroupName' }], ThingName: { Ref: 'ThingName' } },
      },
      GreengrassPolicy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: names.iotPolicyName } },
      GreengrassCertificate: {
        Type: 'AWS::IoT::Certificate',
        Properties: { CertificateId: { Ref: certificateParameter }, Status: 'Active' },
      },
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
