import * as l10n from '@vscode/l10n';
import type { Node } from 'jsonc-parser';
import { nearest } from '../../../policy/nearest';
import type { Member } from '../../../policy/model';
import { pathOf, removeMember, replaceText, setMember } from '../templateChanges';
import type { TemplateContext } from '../templateFinding';
import type { TemplateResource } from '../templateModel';
import { certificateParameter } from '../../templateDocument';
import {
  certificateType,
  isResourceType,
  otherCertificateSources,
  policyType,
  propertiesOf,
  resourceMembers,
  resourceTypes,
  sections,
  thingType,
  type ResourceType,
} from '../vocabulary';

/** Sections of CloudFormation templates, which people bring along. */
const cloudFormationOnly: ReadonlySet<string> = new Set(['AWSTemplateFormatVersion', 'Conditions', 'Outputs', 'Transform', 'Metadata', 'Rules', 'Hooks']);

export function isObject(node: Node | undefined): boolean {
  return node?.type === 'object';
}

/** A name that is not known: mends its spelling where there is one right answer, else offers to remove it. */
function misspelt(context: TemplateContext, member: Member, known: Iterable<string>, taken: (name: string) => boolean): { readonly suggestion: string | undefined; readonly fixes: ReturnType<typeof replaceText> } {
  const suggestion = nearest(member.name.value, known);
  if (suggestion !== undefined && !taken(suggestion)) return { suggestion, fixes: replaceText(member.name, suggestion) };
  return { suggestion: undefined, fixes: removeMember(context, pathOf(member.name.node), member.name.value, false) };
}

function ending(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : ` ${l10n.t('Did you mean {0}?', suggestion)}`;
}

export function sectionsRule(context: TemplateContext): void {
  const { template, broken } = context;
  for (const member of template.members.values()) {
    const { value: name } = member.name;
    if (sections.some((section) => section === name)) {
      if (member.value !== undefined && !isObject(member.value)) context.report('wrongType', member.value, l10n.t('{0} must be an object.', name));
      continue;
    }
    const { suggestion, fixes } = misspelt(context, member, sections, (other) => template.members.has(other));
    const message = cloudFormationOnly.has(name)
      ? l10n.t('{0} belongs to CloudFormation: provisioning templates have no such section.', name)
      : l10n.t('Provisioning templates have no section {0}.', name) + ending(suggestion);
    context.report('unknownSection', member.name, message, { fixes, data: { section: name } });
  }
  const resources = template.members.get('Resources');
  if (broken) return;
  if (resources === undefined || (isObject(resources.value) && template.resources.length === 0)) {
    context.report('missingResources', resources?.name ?? { offset: template.root.offset, length: 1 }, l10n.t('The template has no Resources: a device would get nothing.'));
  }
}

export function resourcesRule(context: TemplateContext): void {
  const { template } = context;
  for (const resource of template.resources) {
    if (resource.node !== undefined && !isObject(resource.node)) {
      context.report('wrongType', resource.node, l10n.t('A resource is an object with Type and Properties.'));
      continue;
    }
    typeOf(context, resource);
    for (const member of resource.members.values()) {
      if (resourceMembers.some((name) => name === member.name.value)) continue;
      const { suggestion, fixes } = misspelt(context, member, resourceMembers, (other) => resource.members.has(other));
      context.report('unknownResourceMember', member.name, l10n.t('A resource has Type, Properties and OverrideSettings, but no {0}.', member.name.value) + ending(suggestion), { fixes });
    }
    for (const [name, node] of [['Properties', resource.propertiesNode], ['OverrideSettings', resource.overridesNode]] as const) {
      if (node !== undefined && !isObject(node)) context.report('wrongType', node, l10n.t('{0} must be an object.', name));
    }
    if (resource.type !== undefined && isResourceType(resource.type.value)) properties(context, resource, resource.type.value);
  }
  if (!context.broken && template.resources.length > 0) counts(context);
}

function typeOf(context: TemplateContext, resource: TemplateResource): void {
  const member = resource.members.get('Type');
  if (member === undefined) {
    if (!context.broken) context.report('missingType', resource.name, l10n.t('{0} has no Type: {1}.', resource.name.value, resourceTypes.join(', ')));
    return;
  }
  if (resource.type === undefined) {
    if (member.value !== undefined) context.report('wrongType', member.value, l10n.t('Type must be a text: {0}.', resourceTypes.join(', ')));
    return;
  }
  if (isResourceType(resource.type.value)) return;
  const suggestion = nearest(resource.type.value, resourceTypes);
  context.report('unknownResourceType', resource.type, l10n.t('A template makes {0}, but no {1}.', resourceTypes.join(', '), resource.type.value) + ending(suggestion), {
    fixes: suggestion === undefined ? [] : replaceText(resource.type, suggestion),
  });
}

function properties(context: TemplateContext, resource: TemplateResource, type: ResourceType): void {
  const known = propertiesOf[type];
  for (const member of resource.properties.values()) {
    const { value: name } = member.name;
    if (known.includes(name)) continue;
    if (type === certificateType && otherCertificateSources.some((source) => source === name)) {
      const path = pathOf(member.name.node);
      const replace = resource.properties.has('CertificateId');
      const fixes = replace ? removeMember(context, path, name) : sourceReplacement(member);
      context.report('certificateSource', member.name, l10n.t('Fleet provisioning has made the certificate before the template runs: only CertificateId can be used, not {0}.', name), { fixes });
      continue;
    }
    const { suggestion, fixes } = misspelt(context, member, known, (other) => resource.properties.has(other));
    context.report('unknownProperty', member.name, l10n.t('{0} has no property {1}.', type, name) + ending(suggestion), { fixes, data: { property: name } });
  }
  if (context.broken) return;
  if (type === thingType && !resource.properties.has('ThingName')) {
    const path = ['Resources', resource.name.value, 'Properties', 'ThingName'];
    const fixes = context.template.parameters.has('ThingName') ? setMember(context, path, { Ref: 'ThingName' }, l10n.t('Add ThingName from the parameter ThingName')) : [];
    context.report('missingProperty', resource.name, l10n.t('{0} has no ThingName: AWS IoT cannot make a thing without a name.', resource.name.value), { fixes });
  }
}

function sourceReplacement(member: Member): ReturnType<typeof replaceText> {
  const end = member.value === undefined ? member.name.offset + member.name.length + 1 : member.value.offset + member.value.length;
  const offset = member.name.node.offset;
  const text = `"CertificateId": { "Ref": "${certificateParameter}" }`;
  return [{ title: l10n.t('Use CertificateId'), changes: [{ offset, length: end - offset, text }], preferred: true }];
}

function counts(context: TemplateContext): void {
  const { template } = context;
  const at = template.members.get('Resources')?.name ?? template.root;
  const of = (type: ResourceType): readonly TemplateResource[] => template.resources.filter((resource) => resource.type?.value === type);
  // A type that is misspelt may be the one that seems to be missing.
  const sure = template.resources.every((resource) => resource.type !== undefined && isResourceType(resource.type.value));
  const path = (name: string): string[] => ['Resources', freeName(name, (other) => template.resources.some((resource) => resource.name.value === other))];
  const things = of(thingType);
  const certificates = of(certificateType);
  if (sure && things.length === 0) {
    const parameter = template.parameters.has('ThingName');
    const value = { Type: thingType, Properties: { ThingName: { Ref: 'ThingName' } } };
    context.report('noThing', at, l10n.t('The template makes no thing: a Greengrass core device is one.'), { fixes: parameter ? setMember(context, path('GreengrassThing'), value, l10n.t('Add a thing')) : [] });
  }
  if (sure && certificates.length === 0) {
    const value = { Type: certificateType, Properties: { CertificateId: { Ref: certificateParameter }, Status: 'Active' } };
    context.report('noCertificate', at, l10n.t('The template has no AWS::IoT::Certificate: a device would get none.'), { fixes: setMember(context, path('GreengrassCertificate'), value, l10n.t('Add the certificate')) });
  }
  if (sure && of(policyType).length === 0) context.report('noPolicy', at, l10n.t('The template attaches no policy: devices may do only what the policies of their thing groups allow.'));
  for (const [found, code] of [[things, 'manyThings'], [certificates, 'manyCertificates']] as const) {
    const [first] = found;
    for (const one of found.slice(1)) {
      const related = first === undefined ? [] : [{ offset: first.name.offset, length: first.name.length, message: l10n.t('The first one') }];
      context.report(code, one.name, l10n.t('A device gets one {0}; this is one more.', one.type?.value ?? ''), { related });
    }
  }
}

function freeName(wanted: string, taken: (name: string) => boolean): string {
  let name = wanted;
  for (let count = 2; taken(name); count += 1) name = `${wanted}${String(count)}`;
  return name;
}
