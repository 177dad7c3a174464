import * as l10n from '@vscode/l10n';
import { FleetError, isCancelled, isFleetError, throwIfAborted } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { Indexing } from '../../core/ports/searchApi';
import { coreDeviceArn } from '../../core/coreDevices/identity';
import type { FleetHit, FoundCertificate, FoundCore, FoundPolicy, FoundThing } from '../../core/search/hits';
import { holdsPart, planSearch, type ListedKind, type Lookup } from '../../core/search/plan';
import { readTyped, type ResourceKind } from '../../core/search/typed';
import type { Thing } from '../../core/ports/thingApi';
import { iotArn } from '../../core/util/arn';
import { ListSoFar } from './listSoFar';
import { notHere } from './notHere';
import { SeenValues } from './seenValues';

/** What a search has found up to now. */
export interface Findings {
  readonly hits: readonly FleetHit[];
  /** Undefined: nobody could tell. */
  readonly indexing: Indexing | undefined;
  readonly needsIndexing: boolean;
  /** There are more things than are shown. */
  readonly more: boolean;
  /** How many of a list were looked through, where there are more. */
  readonly partly: ReadonlyMap<ListedKind, number>;
  /** What could not be asked, localized; each once. */
  readonly problems: readonly string[];
  /** Nothing was typed that could be asked. */
  readonly idle: boolean;
  /** Values that complete what is being typed. */
  readonly values: readonly string[];
  /** Attributes that things have had since the list was opened, with their values. */
  readonly attributes: ReadonlyMap<string, ReadonlySet<string>>;
}

/** As many as one call of the index gives, and somebody reads through: https://docs.aws.amazon.com/iot/latest/apireference/API_SearchIndex.html. More letters find the others. */
const mostThings = 100;
/** The most that one call of a list gives: API_ListPolicies.html and API_ListCertificates.html of AWS IoT, API_ListCoreDevices.html of AWS IoT Greengrass. */
const pageSize = { policy: 250, coreDevice: 100, certificate: 250 } as const satisfies Readonly<Record<ListedKind, number>>;
/** Pages without a hit that are read on: an index may answer with an empty page and a token. */
const mostPages = 4;
/** Items of a list: eight calls for policies, five for core devices, four for certificates, once while the list is open. */
const mostListed = { policy: 2_000, coreDevice: 500, certificate: 1_000 } as const satisfies Readonly<Record<ListedKind, number>>;

/**
 * The search of one opening of the list: the indexing configuration is asked once, policies, core devices and certificates
 * are listed once, as far as needed. A million things cost no more than ten.
 */
export class FleetSearch {
  private readonly closing = new AbortController();
  private readonly lists: Readonly<Record<ListedKind, ListSoFar<FleetHit>>>;
  private readonly seen: SeenValues;
  private indexing: Promise<Indexing | undefined> | undefined;

  constructor(private readonly connection: Connection) {
    // Not the signal of one search: the next one goes on reading where it ended.
    const { signal } = this.closing;
    const { iot, greengrass, target } = connection;
    this.seen = new SeenValues(iot, signal);
    this.lists = {
      policy: new ListSoFar(() => mapped(iot.listPolicies({ signal }), ({ name, arn }): FoundPolicy => ({ kind: 'policy', name, arn })), mostListed.policy, pageSize.policy),
      coreDevice: new ListSoFar(() => mapped(greengrass.listCoreDevices({}, { signal }), ({ name, status, reportedAt }): FoundCore => ({ kind: 'coreDevice', name, arn: coreDeviceArn(target, name), status, ...(reportedAt === undefined ? {} : { reportedAt }) })), mostListed.coreDevice, pageSize.coreDevice),
      certificate: new ListSoFar(() => mapped(iot.listCertificates({ signal }), ({ id, arn, status }): FoundCertificate => ({ kind: 'certificate', name: id, arn, status })), mostListed.certificate, pageSize.certificate),
    };
  }

  /** Asks what is to be asked for this text, all at once, and tells each time that more is known. Throws CancelledError. */
  async search(text: string, found: (findings: Findings) => void, signal: AbortSignal): Promise<void> {
    const problems = new Set<string>();
    const indexing = await this.indexingState(problems, signal);
    throwIfAborted(signal);
    const typed = readTyped(text);
    const foreign = notHere(text, typed, this.connection.target);
    if (foreign !== undefined) problems.add(foreign);
    const { lookups, needsIndexing } = foreign === undefined ? planSearch(typed, indexing) : { lookups: [], needsIndexing: false };
    const hits = new Map<string, FleetHit>();
    const partly = new Map<ListedKind, number>();
    const state: { more: boolean; values: readonly string[] } = { more: false, values: [] };
    const tell = (): void => {
      throwIfAborted(signal);
      found({
        hits: wholeNameFirst([...hits.values()], text.trim()),
        indexing,
        needsIndexing,
        ...state,
        partly: new Map(partly),
        problems: [...problems],
        idle: lookups.length === 0,
        attributes: this.seen.attributes,
      });
    };
    const add = (items: readonly FleetHit[]): void => {
      for (const item of items) {
        if (!hits.has(item.arn) || knowsMore(item)) hits.set(item.arn, item);
        if (item.kind === 'thing') this.seen.saw(item);
      }
      if (items.length > 0) tell();
    };
    const work: Work = { signal, add, more: () => void (state.more = true), partly: (resource, count) => void partly.set(resource, count) };
    const told = async (asking: Promise<void>): Promise<void> => {
      try {
        await asking;
      } catch (error) {
        if (isCancelled(error) || !isFleetError(error)) throw error;
        problems.add(error.message);
      }
    };
    const complete = async (): Promise<void> => {
      state.values = await this.seen.completing(text);
      if (state.values.length > 0) tell();
    };
    await Promise.all([...lookups.map(async (lookup) => told(this.ask(lookup, work))), told(complete())]);
    tell();
  }

  /** Ends what still runs. */
  dispose(): void {
    this.closing.abort();
  }

  private async indexingState(problems: Set<string>, signal: AbortSignal): Promise<Indexing | undefined> {
    this.indexing ??= this.connection.iot.getIndexing({ signal: this.closing.signal });
    try {
      return await this.indexing;
    } catch (error) {
      this.indexing = undefined;
      throwIfAborted(signal);
      if (!isFleetError(error)) throw error;
      problems.add(error.message);
      return undefined;
    }
  }

  private async ask(lookup: Lookup, work: Work): Promise<void> {
    const { iot } = this.connection;
    const { signal, add } = work;
    switch (lookup.kind) {
      case 'index':
        return this.askIndex(lookup, work);
      case 'exact': {
        const hit = await this.exact(lookup.resource, lookup.name, signal);
        if (hit !== undefined) add([hit]);
        return;
      }
      case 'attribute':
        return take(iot.listThingsByAttribute(lookup, { signal }), thingHit, work);
      case 'type':
        return take(iot.listThingsOfType(lookup.typeName, { signal }), thingHit, work);
      case 'members':
        return unlessMissing(take(iot.listThingsInThingGroup(lookup.group, { signal }), (name) => ({ kind: 'thing', name, arn: this.thingArn(name), groups: [lookup.group], attributes: {} }), work));
      case 'list': {
        const list = this.lists[lookup.resource];
        // An id is known by how it begins; in its middle anything may stand.
        const fits = ({ name }: FleetHit): boolean => (lookup.resource === 'certificate' ? name.startsWith(lookup.part.toLowerCase()) : holdsPart(name, lookup.part));
        for await (const items of list.batches(signal)) add(items.filter(fits));
        if (!list.complete) work.partly(lookup.resource, list.count);
        return;
      }
    }
  }

  private async askIndex({ query, otherwise }: Extract<Lookup, { kind: 'index' }>, work: Work): Promise<void> {
    const { iot } = this.connection;
    const { signal } = work;
    try {
      let seen = 0;
      let nextToken: string | undefined;
      for (let page = 0; page < mostPages && seen === 0 && (page === 0 || nextToken !== undefined); page += 1) {
        const answer = await iot.searchThings({ query, maxResults: mostThings, ...(nextToken === undefined ? {} : { nextToken }) }, { signal });
        ({ nextToken } = answer);
        seen += answer.hits.length;
        work.add(answer.hits.map((hit): FoundThing => ({ kind: 'thing', arn: this.thingArn(hit.name), ...hit })));
      }
      if (nextToken !== undefined) work.more();
      if (seen === 0 && otherwise !== undefined) await this.askIndex({ kind: 'index', query: otherwise }, work);
    } catch (error) {
      if (!isFleetError(error) || error.code !== 'IndexNotReadyException') throw error;
      throw new FleetError(l10n.t('AWS is still building the fleet index, which takes minutes for a large fleet. Until then, things are found by their whole name only.'), { category: error.category, code: error.code, cause: error });
    }
  }

  private async exact(resource: ResourceKind, name: string, signal: AbortSignal): Promise<FleetHit | undefined> {
    const { iot, greengrass, target } = this.connection;
    switch (resource) {
      case 'thing': {
        const thing = await iot.describeThing(name, { signal });
        return thing && thingHit(thing);
      }
      case 'coreDevice': {
        const core = await greengrass.getCoreDevice(name, { signal });
        return core && { kind: 'coreDevice', name: core.name, arn: coreDeviceArn(target, core.name), status: core.status, ...(core.reportedAt === undefined ? {} : { reportedAt: core.reportedAt }) };
      }
      case 'certificate': {
        const certificate = await iot.describeCertificate(name, { signal });
        return certificate && { kind: 'certificate', name: certificate.id, arn: certificate.arn, status: certificate.status };
      }
      case 'policy': {
        const policy = await iot.getPolicy(name, { signal });
        return policy && { kind: 'policy', name: policy.name, arn: policy.arn };
      }
    }
  }

  private thingArn(name: string): string {
    return iotArn(this.connection.target, `thing/${name}`);
  }
}

interface Work {
  readonly signal: AbortSignal;
  readonly add: (items: readonly FleetHit[]) => void;
  readonly more: () => void;
  readonly partly: (resource: ListedKind, count: number) => void;
}

/** A group's name that is typed half is the name of no group: nothing is found, and nothing is wrong. */
async function unlessMissing(asking: Promise<void>): Promise<void> {
  try {
    await asking;
  } catch (error) {
    if (!isFleetError(error) || error.category !== 'notFound') throw error;
  }
}

function thingHit({ name, arn, typeName, attributes }: Thing): FoundThing {
  return { kind: 'thing', name, arn, groups: [], attributes, ...(typeName === undefined ? {} : { typeName }) };
}

/** The index knows more of a thing than its description does. */
function knowsMore(hit: FleetHit): boolean {
  return hit.kind === 'thing' && (hit.connected !== undefined || hit.groups.length > 0);
}

function wholeNameFirst(hits: readonly FleetHit[], text: string): readonly FleetHit[] {
  const rank = ({ name }: FleetHit): number => (name === text ? 0 : name.toLowerCase() === text.toLowerCase() ? 1 : 2);
  return [...hits].sort((a, b) => rank(a) - rank(b));
}

async function* mapped<A, B>(items: AsyncIterable<A>, by: (item: A) => B): AsyncIterable<B> {
  for await (const item of items) yield by(item);
}

/** The first things of a list, which is not read further. */
async function take<T>(list: AsyncIterable<T>, by: (item: T) => FleetHit, work: Work): Promise<void> {
  const items: FleetHit[] = [];
  for await (const item of list) {
    if (items.length === mostThings) {
      work.more();
      break;
    }
    items.push(by(item));
  }
  work.add(items);
}
