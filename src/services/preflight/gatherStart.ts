import * as l10n from '@vscode/l10n';
import type { Connection } from '../../core/ports/connection';
import type { FleetNames } from '../../core/provisioning/steps';
import { PolicyEvaluator } from '../../core/policy/evaluate';
import { templateFacts } from '../../core/provisioning/templateBody';
import { refusedExchange } from '../../core/relations/claimAccess';
import type { EdgeCode } from '../../core/relations/graph';
import { aliasesNamed, templatesNamed } from '../../core/relations/policyNames';
import type { RelationStart } from '../../core/relations/start';
import type { NodeRef, StartFacts } from '../../core/relations/startFacts';
import { iotArn, roleNameOfArn } from '../../core/util/arn';
import { each } from '../removal';
import { rolesOfStack } from './gatherRelations';
import { look } from '../look';
import { most, StartReader } from './startReader';

const atOnce = 4;

/**
 * Looks at what hangs on one resource: what it uses, down to the roles, and what uses it. Reads only, lists are cut and
 * say so. What may not be read is `unreadable` with the reason; throws CancelledError only.
 */
export async function gatherStart(connection: Connection, names: FleetNames, start: RelationStart, now: Date, signal: AbortSignal): Promise<StartFacts> {
  return new Gatherer(connection, names, start, signal).gather(now);
}

class Gatherer extends StartReader {
  private readonly visited = new Set<string>();

  async gather(now: Date): Promise<StartFacts> {
    await this.visit(this.start);
    await this.users(this.start);
    const { connection: { target }, names, start, things, cores, certificates, policies, brought, groups, templates, aliases, roles, links, gaps } = this;
    const stackRoles = aliases.size + roles.size === 0 ? undefined : await rolesOfStack(this.connection, names.stackName, this.signal);
    return { target, names, start, now, things, cores, certificates, policies, brought, groups, templates, aliases, roles, stackRoles: stackRoles ?? [], links, gaps };
  }

  /** What it uses, once for each. */
  private async visit(node: NodeRef): Promise<void> {
    const key = `${node.kind}:${node.name}`;
    if (this.visited.has(key)) return;
    this.visited.add(key);
    const { iot, greengrass } = this.connection;
    const call = { signal: this.signal };
    switch (node.kind) {
      case 'coreDevice':
        this.cores.set(node.name, await look(() => greengrass.getCoreDevice(node.name, call)));
        this.link('coreDeviceThing', node, { kind: 'thing', name: node.name });
        return this.visit({ kind: 'thing', name: node.name });
      case 'thing':
        return this.thing(node);
      case 'certificate':
        this.certificates.set(node.name, await look(() => iot.describeCertificate(node.name, call)));
        return this.attached('certificatePolicy', node, iotArn(this.connection.target, `cert/${node.name}`));
      case 'thingGroup':
        return this.group(node);
      case 'policy':
        return this.policy(node);
      case 'roleAlias':
        return this.alias(node.name);
      case 'template':
        return this.template(node);
      default:
        return undefined;
    }
  }

  private async thing(node: NodeRef): Promise<void> {
    const { iot, greengrass, target } = this.connection;
    const call = { signal: this.signal };
    const { name } = node;
    const thing = await look(() => iot.describeThing(name, call));
    this.things.set(name, thing);
    if (!this.cores.has(name)) {
      const core = await look(() => greengrass.getCoreDevice(name, call));
      if (core.kind === 'found') {
        this.cores.set(name, core);
        this.link('coreDeviceThing', { kind: 'coreDevice', name }, node);
      }
    }
    if (thing.kind !== 'found') return;
    const certificates = await this.list('thingCertificate', node, 'certificate', iot.listThingPrincipals(name, call), most.principals);
    const head = iotArn(target, 'cert/');
    const ids = certificates?.filter((arn) => arn.startsWith(head)).map((arn) => arn.slice(head.length));
    if (ids?.length === 0) this.gap('thingCertificate', node, { kind: 'certificate', name: l10n.t('certificate') }, 'broken', l10n.t('The thing has no certificate: nothing can connect as it.'));
    for (const id of ids ?? []) {
      this.link('thingCertificate', node, { kind: 'certificate', name: id });
      await this.visit({ kind: 'certificate', name: id });
    }
    for (const group of (await this.list('thingGroupMember', node, 'thingGroup', iot.listThingGroupsForThing(name, call), most.groups)) ?? []) {
      this.link('thingGroupMember', node, { kind: 'thingGroup', name: group.name });
      await this.visit({ kind: 'thingGroup', name: group.name });
    }
    // A thing that is no core device needs no credentials.
    if (this.cores.get(name)?.kind !== 'found' || this.links.some(({ code }) => code === 'policyAlias')) return;
    this.gap('policyAlias', node, { kind: 'roleAlias', name: this.names.roleAliasName }, 'broken', l10n.t('None of its policies lets the core device use a role alias: it gets no AWS credentials.'));
  }

  /** With those above it, whose policies hold for it too. */
  private async group(node: NodeRef): Promise<void> {
    const { iot, target } = this.connection;
    const group = await look(() => iot.describeThingGroup(node.name, { signal: this.signal }));
    this.groups.set(node.name, group);
    if (group.kind !== 'found') return;
    await this.attached('groupPolicy', node, iotArn(target, `thinggroup/${node.name}`));
    const { parentName } = group.value;
    if (parentName === undefined) return;
    this.link('thingGroupParent', node, { kind: 'thingGroup', name: parentName });
    await this.visit({ kind: 'thingGroup', name: parentName });
  }

  private async attached(code: EdgeCode, node: NodeRef, arn: string): Promise<void> {
    const policies = await this.list(code, node, 'policy', this.connection.iot.listAttachedPolicies(arn, { signal: this.signal }), most.policies);
    if (policies?.length === 0 && node.kind === 'certificate') this.gap(code, node, { kind: 'policy', name: l10n.t('IoT policy') }, 'broken', l10n.t('The certificate carries no policy: a device may do nothing with it, unless a thing group has one.'));
    for (const { name } of policies ?? []) {
      this.link(code, node, { kind: 'policy', name });
      await this.visit({ kind: 'policy', name });
    }
  }

  private async policy(node: NodeRef): Promise<void> {
    const policy = await this.readPolicy(node.name);
    if (policy.kind !== 'found') return;
    const { document } = policy.value;
    const { roleAliasName } = this.names;
    const byWildcard = this.allows(node.name, document, roleAliasName) ? [roleAliasName] : [];
    for (const name of new Set([...aliasesNamed(document), ...byWildcard])) {
      this.link('policyAlias', node, { kind: 'roleAlias', name });
      await this.visit({ kind: 'roleAlias', name });
    }
    const claims = this.registers(node.name, document, this.names.templateName) ? [this.names.templateName] : [];
    for (const name of new Set([...templatesNamed(document), ...claims])) {
      this.link('policyTemplate', node, { kind: 'template', name });
      await this.visit({ kind: 'template', name });
    }
  }

  private allows(name: string, document: string, roleAlias: string): boolean {
    return new PolicyEvaluator([{ name, text: document }]).ask({ kind: 'assumeRole', roleAlias }, {}, this.connection.target).outcome === 'allowed';
  }

  /** By a wildcard. A policy of devices may be that wide too: it is told from one of claims by letting them use a role alias. */
  private registers(name: string, document: string, template: string): boolean {
    const { roleAliasName, claimPolicyName } = this.names;
    return refusedExchange({ name, document }, template, this.connection.target) === undefined && (name === claimPolicyName || !this.allows(name, document, roleAliasName));
  }

  private async alias(name: string): Promise<void> {
    const { iot } = this.connection;
    const call = { signal: this.signal };
    const alias = await look(() => iot.describeRoleAlias(name, call));
    const role = alias.kind === 'found' ? await this.role(alias.value.roleArn) : ({ role: { kind: 'missing' }, permissions: { kind: 'missing' } } as const);
    this.aliases.set(name, { alias, ...role });
  }

  private async template(node: NodeRef): Promise<void> {
    const template = await this.readTemplate(node.name);
    if (template.kind !== 'found') return;
    const { provisioningRoleArn, templateBody } = template.value;
    this.roles.set(provisioningRoleArn, await this.role(provisioningRoleArn));
    const { policies, thingGroups } = templateFacts(templateBody);
    const own = await this.broughtBy(node.name, templateBody);
    if (policies.length === 0 && own.length === 0) this.gap('templatePolicy', node, { kind: 'policy', name: l10n.t('IoT policy') }, 'unknown', l10n.t('Which policy a device gets is known only when it registers.'));
    for (const name of new Set([...policies, ...own])) {
      this.link('templatePolicy', node, { kind: 'policy', name });
      await this.visit({ kind: 'policy', name });
    }
    for (const name of thingGroups) {
      this.link('templateGroup', node, { kind: 'thingGroup', name });
      await this.visit({ kind: 'thingGroup', name });
    }
  }

  /** What uses it: one step up. */
  private async users(node: NodeRef): Promise<void> {
    const { iot, target } = this.connection;
    const call = { signal: this.signal };
    switch (node.kind) {
      case 'certificate':
        if (this.certificates.get(node.name)?.kind !== 'found') return;
        for (const name of (await this.list('thingCertificate', node, 'thing', iot.listPrincipalThings(iotArn(target, `cert/${node.name}`), call), most.users)) ?? []) this.link('thingCertificate', { kind: 'thing', name }, node);
        return;
      case 'policy':
        if (this.policies.get(node.name)?.kind !== 'found') return;
        for (const arn of (await this.list('certificatePolicy', node, 'certificate', iot.listTargetsForPolicy(node.name, call), most.users)) ?? []) {
          const name = arn.slice(arn.indexOf('/') + 1);
          if (arn.includes(':cert/')) this.link('certificatePolicy', { kind: 'certificate', name }, node);
          if (arn.includes(':thinggroup/')) this.link('groupPolicy', { kind: 'thingGroup', name }, node);
        }
        return this.templatesThat(node, 'templatePolicy', ({ policies }) => policies.includes(node.name));
      case 'thingGroup':
        if (this.groups.get(node.name)?.kind !== 'found') return;
        for (const { name } of (await this.list('thingGroupParent', node, 'thingGroup', iot.listChildThingGroups(node.name, call), most.users)) ?? []) this.link('thingGroupParent', { kind: 'thingGroup', name }, node);
        for (const name of (await this.list('thingGroupMember', node, 'thing', iot.listThingsInThingGroup(node.name, call), most.users)) ?? []) this.link('thingGroupMember', { kind: 'thing', name }, node);
        return this.templatesThat(node, 'templateGroup', ({ thingGroups }) => thingGroups.includes(node.name));
      case 'roleAlias':
        return this.policiesThat(node, 'policyAlias', (name, document) => this.allows(name, document, node.name));
      case 'template':
        return this.policiesThat(node, 'policyTemplate', (name, document) => templatesNamed(document).includes(node.name) || this.registers(name, document, node.name));
      case 'stack':
        return this.stack(node);
      default:
        return undefined;
    }
  }

  /** Role aliases and templates that work with a role of the stack. */
  private async stack(node: NodeRef): Promise<void> {
    const { iot, stacks } = this.connection;
    const call = { signal: this.signal };
    const resources = (await this.list('stackTokenExchangeRole', node, 'role', stacks.listStackResources(node.name, call), most.scanned)) ?? [];
    const roles = resources.flatMap(({ type, physicalId }) => (type === 'AWS::IAM::Role' && physicalId !== undefined ? [physicalId] : []));
    for (const name of (await this.list('aliasRole', node, 'roleAlias', iot.listRoleAliases(call), most.scanned)) ?? []) {
      const alias = await look(() => iot.describeRoleAlias(name, call));
      this.unread('aliasRole', node, { kind: 'roleAlias', name }, alias);
      if (alias.kind === 'found' && roles.includes(roleNameOfArn(alias.value.roleArn) ?? '')) await this.visit({ kind: 'roleAlias', name });
    }
    for (const { name } of (await this.list('templateRole', node, 'template', iot.listProvisioningTemplates(call), most.scanned)) ?? []) {
      const template = await this.readTemplate(name);
      this.unread('templateRole', node, { kind: 'template', name }, template);
      if (template.kind !== 'found' || !roles.includes(roleNameOfArn(template.value.provisioningRoleArn) ?? '')) continue;
      await this.visit({ kind: 'template', name });
    }
  }

  private async templatesThat(node: NodeRef, code: EdgeCode, uses: (facts: ReturnType<typeof templateFacts>) => boolean): Promise<void> {
    const listed = (await this.list(code, node, 'template', this.connection.iot.listProvisioningTemplates({ signal: this.signal }), most.scanned)) ?? [];
    await each(listed, atOnce, async ({ name }) => {
      const template = await this.readTemplate(name);
      this.unread(code, node, { kind: 'template', name }, template);
      if (template.kind === 'found' && uses(templateFacts(template.value.templateBody))) this.link(code, { kind: 'template', name }, node);
    });
  }

  private async policiesThat(node: NodeRef, code: EdgeCode, uses: (name: string, document: string) => boolean): Promise<void> {
    const listed = (await this.list(code, node, 'policy', this.connection.iot.listPolicies({ signal: this.signal }), most.scanned)) ?? [];
    await each(listed, atOnce, async ({ name }) => {
      const policy = await this.readPolicy(name);
      this.unread(code, node, { kind: 'policy', name }, policy);
      if (policy.kind === 'found' && uses(name, policy.value.document)) this.link(code, { kind: 'policy', name }, node);
    });
  }
}
