import * as l10n from '@vscode/l10n';
import { FleetError } from '../core/errors';
import type { AwsGateway, Connection, ConnectionBeside } from '../core/ports/connection';
import type { AwsTarget } from '../core/ports/identity';
import type { RegionsService, SessionService } from '../core/ports/services';
import { Emitter, type Disposable } from '../core/util/emitter';
import { isRegionCode, partitionOfRegion } from '../core/util/regions';

export interface PinnedRegionsDeps {
  readonly session: Pick<SessionService, 'current' | 'connection' | 'onDidChange'>;
  readonly gateway: Pick<AwsGateway, 'connectBeside'>;
  /** What was pinned in this workspace, by its person: no file of a repository tells. */
  readonly memory: { get(): readonly string[] | undefined; set(regions: readonly string[] | undefined): unknown };
}

interface Beside {
  readonly abort: AbortController;
  readonly opened: Promise<ConnectionBeside>;
}

/** Regions beside the connected one: each is connected to when somebody looks into it, as the same identity. */
export class PinnedRegions implements RegionsService, Disposable {
  private readonly changed = new Emitter<void>();
  private readonly beside = new Map<string, Beside>();
  /** The connection that those beside belong to. */
  private of: Connection | undefined;
  private readonly listener: Disposable;
  readonly onDidChange = this.changed.event;

  constructor(private readonly deps: PinnedRegionsDeps) {
    this.listener = deps.session.onDidChange(() => {
      if (deps.session.current !== this.of) this.freeAll();
    });
  }

  get pinned(): readonly string[] {
    return this.deps.memory.get() ?? [];
  }

  async pin(region: string): Promise<void> {
    if (!isRegionCode(region)) throw new FleetError(l10n.t('{0} is not the name of an AWS region.', region), { category: 'region', code: 'badRegion', advice: l10n.t('Choose a region such as eu-central-1.') });
    if (this.pinned.includes(region)) return;
    await this.deps.memory.set([...this.pinned, region].sort());
    this.changed.fire();
  }

  async unpin(region: string): Promise<void> {
    if (!this.pinned.includes(region)) return;
    const left = this.pinned.filter((one) => one !== region);
    await this.deps.memory.set(left.length === 0 ? undefined : left);
    this.free(region);
    this.changed.fire();
  }

  isOpen(region: string): boolean {
    const { current } = this.deps.session;
    return current?.target.region === region || (this.beside.has(region) && this.of === current);
  }

  async connection(region: string): Promise<Connection> {
    const of = await this.deps.session.connection();
    if (of.target.region === region) return of;
    if (!this.pinned.includes(region)) {
      throw new FleetError(l10n.t('The region {0} is not pinned.', region), { category: 'region', code: 'notPinned', remedies: [{ kind: 'switchRegion', region }] });
    }
    checkPartition(of.target, region);
    if (of !== this.of) this.freeAll();
    this.of = of;
    return (await (this.beside.get(region) ?? this.open(of, region)).opened).connection;
  }

  dispose(): void {
    this.freeAll();
    this.listener.dispose();
    this.changed.dispose();
  }

  private open(of: Connection, region: string): Beside {
    const abort = new AbortController();
    const beside: Beside = { abort, opened: this.connect(of, region, abort.signal) };
    this.beside.set(region, beside);
    // A failure is not kept: the next look tries again.
    beside.opened.catch(() => (this.beside.get(region) === beside ? this.beside.delete(region) : undefined));
    return beside;
  }

  /** The same credentials cannot be somebody else; still, what answers as another is never shown as this account. */
  private async connect(of: Connection, region: string, signal: AbortSignal): Promise<ConnectionBeside> {
    const beside = await this.deps.gateway.connectBeside(of, region, { signal });
    const { target } = beside.connection;
    if (target.account === of.target.account && target.region === region && lasting(target.callerArn) === lasting(of.target.callerArn)) return beside;
    beside.close();
    throw new FleetError(l10n.t('{0} answered as {1}, not as {2}: it is not shown here.', region, target.callerArn, of.target.callerArn), { category: 'credentials', code: 'otherIdentity' });
  }

  private free(region: string): void {
    const beside = this.beside.get(region);
    this.beside.delete(region);
    beside?.abort.abort();
    // One that is not there yet is closed as soon as it comes.
    beside?.opened.then((opened) => opened.close()).catch(() => undefined);
  }

  private freeAll(): void {
    for (const region of [...this.beside.keys()]) this.free(region);
    this.of = undefined;
  }
}

/** What an older version stored may look different. */
export function arePinnedRegions(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((region) => typeof region === 'string' && isRegionCode(region));
}

/** Credentials hold in one partition: https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html */
function checkPartition({ partition, isSandbox }: AwsTarget, region: string): void {
  const other = partitionOfRegion(region);
  if (isSandbox || other === undefined || other === partition) return;
  throw new FleetError(l10n.t('{0} is of partition {1}, where the credentials of this connection, of partition {2}, do not hold.', region, other, partition), {
    category: 'region',
    code: 'otherPartition',
    advice: l10n.t('Connect with a profile of that partition, or unpin the region.'),
  });
}

/** A role's session gets a new name whenever its credentials are renewed. */
function lasting(callerArn: string): string {
  return callerArn.replace(/(:assumed-role\/[^/]+)\/.*$/, '$1');
}
