import type { FleetNames } from '../../src/core/provisioning/steps';

/** The names that the workshop page uses. */
export const workshopNames: FleetNames = {
  stackName: 'GGv2Workshop',
  roleAliasName: 'GGV2WSTokenExchangeRoleAlias',
  iotPolicyName: 'GGv2WSIoTThingPolicy',
  claimPolicyName: 'GGv2WSProvisioningClaimPolicy',
  templateName: 'GGv2WSFleetProvisioningTemplate',
  thingGroupName: 'GGv2WSGreengrassCoreGroup',
};

/** The workshop page's device policy for a role alias. */
export const workshopDevicePolicy = (roleAliasArn: string): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['iot:Publish', 'iot:Subscribe', 'iot:Receive', 'iot:Connect', 'greengrass:*'], Resource: ['*'] },
      { Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: roleAliasArn },
    ],
  });
