import * as l10n from '@vscode/l10n';
import type { Connection } from '../../core/ports/connection';
import type { FleetNames } from '../../core/provisioning/steps';
import { PolicyEvaluator } from '../../core/policy/evaluate';
import { templateFacts } from '../../core/provisioning/templateBody';
import type { Fact } from '../../core/relations/facts';
import type { EdgeCode } from '../../core/relations/graph';
import { aliasesNamed, templatesNamed } from '../../core/relations/policyNames';
import type { RelationStart } from '../../core/relations/start';
import type { AliasFacts, Gap, Link, NodeRef, StartFacts } from '../../core/relations/startFacts';
import { iotArn, roleNameOfArn } from '../../core/util/arn';
import { each } from '../removal';
import { permissionsOf } from './gatherRelations';
import { look } from './look';

/** Items of a list that are followed; each costs calls. */
const most = { principals: 10, groups: 20, policies: 20, users: 20, scanned: 100 };
const atOnce = 4;

type Held<K extends 'things' | 'cores' | 'certificates' | 'policies' | 'templates' | 'roles'> = StartFacts[K] extends ReadonlyMap<string, infer V> ? V : never;

/**
 * Looks at what hangs on one resource: what it uses, down to the roles, and what uses it. Reads only, lists are cut and
 * say so. What may not be read is `unreadable` with the reason; throws CancelledError only.
 */
export async function gatherStart(connection: Connection, names: FleetNames, start: RelationStart, now: Date, signal: AbortSignal): Promise<StartFacts> {
  return new Gatherer(connection, names, start, signal).gather(now);
}

class Gatherer {
  private readonly things = new Map<string, Held<'things'>>();
  private readonly cores = new Map<string, Held<'cores'>>();
  private readonly certificates = new Map<string, Held<'certificates'>>();
  private readonly policies = new Map<string, Held<'policies'>>();
  private readonly templates = new Map<string, Held<'templates'>>();
  private readonly aliases = new Map<string, AliasFacts>();
  private readonly roles = new Map<string, Held<'roles'>>();
  private readonly links: Link[] = [];
  private readonly gaps: Gap[] = [];
  private readonly visited = new Set<string>();

  constructor(
    private readonly connection: Connection,
    private readonly names: FleetNames,
    private readonly start: RelationStart,
    private readonly signal: AbortSignal,
  ) {}

  async gather(now: Date): Promise<StartFacts> {
    await this.visit(this.start);
    await this.users(this.start);
    const { connection: { target }, names, start, things, cores, certificates, policies, templates, aliases, roles, links, gaps } = this;
    return { target, names, start, now, things, cores, certificates, policies, templates, aliases, roles, links, gaps };
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
        return this.attached('groupPolicy', node, iotArn(this.connection.target, `thinggroup/${node.name}`));
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
    for (const name of templatesNamed(document)) {
      this.link('policyTemplate', node, { kind: 'template', name });
      await this.visit({ kind: 'template', name });
    }
  }

  private allows(name: string, document: string, roleAlias: string): boolean {
    return new PolicyEvaluator([{ name, text: document }]).ask({ kind: 'assumeRole', roleAlias }, {}, this.connection.target).outcome === 'allowed';
  }

  private async alias(name: string): Promise<void> {
    const { iot, roles } = this.connection;
    const call = { signal: this.signal };
    const alias = await look(() => iot.describeRoleAlias(name, call));
    const role = alias.kind === 'found' ? await look(() => roles.getRole(roleNameOfArn(alias.value.roleArn) ?? alias.value.roleArn, call)) : ({ kind: 'missing' } as const);
    const permissions = role.kind === 'found' ? await look(() => permissionsOf(this.connection, role.value.name, this.signal)) : role;
    this.aliases.set(name, { alias, role, permissions });
  }

  private async template(node: NodeRef): Promise<void> {
    const template = await this.readTemplate(node.name);
    if (template.kind !== 'found') return;
    const { provisioningRoleArn, templateBody } = template.value;
    this.roles.set(provisioningRoleArn, await look(() => this.connection.roles.getRole(roleNameOfArn(provisioningRoleArn) ?? provisioningRoleArn, { signal: this.signal })));
    const { policies, thingGroups } = templateFacts(templateBody);
    for (const name of policies) {
      this.link('templatePolicy', node, { kind: 'policy', name });
      await this.visit({ kind: 'policy', name });
    }
    for (const name of thingGroups) this.link('templateGroup', node, { kind: 'thingGroup', name });
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
        for (const name of (await this.list('thingGroupMember', node, 'thing', iot.listThingsInThingGroup(node.name, call), most.users)) ?? []) this.link('thingGroupMember', { kind: 'thing', name }, node);
        return this.templatesThat(node, 'templateGroup', ({ thingGroups }) => thingGroups.includes(node.name));
      case 'roleAlias':
        return this.policiesThat(node, 'policyAlias', (name, document) => this.allows(name, document, node.name));
      case 'template':
        return this.policiesThat(node, 'policyTemplate', (_, document) => templatesNamed(document).includes(node.name));
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
      if (alias.kind === 'found' && roles.includes(roleNameOfArn(alias.value.roleArn) ?? '')) await this.visit({ kind: 'roleAlias', name });
    }
    for (const { name } of (await this.list('templateRole', node, 'template', iot.listProvisioningTemplates(call), most.scanned)) ?? []) {
      const template = await this.readTemplate(name);
      if (template.kind !== 'found' || !roles.includes(roleNameOfArn(template.value.provisioningRoleArn) ?? '')) continue;
      await this.visit({ kind: 'template', name });
    }
  }

  private async templatesThat(node: NodeRef, code: EdgeCode, uses: (facts: ReturnType<typeof templateFacts>) => boolean): Promise<void> {
    const listed = (await this.list(code, node, 'template', this.connection.iot.listProvisioningTemplates({ signal: this.signal }), most.scanned)) ?? [];
    await each(listed, atOnce, async ({ name }) => {
      const template = await this.readTemplate(name);
      if (template.kind === 'found' && uses(templateFacts(template.value.templateBody))) this.link(code, { kind: 'template', name }, node);
    });
  }

  private async policiesThat(node: NodeRef, code: EdgeCode, uses: (name: string, document: string) => boolean): Promise<void> {
    const listed = (await this.list(code, node, 'policy', this.connection.iot.listPolicies({ signal: this.signal }), most.scanned)) ?? [];
    await each(listed, atOnce, async ({ name }) => {
      const policy = await this.readPolicy(name);
      if (policy.kind === 'found' && uses(name, policy.value.document)) this.link(code, { kind: 'policy', name }, node);
    });
  }

  private async readPolicy(name: string): Promise<Held<'policies'>> {
    return once(this.policies, name, () => look(() => this.connection.iot.getPolicy(name, { signal: this.signal })));
  }

  private async readTemplate(name: string): Promise<Held<'templates'>> {
    return once(this.templates, name, () => look(() => this.connection.iot.describeProvisioningTemplate(name, { signal: this.signal })));
  }

  /** The beginning of a list; undefined when it cannot be read. Cut or denied, it leaves a gap. */
  private async list<T>(code: EdgeCode, at: NodeRef, of: NodeRef['kind'], items: AsyncIterable<T>, count: number): Promise<readonly T[] | undefined> {
    const found: T[] = [];
    // One more than is followed tells that there are more.
    const read = await look(async () => {
      for await (const item of items) {
        found.push(item);
        if (found.length > count) break;
      }
      return true;
    });
    if (read.kind === 'unreadable') this.gap(code, at, { kind: of, name: '…' }, 'unknown', read.why);
    if (found.length > count) this.gap(code, at, { kind: of, name: l10n.t('more') }, 'unknown', l10n.t('Only the first {0} were looked at.', count));
    return read.kind === 'found' ? found.slice(0, count) : undefined;
  }

  private link(code: EdgeCode, from: NodeRef, to: NodeRef): void {
    this.links.push({ code, from, to });
  }

  private gap(code: EdgeCode, from: NodeRef, to: NodeRef, status: Gap['status'], why: string): void {
    this.gaps.push({ code, from, to, status, why });
  }
}

async function once<T>(held: Map<string, Fact<T>>, name: string, read: () => Promise<Fact<T>>): Promise<Fact<T>> {
  const known = held.get(name);
  if (known !== undefined) return known;
  const fact = await read();
  held.set(name, fact);
  return fact;
}
