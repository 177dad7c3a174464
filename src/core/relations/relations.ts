import * as l10n from '@vscode/l10n';
import { PolicyEvaluator } from '../policy/evaluate';
import { parsePolicy } from '../policy/model';
import { wildcardMatch } from '../policy/arn';
import { ownPolicies, provisioningActions, type OwnPolicy } from '../provisioning/templateBody';
import { parseTemplate } from '../provisioning/template/templateModel';
import { policyType } from '../provisioning/template/vocabulary';
import { credentialsService, iotService } from '../stack/trust';
import { iotArn, roleNameOfArn } from '../util/arn';
import { refusedExchange, widerThanTemplate } from './claimAccess';
import type { RelationFacts } from './facts';
import type { EdgeCode, NodeKind, RelationEdge, RelationGraph, RelationNode } from './graph';
import { broken, ok, permissionsVerdict, provisioningVerdict, servicesVerdict, settled, trustVerdict, unknown, type Verdict } from './verdicts';

/** How the parts of a fleet hang together, every relation judged. Pure and total; same facts, same graph. */
export function relationsOf(facts: RelationFacts): RelationGraph {
  return new Builder(facts).build();
}

class Builder {
  private readonly nodes = new Map<string, RelationNode>();
  private readonly edges: RelationEdge[] = [];

  constructor(private readonly facts: RelationFacts) {}

  build(): RelationGraph {
    this.stack();
    this.alias();
    this.devicePolicy();
    this.template();
    this.claims();
    this.operator();
    return { nodes: [...this.nodes.values()], edges: this.edges };
  }

  private node(kind: NodeKind, name: string): string {
    const id = `${kind}:${name}`;
    this.nodes.set(id, { id, kind, name });
    return id;
  }

  private edge(code: EdgeCode, from: string, to: string, verdict: Verdict): void {
    this.edges.push({ code, from, to, ...verdict });
  }

  private stack(): void {
    const { stack, stackRoles, names } = this.facts;
    const from = this.node('stack', names.stackName);
    for (const [code, arn, what] of [
      ['stackTokenExchangeRole', stackRoles.tokenExchange, l10n.t('token exchange role')],
      ['stackProvisioningRole', stackRoles.provisioning, l10n.t('provisioning role')],
    ] as const) {
      const to = this.node('role', arn === undefined ? what : (roleNameOfArn(arn) ?? arn));
      this.edge(code, from, to, settled(stack, l10n.t('There is no stack {0}.', names.stackName), 'rolesStack') ?? (arn === undefined ? broken(l10n.t('The outputs of the stack name no {0}.', what), { remedy: this.changedByHand() ? 'revertStackDrift' : 'rolesStack' }) : ok(l10n.t('The stack names its {0}.', what))));
    }
  }

  /** A role of the stack is put back by CloudFormation; in place of another one the step takes that of the stack. */
  private roleRemedy(arn: string | undefined, step: 'roleAlias' | 'provisioningTemplate'): RelationEdge['remedy'] {
    const { stackRoles } = this.facts;
    const name = arn === undefined ? undefined : roleNameOfArn(arn);
    if (name !== undefined && stackRoles.all?.includes(name) === true) return 'revertStackDrift';
    const instead = step === 'roleAlias' ? stackRoles.tokenExchange : stackRoles.provisioning;
    if (instead !== undefined && instead !== arn) return step;
    return this.facts.stack.kind === 'missing' ? 'rolesStack' : undefined;
  }

  /** A role that the stack made is gone, or trusts others than it did. */
  private changedByHand(): boolean {
    const { alias, aliasRole, template, provisioningRole } = this.facts;
    const lacks = (role: RelationFacts['aliasRole'], arn: string, step: 'roleAlias' | 'provisioningTemplate', service: string): boolean => this.roleRemedy(arn, step) === 'revertStackDrift' && trustVerdict(role, service, undefined).status === 'broken';
    return (alias.kind === 'found' && lacks(aliasRole, alias.value.roleArn, 'roleAlias', credentialsService)) || (template.kind === 'found' && lacks(provisioningRole, template.value.provisioningRoleArn, 'provisioningTemplate', iotService));
  }

  private alias(): void {
    const { alias, aliasRole, aliasPermissions, names } = this.facts;
    const from = this.node('roleAlias', names.roleAliasName);
    const absent = settled(alias, l10n.t('There is no role alias {0}.', names.roleAliasName), 'roleAlias');
    const arn = alias.kind === 'found' ? alias.value.roleArn : undefined;
    const role = this.node('role', arn === undefined ? l10n.t('token exchange role') : (roleNameOfArn(arn) ?? arn));
    this.edge('aliasRole', from, role, absent ?? settled(aliasRole, l10n.t('The role {0} of the alias does not exist.', arn ?? ''), this.roleRemedy(arn, 'roleAlias')) ?? ok(l10n.t('The alias gives the credentials of this role.')));
    if (absent !== undefined) return;
    this.edge('aliasRoleTrust', role, this.node('service', credentialsService), trustVerdict(aliasRole, credentialsService, this.roleRemedy(arn, 'roleAlias')));
    this.edge('aliasRolePermissions', role, from, permissionsVerdict(aliasPermissions, this.roleRemedy(arn, 'roleAlias')));
    const services = servicesVerdict(aliasPermissions);
    if (services !== undefined) this.edge('aliasRoleServices', role, from, services);
  }

  private devicePolicy(): void {
    const { devicePolicy, names, target } = this.facts;
    const from = this.node('policy', names.iotPolicyName);
    const to = this.node('roleAlias', names.roleAliasName);
    this.edge('devicePolicyAlias', from, to, settled(devicePolicy, l10n.t('There is no IoT policy {0}.', names.iotPolicyName), 'iotPolicy') ?? this.assume(devicePolicy, iotArn(target, `rolealias/${names.roleAliasName}`)));
  }

  private assume(policy: RelationFacts['devicePolicy'], aliasArn: string): Verdict {
    if (policy.kind !== 'found') return unknown('');
    const { name, document } = policy.value;
    const { roleAliasName } = this.facts.names;
    const { outcome } = new PolicyEvaluator([{ name, text: document }]).ask({ kind: 'assumeRole', roleAlias: roleAliasName }, {}, this.facts.target);
    if (outcome === 'allowed') return ok(l10n.t('The policy lets devices use the alias.'));
    const parsed = parsePolicy(document);
    const statement = parsed.kind !== 'policy' ? undefined : parsed.policy.statements.find(({ actions }) => actions.some((action) => wildcardMatch(action.value, 'iot:AssumeRoleWithCertificate')));
    const place = statement?.resources[0] ?? statement?.actions[0] ?? { offset: 0, length: 1 };
    return broken(l10n.t('The policy does not allow iot:AssumeRoleWithCertificate on {0}: devices get no credentials.', aliasArn), {
      remedy: 'iotPolicy',
      at: { kind: 'policy', name, offset: place.offset, length: place.length },
    });
  }

  private template(): void {
    const { template, provisioningRole, provisioningPermissions, names, groups, templatePolicies } = this.facts;
    const from = this.node('template', names.templateName);
    const absent = settled(template, l10n.t('There is no provisioning template {0}.', names.templateName), 'provisioningTemplate');
    if (absent !== undefined || template.kind !== 'found') {
      this.edge('templateEnabled', from, from, absent ?? unknown(''));
      return;
    }
    const { enabled, provisioningRoleArn, templateBody } = template.value;
    const at = { kind: 'template' as const, name: names.templateName, offset: 0, length: 1 };
    this.edge('templateEnabled', from, from, enabled ? ok(l10n.t('Devices can register.')) : broken(l10n.t('The template is disabled: every device is refused.'), { remedy: 'switchTemplate' }));
    const role = this.node('role', roleNameOfArn(provisioningRoleArn) ?? provisioningRoleArn);
    const mend = this.roleRemedy(provisioningRoleArn, 'provisioningTemplate');
    this.edge('templateRole', from, role, settled(provisioningRole, l10n.t('The provisioning role {0} does not exist.', provisioningRoleArn), mend) ?? ok(l10n.t('The template works with this role.')));
    this.edge('templateRoleTrust', role, this.node('service', iotService), trustVerdict(provisioningRole, iotService, mend));
    this.edge('templateRolePermissions', role, from, provisioningVerdict(provisioningPermissions, provisioningActions(templateBody), mend));
    const own = ownPolicies(templateBody);
    const brought = new Set(own.map(({ name }) => name));
    if (templatePolicies.size === 0 || brought.has(undefined)) {
      const to = this.node('policy', l10n.t('in the template'));
      this.edge('templatePolicy', from, to, this.ownPolicy(templateBody, own, at));
    }
    for (const [name, policy] of templatePolicies) {
      // One that the template brings along is made with the first device.
      const absence = policy.kind === 'missing' && brought.has(name) ? undefined : settled(policy, l10n.t('The policy {0} that the template names does not exist.', name), 'iotPolicy', at);
      this.edge('templatePolicy', from, this.node('policy', name), absence ?? this.named(name, own));
    }
    for (const [name, group] of groups) {
      this.edge('templateGroup', from, this.node('thingGroup', name), settled(group, l10n.t('The thing group {0} that the template names does not exist.', name), 'provisioningTemplate', at) ?? ok(l10n.t('Devices join this group.')));
    }
  }

  /** The policy of the settings is held against the role alias by itself; others that a device gets in its place are so together. */
  private named(name: string, own: readonly OwnPolicy[]): Verdict {
    const { names: { iotPolicyName, roleAliasName }, templatePolicies, target } = this.facts;
    if (templatePolicies.has(iotPolicyName)) return ok(l10n.t('Devices get this policy.'));
    const unread = [...templatePolicies.values()].find((policy) => policy.kind === 'unreadable');
    const texts = [...[...templatePolicies.values()].flatMap((policy) => (policy.kind === 'found' ? [{ name: policy.value.name, text: policy.value.document }] : [])), ...own.map(({ document }) => ({ name, text: document }))];
    const { outcome } = new PolicyEvaluator(texts).ask({ kind: 'assumeRole', roleAlias: roleAliasName }, {}, target);
    if (outcome === 'allowed') return ok(l10n.t('Devices get this policy. It is not {0} of the settings, and lets them use the role alias as well.', iotPolicyName));
    if (unread !== undefined) return unknown(l10n.t('The template gives devices {0}, and not {1}: whether it lets them use the role alias was not looked at.', name, iotPolicyName));
    return broken(l10n.t('The template gives devices {0} in place of {1}, and it does not let them use the role alias {2}: they get no credentials.', name, iotPolicyName, roleAliasName), { remedy: 'provisioningTemplate' });
  }

  /** A template that names no policy as a constant: it brings one, or takes the name from the device, or has none. */
  private ownPolicy(body: string, own: readonly OwnPolicy[], at: NonNullable<RelationEdge['at']>): Verdict {
    const parsed = parseTemplate(body);
    const resources = parsed.kind === 'template' ? parsed.template.resources.filter(({ type }) => type?.value === policyType) : [];
    if (parsed.kind !== 'template' || resources.length === 0) return broken(l10n.t('The template gives devices no policy.'), { remedy: 'provisioningTemplate', at });
    const evaluator = new PolicyEvaluator(own.map(({ document }) => ({ name: l10n.t('in the template'), text: document })));
    const { outcome } = evaluator.ask({ kind: 'assumeRole', roleAlias: this.facts.names.roleAliasName }, {}, this.facts.target);
    if (outcome === 'allowed') return ok(l10n.t('The policy in the template lets devices use the alias.'));
    return unknown(l10n.t('Which policy a device gets is known only when it registers.'));
  }

  private claims(): void {
    const { claims, claimPolicy, names, target } = this.facts;
    const policy = this.node('policy', names.claimPolicyName);
    const template = this.node('template', names.templateName);
    const absent = settled(claimPolicy, l10n.t('There is no claim policy {0}.', names.claimPolicyName), 'claimCertificate');
    this.edge('claimPolicyTemplate', policy, template, absent ?? (claimPolicy.kind === 'found' ? this.claimAccess(claimPolicy.value, target) : unknown('')));
    if (absent !== undefined) return;
    const certificates = claims.kind === 'found' ? claims.value : [];
    if (certificates.length === 0) {
      const none = claims.kind === 'unreadable' ? unknown(claims.why) : broken(l10n.t('No certificate carries the claim policy.'), { remedy: 'claimCertificate' });
      this.edge('claimCertificatePolicy', this.node('certificate', l10n.t('claim certificate')), policy, none);
    }
    if (this.facts.moreClaims === true) this.edge('claimCertificatePolicy', this.node('certificate', l10n.t('more claim certificates')), policy, unknown(l10n.t('Only {0} claim certificates were looked at.', certificates.length)));
    for (const { id, certificate } of certificates) {
      const node = this.node('certificate', id);
      this.edge('claimCertificatePolicy', node, policy, ok(l10n.t('The certificate carries the claim policy.')));
      const status = certificate.kind === 'found' ? certificate.value.status : '';
      const inactive = broken(l10n.t('The claim certificate is {0}: no device can claim with it.', status), { remedy: 'changeClaimCertificate' });
      this.edge('claimCertificateActive', node, node, settled(certificate, l10n.t('The claim certificate does not exist.'), 'claimCertificate') ?? (status === 'ACTIVE' ? ok(l10n.t('The claim certificate is active.')) : inactive));
    }
  }

  /** One relation to each service. */
  private operator(): void {
    const { operator } = this.facts;
    if (operator === undefined) return;
    const from = this.node('operator', operator.name);
    const { simulated } = operator;
    if (simulated.kind !== 'found') {
      this.edge('operatorPermissions', from, this.node('service', 'iam'), unknown(simulated.kind === 'unreadable' ? simulated.why : l10n.t('What it may do could not be found out.')));
      return;
    }
    const services = new Set(simulated.value.map(({ action }) => action.split(':')[0] ?? ''));
    for (const service of services) {
      const refused = simulated.value.filter(({ action, allowed }) => !allowed && action.startsWith(`${service}:`));
      const sure = refused.filter(({ missingContext }) => missingContext.length === 0);
      const listed = [...new Set((sure.length > 0 ? sure : refused).map(({ action }) => action))].join(', ');
      const unsure = unknown(l10n.t('Whether it may do this depends on conditions: {0}.', listed));
      const verdict = sure.length > 0 ? broken(l10n.t('It may not do this: {0}.', listed)) : refused.length > 0 ? unsure : ok(l10n.t('It may do all that this extension calls.'));
      this.edge('operatorPermissions', from, this.node('service', service), verdict);
    }
  }

  private claimAccess(policy: { readonly name: string; readonly document: string }, target: RelationFacts['target']): Verdict {
    const { templateName } = this.facts.names;
    const refused = refusedExchange(policy, templateName, target);
    const at = { kind: 'policy' as const, name: policy.name };
    if (refused !== undefined) return broken(l10n.t('The claim policy does not allow {0}.', refused), { remedy: 'claimCertificate', at: { ...at, offset: 0, length: 1 } });
    const wider = widerThanTemplate(policy.document, templateName, target);
    if (wider === undefined) return ok(l10n.t('The claim may use this template only.'));
    return broken(l10n.t('"{0}" lets the claim use other templates as well.', wider.value), { remedy: 'claimCertificate', at: { ...at, offset: wider.offset, length: wider.length } });
  }
}
