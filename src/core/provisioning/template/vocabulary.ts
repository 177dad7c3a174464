/**
 * The words of a fleet provisioning template.
 * https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html
 */
export const sections = ['Parameters', 'Mappings', 'Resources', 'DeviceConfiguration'] as const;

export const thingType = 'AWS::IoT::Thing';
export const certificateType = 'AWS::IoT::Certificate';
export const policyType = 'AWS::IoT::Policy';
export const resourceTypes = [thingType, certificateType, policyType] as const;
export type ResourceType = (typeof resourceTypes)[number];

/** Members of a resource. */
export const resourceMembers = ['Type', 'Properties', 'OverrideSettings'] as const;

/** Properties that a fleet template may use. `PackageVersions` and `ThingPrincipalType` are in newer copies of the page only. */
export const propertiesOf: Readonly<Record<ResourceType, readonly string[]>> = {
  [thingType]: ['ThingName', 'AttributePayload', 'ThingTypeName', 'ThingGroups', 'BillingGroup', 'PackageVersions'],
  [certificateType]: ['CertificateId', 'Status', 'ThingPrincipalType'],
  [policyType]: ['PolicyName', 'PolicyDocument'],
};

/** "Only certificate IDs can be used with a fleet provisioning template." */
export const otherCertificateSources = ['CertificateSigningRequest', 'CertificatePem', 'CACertificatePem'] as const;

/** What is done when the thing or the certificate is there already, per property. MERGE is for lists and maps only. */
export const overridesOf: Readonly<Record<ResourceType, Readonly<Record<string, readonly string[]>>>> = {
  [thingType]: {
    AttributePayload: ['DO_NOTHING', 'REPLACE', 'FAIL', 'MERGE'],
    ThingTypeName: ['DO_NOTHING', 'REPLACE', 'FAIL'],
    ThingGroups: ['DO_NOTHING', 'REPLACE', 'FAIL', 'MERGE'],
  },
  [certificateType]: { Status: ['DO_NOTHING', 'REPLACE', 'FAIL'] },
  [policyType]: {},
};

/** Compared without case: the page writes "Active" in its own example. */
export const certificateStatuses = ['ACTIVE', 'INACTIVE'] as const;

/** https://docs.aws.amazon.com/iot/latest/apireference/API_AttachThingPrincipal.html (thingPrincipalType) */
export const principalTypes = ['EXCLUSIVE_THING', 'NON_EXCLUSIVE_THING'] as const;

/** Arguments of each function; `Ref` takes a name. */
export const functions = ['Ref', 'Fn::Join', 'Fn::Select', 'Fn::FindInMap', 'Fn::Split', 'Fn::Sub'] as const;
export type FunctionName = (typeof functions)[number];

/** Filled in by AWS IoT when a device brings a certificate of its own (JITP), never for fleet provisioning. */
export const jitpParameters = ['Country', 'Organization', 'OrganizationalUnit', 'DistinguishedNameQualifier', 'StateName', 'CommonName', 'SerialNumber'].map(
  (name) => `AWS::IoT::Certificate::${name}`,
);

export function isResourceType(text: string): text is ResourceType {
  return resourceTypes.some((type) => type === text);
}

export function isFunction(name: string): name is FunctionName {
  return functions.some((item) => item === name);
}

/** Does a member name announce a function, known or not? */
export function looksLikeFunction(name: string): boolean {
  return name === 'Ref' || name.startsWith('Fn::') || name.startsWith('Fn:');
}

/** Longest body. https://docs.aws.amazon.com/iot/latest/apireference/API_CreateProvisioningTemplate.html */
export const maxTemplateCharacters = 10_240;
