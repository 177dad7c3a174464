import { invalidRequest } from './faults';

/** https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html */
const SECTIONS = new Set(['Parameters', 'Mappings', 'Resources', 'DeviceConfiguration']);
const RESOURCE_TYPES = new Set(['AWS::IoT::Thing', 'AWS::IoT::Certificate', 'AWS::IoT::Policy']);

/**
 * Checks a provisioning template body's structure. Throws InvalidRequestException. The leading words and the texts for bad JSON
 * and for a policy without name and document are AWS's own (from reports on RegisterThing and UpdateCACertificate, which read the
 * same language); the other texts are unverified.
 */
export function checkTemplateBody(text: string): void {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw invalid('Template format error: JSON not well-formed.');
  }
  if (!isObject(body)) throw invalid('Template format error: JSON object expected.');
  const unknown = Object.keys(body).find((key) => !SECTIONS.has(key));
  if (unknown !== undefined) throw invalid(`Template format error: unknown section ${unknown}.`);
  checkParameters(body['Parameters'] ?? {});
  const resources = body['Resources'];
  if (!isObject(resources) || Object.keys(resources).length === 0) throw invalid('Template format error: at least one Resources member must be defined.');
  for (const [name, resource] of Object.entries(resources)) checkResource(name, resource);
  if (body['DeviceConfiguration'] !== undefined && !isObject(body['DeviceConfiguration'])) throw invalid('Template format error: DeviceConfiguration must be an object.');
}

function checkParameters(parameters: unknown): void {
  if (!isObject(parameters)) throw invalid('Template format error: Parameters must be an object.');
  for (const [name, parameter] of Object.entries(parameters)) {
    if (!isObject(parameter) || parameter['Type'] !== 'String') throw invalid(`Template format error: parameter ${name} must have the type String.`);
  }
}

function checkResource(name: string, resource: unknown): void {
  if (!isObject(resource)) throw invalid(`Template format error: resource ${name} must be an object.`);
  const type = resource['Type'];
  if (typeof type !== 'string' || !RESOURCE_TYPES.has(type)) throw invalid(`Unsupported resource type of ${name}.`);
  const properties = resource['Properties'] ?? {};
  if (!isObject(properties)) throw invalid(`Template format error: Properties of ${name} must be an object.`);
  if (type === 'AWS::IoT::Thing' && properties['ThingName'] === undefined) throw invalid(`ThingName is missing in ${name}.`);
  if (type === 'AWS::IoT::Policy') {
    const hasName = properties['PolicyName'] !== undefined;
    const hasDocument = properties['PolicyDocument'] !== undefined;
    if (!hasName && !hasDocument) throw invalid('Neither policyName nor policyDocument is present in the Template.');
    if (hasName && hasDocument) throw invalid('Both policyName and policyDocument are present in the Template.');
  }
}

function invalid(detail: string): Error {
  return invalidRequest(`Invalid registration template. ${detail}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
