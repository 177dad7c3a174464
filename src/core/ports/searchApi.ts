import type { CallOptions } from './iotApi';
import type { Thing } from './thingApi';

/** A thing as the index of fleet indexing holds it, some seconds or minutes old. */
export interface ThingHit {
  readonly name: string;
  readonly typeName?: string;
  readonly groups: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  /** Whether a client of the thing's name is connected; absent where connectivity is not indexed. */
  readonly connected?: boolean;
  /** Of the last connect or disconnect. */
  readonly connectionChangedAt?: Date;
}

export interface HitPage {
  readonly hits: readonly ThingHit[];
  /** Gives the next page; a page may be short and still have a next one. */
  readonly nextToken?: string;
}

/** What fleet indexing covers. It is billed: https://aws.amazon.com/iot-device-management/pricing/ */
export interface Indexing {
  readonly things: 'OFF' | 'REGISTRY' | 'REGISTRY_AND_SHADOW';
  readonly connectivity: boolean;
  /** More than this is indexed: named shadows, geolocations, Device Defender, custom fields. Absent: it is not. */
  readonly more?: true;
}

/** `BUILDING` and `REBUILDING`: AWS still reads what there is. */
export type IndexState = 'ACTIVE' | 'BUILDING' | 'REBUILDING';

/** Names of things by something known of them, without reading all things. */
export interface SearchApi {
  /**
   * One page of what a query finds, at most 100: https://docs.aws.amazon.com/iot/latest/apireference/API_SearchIndex.html
   * Throws `validation` (InvalidQueryException) for a query that AWS cannot read, `notFound` while indexing is off, and
   * `conflict` (IndexNotReadyException) while the index is built.
   */
  searchThings(input: { query: string; maxResults: number; nextToken?: string }, options?: CallOptions): Promise<HitPage>;
  getIndexing(options?: CallOptions): Promise<Indexing>;
  /** State of the index of things; undefined while indexing is off. */
  describeThingIndex(options?: CallOptions): Promise<IndexState | undefined>;
  /** Sets these two. What is indexed besides (custom fields, named shadows, geolocations, Device Defender) stays, unless things are `OFF`: then all of it goes. */
  updateIndexing(indexing: Pick<Indexing, 'things' | 'connectivity'>, options?: CallOptions): Promise<void>;
  /** Things that have this attribute; page by page. `prefix`: the value is how it begins. */
  listThingsByAttribute(filter: { name: string; value: string; prefix?: boolean }, options?: CallOptions): AsyncIterable<Thing>;
  /** Things of this type; page by page. None of a type that there is not. */
  listThingsOfType(typeName: string, options?: CallOptions): AsyncIterable<Thing>;
  /** Names of thing groups that begin so, upper and lower case told apart; page by page. */
  listThingGroupNames(start: string, options?: CallOptions): AsyncIterable<string>;
  /** Names of thing types; page by page. AWS has no filter by how they begin. */
  listThingTypeNames(options?: CallOptions): AsyncIterable<string>;
}
