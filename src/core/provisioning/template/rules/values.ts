import * as l10n from '@vscode/l10n';
import type { Node } from 'jsonc-parser';
import { nearest } from '../../../policy/nearest';
import { textOf } from '../../../policy/model';
import type { Span } from '../../../policy/ruleContext';
import { nameProblem } from '../../../util/names';
import { certificateParameter } from '../../templateDocument';
import { pathOf, removeMember, replaceText, replaceValue, setMember } from '../templateChanges';
import { constantValue } from '../evaluate';
import type { TemplateCode } from '../templateCodes';
import type { TemplateContext } from '../templateFinding';
import { membersIn, type TemplateResource } from '../templateModel';
import { callsIn, parameterUses } from '../templateUses';
import { certificateStatuses, certificateType, isResourceType, looksLikeFunction, overridesOf, policyType, principalTypes, thingType } from '../vocabulary';
import { isObject } from './structure';

/** https://docs.aws.amazon.com/general/latest/gr/iot-core.html#thing-limits */
const maxGroups = 10;
const maxAttributes = 50;
const maxAttributesWithoutType = 3;

/** https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html, API_CreateThingType.html, API_CreateBillingGroup.html */
const resourceName = /^[a-zA-Z0-9:_-]{1,128}$/;
/** https://docs.aws.amazon.com/iot/latest/apireference/API_AttributePayload.html */
const attributeName = /^[a-zA-Z0-9_.,@/:#=[\]-]{1,128}$/;
const attributeValue = /^[a-zA-Z0-9_.,@/:#=[\]-]{0,800}$/;

export function valuesRule(context: TemplateContext): void {
  for (const resource of context.template.resources) {
    const type = resource.type?.value;
    if (type === undefined || !isResourceType(type)) continue;
    if (type === thingType) thing(context, resource);
    else if (type === certificateType) certificate(context, resource);
    else policy(context, resource);
    overrides(context, resource);
  }
  const device = context.template.deviceConfiguration;
  if (isObject(device)) flat(context, device, 'DeviceConfiguration');
}

export function isCall(node: Node | undefined, source: string): boolean {
  return [...membersIn(node, source).keys()].some(looksLikeFunction);
}

/** As `constantValue`, in this template. */
export function constantText(context: TemplateContext, node: Node | undefined, withDefaults = false): string | undefined {
  return constantValue(context.template, node, withDefaults);
}

function property(context: TemplateContext, resource: TemplateResource, name: string): Node | undefined {
  const node = resource.properties.get(name)?.value;
  if (node === undefined) return undefined;
  if (node.type === 'string' || isCall(node, context.template.source)) return node;
  context.report('wrongType', node, l10n.t('{0} must be a text or a function.', name));
  return undefined;
}

/** Where the text came from: inside the quotes when it is written out, the whole expression otherwise. */
function spanOf(context: TemplateContext, node: Node): Span {
  return textOf(node, context.template.source) ?? node;
}

function checkName(context: TemplateContext, node: Node | undefined, what: string, code: TemplateCode = 'resourceName'): void {
  const text = node === undefined ? undefined : constantText(context, node, true);
  if (node === undefined || text === undefined || resourceName.test(text) || marked(text)) return;
  context.report(code, spanOf(context, node), l10n.t('"{0}" is no name for a {1}: 1 to 128 letters, digits and : _ -', text, what));
}

/** A placeholder is reported as one; what it looks like does not matter. */
function marked(text: string): boolean {
  return /[[<{]/.test(text);
}

function thing(context: TemplateContext, resource: TemplateResource): void {
  const { template } = context;
  const { source } = template;
  const name = property(context, resource, 'ThingName');
  checkName(context, name, l10n.t('thing'));
  if (name !== undefined) {
    const text = constantText(context, name, true);
    if (text?.includes(':') === true && resourceName.test(text)) context.report('coreThingName', spanOf(context, name), l10n.t('A Greengrass core device refuses ":" in its thing name.'));
    const uses = parameterUses(callsIn(name, source), source);
    const declared = template.parameters;
    if (uses.every((use) => declared.get(use.name)?.defaultNode !== undefined) && (constantText(context, name, true) !== undefined)) {
      const message = uses.length === 0 ? l10n.t('Every device gets the thing name {0}: the second one takes the thing of the first.', text ?? '') : l10n.t('Every device that sends no {0} becomes the same thing, {1}.', uses[0]?.name ?? '', text ?? '');
      const fixes = uses.length === 0 && declared.has('ThingName') ? replaceValue(l10n.t('Use the parameter ThingName'), name, { Ref: 'ThingName' }) : [];
      if (text !== undefined && !marked(text)) context.report('sameThingForAll', spanOf(context, name), message, { fixes });
    }
  }
  const type = property(context, resource, 'ThingTypeName');
  checkName(context, type, l10n.t('thing type'));
  checkName(context, property(context, resource, 'BillingGroup'), l10n.t('billing group'));
  groups(context, resource.properties.get('ThingGroups')?.value);
  const attributes = resource.properties.get('AttributePayload')?.value;
  if (attributes === undefined) return;
  if (!isObject(attributes)) {
    context.report('wrongType', attributes, l10n.t('AttributePayload must be an object of names and values.'));
    return;
  }
  const count = flat(context, attributes, 'AttributePayload');
  const limit = resource.properties.has('ThingTypeName') ? maxAttributes : maxAttributesWithoutType;
  if (count > limit) {
    const at = resource.properties.get('AttributePayload')?.name ?? attributes;
    const message = limit === maxAttributes ? l10n.t('{0} attributes are more than a thing can have: {1}.', count, limit) : l10n.t('{0} attributes are more than a thing without a thing type can have: {1}. With a ThingTypeName it can have {2}.', count, limit, maxAttributes);
    context.report('manyAttributes', at, message, { data: { count, limit } });
  }
}

function groups(context: TemplateContext, node: Node | undefined): void {
  if (node === undefined) return;
  if (node.type !== 'array') {
    if (isCall(node, context.template.source)) return;
    context.report('wrongType', node, l10n.t('ThingGroups must be a list of names.'), { fixes: node.type === 'string' ? replaceValue(l10n.t('Make it a list'), node, [node.value]) : [] });
    return;
  }
  const items = node.children ?? [];
  for (const item of items) {
    if (item.type === 'string' || isCall(item, context.template.source)) checkName(context, item, l10n.t('thing group'));
    else context.report('wrongType', item, l10n.t('A thing group is a name or a function.'));
  }
  if (items.length > maxGroups) context.report('manyThingGroups', node, l10n.t('A thing can be in {0} groups; these are {1}.', maxGroups, items.length));
}

/** Names with plain values. Returns how many there are. */
function flat(context: TemplateContext, node: Node | undefined, section: 'AttributePayload' | 'DeviceConfiguration'): number {
  const { source } = context.template;
  if (isCall(node, source)) {
    if (node !== undefined) context.report('wrongType', node, l10n.t('{0} must be an object of names and values.', section));
    return 0;
  }
  const members = membersIn(node, source);
  for (const { name, value } of members.values()) {
    if (value === undefined) continue;
    if ((value.type === 'object' && !isCall(value, source)) || value.type === 'array' || value.type === 'null') {
      const wrapped = section === 'AttributePayload' && /^attributes$/i.test(name.value) && value.type === 'object' && members.size === 1;
      const text = source.slice(value.offset, value.offset + value.length);
      const fixes = wrapped && node !== undefined ? [{ title: l10n.t('Take the attributes out of {0}', name.value), changes: [{ offset: node.offset, length: node.length, text }], preferred: true }] : [];
      context.report('nestedValue', value, l10n.t('{0} in {1} must be a plain value: objects and lists do not work there.', name.value, section), { fixes });
      continue;
    }
    if (section === 'DeviceConfiguration') continue;
    if (!attributeName.test(name.value)) context.report('attribute', name, l10n.t('"{0}" is no attribute name: letters, digits and _ . , @ / : # = [ ] -', name.value));
    if (value.type === 'number' || value.type === 'boolean') context.report('attribute', value, l10n.t('The value of an attribute is a text.'), { fixes: replaceValue(l10n.t('Put it in quotes'), value, String(value.value)) });
    const text = constantText(context, value);
    if (text !== undefined && !attributeValue.test(text)) context.report('attribute', spanOf(context, value), l10n.t('An attribute\'s value may hold letters, digits and _ . , @ / : # = [ ] - only, no blanks, and 800 of them.'));
  }
  return members.size;
}

function certificate(context: TemplateContext, resource: TemplateResource): void {
  const { source } = context.template;
  const wanted = { Ref: certificateParameter };
  const title = l10n.t('Refer to {0}', certificateParameter);
  const id = resource.properties.get('CertificateId');
  if (id === undefined) {
    const path = ['Resources', resource.name.value, 'Properties', 'CertificateId'];
    const other = [...resource.properties.keys()].some((name) => /Pem$|Request$|^certificateid$/i.test(name));
    // With another source, that source is what is reported and mended.
    if (!context.broken && !other) context.report('certificateReference', resource.name, l10n.t('{0} has no CertificateId: it must refer to {1}.', resource.name.value, certificateParameter), { fixes: setMember(context, path, wanted, title) });
  } else if (id.value !== undefined) {
    const reference = textOf(membersIn(id.value, source).get('Ref')?.value, source);
    if (reference?.value !== certificateParameter) {
      // A misspelt pseudo parameter is reported as such.
      if (reference === undefined || !reference.value.startsWith('AWS::')) {
        context.report('certificateReference', id.value, l10n.t('CertificateId must refer to {0}: only fleet provisioning knows the new certificate.', certificateParameter), { fixes: replaceValue(title, id.value, wanted) });
      }
    }
  }
  const status = property(context, resource, 'Status');
  const text = status === undefined ? undefined : constantText(context, status, true);
  if (status !== undefined && text !== undefined) {
    const at = spanOf(context, status);
    const found = certificateStatuses.find((value) => value === text.toUpperCase());
    const suggestion = nearest(text, certificateStatuses) ?? (text.toUpperCase() === 'PENDING_ACTIVATION' ? 'ACTIVE' : undefined);
    if (found === undefined) context.report('certificateStatus', at, l10n.t('The status must be {0}.', certificateStatuses.join(', ')), { fixes: suggestion === undefined ? [] : replaceText(at, suggestion) });
    else if (found === 'INACTIVE') context.report('certificateInactive', at, l10n.t('With an inactive certificate a device cannot connect after it was provisioned.'), { fixes: status.type === 'string' ? replaceText(at, 'ACTIVE', false) : [] });
  }
  const principal = property(context, resource, 'ThingPrincipalType');
  const kind = principal === undefined ? undefined : constantText(context, principal, true);
  if (principal !== undefined && kind !== undefined && !principalTypes.some((value) => value === kind)) {
    const suggestion = nearest(kind, principalTypes);
    const at = spanOf(context, principal);
    context.report('principalType', at, l10n.t('ThingPrincipalType must be {0}.', principalTypes.join(', ')), { fixes: suggestion === undefined ? [] : replaceText(at, suggestion) });
  }
}

function policy(context: TemplateContext, resource: TemplateResource): void {
  const { properties } = resource;
  const name = properties.get('PolicyName');
  const document = properties.get('PolicyDocument');
  if (name !== undefined && document !== undefined) {
    context.report('policyNameAndDocument', name.name, l10n.t('A policy has a PolicyName or a PolicyDocument, not both.'), {
      fixes: [...removeMember(context, pathOf(name.name.node), 'PolicyName', false), ...removeMember(context, pathOf(document.name.node), 'PolicyDocument', false)],
      related: [{ offset: document.name.offset, length: document.name.length, message: 'PolicyDocument' }],
    });
  } else if (name === undefined && document === undefined && !context.broken) {
    const misspelt = [...properties.keys()].some((key) => nearest(key, ['PolicyName', 'PolicyDocument']) !== undefined);
    if (!misspelt) context.report('policyNameAndDocument', resource.name, l10n.t('{0} has neither a PolicyName nor a PolicyDocument.', resource.name.value));
  }
  const node = property(context, resource, 'PolicyName');
  const text = node === undefined ? undefined : constantText(context, node, true);
  if (node === undefined || text === undefined || marked(text) || context.broken) return;
  const at = spanOf(context, node);
  const arn = /^arn:[^:]*:([^:]*):[^:]*:[^:]*:([^/]*)\/(.+)$/.exec(text);
  if (arn !== null) {
    const [, service, type, rest = ''] = arn;
    if (service === 'iot' && type === 'policy') {
      context.report('policyArn', at, l10n.t('PolicyName takes the name of the policy, not its ARN.'), { fixes: node.type === 'string' ? replaceText(at, rest) : [] });
    } else if (service === 'iot' && type === 'rolealias') context.report('policyArn', at, l10n.t('This is a role alias. PolicyName takes the name of an AWS IoT policy, which then allows that role alias.'));
    else if (service === 'iam') context.report('policyArn', at, l10n.t('This is an IAM resource. PolicyName takes the name of an AWS IoT policy.'));
    else context.report('policyArn', at, l10n.t('PolicyName takes the name of an AWS IoT policy, not an ARN.'));
    return;
  }
  const problem = nameProblem('iotPolicy', text);
  if (problem !== undefined) context.report('policyName', at, problem);
}

function overrides(context: TemplateContext, resource: TemplateResource): void {
  const type = resource.type?.value;
  const member = resource.members.get('OverrideSettings');
  if (type === undefined || !isResourceType(type) || member === undefined) return;
  if (type === policyType) {
    context.report('overrideProperty', member.name, l10n.t('Policies have no OverrideSettings.'), { fixes: removeMember(context, ['Resources', resource.name.value, 'OverrideSettings'], 'OverrideSettings') });
    return;
  }
  const legal = overridesOf[type];
  for (const { name, value } of resource.overrides.values()) {
    const values = Object.hasOwn(legal, name.value) ? legal[name.value] : undefined;
    if (values === undefined) {
      // The page itself also writes ATTRIBUTE_PAYLOAD where its example has AttributePayload.
      const plain = name.value.replace(/_/g, '');
      const suggestion = Object.keys(legal).find((key) => key.toLowerCase() === plain.toLowerCase()) ?? nearest(name.value, Object.keys(legal));
      const taken = suggestion !== undefined && resource.overrides.has(suggestion);
      context.report('overrideProperty', name, l10n.t('OverrideSettings of {0} are for {1}, not for {2}.', type, Object.keys(legal).join(', '), name.value), {
        fixes: suggestion !== undefined && !taken ? replaceText(name, suggestion) : removeMember(context, pathOf(name.node), name.value, false),
      });
      continue;
    }
    if (value === undefined || isCall(value, context.template.source)) continue;
    const text = textOf(value, context.template.source);
    if (text !== undefined && values.includes(text.value)) continue;
    const suggestion = text === undefined ? undefined : (nearest(text.value.replace(/[ -]/g, '_'), values) ?? undefined);
    const merge = text?.value === 'MERGE' ? ` ${l10n.t('MERGE works for lists and maps only.')}` : '';
    context.report('overrideValue', text ?? value, l10n.t('{0} takes {1}.', name.value, values.join(', ')) + merge, {
      fixes: suggestion === undefined || text === undefined ? [] : replaceText(text, suggestion),
      data: { property: name.value },
    });
  }
}
