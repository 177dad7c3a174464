import * as l10n from '@vscode/l10n';
import type { Connection } from '../../core/ports/connection';
import { ownPolicies } from '../../core/provisioning/templateBody';
import type { FleetNames } from '../../core/provisioning/steps';
import type { Fact } from '../../core/relations/facts';
import type { EdgeCode } from '../../core/relations/graph';
import type { RelationStart } from '../../core/relations/start';
import type { AliasFacts, Gap, Link, NodeRef, RoleFacts, StartFacts } from '../../core/relations/startFacts';
import { permissionsOf } from './gatherRelations';
import { look } from '../look';
import { roleFact } from './roleFact';

/** Items of a list that are followed; each costs calls. */
export const most = { principals: 10, groups: 20, policies: 20, users: 20, scanned: 100 };

type Held<K extends 'things' | 'cores' | 'certificates' | 'policies' | 'templates' | 'groups'> = StartFacts[K] extends ReadonlyMap<string, infer V> ? V : never;

/** What was read of an account, each thing once. */
export class StartReader {
  protected readonly things = new Map<string, Held<'things'>>();
  protected readonly cores = new Map<string, Held<'cores'>>();
  protected readonly certificates = new Map<string, Held<'certificates'>>();
  protected readonly policies = new Map<string, Held<'policies'>>();
  protected readonly templates = new Map<string, Held<'templates'>>();
  protected readonly aliases = new Map<string, AliasFacts>();
  protected readonly groups = new Map<string, Held<'groups'>>();
  protected readonly brought = new Set<string>();
  protected readonly roles = new Map<string, RoleFacts>();
  protected readonly links: Link[] = [];
  protected readonly gaps: Gap[] = [];

  constructor(
    protected readonly connection: Connection,
    protected readonly names: FleetNames,
    protected readonly start: RelationStart,
    protected readonly signal: AbortSignal,
  ) {}

  protected async role(arn: string): Promise<RoleFacts> {
    const role = await roleFact(this.connection, arn, this.signal);
    return { role, permissions: role.kind === 'found' ? await look(() => permissionsOf(this.connection, role.value.name, this.signal)) : role };
  }

  /** Documents within a template are policies too; one that bears the name of a policy of the account counts as that. */
  protected async broughtBy(template: string, body: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (const { name, document } of ownPolicies(body)) {
      const label = name ?? l10n.t('in the template {0}', template);
      if (name === undefined || (await this.readPolicy(name)).kind === 'missing') {
        this.policies.set(label, { kind: 'found', value: { name: label, arn: '', document, defaultVersionId: '' } });
        this.brought.add(label);
      }
      found.push(label);
    }
    return found;
  }

  protected async readPolicy(name: string): Promise<Held<'policies'>> {
    return once(this.policies, name, () => look(() => this.connection.iot.getPolicy(name, { signal: this.signal })));
  }

  protected async readTemplate(name: string): Promise<Held<'templates'>> {
    return once(this.templates, name, () => look(() => this.connection.iot.describeProvisioningTemplate(name, { signal: this.signal })));
  }

  /** The beginning of a list; undefined when it cannot be read. Cut or denied, it leaves a gap. */
  protected async list<T>(code: EdgeCode, at: NodeRef, of: NodeRef['kind'], items: AsyncIterable<T>, count: number): Promise<readonly T[] | undefined> {
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

  /** Of the resources that may be related, one that could not be read stands for all: the reason is the same as a rule. */
  protected unread(code: EdgeCode, at: NodeRef, of: NodeRef, fact: Fact<unknown>): void {
    if (fact.kind !== 'unreadable' || this.gaps.some((gap) => gap.code === code && gap.status === 'unknown' && gap.from === at)) return;
    this.gap(code, at, of, 'unknown', fact.why);
  }

  protected link(code: EdgeCode, from: NodeRef, to: NodeRef): void {
    this.links.push({ code, from, to });
  }

  protected gap(code: EdgeCode, from: NodeRef, to: NodeRef, status: Gap['status'], why: string): void {
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
