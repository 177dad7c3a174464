import type { Connection } from '../core/ports/connection';
import type { ThingType } from '../core/ports/thingApi';
import type { AwsTarget } from '../core/ports/identity';
import type { FleetSteps, SessionService } from '../core/ports/services';
import type { NameLists } from '../core/policy/complete';
import type { PolicyFacts } from '../core/policy/ruleContext';
import type { PlaceholderKind } from '../core/policy/placeholders';
import type { TemplateLookups } from '../core/provisioning/template/templateFinding';
import { templateFacts as factsOfTemplate } from '../core/provisioning/templateBody';
import { credentialsService, trustedServices } from '../core/stack/trust';
import { iotArn } from '../core/util/arn';
import type { FleetNames } from '../core/provisioning/steps';
import { Emitter, type Disposable } from '../core/util/emitter';
import { sameJson } from '../core/util/json';

/** A value from the account that may stand in a placeholder's place. */
export interface Candidate {
  readonly value: string;
  /** Short name for a list. */
  readonly label: string;
}

export type Lookup = { readonly kind: 'notConnected' } | { readonly kind: 'found'; readonly candidates: readonly Candidate[] } | { readonly kind: 'failed'; readonly message: string };

interface Entry<T> {
  /** When the answer came; before that, when it was asked for. */
  at: number;
  readonly promise: Promise<T>;
  value: T | undefined;
}

/** Names change rarely and the lists are shared by lens, hints, completion and rules. */
const keepFor = 60_000;
/** What is missing now is likely to be made next, perhaps elsewhere. */
const keepEmptyFor = 2_000;
/** Enough to choose from; an account may have thousands of certificates. */
const most = 50;
/** Names of a kind that are looked at. */
const longest = 500;
/** A thing has one type; a text with many is looked at no further. */
const mostTypes = 5;

/** The list that the values of a placeholder come from. */
const listOf: Readonly<Partial<Record<PlaceholderKind, string>>> = { roleAliasArn: 'roleAliases', certificateArn: 'certificates', provisioningRoleArn: 'stack' };

async function take<T>(items: AsyncIterable<T>, limit: number): Promise<readonly T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length >= limit) break;
  }
  return taken;
}

function isEmpty(value: unknown): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** ARN of a role alias. https://docs.aws.amazon.com/iot/latest/developerguide/iot-action-resources.html */
export const roleAliasArn = (target: Pick<AwsTarget, 'partition' | 'region' | 'account'>, name: string): string => iotArn(target, `rolealias/${name}`);

/** The role alias names that a policy mentions; more than these few are not looked into. */
function mentionedAliases(text: string): readonly string[] {
  return [...new Set([...text.matchAll(/:rolealias\/([\w=,@-]+)/g)].map((match) => match[1] ?? ''))].slice(0, 5);
}

/** What a look at a policy file needs to ask the account the right things. */
export interface PolicyFile {
  readonly text: string;
  /** The policy that this file is published as, where that is known. */
  readonly publishedAs?: string;
}

interface AliasRole {
  readonly roleArn: string;
  /** Undefined when this profile may not look at the role. */
  readonly trusted: boolean | undefined;
}

export interface KnowledgeDeps {
  readonly session: SessionService;
  /** For names from the settings and the roles of the stack; without it these candidates are missing. */
  readonly steps?: Pick<FleetSteps, 'names' | 'stackView' | 'onDidChange' | 'busy'>;
}

/** What the language service knows of the connected account: looked up on first need, kept a minute, forgotten with the connection. */
export class AccountKnowledge implements Disposable {
  private readonly cache = new Map<string, Entry<unknown>>();
  private readonly changed = new Emitter<void>();
  private readonly listeners: Disposable[] = [];
  private connection: Connection | undefined;
  readonly onDidChange = this.changed.event;

  constructor(
    private readonly session: KnowledgeDeps['session'],
    private readonly steps: KnowledgeDeps['steps'] | undefined,
  ) {
    this.connection = session.current;
    this.listeners.push(
      session.onDidChange(() => {
        if (session.current !== this.connection) this.forget();
      }),
    );
    if (steps !== undefined) this.listeners.push(steps.onDidChange(() => (steps.busy ? undefined : this.forget())));
  }

  stepNames(): FleetNames | undefined {
    return this.steps?.names();
  }

  get target(): AwsTarget | undefined {
    return this.session.current?.target;
  }

  /** Forgets all lists, or that of one kind; the next look asks the account again. */
  forget(kind?: PlaceholderKind): void {
    if (kind !== undefined) {
      const key = listOf[kind];
      if (key !== undefined) this.cache.delete(key);
      return;
    }
    this.connection = this.session.current;
    this.cache.clear();
    this.changed.fire();
  }

  /** Values for a placeholder, best first. Never throws. */
  async lookup(kind: PlaceholderKind): Promise<Lookup> {
    const connection = this.session.current;
    if (connection === undefined) return { kind: 'notConnected' };
    try {
      return { kind: 'found', candidates: await this.candidates(kind, connection) };
    } catch (error) {
      return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Values for a placeholder; throws what the account answered. */
  async candidates(kind: PlaceholderKind, connection: Connection): Promise<readonly Candidate[]> {
    const { target } = connection;
    switch (kind) {
      case 'accountId':
        return [{ value: target.account, label: target.account }];
      case 'region':
        return [{ value: target.region, label: target.region }];
      case 'roleAliasArn':
        return (await this.roleAliasNames(connection)).map((name) => ({ value: roleAliasArn(target, name), label: name }));
      case 'certificateArn': {
        const certificates = await this.once('certificates', connection, async () => take(connection.iot.listCertificates(), most));
        return certificates.filter((item) => item.status === 'ACTIVE').map((item) => ({ value: item.arn, label: item.id.slice(0, 12) }));
      }
      case 'provisioningRoleArn': {
        const view = await this.once('stack', connection, async () => this.steps?.stackView(connection));
        const outputs = view?.outputs.filter((output) => output.meaning === 'provisioningRole') ?? [];
        const arns = await Promise.all(
          outputs.map(async (output) => (output.value.startsWith('arn:') ? output.value : (await connection.roles.getRole(output.value))?.arn)),
        );
        return [...new Set(arns)].filter((arn) => arn !== undefined).map((arn) => ({ value: arn, label: arn.slice(arn.lastIndexOf('/') + 1) }));
      }
      case 'unknown':
        return [];
    }
  }

  async roleAliasNames(connection: Connection): Promise<readonly string[]> {
    const names = await this.once('roleAliases', connection, async () => take(connection.iot.listRoleAliases(), 500));
    const wanted = this.steps?.names().roleAliasName;
    return wanted === undefined || !names.includes(wanted) ? names : [wanted, ...names.filter((name) => name !== wanted)];
  }

  async templateNames(connection: Connection): Promise<readonly string[]> {
    return (await this.once('templates', connection, async () => take(connection.iot.listProvisioningTemplates(), 500))).map((item) => item.name);
  }

  async thingGroupNames(connection: Connection): Promise<readonly string[]> {
    return (await this.once('thingGroups', connection, async () => take(connection.iot.listThingGroups(), longest))).map((item) => item.name);
  }

  /** The first page only: names are an aid while typing, and an account may have a million things. */
  async thingNames(connection: Connection): Promise<readonly string[]> {
    return (await this.once('things', connection, async () => take(connection.iot.listThings(), most))).map((item) => item.name);
  }

  /** Names for completion, without waiting; starts the look-ups that are missing or old. */
  names(): NameLists {
    const connection = this.session.current;
    if (connection === undefined) return {};
    const { roleAliases, templates } = this.facts();
    const things = this.known<readonly { name: string }[]>('things');
    const groups = this.known<readonly { name: string }[]>('thingGroups');
    void this.thingNames(connection).catch(() => undefined);
    void this.thingGroupNames(connection).catch(() => undefined);
    return {
      ...(roleAliases === undefined ? {} : { roleAliases: roleAliases.map((item) => item.name) }),
      ...(templates === undefined ? {} : { templates }),
      ...(things === undefined ? {} : { things: things.map((item) => item.name) }),
      ...(groups === undefined ? {} : { thingGroups: groups.map((item) => item.name) }),
    };
  }

  /** What the rules may use now, without waiting; starts the look-ups that are missing or old. */
  facts(file?: PolicyFile): PolicyFacts {
    const connection = this.session.current;
    if (connection === undefined) return {};
    const { target } = connection;
    const aliases = this.known<readonly string[]>('roleAliases');
    const templates = this.known<readonly { name: string }[]>('templates');
    void this.roleAliasNames(connection).catch(() => undefined);
    void this.templateNames(connection).catch(() => undefined);
    const templateName = this.steps?.names().templateName;
    return {
      ...(aliases === undefined ? {} : { roleAliases: aliases.map((name) => ({ name, arn: roleAliasArn(target, name), ...this.roleOf(connection, name, file) })) }),
      ...(templates === undefined ? {} : { templates: templates.map((item) => item.name) }),
      ...(templateName === undefined ? {} : { templateName }),
      ...this.versionsOf(connection, file),
    };
  }

  /** The role behind an alias that the file mentions. */
  private roleOf(connection: Connection, name: string, file: PolicyFile | undefined): { readonly trusted?: boolean; readonly roleArn?: string } {
    if (file === undefined || !mentionedAliases(file.text).includes(name)) return {};
    const key = `role of ${name}`;
    const known = this.known<AliasRole | null>(key);
    void this.once(key, connection, async (): Promise<AliasRole | null> => {
      const alias = await connection.iot.describeRoleAlias(name);
      if (alias === undefined) return null;
      // Without iam:GetRole nothing is said about the role.
      const role = await connection.roles.getRole(alias.roleArn.slice(alias.roleArn.lastIndexOf('/') + 1)).catch(() => null);
      return { roleArn: alias.roleArn, trusted: role === null ? undefined : role !== undefined && trustedServices(role.trustPolicy).has(credentialsService) };
    }).catch(() => undefined);
    if (known === undefined || known === null) return {};
    return { roleArn: known.roleArn, ...(known.trusted === undefined ? {} : { trusted: known.trusted }) };
  }

  /** How many versions the deployed policy has, when publishing this file would make another. */
  private versionsOf(connection: Connection, file: PolicyFile | undefined): Pick<PolicyFacts, 'policyVersions'> {
    const name = file?.publishedAs;
    if (file === undefined || name === undefined) return {};
    const key = `versions of ${name}`;
    const known = this.known<{ readonly document: string; readonly count: number } | null>(key);
    void this.once(key, connection, async () => {
      const policy = await connection.iot.getPolicy(name);
      return policy === undefined ? null : { document: policy.document, count: (await connection.iot.listPolicyVersions(name)).length };
    }).catch(() => undefined);
    if (known === undefined || known === null) return {};
    return sameJson(known.document, file.text) ? {} : { policyVersions: known.count };
  }

  /** Names that a provisioning template may use, without waiting; starts the look-ups that are missing or old. */
  templateFacts(text?: string): TemplateLookups {
    const connection = this.session.current;
    if (connection === undefined) return {};
    const policies = this.known<readonly { name: string }[]>('policies');
    const groups = this.known<readonly { name: string }[]>('thingGroups');
    void this.once('policies', connection, async () => take(connection.iot.listPolicies(), longest)).catch(() => undefined);
    void this.thingGroupNames(connection).catch(() => undefined);
    const names = this.steps?.names();
    // Of a list that was cut off, nobody can say that a name is missing.
    const complete = (list: readonly { name: string }[] | undefined): list is readonly { name: string }[] => list !== undefined && list.length < longest;
    return {
      ...(complete(policies) ? { policies: policies.map((item) => item.name) } : {}),
      ...(complete(groups) ? { thingGroups: groups.map((item) => item.name) } : {}),
      ...(text === undefined ? {} : { thingTypes: this.thingTypes(connection, text) }),
      ...(names === undefined ? {} : { planned: [names.iotPolicyName, names.thingGroupName] }),
    };
  }

  /** Asked one by one: an account's list of types may be long, and a template names one. */
  private thingTypes(connection: Connection, text: string): NonNullable<TemplateLookups['thingTypes']> {
    // Names that AWS refuses have a finding of their own.
    const wanted = factsOfTemplate(text).thingTypes.filter((name) => /^[a-zA-Z0-9:_-]{1,128}$/.test(name)).slice(0, mostTypes);
    const known = wanted.map((name) => {
      const key = `thing type ${name}`;
      const type = this.known<ThingType | null>(key);
      void this.once(key, connection, async () => (await connection.iot.describeThingType(name)) ?? null).catch(() => undefined);
      return type === undefined ? undefined : ([name, type === null ? 'missing' : type.deprecated ? 'deprecated' : 'usable'] as const);
    });
    return Object.fromEntries(known.filter((entry) => entry !== undefined));
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.changed.dispose();
    this.cache.clear();
  }

  private known<T>(key: string): T | undefined {
    return this.cache.get(key)?.value as T | undefined;
  }

  private async once<T>(key: string, connection: Connection, load: () => Promise<T>): Promise<T> {
    if (connection !== this.connection) {
      this.connection = connection;
      this.cache.clear();
    }
    const present = this.cache.get(key);
    if (present !== undefined && Date.now() - present.at < (isEmpty(present.value) ? keepEmptyFor : keepFor)) return present.promise as Promise<T>;
    // A refusal is kept as well: an account that may not list aliases is not asked at every keystroke.
    // What was known stays known until the new answer is there.
    const entry: Entry<T> = { at: Date.now(), promise: load(), value: present?.value as T | undefined };
    this.cache.set(key, entry);
    const value = await entry.promise;
    const news = JSON.stringify(value) !== JSON.stringify(entry.value);
    entry.value = value;
    entry.at = Date.now();
    // Rules that waited for this fact can run now.
    if (news && this.cache.get(key) === entry) this.changed.fire();
    return value;
  }
}
