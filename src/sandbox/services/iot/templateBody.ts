import { bodyFault, type BodyFaultCode } from '../../../core/provisioning/template/bodyFault';
import { invalidRequest } from './faults';

/**
 * The leading words and the texts for bad JSON and for a policy without name and document are AWS's own (from reports on
 * RegisterThing and UpdateCACertificate, which read the same language); the other texts are unverified.
 */
const texts: Readonly<Record<BodyFaultCode, (name: string) => string>> = {
  notJson: () => 'Template format error: JSON not well-formed.',
  notAnObject: () => 'Template format error: JSON object expected.',
  unknownSection: (name) => `Template format error: unknown section ${name}.`,
  parametersShape: () => 'Template format error: Parameters must be an object.',
  parameterType: (name) => `Template format error: parameter ${name} must have the type String.`,
  noResources: () => 'Template format error: at least one Resources member must be defined.',
  resourceShape: (name) => `Template format error: resource ${name} must be an object.`,
  resourceType: (name) => `Unsupported resource type of ${name}.`,
  propertiesShape: (name) => `Template format error: Properties of ${name} must be an object.`,
  noThingName: (name) => `ThingName is missing in ${name}.`,
  noPolicy: () => 'Neither policyName nor policyDocument is present in the Template.',
  twoPolicies: () => 'Both policyName and policyDocument are present in the Template.',
  deviceConfigurationShape: () => 'Template format error: DeviceConfiguration must be an object.',
};

/** Checks a provisioning template body's structure. Throws InvalidRequestException. */
export function checkTemplateBody(text: string): void {
  const fault = bodyFault(text);
  if (fault !== undefined) throw invalidRequest(`Invalid registration template. ${texts[fault.code](fault.name)}`);
}
