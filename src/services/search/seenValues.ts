import { wantedValues } from '../../core/search/completions';
import type { FoundThing } from '../../core/search/hits';
import type { IotApi } from '../../core/ports/iotApi';

/** As many as a list of completions shows. */
const mostValues = 20;
/** Types are few; AWS gives these in one call. */
const mostTypes = 250;
/** Of attributes that are different for each thing, such as serial numbers, nobody wants all. */
const mostOfAttribute = 200;

/** Values that complete a query: names of groups and types as the account tells them, values of attributes as hits had them. */
export class SeenValues {
  private readonly asked = new Map<string, Promise<readonly string[]>>();
  private readonly known = new Map<string, Set<string>>();

  constructor(
    private readonly iot: IotApi,
    private readonly signal: AbortSignal,
  ) {}

  get attributes(): ReadonlyMap<string, ReadonlySet<string>> {
    return this.known;
  }

  saw({ attributes }: FoundThing): void {
    for (const [name, value] of Object.entries(attributes)) {
      const values = this.known.get(name) ?? new Set();
      if (values.size < mostOfAttribute) values.add(value);
      this.known.set(name, values);
    }
  }

  /** Asks for what begins like the value that is being typed: one call at most, once. Throws FleetError. */
  async completing(text: string): Promise<readonly string[]> {
    const { iot, signal, asked } = this;
    const wanted = wantedValues(text);
    if (wanted === undefined) return [];
    const { field, start } = wanted;
    const key = field === 'thingTypeName' ? field : `${field} ${start}`;
    const answer = asked.get(key) ?? (field === 'thingTypeName' ? first(iot.listThingTypeNames({ signal }), mostTypes) : first(iot.listThingGroupNames(start, { signal }), mostValues));
    asked.set(key, answer);
    try {
      return await answer;
    } catch (error) {
      asked.delete(key);
      throw error;
    }
  }
}

async function first<T>(list: AsyncIterable<T>, most: number): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const item of list) {
    items.push(item);
    if (items.length === most) break;
  }
  return items;
}
