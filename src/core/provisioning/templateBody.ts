import * as l10n from '@vscode/l10n';
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { certificateParameter } from './templateDocument';

/** Longest body. https://docs.aws.amazon.com/iot/latest/apireference/API_CreateProvisioningTemplate.html */
export const maxTemplateCharacters = 10_240;

export interface TemplateParameter {
  readonly name: string;
  readonly defaultValue?: string;
}

/** What a provisioning template names. Values that only a device can tell (a parameter without default) are left out. */
export interface TemplateFacts {
  readonly thingGroups: readonly string[];
  readonly policies: readonly string[];
  /** Without the certificate's pseudo parameters. */
  readonly parameters: readonly TemplateParameter[];
}

export interface TemplateProblem {
  /** Localized. */
  readonly message: string;
  /** UTF-16 offset in the text. */
  readonly offset: number;
}

/** The first reason why AWS IoT would refuse the body, as far as a look at its frame tells; undefined when there is none. */
export function templateProblem(text: string): TemplateProblem | undefined {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (error !== undefined) return { message: l10n.t('This is not JSON: {0}.', printParseErrorCode(error.error)), offset: error.offset };
  if (record(value) === undefined) return { message: l10n.t('The template must be a JSON object.'), offset: 0 };
  const resources = Object.values(record(member(value, 'Resources')) ?? {});
  if (resources.length === 0) return { message: l10n.t('The template has no Resources.'), offset: 0 };
  if (!resources.some((resource) => member(resource, 'Type') === 'AWS::IoT::Certificate')) {
    return { message: l10n.t('The template has no AWS::IoT::Certificate: a device would get none.'), offset: 0 };
  }
  if (compactTemplate(text).length > maxTemplateCharacters) {
    return { message: l10n.t('The template is longer than {0} characters.', maxTemplateCharacters), offset: maxTemplateCharacters };
  }
  return undefined;
}

/** The body as it is sent: as written, or without white space when only that keeps it under the limit. */
export function compactTemplate(text: string): string {
  return text.length <= maxTemplateCharacters ? text : JSON.stringify(JSON.parse(text));
}

/** Names that a template refers to. Total: a broken template has none. */
export function templateFacts(text: string): TemplateFacts {
  const value: unknown = parse(text);
  const parameters = Object.entries(record(member(value, 'Parameters')) ?? {})
    .filter(([name]) => !name.startsWith('AWS::IoT::Certificate::') && name !== certificateParameter)
    .map(([name, definition]): TemplateParameter => {
      const defaultValue = member(definition, 'Default');
      return { name, ...(typeof defaultValue === 'string' ? { defaultValue } : {}) };
    });
  const defaults = new Map(parameters.map((parameter) => [parameter.name, parameter.defaultValue]));
  const mappings = member(value, 'Mappings');
  const groups = new Set<string>();
  const policies = new Set<string>();
  for (const resource of Object.values(record(member(value, 'Resources')) ?? {})) {
    const properties = member(resource, 'Properties');
    if (member(resource, 'Type') === 'AWS::IoT::Thing') {
      const listed = member(properties, 'ThingGroups');
      for (const group of Array.isArray(listed) ? (listed as unknown[]) : []) add(groups, resolve(group, defaults, mappings));
    }
    if (member(resource, 'Type') === 'AWS::IoT::Policy') add(policies, resolve(member(properties, 'PolicyName'), defaults, mappings));
  }
  return { thingGroups: [...groups], policies: [...policies], parameters };
}

/** The text that an expression stands for when only defaults are known. https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html */
function resolve(value: unknown, defaults: ReadonlyMap<string, string | undefined>, mappings: unknown): string | undefined {
  if (typeof value === 'string') return value;
  const reference = member(value, 'Ref');
  if (typeof reference === 'string') return defaults.get(reference);
  const join = member(value, 'Fn::Join');
  if (Array.isArray(join) && typeof join[0] === 'string' && Array.isArray(join[1])) {
    const parts = (join[1] as unknown[]).map((part) => resolve(part, defaults, mappings));
    return parts.includes(undefined) ? undefined : parts.join(join[0]);
  }
  const sub = member(value, 'Fn::Sub');
  if (typeof sub === 'string') {
    const names = [...sub.matchAll(/\$\{([^}]+)\}/g)].map((match) => match[1] ?? '');
    if (names.some((name) => defaults.get(name) === undefined)) return undefined;
    return sub.replace(/\$\{([^}]+)\}/g, (_, name: string) => defaults.get(name) ?? '');
  }
  const find = member(value, 'Fn::FindInMap');
  if (Array.isArray(find) && find.length === 3) {
    const [map, first, second] = (find as unknown[]).map((part) => resolve(part, defaults, mappings));
    const found = map === undefined || first === undefined || second === undefined ? undefined : member(member(member(mappings, map), first), second);
    return typeof found === 'string' ? found : undefined;
  }
  return undefined;
}

function add(names: Set<string>, name: string | undefined): void {
  if (name !== undefined && name !== '') names.add(name);
}

function record(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}

function member(value: unknown, name: string): unknown {
  const object = record(value);
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined;
}
