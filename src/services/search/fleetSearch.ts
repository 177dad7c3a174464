import * as l10n from '@vscode/l10n';
import { FleetError, isCancelled, isFleetError, throwIfAborted } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { Indexing } from '../../core/ports/searchApi';
import { coreDeviceArn } from '../../core/coreDevices/identity';
import type { FleetHit, FoundThing } from '../../core/search/hits';
import { holdsPart, planSearch, type Lookup } from '../../core/search/plan';
import { readTyped, type ResourceKind } from '../../core/search/typed';
import { iotArn } from '../../core/util/arn';
import { NamesSoFar } from './namesSoFar';

/** What a search has found up to now. */
export interface Findings {
  readonly hits: readonly FleetHit[];
  /** Undefined: nobody could tell. */
  readonly indexing: Indexing | undefined;
  readonly needsIndexing: boolean;
  /** There are more things than are shown. */
  readonly more: boolean;
  /** Policies that were looked through, where there are more. */
  readonly policiesSeen?: number;
  /** What could not be asked, localized; each once. */
  readonly problems: readonly string[];
  /** Nothing was typed that could be asked. */
  readonly idle: boolean;
}

/** As many as somebody reads through; more letters find the others. */
const mostThings = 50;
/** Pages without a hit that are read on: an index may answer with an empty page and a token. */
const mostPages = 4;
const mostPolicies = 2_000;

/**
 * The search of one opening of the list: the indexing configuration is asked once, names of policies are read once, as
 * far as needed. A million things cost no more than ten.
 */
export class FleetSearch {
  private readonly closing = new AbortController();
  private readonly policies: NamesSoFar;
  private indexing: Promise<Indexing | undefined> | undefined;

  constructor(private readonly connection: Connection) {
    // Not the signal of one search: the next one goes on reading where it ended.
    this.policies = new NamesSoFar(() => connection.iot.listPolicies({ signal: this.closing.signal }), mostPolicies);
  }

  /** Asks what is to be asked for this text, all at once, and tells each time that more is known. Throws CancelledError. */
  async search(text: string, found: (findings: Findings) => void, signal: AbortSignal): Promise<void> {
    const problems = new Set<string>();
    const indexing = await this.indexingState(problems, signal);
    throwIfAborted(signal);
    const { lookups, needsIndexing } = planSearch(readTyped(text), indexing);
    const hits = new Map<string, FleetHit>();
    const state = { more: false, policiesSeen: undefined as number | undefined };
    const tell = (): void => {
      throwIfAborted(signal);
      const { more, policiesSeen } = state;
      found({ hits: wholeNameFirst([...hits.values()], text.trim()), indexing, needsIndexing, more, ...(policiesSeen === undefined ? {} : { policiesSeen }), problems: [...problems], idle: lookups.length === 0 });
    };
    const add = (items: readonly FleetHit[]): void => {
      for (const item of items) if (!hits.has(item.arn) || knowsMore(item)) hits.set(item.arn, item);
      if (items.length > 0) tell();
    };
    const work: Work = { signal, add, more: () => void (state.more = true), policiesSeen: (count) => (state.policiesSeen = count) };
    await Promise.all(
      lookups.map(async (lookup) => {
        try {
          await this.ask(lookup, work);
        } catch (error) {
          if (isCancelled(error) || !isFleetError(error)) throw error;
          problems.add(error.message);
        }
      }),
    );
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
        return take(iot.listThingsByAttribute(lookup, { signal }), ({ name, arn, typeName, attributes }) => ({ kind: 'thing', name, arn, groups: [], attributes, ...(typeName === undefined ? {} : { typeName }) }), work);
      case 'members':
        return take(iot.listThingsInThingGroup(lookup.group, { signal }), (name) => ({ kind: 'thing', name, arn: this.thingArn(name), groups: [lookup.group], attributes: {} }), work);
      case 'policies': {
        for await (const names of this.policies.batches(signal)) add(names.filter(({ name }) => holdsPart(name, lookup.part)).map(({ name, arn }) => ({ kind: 'policy', name, arn })));
        if (!this.policies.complete) work.policiesSeen(this.policies.count);
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
        return thing && { kind: 'thing', name: thing.name, arn: thing.arn, groups: [], attributes: thing.attributes, ...(thing.typeName === undefined ? {} : { typeName: thing.typeName }) };
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
  readonly policiesSeen: (count: number) => void;
}

/** The index knows more of a thing than its description does. */
function knowsMore(hit: FleetHit): boolean {
  return hit.kind === 'thing' && (hit.connected !== undefined || hit.groups.length > 0);
}

function wholeNameFirst(hits: readonly FleetHit[], text: string): readonly FleetHit[] {
  const rank = ({ name }: FleetHit): number => (name === text ? 0 : name.toLowerCase() === text.toLowerCase() ? 1 : 2);
  return [...hits].sort((a, b) => rank(a) - rank(b));
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
