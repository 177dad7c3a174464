import { parseTemplate, type TemplateModel, type TemplateResource } from './templateModel';
import { isResourceType, policyType, sections, thingType } from './vocabulary';

export type BodyFaultCode =
  | 'notJson'
  | 'notAnObject'
  | 'unknownSection'
  | 'parametersShape'
  | 'parameterType'
  | 'noResources'
  | 'resourceShape'
  | 'resourceType'
  | 'propertiesShape'
  | 'noThingName'
  | 'noPolicy'
  | 'twoPolicies'
  | 'deviceConfigurationShape';

export interface BodyFault {
  readonly code: BodyFaultCode;
  /** The section, parameter or resource; empty for the whole text. */
  readonly name: string;
}

/**
 * Why AWS IoT takes no template of this text, without a look at any device: the first fault, in the order in which a
 * reader meets them. What depends on parameters is a matter of rendering. Total.
 * https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html
 */
export function bodyFault(text: string): BodyFault | undefined {
  const parsed = parseTemplate(text);
  if (parsed.kind === 'unread' || parsed.errors.length > 0 || parsed.survey.byteOrderMark) return { code: 'notJson', name: '' };
  if (parsed.kind === 'notObject') return { code: 'notAnObject', name: '' };
  return faultsOf(parsed.template).next().value ?? undefined;
}

function* faultsOf({ members, parameters, resources, deviceConfiguration }: TemplateModel): Generator<BodyFault, undefined> {
  for (const name of members.keys()) {
    if (!sections.some((section) => section === name)) yield { code: 'unknownSection', name };
  }
  const declared = members.get('Parameters');
  if (declared !== undefined && declared.value?.type !== 'object') yield { code: 'parametersShape', name: 'Parameters' };
  for (const [name, { type }] of parameters) {
    if (type?.value !== 'String') yield { code: 'parameterType', name };
  }
  if (resources.length === 0) yield { code: 'noResources', name: 'Resources' };
  for (const resource of resources) yield* resourceFaults(resource);
  if (deviceConfiguration !== undefined && deviceConfiguration.type !== 'object') yield { code: 'deviceConfigurationShape', name: 'DeviceConfiguration' };
  return undefined;
}

function* resourceFaults(resource: TemplateResource): Generator<BodyFault, undefined> {
  const { name: { value: name }, node, type, propertiesNode, properties } = resource;
  if (node?.type !== 'object') yield { code: 'resourceShape', name };
  if (type === undefined || !isResourceType(type.value)) yield { code: 'resourceType', name };
  if (propertiesNode !== undefined && propertiesNode.type !== 'object') yield { code: 'propertiesShape', name };
  if (type?.value === thingType && !properties.has('ThingName')) yield { code: 'noThingName', name };
  const policy = policyFault(resource);
  if (policy !== undefined) yield { code: policy, name };
  return undefined;
}

/** "If a Policy section is present, PolicyName or PolicyDocument, but not both, must be specified." */
export function policyFault({ type, properties }: TemplateResource): 'noPolicy' | 'twoPolicies' | undefined {
  if (type?.value !== policyType) return undefined;
  const given = ['PolicyName', 'PolicyDocument'].filter((name) => properties.has(name)).length;
  return given === 1 ? undefined : given === 0 ? 'noPolicy' : 'twoPolicies';
}
