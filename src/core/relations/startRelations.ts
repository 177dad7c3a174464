import * as l10n from '@vscode/l10n';
import { ageText, isOld } from '../coreDevices/words';
import { PolicyEvaluator, type NamedPolicy } from '../policy/evaluate';
import { provisioningActions } from '../provisioning/templateBody';
import { credentialsService, iotService } from '../stack/trust';
import { iotArn, roleNameOfArn } from '../util/arn';
import { refusedExchange, widerThanTemplate } from './claimAccess';
import type { Fact } from './facts';
import type { EdgeCode, RelationEdge, RelationGraph, RelationNode } from './graph';
import type { Link, NodeRef, StartFacts } from './startFacts';
import { broken, ok, permissionsVerdict, provisioningVerdict, servicesVerdict, settled, trustVerdict, unknown, type Verdict } from './verdicts';

const nothing = { kind: 'missing' } as const;
const unread = (): Fact<never> => ({ kind: 'unreadable', why: l10n.t('It was not looked at.') });

/** What hangs on one resource, every relation judged. Pure and total; same facts, same graph. */
export function startRelations(facts: StartFacts): RelationGraph {
  return new Builder(facts).build();
}

class Builder {
  private readonly nodes = new Map<string, RelationNode>();
  private readonly edges = new Map<string, RelationEdge>();

  constructor(private readonly facts: StartFacts) {}

  build(): RelationGraph {
    const { start, links, gaps, aliases, templates } = this.facts;
    const id = this.node(start);
    this.absent(id);
    for (const link of links) this.edge(link, this.verdict(link));
    for (const gap of gaps) this.edge(gap, { status: gap.status, reason: gap.why });
    for (const name of aliases.keys()) this.alias(name);
    for (const name of templates.keys()) if (this.nodes.has(`template:${name}`)) this.template(name);
    if (this.edges.size === 0) this.edge({ code: 'alone', from: start, to: start }, unknown(l10n.t('Nothing was found that it uses or that uses it.')));
    return { nodes: [...this.nodes.values()], edges: [...this.edges.values()] };
  }

  private node({ kind, name }: NodeRef): string {
    const id = `${kind}:${name}`;
    this.nodes.set(id, { id, kind, name });
    return id;
  }

  private edge({ code, from, to }: { readonly code: EdgeCode; readonly from: NodeRef; readonly to: NodeRef }, verdict: Verdict): void {
    const edge = { code, from: this.node(from), to: this.node(to), ...verdict };
    this.edges.set(`${code} ${edge.from} ${edge.to}`, edge);
  }

  /** What was asked about may be gone, or not active: that is said first. */
  private absent(id: string): void {
    const { start, things, cores, certificates, policies, groups } = this.facts;
    const self = { from: start, to: start };
    const gone: Partial<Record<NodeRef['kind'], readonly [EdgeCode, Fact<unknown> | undefined, string]>> = {
      thing: ['thingCertificate', things.get(start.name), l10n.t('There is no thing {0}.', start.name)],
      coreDevice: ['coreDeviceThing', cores.get(start.name), l10n.t('The core device {0} has not reported to AWS IoT Greengrass.', start.name)],
      thingGroup: ['thingGroupMember', groups.get(start.name), l10n.t('There is no thing group {0}.', start.name)],
      policy: ['policyAlias', policies.get(start.name), l10n.t('There is no IoT policy {0}.', start.name)],
    };
    const [code, fact, text] = gone[start.kind] ?? ['alone', undefined, ''];
    const verdict = fact === undefined ? undefined : settled(fact, text);
    if (verdict !== undefined) this.edge({ code, ...self }, verdict);
    if (start.kind === 'certificate' && this.nodes.has(id)) this.edge({ code: 'certificateActive', ...self }, this.certificate(certificates.get(start.name) ?? nothing));
  }

  private verdict({ code, from, to }: Link): Verdict {
    const { things, cores, certificates, policies, templates, aliases, groups, brought } = this.facts;
    switch (code) {
      case 'coreDeviceThing':
        return settled(things.get(to.name) ?? unread(), l10n.t('There is no thing {0}.', to.name)) ?? this.core(cores.get(from.name) ?? nothing);
      case 'thingCertificate':
        return this.certificate(certificates.get(to.name) ?? unread());
      case 'thingGroupParent':
        // https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html
        return settled(groups.get(to.name) ?? unread(), l10n.t('There is no thing group {0}.', to.name)) ?? ok(l10n.t('The group is below this one: policies of this one hold for its things too.'));
      case 'thingGroupMember':
        return ok(l10n.t('The thing is in the group.'));
      case 'certificatePolicy':
        return settled(policies.get(to.name) ?? nothing, l10n.t('There is no IoT policy {0}.', to.name)) ?? ok(l10n.t('The certificate carries the policy.'));
      case 'groupPolicy':
        // https://docs.aws.amazon.com/iot/latest/developerguide/thing-groups.html#group-attach-policy
        return settled(policies.get(to.name) ?? nothing, l10n.t('There is no IoT policy {0}.', to.name)) ?? ok(l10n.t('Things of the group get the policy. What Greengrass itself calls must be allowed on the certificate.'));
      case 'policyAlias':
        return settled(aliases.get(to.name)?.alias ?? unread(), l10n.t('There is no role alias {0}.', to.name), this.own(to, 'roleAlias')) ?? this.assume(from.name, to.name);
      case 'policyTemplate':
        return settled(templates.get(to.name) ?? unread(), l10n.t('There is no provisioning template {0}.', to.name), this.own(to, 'provisioningTemplate')) ?? this.claim(from.name, to.name);
      case 'templatePolicy':
        return settled(policies.get(to.name) ?? unread(), l10n.t('The policy {0} that the template names does not exist.', to.name), this.own(to, 'iotPolicy')) ?? ok(brought.has(to.name) ? l10n.t('The template brings this policy along.') : l10n.t('Devices get this policy.'));
      case 'templateGroup':
        return settled(groups.get(to.name) ?? unread(), l10n.t('The thing group {0} that the template names does not exist.', to.name), this.own(from, 'provisioningTemplate')) ?? ok(l10n.t('Devices join this group.'));
      default:
        return ok(l10n.t('It uses it.'));
    }
  }

  /** A step mends only what the settings name. */
  private own({ name }: NodeRef, step: 'roleAlias' | 'iotPolicy' | 'provisioningTemplate'): RelationEdge['remedy'] {
    const { roleAliasName, iotPolicyName, templateName } = this.facts.names;
    return { roleAlias: roleAliasName, iotPolicy: iotPolicyName, provisioningTemplate: templateName }[step] === name ? step : undefined;
  }

  /** CloudFormation puts back the roles that it made. */
  private roleRemedy(roleArn: string): RelationEdge['remedy'] {
    return this.facts.stackRoles.includes(roleNameOfArn(roleArn) ?? '') ? 'revertStackDrift' : undefined;
  }

  private core(core: StartFacts['cores'] extends ReadonlyMap<string, infer V> ? V : never): Verdict {
    if (core.kind !== 'found') return settled(core, l10n.t('It has not reported to AWS IoT Greengrass.')) ?? unknown('');
    const { status, reportedAt } = core.value;
    const age = reportedAt === undefined ? l10n.t('at an unknown time') : ageText(reportedAt, this.facts.now);
    if (status === 'UNHEALTHY') return broken(l10n.t('The core device said {0}, {1}.', status, age));
    if (isOld(reportedAt, this.facts.now)) return unknown(l10n.t('The core device said {0}, {1}; it may have gone since.', status, age));
    return ok(l10n.t('The core device said {0}, {1}.', status, age));
  }

  private certificate(certificate: StartFacts['certificates'] extends ReadonlyMap<string, infer V> ? V : never): Verdict {
    if (certificate.kind !== 'found') return settled(certificate, l10n.t('The certificate does not exist.')) ?? unknown('');
    const { status } = certificate.value;
    return status === 'ACTIVE' ? ok(l10n.t('The certificate is active.')) : broken(l10n.t('The certificate is {0}: no device can connect with it.', status));
  }

  /** All policies of the device together decide: another one may deny. */
  private assume(policy: string, alias: string): Verdict {
    const { target, links } = this.facts;
    const carriers = links.filter(({ code, to }) => code === 'certificatePolicy' && to.name === policy).map(({ from }) => from.name);
    const together = links.filter(({ code, from }) => code === 'certificatePolicy' && carriers.includes(from.name)).map(({ to }) => to.name);
    const question = { kind: 'assumeRole', roleAlias: alias } as const;
    const ask = (names: readonly string[]): string => new PolicyEvaluator(this.texts(names)).ask(question, {}, target).outcome;
    if (ask([policy]) !== 'allowed') return broken(l10n.t('The policy does not allow iot:AssumeRoleWithCertificate on {0}: devices get no credentials.', iotArn(target, `rolealias/${alias}`)));
    const { start } = this.facts;
    const ofGroups = links.filter(({ code }) => code === 'groupPolicy').map(({ to }) => to.name);
    const oneDevice = start.kind === 'thing' || start.kind === 'coreDevice' || start.kind === 'certificate';
    if (oneDevice && ask([policy, ...together]) === 'explicitDeny') return broken(l10n.t('Another policy of the certificate denies iot:AssumeRoleWithCertificate on {0}.', iotArn(target, `rolealias/${alias}`)));
    if (oneDevice && ask([policy, ...ofGroups]) === 'explicitDeny') return broken(l10n.t('A policy of a thing group denies iot:AssumeRoleWithCertificate on {0}.', iotArn(target, `rolealias/${alias}`)));
    return ok(l10n.t('The policy lets devices use the alias.'));
  }

  private claim(policy: string, template: string): Verdict {
    const [found] = this.texts([policy]);
    const refused = found === undefined ? undefined : refusedExchange({ name: policy, document: found.text }, template, this.facts.target);
    if (refused !== undefined) return broken(l10n.t('The claim policy does not allow {0}.', refused));
    const wider = found === undefined ? undefined : widerThanTemplate(found.text, template, this.facts.target);
    return wider === undefined ? ok(l10n.t('The policy lets a claim register by this template.')) : broken(l10n.t('"{0}" lets the claim use other templates as well.', wider.value));
  }

  private texts(names: readonly string[]): readonly NamedPolicy[] {
    return [...new Set(names)].flatMap((name) => {
      const policy = this.facts.policies.get(name);
      return policy?.kind === 'found' ? [{ name, text: policy.value.document }] : [];
    });
  }

  private alias(name: string): void {
    const { alias, role, permissions } = this.facts.aliases.get(name) ?? { alias: nothing, role: nothing, permissions: nothing };
    const from = { kind: 'roleAlias', name } as const;
    if (alias.kind !== 'found') {
      if (this.facts.start.kind === 'roleAlias') this.edge({ code: 'aliasRole', from, to: from }, settled(alias, l10n.t('There is no role alias {0}.', name), this.own(from, 'roleAlias')) ?? unknown(''));
      return;
    }
    const { roleArn } = alias.value;
    const to = { kind: 'role', name: roleNameOfArn(roleArn) ?? roleArn } as const;
    this.edge({ code: 'aliasRole', from, to }, settled(role, l10n.t('The role {0} of the alias does not exist.', roleArn), this.roleRemedy(roleArn) ?? this.own(from, 'roleAlias')) ?? ok(l10n.t('The alias gives the credentials of this role.')));
    this.edge({ code: 'aliasRoleTrust', from: to, to: { kind: 'service', name: credentialsService } }, trustVerdict(role, credentialsService, this.roleRemedy(roleArn)));
    this.edge({ code: 'aliasRolePermissions', from: to, to: from }, permissionsVerdict(permissions, this.roleRemedy(roleArn)));
    const services = servicesVerdict(permissions);
    if (services !== undefined) this.edge({ code: 'aliasRoleServices', from: to, to: from }, services);
  }

  private template(name: string): void {
    const template = this.facts.templates.get(name) ?? nothing;
    const from = { kind: 'template', name } as const;
    if (template.kind !== 'found') {
      if (this.facts.start.kind === 'template') this.edge({ code: 'templateEnabled', from, to: from }, settled(template, l10n.t('There is no provisioning template {0}.', name), this.own(from, 'provisioningTemplate')) ?? unknown(''));
      return;
    }
    const { enabled, provisioningRoleArn, templateBody } = template.value;
    this.edge({ code: 'templateEnabled', from, to: from }, enabled ? ok(l10n.t('Devices can register.')) : broken(l10n.t('The template is disabled: every device is refused.')));
    const known = this.facts.roles.get(provisioningRoleArn);
    // Of templates that only use what was asked about, the role is not looked at.
    if (known === undefined) return;
    const { role, permissions } = known;
    const to = { kind: 'role', name: roleNameOfArn(provisioningRoleArn) ?? provisioningRoleArn } as const;
    this.edge({ code: 'templateRole', from, to }, settled(role, l10n.t('The provisioning role {0} does not exist.', provisioningRoleArn), this.roleRemedy(provisioningRoleArn)) ?? ok(l10n.t('The template works with this role.')));
    this.edge({ code: 'templateRoleTrust', from: to, to: { kind: 'service', name: iotService } }, trustVerdict(role, iotService, this.roleRemedy(provisioningRoleArn)));
    this.edge({ code: 'templateRolePermissions', from: to, to: from }, provisioningVerdict(permissions, provisioningActions(templateBody), this.roleRemedy(provisioningRoleArn)));
  }
}
