import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { DescribeThingCommand, IoTClient, ListThingsCommand, paginateListPolicies, paginateListThings, SearchIndexCommand, DescribeCertificateCommand } from '@aws-sdk/client-iot';
import { SdkAwsGateway } from '../../src/aws/gateway';
import type { Connection } from '../../src/core/ports/connection';
import { FleetSearch } from '../../src/services/search/fleetSearch';
import { PagedList } from '../../src/tree/pagedList';
import { SandboxProcess } from '../helpers/sandboxProcess';
import { certificateId, fillFleet, policyName, thingName } from './filledFleet';
import { spreadOf, timesFigure, type Figure, type Spread } from './measure';

const sizes = [100_000, 1_000_000];
const policies = 2_000;
const certificates = 10_000;
const rounds = 15;
/** The largest page of AWS IoT, and what the tree reads at a time. */
const pageSize = 250;

/** What is measured on one fleet. The reference does the same with the plain SDK client. */
interface Question {
  readonly what: string;
  readonly referenceIs: string;
  readonly minor?: true;
  /** Resolves when the rows are there; answers what shall be kept in memory. */
  ours(fleet: Fleet, round: number): Promise<unknown>;
  reference(fleet: Fleet, round: number): Promise<unknown>;
}

/** Things that no round before has asked for, all over the fleet. */
const somewhere = (fleet: Fleet, round: number): number => Math.floor(((round * 0.618 + 0.31) % 1) * fleet.things);

const questions: readonly Question[] = [
  {
    what: 'tree: first rows of the things',
    referenceIs: 'paginateListThings, first page',
    ours: async (fleet) => fleet.list().first(),
    reference: async ({ sdk }) => readPages(paginateListThings({ client: sdk, pageSize }, {}), 1),
  },
  {
    what: 'tree: the thousandth row',
    referenceIs: 'paginateListThings, four pages',
    async ours(fleet) {
      const list = fleet.list();
      while (list.items.length < 1_000) await list.more();
      return list;
    },
    reference: async ({ sdk }) => readPages(paginateListThings({ client: sdk, pageSize }, {}), 4),
  },
  {
    what: 'search: a part of a name, index on',
    referenceIs: 'one SearchIndex of the SDK client',
    ours: async (fleet, round) => fleet.firstHit(thingName(somewhere(fleet, round)).slice(0, -1), 'thing'),
    reference: async (fleet, round) => fleet.sdk.send(new SearchIndexCommand({ queryString: `thingName:${thingName(somewhere(fleet, round)).slice(0, -1)}*`, maxResults: 50 })),
  },
  {
    what: 'search: a value of an attribute, index on',
    minor: true,
    referenceIs: 'one SearchIndex of the SDK client',
    ours: async (fleet, round) => fleet.firstHit(`attributes.serial:s${String(somewhere(fleet, round))}`, 'thing'),
    reference: async (fleet, round) => fleet.sdk.send(new SearchIndexCommand({ queryString: `attributes.serial:s${String(somewhere(fleet, round))}`, maxResults: 50 })),
  },
  {
    what: 'search: a whole name, index off',
    referenceIs: 'one DescribeThing of the SDK client',
    ours: async (fleet, round) => fleet.firstHit(thingName(somewhere(fleet, round)), 'thing'),
    reference: async (fleet, round) => fleet.sdk.send(new DescribeThingCommand({ thingName: thingName(somewhere(fleet, round)) })),
  },
  {
    what: 'search: a value of an attribute, index off',
    minor: true,
    referenceIs: 'one ListThings of the SDK client',
    ours: async (fleet, round) => fleet.firstHit(`attr:serial=s${String(somewhere(fleet, round))}`, 'thing'),
    reference: async (fleet, round) => fleet.sdk.send(new ListThingsCommand({ attributeName: 'serial', attributeValue: `s${String(somewhere(fleet, round))}`, maxResults: pageSize })),
  },
  {
    what: `search: a certificate of ${certificates.toLocaleString('en-US')}, by its id`,
    minor: true,
    referenceIs: 'one DescribeCertificate of the SDK client',
    ours: async (fleet, round) => fleet.firstHit(certificateId(round * 300), 'certificate'),
    reference: async ({ sdk }, round) => sdk.send(new DescribeCertificateCommand({ certificateId: certificateId(round * 300) })),
  },
  {
    what: `search: a policy of ${policies.toLocaleString('en-US')}, by a part of its name, first search of a list`,
    referenceIs: 'paginateListPolicies, all',
    async ours(fleet) {
      fleet.newSearch();
      return fleet.firstHit(policyName(0).slice(3), 'policy');
    },
    reference: async ({ sdk }) => readPages(paginateListPolicies({ client: sdk, pageSize }, {}), Infinity),
  },
];

/**
 * The tree and the search on a fleet of a hundred thousand things and on one of a million: that the second costs as much as
 * the first is the point. The local AWS is a process of its own; memory is that of this one, where lists and searches live.
 */
export async function treeFigures(): Promise<Figure[]> {
  const measured = new Map<string, Figure[]>();
  for (const things of sizes) {
    const folder = await mkdtemp(path.join(tmpdir(), 'bench-tree-'));
    try {
      const begun = performance.now();
      await fillFleet(folder, { things, policies, certificates });
      process.stderr.write(`  ${things.toLocaleString('en-US')} things stand after ${String(Math.round((performance.now() - begun) / 1000))} s\n`);
      const fleet = await Fleet.open(folder, things);
      try {
        for (const [name, figures] of await figuresOf(fleet)) measured.set(name, [...(measured.get(name) ?? []), ...figures]);
      } finally {
        await fleet.close();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  // Both sizes of a row one below the other.
  return [...measured.values()].flat();
}

async function figuresOf(fleet: Fleet): Promise<ReadonlyMap<string, readonly Figure[]>> {
  const figures = new Map<string, Figure[]>();
  const among = ` · ${fleet.things.toLocaleString('en-US')} things`;
  for (const question of questions) {
    await fleet.index(question.what.includes('index on'));
    const { ours, reference } = await inTurn(fleet, question);
    figures.set(question.what, [{ ...timesFigure(question.what + among, { ours, reference }, question.referenceIs), ...(question.minor === true ? { minor: true } : {}) }]);
    const [own, others] = [await fleet.requests(async () => question.ours(fleet, 0)), await fleet.sdkRequests(async () => question.reference(fleet, 0))];
    figures.set(`${question.what} requests`, [{ what: `${question.what}: requests${among}`, ours: own, reference: others, referenceIs: question.referenceIs, unit: 'requests', minor: true }]);
  }
  const thousand = questions[1];
  if (thousand === undefined) throw new Error('there is no question of a thousand rows');
  const memory = { ours: await retained(async () => thousand.ours(fleet, 0)), reference: await retained(async () => thousand.reference(fleet, 0)) };
  figures.set('memory', [{ what: `tree: memory for a thousand rows${among}`, ...memory, referenceIs: thousand.referenceIs, unit: 'KB' }]);
  return figures;
}

/** In turn, so that a slow spell of the machine meets both; after as many rounds that do not count. Ours ends at the first hit. */
async function inTurn(fleet: Fleet, question: Question): Promise<{ ours: Spread; reference: Spread }> {
  const times = { ours: [] as number[], reference: [] as number[] };
  for (let round = 0; round < 2 * rounds; round += 1) {
    for (const who of ['ours', 'reference'] as const) {
      fleet.forgetHit();
      const begun = performance.now();
      await question[who](fleet, round);
      // What a search asks besides goes on after its first hit; only then is it the other's turn.
      const ended = (who === 'ours' ? fleet.firstHitAt() : undefined) ?? performance.now();
      if (round >= rounds) times[who].push(ended - begun);
    }
  }
  return { ours: spreadOf(times.ours), reference: spreadOf(times.reference) };
}

class Fleet {
  private hitAt: number | undefined;
  private search: FleetSearch;
  private counted = 0;

  private constructor(
    readonly things: number,
    readonly sdk: IoTClient,
    private readonly connection: Connection,
    private readonly gateway: SdkAwsGateway,
    private readonly sandbox: SandboxProcess,
    private readonly counter: { calls: number },
  ) {
    this.search = new FleetSearch(connection);
    sdk.middlewareStack.add((next) => async (input) => {
      this.counted += 1;
      return next(input);
    }, { step: 'deserialize' });
  }

  static async open(state: string, things: number): Promise<Fleet> {
    const sandbox = await SandboxProcess.start({ state, args: ['--resource-delay', '0'] });
    const { endpoint, region, accessKeyId, secretAccessKey } = sandbox.info;
    const counter = { calls: 0 };
    const gateway = new SdkAwsGateway({ env: {}, userAgent: 'bench/1', amazonRootCa: async () => '', log: () => (counter.calls += 1) });
    const connection = await gateway.connect({ kind: 'sandbox', endpoint, region, accessKeyId, secretAccessKey }, { mfaCode: () => Promise.reject(new Error('nobody')) });
    return new Fleet(things, new IoTClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 }), connection, gateway, sandbox, counter);
  }

  list(): PagedList<{ name: string; arn: string }> {
    return new PagedList(() => this.connection.iot.listThings(), pageSize);
  }

  newSearch(): void {
    this.search.dispose();
    this.search = new FleetSearch(this.connection);
  }

  async index(on: boolean): Promise<void> {
    await this.connection.iot.updateIndexing({ things: on ? 'REGISTRY' : 'OFF', connectivity: false });
    this.newSearch();
  }

  forgetHit(): void {
    this.hitAt = undefined;
  }

  /** When the first hit came, of performance.now(); undefined where nothing was searched. */
  firstHitAt(): number | undefined {
    return this.hitAt;
  }

  /** Searches to the end; `firstHitAt` tells when the first hit of the kind came. Throws without one. */
  async firstHit(text: string, kind: string): Promise<void> {
    await this.search.search(
      text,
      ({ hits }) => {
        if (hits.some((hit) => hit.kind === kind)) this.hitAt ??= performance.now();
      },
      new AbortController().signal,
    );
    if (this.hitAt === undefined) throw new Error(`nothing was found for ${text}`);
  }

  async requests(work: () => Promise<unknown>): Promise<number> {
    const before = this.counter.calls;
    await work();
    return this.counter.calls - before;
  }

  async sdkRequests(work: () => Promise<unknown>): Promise<number> {
    const before = this.counted;
    await work();
    return this.counted - before;
  }

  async close(): Promise<void> {
    this.search.dispose();
    this.sdk.destroy();
    this.gateway.dispose();
    await this.sandbox.stop();
  }
}

async function readPages<T>(pages: AsyncIterable<T>, count: number): Promise<readonly T[]> {
  const read: T[] = [];
  for await (const page of pages) {
    read.push(page);
    if (read.length === count) break;
  }
  return read;
}

const copies = 20;

/** Kilobytes of heap that the answer of some work holds; the median of five, as the heap breathes. */
async function retained(work: () => Promise<unknown>): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const sizesOf: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const kept: unknown[] = [];
    await work();
    collect();
    const before = process.memoryUsage().heapUsed;
    // Several, because a little of the last one hangs on elsewhere: in a socket, in a frame that has not ended.
    for (let copy = 0; copy < copies; copy += 1) kept.push(await work());
    collect();
    sizesOf.push((process.memoryUsage().heapUsed - before) / 1024 / kept.length);
  }
  return spreadOf(sizesOf).median;
}
