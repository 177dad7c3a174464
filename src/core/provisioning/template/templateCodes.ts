import type { Severity } from '../../policy/finding';

const page = 'https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html';
const api = 'https://docs.aws.amazon.com/iot/latest/apireference';
const greengrass = 'https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning-setup.html';
const greengrassDevice = 'https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning-configuration.html';

interface CodeInfo {
  readonly severity: Severity;
  readonly documentation: string;
  /** Faults that no setting may silence: the text cannot be read. */
  readonly fixed?: true;
}

/**
 * Every diagnostic of provisioning templates, its severity unless a setting changes it, and the page that states the
 * rule. `error`: AWS IoT refuses the template, or the devices that bring it. `warning`: accepted, and a device suffers.
 */
export const templateCodes = {
  // The text
  invalidJson: { severity: 'error', documentation: page, fixed: true },
  emptyDocument: { severity: 'error', documentation: page, fixed: true },
  documentTooLarge: { severity: 'error', documentation: `${api}/API_CreateProvisioningTemplate.html`, fixed: true },
  nestedTooDeeply: { severity: 'error', documentation: page, fixed: true },
  notAnObject: { severity: 'error', documentation: page, fixed: true },
  duplicateKey: { severity: 'error', documentation: page },
  byteOrderMark: { severity: 'error', documentation: 'https://www.rfc-editor.org/rfc/rfc8259#section-8.1' },
  loneSurrogate: { severity: 'error', documentation: 'https://www.rfc-editor.org/rfc/rfc8259#section-8.2' },
  templateTooLong: { severity: 'error', documentation: `${api}/API_CreateProvisioningTemplate.html` },

  // The structure
  unknownSection: { severity: 'error', documentation: page },
  wrongType: { severity: 'error', documentation: page },
  missingResources: { severity: 'error', documentation: page },
  missingType: { severity: 'error', documentation: page },
  unknownResourceType: { severity: 'error', documentation: page },
  unknownResourceMember: { severity: 'error', documentation: page },
  unknownProperty: { severity: 'error', documentation: page },
  missingProperty: { severity: 'error', documentation: page },
  noThing: { severity: 'error', documentation: greengrass },
  manyThings: { severity: 'error', documentation: page },
  noCertificate: { severity: 'error', documentation: page },
  manyCertificates: { severity: 'error', documentation: page },
  noPolicy: { severity: 'information', documentation: page },
  placeholder: { severity: 'error', documentation: page },
  sampleAccountId: { severity: 'warning', documentation: page },

  // Parameters and functions
  parameterType: { severity: 'error', documentation: page },
  parameterDefault: { severity: 'error', documentation: page },
  unknownParameterMember: { severity: 'warning', documentation: page },
  unusedParameter: { severity: 'warning', documentation: page },
  undeclaredParameter: { severity: 'error', documentation: page },
  pseudoParameter: { severity: 'error', documentation: page },
  unknownFunction: { severity: 'error', documentation: page },
  functionArguments: { severity: 'error', documentation: page },
  selectIndex: { severity: 'error', documentation: page },
  functionInMappings: { severity: 'error', documentation: page },
  mappingShape: { severity: 'error', documentation: page },
  unknownMapKey: { severity: 'error', documentation: page },
  unusedMapping: { severity: 'information', documentation: page },
  substitutionOutsideSub: { severity: 'warning', documentation: page },

  // Values of the resources
  certificateReference: { severity: 'error', documentation: page },
  certificateSource: { severity: 'error', documentation: page },
  certificateStatus: { severity: 'error', documentation: page },
  certificateInactive: { severity: 'warning', documentation: page },
  principalType: { severity: 'error', documentation: `${api}/API_AttachThingPrincipal.html` },
  policyNameAndDocument: { severity: 'error', documentation: page },
  policyArn: { severity: 'error', documentation: page },
  policyName: { severity: 'error', documentation: `${api}/API_CreatePolicy.html` },
  policyDocument: { severity: 'error', documentation: page },
  overrideProperty: { severity: 'error', documentation: page },
  overrideValue: { severity: 'error', documentation: page },
  resourceName: { severity: 'error', documentation: `${api}/API_CreateThing.html` },
  coreThingName: { severity: 'warning', documentation: greengrass },
  sameThingForAll: { severity: 'warning', documentation: page },
  attribute: { severity: 'error', documentation: `${api}/API_AttributePayload.html` },
  manyAttributes: { severity: 'error', documentation: 'https://docs.aws.amazon.com/general/latest/gr/iot-core.html#thing-limits' },
  manyThingGroups: { severity: 'error', documentation: 'https://docs.aws.amazon.com/general/latest/gr/iot-core.html#thing-limits' },
  nestedValue: { severity: 'error', documentation: page },

  // What only the account knows
  policyNotFound: { severity: 'warning', documentation: page },
  thingGroupNotFound: { severity: 'information', documentation: page },
  thingTypeNotFound: { severity: 'error', documentation: 'https://docs.aws.amazon.com/iot/latest/developerguide/thing-types.html' },
  thingTypeDeprecated: { severity: 'error', documentation: 'https://docs.aws.amazon.com/iot/latest/developerguide/thing-types.html' },

  // The device's configuration
  parameterNotGiven: { severity: 'error', documentation: greengrassDevice },
  parameterNotDeclared: { severity: 'warning', documentation: greengrassDevice },
} as const satisfies Readonly<Record<string, CodeInfo>>;

export type TemplateCode = keyof typeof templateCodes;

export function templateCodeInfo(code: TemplateCode): CodeInfo {
  return templateCodes[code];
}
