import * as l10n from '@vscode/l10n';
import type { Node } from 'jsonc-parser';
import { certificateParameter } from './templateDocument';
import { policyFault } from './template/bodyFault';
import { evaluate, scalarText, type EvaluationScope, type Json, type RenderProblem, type RenderProblemCode } from './template/evaluate';
import { membersIn, parseTemplate, type TemplateModel, type TemplateResource } from './template/templateModel';
import { certificateStatuses, certificateType, policyType, principalTypes, thingType } from './template/vocabulary';
import { textOf, type Member } from '../policy/model';
import { tryParseJson } from '../util/json';

export type { Json, RenderProblem, RenderProblemCode } from './template/evaluate';

export interface RenderFacts {
  /** What `AWS::IoT::Certificate::Id` stands for: 64 hexadecimal digits. Without it, a reference to it is a missing parameter. */
  readonly certificateId?: string;
  /** `registration` is the control plane's RegisterThing, where a certificate may also come as a CSR or PEM. Default: `fleet`. */
  readonly use?: 'fleet' | 'registration';
}

export interface RenderedThing {
  /** Name of the resource in the template. */
  readonly logicalName: string;
  readonly name: string;
  /** Name of the thing type. */
  readonly type?: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly groups: readonly string[];
  readonly billingGroup?: string;
  /** Per property (AttributePayload, ThingTypeName, ThingGroups): DO_NOTHING, REPLACE, FAIL or MERGE. */
  readonly overrideSettings: Readonly<Record<string, string>>;
}

export interface RenderedCertificate {
  readonly logicalName: string;
  /** Missing only for `registration` with one of the other sources. */
  readonly id?: string;
  /** "Defaults to ACTIVE." */
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly principalType: 'EXCLUSIVE_THING' | 'NON_EXCLUSIVE_THING';
  readonly certificateSigningRequest?: string;
  readonly certificatePem?: string;
  readonly caCertificatePem?: string;
  /** For the property Status. */
  readonly overrideSettings: Readonly<Record<string, string>>;
}

/** One of both: the name of a policy that is there already, or the JSON text of one that is made. */
export type RenderedPolicy = { readonly logicalName: string; readonly name: string } | { readonly logicalName: string; readonly document: string };

export interface RenderedTemplate {
  readonly things: readonly RenderedThing[];
  readonly certificates: readonly RenderedCertificate[];
  readonly policies: readonly RenderedPolicy[];
  /** What the answer to RegisterThing carries; empty when the template has none. */
  readonly deviceConfiguration: Readonly<Record<string, string | number | boolean>>;
}

export interface Rendering {
  /** All that could be worked out; complete when there is no problem. */
  readonly rendered: RenderedTemplate;
  /** In document order. With any of them AWS IoT refuses the device, or what it would do is not documented. */
  readonly problems: readonly RenderProblem[];
}

/**
 * What AWS IoT makes of a provisioning template for one device. Pure and total: any text and any parameters are taken.
 * Parameters that the template does not declare are not seen, as in AWS IoT. Existence of groups, types and policies is
 * not looked at.
 * https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html
 */
export function renderTemplate(text: string, parameters: Readonly<Record<string, string>>, facts: RenderFacts = {}): Rendering {
  const problems: RenderProblem[] = [];
  const report: EvaluationScope['report'] = (code, at, message, parameter) => {
    problems.push({ code, offset: at.offset, length: at.length, message, ...(parameter === undefined ? {} : { parameter }) });
  };
  const rendered = new Renderer(report, parameters, facts).render(text);
  return { rendered, problems: problems.sort((a, b) => a.offset - b.offset || a.length - b.length) };
}

const nothing: RenderedTemplate = { things: [], certificates: [], policies: [], deviceConfiguration: {} };

class Renderer {
  constructor(
    private readonly report: EvaluationScope['report'],
    private readonly parameters: Readonly<Record<string, string>>,
    private readonly facts: RenderFacts,
  ) {}

  render(text: string): RenderedTemplate {
    const parsed = parseTemplate(text);
    if (parsed.kind !== 'template' || parsed.errors.length > 0) {
      const [error] = parsed.kind === 'unread' ? [] : parsed.errors;
      this.report('notATemplate', error ?? { offset: 0, length: Math.min(1, text.length) }, l10n.t('This is no JSON object that could be a template.'));
      return nothing;
    }
    const { template } = parsed;
    const scope: EvaluationScope = { template, value: (name) => this.value(template, name), report: this.report };
    this.count(template);
    const of = <T>(type: string, make: (resource: TemplateResource) => T | undefined): readonly T[] =>
      template.resources.filter((resource) => resource.type?.value === type).flatMap((resource) => make(resource) ?? []);
    return {
      things: of(thingType, (resource) => this.thing(resource, scope)),
      certificates: of(certificateType, (resource) => this.certificate(resource, scope)),
      policies: of(policyType, (resource) => this.policy(resource, scope)),
      deviceConfiguration: this.deviceConfiguration(template, scope),
    };
  }

  /** "The default value is used when the dictionary passed in with the template does not contain a value for the parameter." */
  private value(template: TemplateModel, name: string): string | undefined {
    if (name === certificateParameter) return this.facts.certificateId ?? (this.facts.use === 'registration' ? this.given(name) : undefined);
    const declared = template.parameters.get(name);
    if (declared === undefined) return undefined;
    return this.given(name) ?? textOf(declared.defaultNode, template.source)?.value;
  }

  private given(name: string): string | undefined {
    return Object.hasOwn(this.parameters, name) ? this.parameters[name] : undefined;
  }

  private count(template: TemplateModel): void {
    const at = template.members.get('Resources')?.name ?? { offset: template.root.offset, length: 1 };
    if (template.resources.length === 0) {
      this.report('noResources', at, l10n.t('The template has no Resources.'));
      return;
    }
    const check = (type: string, none: RenderProblemCode, many: RenderProblemCode): void => {
      const found = template.resources.filter((resource) => resource.type?.value === type);
      if (found.length === 0) this.report(none, at, l10n.t('The template has no {0}.', type));
      for (const second of found.slice(1)) this.report(many, second.name, l10n.t('A device gets one {0}; this is one more.', type));
    };
    check(thingType, 'noThing', 'manyThings');
    check(certificateType, 'noCertificate', 'manyCertificates');
  }

  /** A property as text. `undefined` with a problem reported, unless the property is absent and optional. */
  private text(resource: TemplateResource, property: string, scope: EvaluationScope, required = false): string | undefined {
    const member = resource.properties.get(property);
    if (member === undefined) {
      if (required) this.report('missingProperty', resource.name, l10n.t('{0} has no {1}.', resource.name.value, property));
      return undefined;
    }
    return this.memberText(member, scope);
  }

  private memberText(member: Member, scope: EvaluationScope): string | undefined {
    const value = evaluate(member.value, scope);
    if (value === undefined) return undefined;
    const text = scalarText(value);
    if (text === undefined) this.report('notText', member.value ?? member.name, l10n.t('{0} must be a text.', member.name.value));
    else if (text === '') this.report('badValue', member.value ?? member.name, l10n.t('{0} is empty.', member.name.value));
    return text === '' ? undefined : text;
  }

  private thing(resource: TemplateResource, scope: EvaluationScope): RenderedThing | undefined {
    const name = this.text(resource, 'ThingName', scope, true);
    const type = this.text(resource, 'ThingTypeName', scope);
    const billingGroup = this.text(resource, 'BillingGroup', scope);
    const attributes = this.attributes(resource.properties.get('AttributePayload'), scope);
    const groups = this.groups(resource.properties.get('ThingGroups'), scope);
    if (name === undefined) return undefined;
    return {
      logicalName: resource.name.value,
      name,
      ...(type === undefined ? {} : { type }),
      attributes,
      groups,
      ...(billingGroup === undefined ? {} : { billingGroup }),
      overrideSettings: overrideSettings(resource, scope.template.source),
    };
  }

  private attributes(member: Member | undefined, scope: EvaluationScope): Readonly<Record<string, string>> {
    if (member === undefined) return {};
    return Object.fromEntries(this.flat(member, scope).map(([name, value]) => [name, String(value)]));
  }

  /** A map of scalars; each entry is worked out on its own so that one fault does not hide the others. */
  private flat(member: Member, scope: EvaluationScope): readonly (readonly [string, string | number | boolean])[] {
    const { value: node } = member;
    if (node?.type !== 'object') {
      if (node !== undefined) this.report('notText', node, l10n.t('{0} must be an object of names and values.', member.name.value));
      return [];
    }
    return [...membersIn(node, scope.template.source).values()].flatMap((entry) => {
      const value = evaluate(entry.value, scope);
      if (value === undefined) return [];
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [[entry.name.value, value] as const];
      this.report('nestedValue', entry.value ?? entry.name, l10n.t('{0} must be a plain value: objects and lists do not work in {1}.', entry.name.value, member.name.value));
      return [];
    });
  }

  private groups(member: Member | undefined, scope: EvaluationScope): readonly string[] {
    if (member === undefined) return [];
    const nodes: readonly Node[] = member.value?.type === 'array' ? (member.value.children ?? []) : member.value === undefined ? [] : [member.value];
    const groups: string[] = [];
    for (const node of nodes) {
      const value = evaluate(node, scope);
      if (value === undefined) continue;
      const items: readonly Json[] = Array.isArray(value) ? (value as readonly Json[]) : [value];
      // A list in a list is only what Fn::Split gives for the whole property.
      const names: readonly (string | undefined)[] = node === member.value || !Array.isArray(value) ? items.map(scalarText) : [undefined];
      if (names.some((name) => name === undefined || name === '')) this.report('notText', node, l10n.t('ThingGroups must be a list of names.'));
      groups.push(...names.flatMap((name) => (name === undefined || name === '' ? [] : [name])));
    }
    return [...new Set(groups)];
  }

  private certificate(resource: TemplateResource, scope: EvaluationScope): RenderedCertificate | undefined {
    const registration = this.facts.use === 'registration';
    const certificateSigningRequest = registration ? this.text(resource, 'CertificateSigningRequest', scope) : undefined;
    const certificatePem = registration ? this.text(resource, 'CertificatePem', scope) : undefined;
    const caCertificatePem = registration ? this.text(resource, 'CACertificatePem', scope) : undefined;
    const other = ['CertificateSigningRequest', 'CertificatePem'].some((name) => resource.properties.has(name));
    const id = this.text(resource, 'CertificateId', scope, !(registration && other));
    const status = this.oneOf(resource, 'Status', certificateStatuses, 'ACTIVE', scope);
    const principalType = this.oneOf(resource, 'ThingPrincipalType', principalTypes, 'NON_EXCLUSIVE_THING', scope);
    if ((id ?? certificateSigningRequest ?? certificatePem) === undefined || status === undefined || principalType === undefined) return undefined;
    return {
      logicalName: resource.name.value,
      ...(id === undefined ? {} : { id }),
      status,
      principalType,
      ...(certificateSigningRequest === undefined ? {} : { certificateSigningRequest }),
      ...(certificatePem === undefined ? {} : { certificatePem }),
      ...(caCertificatePem === undefined ? {} : { caCertificatePem }),
      overrideSettings: overrideSettings(resource, scope.template.source),
    };
  }

  private oneOf<T extends string>(resource: TemplateResource, property: string, values: readonly T[], otherwise: T, scope: EvaluationScope): T | undefined {
    const member = resource.properties.get(property);
    if (member === undefined) return otherwise;
    const text = this.memberText(member, scope);
    if (text === undefined) return undefined;
    const found = values.find((value) => value === text.toUpperCase());
    if (found === undefined) this.report('badValue', member.value ?? member.name, l10n.t('{0} must be one of {1}.', property, values.join(', ')));
    return found;
  }

  private policy(resource: TemplateResource, scope: EvaluationScope): RenderedPolicy | undefined {
    const { properties, name: logical } = resource;
    if (policyFault(resource) !== undefined) {
      this.report('policyNameAndDocument', logical, l10n.t('{0} needs a PolicyName or a PolicyDocument, one of both.', logical.value));
      return undefined;
    }
    const name = this.text(resource, 'PolicyName', scope);
    if (name !== undefined) return { logicalName: logical.value, name };
    const member = properties.get('PolicyDocument');
    const value = evaluate(member?.value, scope);
    if (value === undefined || member === undefined) return undefined;
    const document = typeof value === 'string' ? value : JSON.stringify(value);
    if (!isObjectText(document)) {
      this.report('badValue', member.value ?? member.name, l10n.t('PolicyDocument must be a policy: a JSON object, or a text that holds one.'));
      return undefined;
    }
    return { logicalName: logical.value, document };
  }

  private deviceConfiguration(template: TemplateModel, scope: EvaluationScope): RenderedTemplate['deviceConfiguration'] {
    const member = template.members.get('DeviceConfiguration');
    return member === undefined ? {} : Object.fromEntries(this.flat(member, scope));
  }
}

function overrideSettings(resource: TemplateResource, source: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...resource.overrides.values()].flatMap((member) => {
      const text = textOf(member.value, source);
      return text === undefined ? [] : [[member.name.value, text.value]];
    }),
  );
}

function isObjectText(text: string): boolean {
  const value = tryParseJson(text)?.value;
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
