import type { Node } from 'jsonc-parser';
import { textOf } from '../policy/model';
import { constantValue } from './template/evaluate';
import { maxTemplateCharacters } from './template/vocabulary';
import { parseTemplate } from './template/templateModel';
import { policyType, thingType } from './template/vocabulary';

export interface TemplateParameter {
  readonly name: string;
  readonly defaultValue?: string;
}

/** What a provisioning template names. Values that only a device can tell (a parameter without default) are left out. */
export interface TemplateFacts {
  readonly thingGroups: readonly string[];
  readonly policies: readonly string[];
  readonly thingTypes: readonly string[];
  /** Without the certificate's pseudo parameters. */
  readonly parameters: readonly TemplateParameter[];
}

/** The body as it is sent: as written, or without white space when only that keeps it under the limit. */
export function compactTemplate(text: string): string {
  return text.length <= maxTemplateCharacters ? text : JSON.stringify(JSON.parse(text));
}

/** A policy that a template brings along as a document, with the name that it gives it. Values that a device tells stay as they are written. */
export interface OwnPolicy {
  readonly name?: string;
  /** JSON text. */
  readonly document: string;
}

export function ownPolicies(text: string): readonly OwnPolicy[] {
  const parsed = parseTemplate(text);
  if (parsed.kind !== 'template') return [];
  const { template } = parsed;
  return template.resources.flatMap(({ type, properties }): readonly OwnPolicy[] => {
    const node = properties.get('PolicyDocument')?.value;
    if (type?.value !== policyType || node === undefined) return [];
    const name = constantValue(template, properties.get('PolicyName')?.value, true);
    return [{ document: typeof node.value === 'string' ? node.value : template.source.slice(node.offset, node.offset + node.length), ...(name === undefined ? {} : { name }) }];
  });
}

/** Names that a template refers to. Total: a broken template has those that can be read. */
export function templateFacts(text: string): TemplateFacts {
  const parsed = parseTemplate(text);
  if (parsed.kind !== 'template') return { thingGroups: [], policies: [], thingTypes: [], parameters: [] };
  const { template } = parsed;
  const parameters = [...template.parameters.values()]
    .filter(({ name }) => !name.value.startsWith('AWS::IoT::Certificate::'))
    .map(({ name, defaultNode }): TemplateParameter => {
      const defaultValue = textOf(defaultNode, template.source)?.value;
      return { name: name.value, ...(defaultValue === undefined ? {} : { defaultValue }) };
    });
  const groups = new Set<string>();
  const policies = new Set<string>();
  const thingTypes = new Set<string>();
  const add = (names: Set<string>, node: Node | undefined): void => {
    const name = constantValue(template, node, true);
    if (name !== undefined && name !== '') names.add(name);
  };
  for (const { type, properties } of template.resources) {
    if (type?.value === thingType) {
      add(thingTypes, properties.get('ThingTypeName')?.value);
      const listed = properties.get('ThingGroups')?.value;
      for (const group of listed?.type === 'array' ? (listed.children ?? []) : []) add(groups, group);
    }
    if (type?.value === policyType) add(policies, properties.get('PolicyName')?.value);
  }
  return { thingGroups: [...groups], policies: [...policies], thingTypes: [...thingTypes], parameters };
}

/** What the provisioning role must be allowed to do for what a template makes. */
export function provisioningActions(text: string): readonly string[] {
  const parsed = parseTemplate(text);
  if (parsed.kind !== 'template') return [];
  const types = new Set(parsed.template.resources.map(({ type }) => type?.value));
  return [
    ...(types.has(thingType) ? ['iot:CreateThing', 'iot:AttachThingPrincipal'] : []),
    ...(templateFacts(text).thingGroups.length > 0 ? ['iot:AddThingToThingGroup'] : []),
    ...(types.has(policyType) ? ['iot:AttachPolicy'] : []),
    ...(ownPolicies(text).length > 0 ? ['iot:CreatePolicy'] : []),
  ];
}
