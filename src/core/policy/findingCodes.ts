import type { Severity } from './finding';

const iot = 'https://docs.aws.amazon.com/iot/latest/developerguide';
const greengrass = 'https://docs.aws.amazon.com/greengrass/v2/developerguide';
const defender = 'https://docs.aws.amazon.com/iot-device-defender/latest/devguide';

interface CodeInfo {
  readonly severity: Severity;
  readonly documentation: string;
  /** Faults that no setting may silence: AWS refuses the document. */
  readonly fixed?: true;
}

/**
 * Every diagnostic, its severity unless a setting changes it, and the page that states the rule. `error`: AWS
 * refuses the document, or the statement can never do what it says. `warning`: accepted, and a device suffers.
 */
export const findingCodes = {
  // The text
  invalidJson: { severity: 'error', documentation: `${iot}/iot-policies.html`, fixed: true },
  duplicateKey: { severity: 'error', documentation: `${iot}/iot-policies.html` },
  emptyDocument: { severity: 'error', documentation: `${iot}/iot-policies.html`, fixed: true },
  documentTooLarge: { severity: 'error', documentation: 'https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicy.html', fixed: true },
  nestedTooDeeply: { severity: 'error', documentation: `${iot}/iot-policies.html`, fixed: true },
  notAnObject: { severity: 'error', documentation: `${iot}/iot-policies.html`, fixed: true },
  byteOrderMark: { severity: 'error', documentation: 'https://www.rfc-editor.org/rfc/rfc8259#section-8.1' },
  loneSurrogate: { severity: 'error', documentation: 'https://www.rfc-editor.org/rfc/rfc8259#section-8.2' },
  policyTooLong: { severity: 'error', documentation: 'https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicy.html' },
  policyNearlyTooLong: { severity: 'warning', documentation: 'https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicy.html' },

  // The structure
  missingVersion: { severity: 'error', documentation: `${iot}/iot-policies.html` },
  unknownVersion: { severity: 'error', documentation: `${iot}/iot-policies.html` },
  missingStatement: { severity: 'error', documentation: `${iot}/iot-policies.html` },
  missingEffect: { severity: 'error', documentation: `${iot}/iot-policies.html` },
  invalidEffect: { severity: 'error', documentation: `${iot}/iot-policies.html` },
  missingAction: { severity: 'error', documentation: `${iot}/iot-policy-actions.html` },
  missingResource: { severity: 'error', documentation: `${iot}/iot-action-resources.html` },
  wrongType: { severity: 'error', documentation: `${iot}/iot-policies.html` },
  emptyList: { severity: 'error', documentation: `${iot}/iot-policies.html` },
  unknownElement: { severity: 'error', documentation: `${iot}/iot-policies.html` },
  principalNotAllowed: { severity: 'error', documentation: `${iot}/iot-policies.html` },
  notActionUnsupported: { severity: 'information', documentation: `${iot}/iot-policy-actions.html` },
  duplicateSid: { severity: 'information', documentation: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html' },
  duplicateValue: { severity: 'information', documentation: `${iot}/iot-policies.html` },

  // Values still to be filled in
  placeholder: { severity: 'error', documentation: `${iot}/iot-action-resources.html` },
  sampleAccountId: { severity: 'warning', documentation: `${iot}/iot-action-resources.html` },

  // Actions
  malformedAction: { severity: 'error', documentation: `${iot}/iot-policy-actions.html` },
  unknownService: { severity: 'error', documentation: `${iot}/iot-policy-actions.html` },
  unknownAction: { severity: 'warning', documentation: `${iot}/iot-policy-actions.html` },
  controlPlaneAction: { severity: 'warning', documentation: `${iot}/iot-policy-actions.html` },
  greengrassV1Action: { severity: 'information', documentation: `${greengrass}/device-auth.html` },
  jobActionPrefix: { severity: 'information', documentation: `${iot}/iot-policy-actions.html` },

  // Resources
  malformedResource: { severity: 'error', documentation: `${iot}/iot-action-resources.html` },
  roleInsteadOfRoleAlias: { severity: 'error', documentation: `${iot}/authorizing-direct-aws.html` },
  resourceTypeMismatch: { severity: 'error', documentation: `${iot}/iot-action-resources.html` },
  unknownResourceType: { severity: 'error', documentation: `${iot}/iot-action-resources.html` },
  partitionMismatch: { severity: 'error', documentation: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html' },
  regionMismatch: { severity: 'error', documentation: `${iot}/iot-action-resources.html` },
  accountMismatch: { severity: 'error', documentation: `${iot}/iot-action-resources.html` },
  cloudFormationEscape: { severity: 'error', documentation: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-sub.html' },

  // Variables and conditions
  malformedVariable: { severity: 'error', documentation: `${iot}/iot-policy-variables.html` },
  unknownVariable: { severity: 'warning', documentation: `${iot}/iot-policy-variables.html` },
  variableNeedsVersion: { severity: 'warning', documentation: `${iot}/iot-policy-variables.html` },
  variableNotReplaced: { severity: 'warning', documentation: `${iot}/iot-policy-variables.html` },
  thingVariableOverHttp: { severity: 'warning', documentation: `${iot}/thing-policy-variables.html` },
  unknownConditionOperator: { severity: 'error', documentation: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html' },
  unknownConditionKey: { severity: 'warning', documentation: `${iot}/iot-policy-variables.html` },
  conditionValue: { severity: 'warning', documentation: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html' },

  // What a device would suffer
  mqttWildcard: { severity: 'warning', documentation: `${defender}/audit-chk-iot-misconfigured-policies.html` },
  denyBypassed: { severity: 'warning', documentation: `${defender}/audit-chk-iot-misconfigured-policies.html` },
  overlyPermissive: { severity: 'warning', documentation: `${defender}/audit-chk-iot-policy-permissive.html` },
  missingAssumeRole: { severity: 'warning', documentation: `${greengrass}/device-auth.html` },
  assumeAnyRoleAlias: { severity: 'warning', documentation: `${iot}/authorizing-direct-aws.html` },
  missingConnect: { severity: 'warning', documentation: `${iot}/iot-policy-actions.html` },
  missingReceive: { severity: 'warning', documentation: `${iot}/iot-policy-actions.html` },
  missingPublish: { severity: 'warning', documentation: `${iot}/iot-policy-actions.html` },
  coreClientId: { severity: 'warning', documentation: `${greengrass}/device-auth.html` },
  clientIdNotAttached: { severity: 'warning', documentation: `${defender}/audit-chk-iot-policy-permissive.html` },
  missingGreengrassAction: { severity: 'warning', documentation: `${greengrass}/device-auth.html` },

  // Claim policies
  claimWithoutCsr: { severity: 'warning', documentation: `${iot}/fleet-provision-api.html` },
  claimMissingTwin: { severity: 'warning', documentation: `${iot}/fleet-provision-api.html` },
  claimOtherTemplate: { severity: 'warning', documentation: `${iot}/provision-wo-cert.html` },
  claimTooBroad: { severity: 'warning', documentation: `${iot}/provision-wo-cert.html` },

  // What only the account knows
  roleAliasNotFound: { severity: 'warning', documentation: `${iot}/authorizing-direct-aws.html` },
  roleAliasNotTrusted: { severity: 'warning', documentation: `${iot}/authorizing-direct-aws.html` },
  templateNotFound: { severity: 'warning', documentation: `${iot}/provision-wo-cert.html` },
  sixthVersion: { severity: 'warning', documentation: 'https://docs.aws.amazon.com/iot/latest/apireference/API_CreatePolicyVersion.html' },
} as const satisfies Readonly<Record<string, CodeInfo>>;

export type FindingCode = keyof typeof findingCodes;

export function codeInfo(code: FindingCode): CodeInfo {
  return findingCodes[code];
}
