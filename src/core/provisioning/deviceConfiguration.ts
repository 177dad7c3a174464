export interface DeviceFacts {
  readonly region: string;
  readonly dataEndpoint: string;
  readonly credentialEndpoint: string;
  /** The alias' name, never its ARN. */
  readonly roleAliasName: string;
  readonly templateName: string;
  readonly templateParameters: Readonly<Record<string, string>>;
}

/** Where the guide puts things on a device. https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning.html */
const root = '/greengrass/v2';
const claims = `${root}/claim-certs`;

/**
 * The initial configuration of a classic nucleus with the plugin aws.greengrass.FleetProvisioningByClaim. Without
 * `awsRegion` or `iotCredentialEndpoint` the nucleus never counts as configured and provisions again at every start,
 * so both are always there. The version is a text: YAML would read 2.10 as a number.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning-configuration.html
 */
export function deviceConfiguration(facts: DeviceFacts): unknown {
  return {
    services: {
      'aws.greengrass.Nucleus': { version: '2.14.0' },
      'aws.greengrass.FleetProvisioningByClaim': {
        configuration: {
          rootPath: root,
          awsRegion: facts.region,
          iotDataEndpoint: facts.dataEndpoint,
          iotCredentialEndpoint: facts.credentialEndpoint,
          iotRoleAlias: facts.roleAliasName,
          provisioningTemplate: facts.templateName,
          claimCertificatePath: `${claims}/claim.pem.crt`,
          claimCertificatePrivateKeyPath: `${claims}/claim.private.pem.key`,
          rootCaPath: `${claims}/AmazonRootCA1.pem`,
          templateParameters: facts.templateParameters,
        },
      },
    },
  };
}
