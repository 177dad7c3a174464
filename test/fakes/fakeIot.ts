import { FleetError, type ErrorCategory } from '../../src/core/errors';
import { PolicyEvaluator } from '../../src/core/policy/evaluate';
import type { AuthorizationAnswer, AuthorizationQuestion, Certificate, CertificateStatus, CertificateSummary, EndpointType, IotApi, IotPolicy, IotPolicyVersion, ProvisioningClaim, ProvisioningHook, ProvisioningTemplate, ProvisioningTemplateVersion, RoleAlias, ThingGroup } from '../../src/core/ports/iotApi';
import type { HitPage, Indexing, IndexState, ThingHit } from '../../src/core/ports/searchApi';
import type { Thing, ThingType } from '../../src/core/ports/thingApi';
import type { FakeClock } from './fakeClock';
import type { FakeRoles } from './fakeRoles';

interface Versioned {
  arn: string;
  next: number;
  defaultId: number;
  versions: Map<number, { text: string; createdAt: Date }>;
}

type Issuer = (csrPem: string, number: number) => Promise<{ id: string; pem: string }>;

const arn = (resource: string): string => `arn:aws:iot:eu-west-1:111122223334:${resource}`;

/** The IoT control plane of one account and region, with the limits and conflicts that the steps may meet. */
export class FakeIot implements IotApi {
  readonly aliases = new Map<string, RoleAlias>();
  readonly policies = new Map<string, Versioned>();
  readonly templates = new Map<string, Versioned & { enabled: boolean; roleArn: string; type: string; hook?: ProvisioningHook }>();
  readonly groups = new Map<string, ThingGroup>();
  readonly things = new Set<string>();
  readonly thingTypes = new Map<string, ThingType>();
  /** Principals of a thing, by its name. */
  readonly principals = new Map<string, Set<string>>();
  /** Groups of a thing, by its name. */
  readonly memberships = new Map<string, ThingGroup[]>();
  /** Name of the group above, by the name of a group. */
  readonly parentOfGroup = new Map<string, string>();
  /** What the fleet index holds; asked by the predicate, as the fake reads no queries. */
  readonly indexed: ThingHit[] = [];
  indexMatches: (hit: ThingHit, query: string) => boolean = () => true;
  indexing: Indexing = { things: 'OFF', connectivity: false };
  readonly claims = new Map<string, ProvisioningClaim>();
  readonly certificates = new Map<string, Certificate>();
  readonly attached = new Map<string, Set<string>>();
  /** Time, by the name of a policy, until which DeletePolicy is refused though nothing is attached any more. */
  readonly undeletableUntil = new Map<string, number>();
  /** Calls with a role that still fail because IAM has not spread it. */
  unknownRoleCalls = 0;
  /** The most certificates that were active at once, ever. */
  mostActive = 0;

  constructor(
    private readonly clock: FakeClock,
    private readonly roles: FakeRoles,
    private readonly issue: Issuer,
  ) {}

  async describeRoleAlias(name: string): Promise<RoleAlias | undefined> {
    return this.aliases.get(name);
  }

  async createRoleAlias(input: { name: string; roleArn: string }): Promise<{ name: string; arn: string }> {
    if (this.aliases.has(input.name)) throw refused('ResourceAlreadyExistsException', 'conflict');
    this.checkRole(input.roleArn, 'credentials.iot.amazonaws.com');
    const alias = { name: input.name, arn: arn(`rolealias/${input.name}`), roleArn: input.roleArn, credentialDurationSeconds: 3600 };
    this.aliases.set(input.name, alias);
    return alias;
  }

  async updateRoleAlias(input: { name: string; roleArn: string }): Promise<void> {
    const alias = this.aliases.get(input.name);
    if (alias === undefined) throw refused('ResourceNotFoundException', 'notFound');
    this.checkRole(input.roleArn, 'credentials.iot.amazonaws.com');
    this.aliases.set(input.name, { ...alias, roleArn: input.roleArn });
  }

  async deleteRoleAlias(name: string): Promise<void> {
    found(this.aliases, name);
    this.aliases.delete(name);
  }

  async *listRoleAliases(): AsyncIterable<string> {
    yield* [...this.aliases.keys()];
  }

  async getPolicy(name: string): Promise<IotPolicy | undefined> {
    const policy = this.policies.get(name);
    return policy === undefined ? undefined : { name, arn: policy.arn, document: textOf(policy), defaultVersionId: String(policy.defaultId) };
  }

  async createPolicy(input: { name: string; document: string }): Promise<{ arn: string }> {
    if (this.policies.has(input.name)) throw refused('ResourceAlreadyExistsException', 'conflict');
    const made = versioned(arn(`policy/${input.name}`), input.document, this.clock.now());
    this.policies.set(input.name, made);
    return { arn: made.arn };
  }

  async *listPolicies(): AsyncIterable<{ name: string; arn: string }> {
    yield* [...this.policies].map(([name, policy]) => ({ name, arn: policy.arn }));
  }

  async listPolicyVersions(name: string): Promise<readonly IotPolicyVersion[]> {
    return [...found(this.policies, name).versions].map(([id, { createdAt }]) => ({ versionId: String(id), isDefault: id === this.policies.get(name)?.defaultId, createdAt }));
  }

  async getPolicyVersion(name: string, versionId: string): Promise<string | undefined> {
    return found(this.policies, name).versions.get(Number(versionId))?.text;
  }

  async createPolicyVersion(input: { name: string; document: string; setAsDefault: boolean }): Promise<{ versionId: string }> {
    return { versionId: String(addVersion(found(this.policies, input.name), input.document, input.setAsDefault, this.clock.now())) };
  }

  async setDefaultPolicyVersion(name: string, versionId: string): Promise<void> {
    const policy = found(this.policies, name);
    found(policy.versions, Number(versionId));
    policy.defaultId = Number(versionId);
  }

  async deletePolicyVersion(name: string, versionId: string): Promise<void> {
    removeVersion(found(this.policies, name), Number(versionId));
  }

  async deletePolicy(name: string): Promise<void> {
    const policy = found(this.policies, name);
    const inUse = [...this.attached.values()].some((names) => names.has(name));
    if (inUse || policy.versions.size > 1 || this.clock.now().getTime() < (this.undeletableUntil.get(name) ?? 0)) throw refused('DeleteConflictException', 'conflict');
    this.policies.delete(name);
  }

  async attachPolicy(input: { policyName: string; target: string }): Promise<void> {
    found(this.policies, input.policyName);
    if (![...this.certificates.values()].some((certificate) => certificate.arn === input.target)) throw refused('ResourceNotFoundException', 'notFound');
    this.attached.set(input.target, (this.attached.get(input.target) ?? new Set()).add(input.policyName));
  }

  async detachPolicy(input: { policyName: string; target: string }): Promise<void> {
    this.attached.get(input.target)?.delete(input.policyName);
  }

  async *listAttachedPolicies(target: string): AsyncIterable<{ name: string; arn: string }> {
    yield* [...(this.attached.get(target) ?? [])].map((name) => ({ name, arn: arn(`policy/${name}`) }));
  }

  async *listTargetsForPolicy(policyName: string): AsyncIterable<string> {
    found(this.policies, policyName);
    yield* [...this.attached].filter(([, names]) => names.has(policyName)).map(([target]) => target);
  }

  async testAuthorization(input: { principal: string; clientId?: string; questions: readonly AuthorizationQuestion[]; addPolicies?: readonly string[]; skipPolicies?: readonly string[] }): Promise<readonly AuthorizationAnswer[]> {
    if (![...this.certificates.values()].some((certificate) => certificate.arn === input.principal)) throw refused('ResourceNotFoundException', 'notFound');
    const names = [...[...(this.attached.get(input.principal) ?? [])].filter((name) => input.skipPolicies?.includes(name) !== true), ...(input.addPolicies ?? [])];
    const evaluator = new PolicyEvaluator(names.map((name) => ({ name, text: textOf(found(this.policies, name)) })));
    const actions = { CONNECT: 'iot:Connect', PUBLISH: 'iot:Publish', SUBSCRIBE: 'iot:Subscribe', RECEIVE: 'iot:Receive' } as const;
    return input.questions.map(({ action, resource }) => {
      const request = { action: actions[action], resource, values: new Map(input.clientId === undefined ? [] : [['iot:ClientId', [input.clientId]]]) };
      const { outcome, by } = evaluator.check(request);
      const decision = { allowed: 'ALLOWED', explicitDeny: 'EXPLICIT_DENY', implicitDeny: 'IMPLICIT_DENY' } as const;
      return { decision: decision[outcome], policies: by === undefined ? [] : [by.policy], missing: evaluator.missing(request) };
    });
  }

  async describeThingGroup(name: string): Promise<ThingGroup | undefined> {
    return this.groups.get(name);
  }

  async createThingGroup(input: { name: string }): Promise<ThingGroup> {
    const group = { name: input.name, arn: arn(`thinggroup/${input.name}`) };
    this.groups.set(input.name, group);
    return group;
  }

  async deleteThingGroup(name: string): Promise<void> {
    if ([...this.groups.keys()].some((child) => this.parentOfGroup.get(child) === name)) throw refused('InvalidRequestException', 'validation');
    this.groups.delete(name);
  }

  async *listThingGroups(): AsyncIterable<ThingGroup> {
    yield* [...this.groups.values()];
  }

  async *listChildThingGroups(parent: string): AsyncIterable<ThingGroup> {
    found(this.groups, parent);
    yield* [...this.groups.values()].filter(({ name }) => this.parentOfGroup.get(name) === parent);
  }

  async *listThingsInThingGroup(group: string): AsyncIterable<string> {
    found(this.groups, group);
    yield* [...this.memberships].filter(([, groups]) => groups.some(({ name }) => name === group)).map(([thing]) => thing);
  }

  async *listThings(): AsyncIterable<{ name: string; arn: string }> {
    yield* [...this.things].map((name) => ({ name, arn: arn(`thing/${name}`) }));
  }

  async describeProvisioningTemplate(name: string): Promise<ProvisioningTemplate | undefined> {
    const template = this.templates.get(name);
    if (template === undefined) return undefined;
    return { name, arn: template.arn, enabled: template.enabled, provisioningRoleArn: template.roleArn, templateBody: textOf(template), defaultVersionId: template.defaultId, type: template.type, ...(template.hook === undefined ? {} : { preProvisioningHook: template.hook }) };
  }

  async createProvisioningTemplate(input: { name: string; templateBody: string; provisioningRoleArn: string; enabled: boolean; hookArn?: string }): Promise<{ arn: string }> {
    if (this.templates.has(input.name)) throw refused('ResourceAlreadyExistsException', 'conflict');
    this.checkRole(input.provisioningRoleArn, 'iot.amazonaws.com');
    const made = versioned(arn(`provisioningtemplate/${input.name}`), input.templateBody, this.clock.now());
    this.templates.set(input.name, { ...made, enabled: input.enabled, roleArn: input.provisioningRoleArn, type: 'FLEET_PROVISIONING', ...(input.hookArn === undefined ? {} : { hook: hook(input.hookArn) }) });
    return { arn: made.arn };
  }

  async updateProvisioningTemplate(input: { name: string; enabled?: boolean; provisioningRoleArn?: string; hookArn?: string | null }): Promise<void> {
    const template = found(this.templates, input.name);
    if (input.provisioningRoleArn !== undefined) this.checkRole(input.provisioningRoleArn, 'iot.amazonaws.com');
    template.enabled = input.enabled ?? template.enabled;
    template.roleArn = input.provisioningRoleArn ?? template.roleArn;
    if (input.hookArn === null) delete template.hook;
    else if (input.hookArn !== undefined) template.hook = hook(input.hookArn);
  }

  async deleteProvisioningTemplate(name: string): Promise<void> {
    found(this.templates, name);
    this.templates.delete(name);
  }

  async *listProvisioningTemplates(): AsyncIterable<{ name: string; arn: string; enabled: boolean }> {
    yield* [...this.templates].map(([name, template]) => ({ name, arn: template.arn, enabled: template.enabled }));
  }

  async *listProvisioningTemplateVersions(name: string): AsyncIterable<ProvisioningTemplateVersion> {
    const template = found(this.templates, name);
    yield* [...template.versions].map(([versionId, { createdAt }]) => ({ versionId, isDefault: versionId === template.defaultId, createdAt }));
  }

  async createProvisioningTemplateVersion(input: { name: string; templateBody: string; setAsDefault: boolean }): Promise<{ versionId: number }> {
    return { versionId: addVersion(found(this.templates, input.name), input.templateBody, input.setAsDefault, this.clock.now()) };
  }

  async getProvisioningTemplateVersion(name: string, versionId: number): Promise<string | undefined> {
    return this.templates.get(name)?.versions.get(versionId)?.text;
  }

  async deleteProvisioningTemplateVersion(name: string, versionId: number): Promise<void> {
    removeVersion(found(this.templates, name), versionId);
  }

  async createProvisioningClaim(templateName: string): Promise<ProvisioningClaim> {
    found(this.templates, templateName);
    const number = this.claims.size + 1;
    const claim = { certificateId: String(number).padStart(64, 'c'), pem: `claim ${String(number)}`, privateKeyPem: `key ${String(number)}`, expiresAt: new Date(this.clock.now().getTime() + 300_000) };
    this.claims.set(claim.certificateId, claim);
    return claim;
  }

  async describeThing(name: string): Promise<Thing | undefined> {
    return this.things.has(name) ? { name, arn: arn(`thing/${name}`), attributes: {} } : undefined;
  }

  async *listThingPrincipals(thingName: string): AsyncIterable<string> {
    this.checkThing(thingName);
    yield* [...(this.principals.get(thingName) ?? [])];
  }

  async *listPrincipalThings(principal: string): AsyncIterable<string> {
    yield* [...this.principals].filter(([, principals]) => principals.has(principal)).map(([name]) => name);
  }

  async *listThingGroupsForThing(thingName: string): AsyncIterable<ThingGroup> {
    this.checkThing(thingName);
    yield* [...(this.memberships.get(thingName) ?? [])];
  }

  async detachThingPrincipal(input: { thingName: string; principal: string }): Promise<void> {
    this.checkThing(input.thingName);
    if (this.principals.get(input.thingName)?.delete(input.principal) !== true) throw refused('ResourceNotFoundException', 'notFound');
  }

  async deleteThing(input: { name: string }): Promise<void> {
    if ((this.principals.get(input.name)?.size ?? 0) > 0) throw refused('InvalidRequestException', 'validation');
    this.things.delete(input.name);
    this.memberships.delete(input.name);
  }

  async describeThingType(name: string): Promise<ThingType | undefined> {
    return this.thingTypes.get(name);
  }

  async searchThings({ query, maxResults }: { query: string; maxResults: number; nextToken?: string }): Promise<HitPage> {
    if (this.indexing.things === 'OFF') throw refused('ResourceNotFoundException', 'notFound');
    return { hits: this.indexed.filter((hit) => this.indexMatches(hit, query)).slice(0, maxResults) };
  }

  async getIndexing(): Promise<Indexing> {
    return this.indexing;
  }

  async describeThingIndex(): Promise<IndexState | undefined> {
    return this.indexing.things === 'OFF' ? undefined : 'ACTIVE';
  }

  async updateIndexing(indexing: Indexing): Promise<void> {
    this.indexing = indexing;
  }

  async *listThingsByAttribute({ name, value, prefix = false }: { name: string; value: string; prefix?: boolean }): AsyncIterable<Thing> {
    for (const hit of this.indexed) {
      const own = hit.attributes[name];
      if (own !== undefined && (prefix ? own.startsWith(value) : own === value)) yield { name: hit.name, arn: arn(`thing/${hit.name}`), attributes: hit.attributes };
    }
  }

  async *listThingsOfType(typeName: string): AsyncIterable<Thing> {
    for (const hit of this.indexed) if (hit.typeName === typeName) yield { name: hit.name, arn: arn(`thing/${hit.name}`), attributes: hit.attributes, typeName };
  }

  async *listThingGroupNames(start: string): AsyncIterable<string> {
    yield* [...this.groups.keys()].filter((name) => name.startsWith(start));
  }

  async *listThingTypeNames(): AsyncIterable<string> {
    yield* this.thingTypes.keys();
  }

  async createCertificateFromCsr(input: { csrPem: string; setAsActive: boolean }): Promise<Certificate> {
    const { id, pem } = await this.issue(input.csrPem, this.certificates.size + 1);
    const certificate: Certificate = { id, arn: arn(`cert/${id}`), status: input.setAsActive ? 'ACTIVE' : 'INACTIVE', createdAt: this.clock.now(), pem };
    this.certificates.set(id, certificate);
    this.countActive();
    return certificate;
  }

  async describeCertificate(id: string): Promise<Certificate | undefined> {
    return this.certificates.get(id);
  }

  async updateCertificateStatus(id: string, status: CertificateStatus): Promise<void> {
    this.certificates.set(id, { ...found(this.certificates, id), status });
    this.countActive();
  }

  async deleteCertificate(id: string, options?: { readonly force?: boolean }): Promise<void> {
    const { arn: certificate, status } = found(this.certificates, id);
    if (status === 'ACTIVE') throw refused('CertificateStateException', 'conflict');
    const hasThing = [...this.principals.values()].some((principals) => principals.has(certificate));
    if (hasThing || ((this.attached.get(certificate)?.size ?? 0) > 0 && options?.force !== true)) throw refused('DeleteConflictException', 'conflict');
    this.certificates.delete(id);
    this.attached.delete(certificate);
  }

  async *listCertificates(): AsyncIterable<CertificateSummary> {
    yield* [...this.certificates.values()].reverse();
  }

  async describeEndpoint(type: EndpointType): Promise<string> {
    return type === 'iot:Data-ATS' ? 'abc-ats.iot.eu-west-1.amazonaws.com' : 'abc.credentials.iot.eu-west-1.amazonaws.com';
  }

  active(): readonly Certificate[] {
    return [...this.certificates.values()].filter((certificate) => certificate.status === 'ACTIVE');
  }

  private checkThing(name: string): void {
    if (!this.things.has(name)) throw refused('ResourceNotFoundException', 'notFound');
  }

  private countActive(): void {
    this.mostActive = Math.max(this.mostActive, this.active().length);
  }

  private checkRole(roleArn: string, service: string): void {
    const role = [...this.roles.roles.values()].find((candidate) => candidate.arn === roleArn);
    if (this.unknownRoleCalls > 0 || role?.trustPolicy.includes(`"${service}"`) !== true) {
      this.unknownRoleCalls -= 1;
      throw refused('InvalidRequestException', 'validation', `The role ${roleArn} cannot be assumed by ${service}`);
    }
  }
}

function hook(targetArn: string): ProvisioningHook {
  return { targetArn, payloadVersion: '2020-04-01' };
}

function refused(code: string, category: ErrorCategory, message = code): FleetError {
  return new FleetError(message, { category, code, cause: new Error(message) });
}

function found<K, T>(items: ReadonlyMap<K, T>, name: K): T {
  const item = items.get(name);
  if (item === undefined) throw refused('ResourceNotFoundException', 'notFound');
  return item;
}

function versioned(resourceArn: string, text: string, createdAt: Date): Versioned {
  return { arn: resourceArn, next: 2, defaultId: 1, versions: new Map([[1, { text, createdAt }]]) };
}

function textOf(item: Versioned): string {
  return item.versions.get(item.defaultId)?.text ?? '';
}

function addVersion(item: Versioned, text: string, setAsDefault: boolean, createdAt: Date): number {
  if (item.versions.size >= 5) throw refused('VersionsLimitExceededException', 'limit');
  const id = item.next;
  item.next += 1;
  item.versions.set(id, { text, createdAt });
  if (setAsDefault) item.defaultId = id;
  return id;
}

function removeVersion(item: Versioned, id: number): void {
  if (id === item.defaultId) throw refused('DeleteConflictException', 'conflict');
  if (!item.versions.delete(id)) throw refused('ResourceNotFoundException', 'notFound');
}
