export interface DeviceFacts {
  readonly region: string;
  readonly dataEndpoint: string;
  readonly credentialEndpoint: string;
  /** The alias' name, never its ARN. */
  readonly roleAliasName: string;
  readonly templateName: string;
  readonly templateParameters: Readonly<Record<string, string>>;
}

/** What runs on the device; the configurations of the two nuclei differ in every key. */
export type NucleusKind = 'classicLinux' | 'classicWindows' | 'lite';

/** Where the guide puts things on a device. https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning.html */
const roots = { classicLinux: '/greengrass/v2', classicWindows: 'C:\\greengrass\\v2', lite: '/var/lib/greengrass' } as const;

/** Claim files and root CA on the device. */
function claimFiles(kind: NucleusKind): { readonly certificate: string; readonly key: string; readonly rootCa: string } {
  const separator = kind === 'classicWindows' ? '\\' : '/';
  const path = (name: string): string => [roots[kind], 'claim-certs', name].join(separator);
  return { certificate: path('claim.pem.crt'), key: path('claim.private.pem.key'), rootCa: path('AmazonRootCA1.pem') };
}

/** The device's initial configuration, to be written as YAML. */
export function deviceConfiguration(facts: DeviceFacts, kind: NucleusKind = 'classicLinux'): unknown {
  if (kind !== 'lite') return { services: classicServices(facts, kind) };
  // Empty on purpose: the tool fills them in, and a value here would stop it.
  return { system: { privateKeyPath: '', certificateFilePath: '', rootCaPath: '', rootPath: roots.lite, thingName: '' }, services: liteServices(facts) };
}

/**
 * A classic nucleus with the plugin aws.greengrass.FleetProvisioningByClaim. Without
 * `awsRegion` or `iotCredentialEndpoint` the nucleus never counts as configured and provisions again at every start,
 * so both are always there. The version is a text: YAML would read 2.10 as a number.
 * https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning-configuration.html
 */
function classicServices(facts: DeviceFacts, kind: NucleusKind): unknown {
  const claim = claimFiles(kind);
  return {
    'aws.greengrass.Nucleus': { version: '2.14.0' },
    'aws.greengrass.FleetProvisioningByClaim': {
      configuration: {
        rootPath: roots[kind],
        awsRegion: facts.region,
        iotDataEndpoint: facts.dataEndpoint,
        iotCredentialEndpoint: facts.credentialEndpoint,
        iotRoleAlias: facts.roleAliasName,
        provisioningTemplate: facts.templateName,
        claimCertificatePath: claim.certificate,
        claimCertificatePrivateKeyPath: claim.key,
        rootCaPath: claim.rootCa,
        templateParameters: facts.templateParameters,
      },
    },
  };
}

/**
 * Nucleus lite has fleet provisioning built in. `runWithDefault` names the user and group that its package makes, as far
 * as known. https://github.com/aws-greengrass/aws-greengrass-lite (docs on fleet provisioning; unverified against its newest version)
 */
function liteServices(facts: DeviceFacts): unknown {
  const claim = claimFiles('lite');
  return {
    'aws.greengrass.NucleusLite': {
      componentType: 'NUCLEUS',
      configuration: {
        awsRegion: facts.region,
        iotCredEndpoint: '',
        iotDataEndpoint: '',
        iotRoleAlias: facts.roleAliasName,
        runWithDefault: { posixUser: 'gg_component:gg_component' },
        greengrassDataPlanePort: '8443',
      },
    },
    'aws.greengrass.fleet_provisioning': {
      configuration: {
        iotDataEndpoint: facts.dataEndpoint,
        iotCredEndpoint: facts.credentialEndpoint,
        claimCertPath: claim.certificate,
        claimKeyPath: claim.key,
        rootCaPath: claim.rootCa,
        templateName: facts.templateName,
        templateParams: facts.templateParameters,
      },
    },
  };
}
