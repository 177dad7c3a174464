import type { Connection } from '../core/ports/connection';

export const fleetKinds = ['things', 'coreDevices', 'thingGroups', 'certificates', 'policies', 'provisioningTemplates', 'roleAliases'] as const;
export type FleetKind = (typeof fleetKinds)[number];

export interface FleetPage {
  readonly items: readonly unknown[];
  /** What asks for the next page; missing on the last one. */
  readonly next?: string;
}

interface Reading {
  readonly connection: Connection;
  readonly rows: AsyncIterator<unknown>;
  /** Read ahead, to know whether there is more. */
  readonly ahead: unknown;
}

/** A page has no end otherwise: an account may hold millions. */
export const maxPage = 100;
const usualPage = 25;
/** Lists that were begun and not read to their end. */
const maxReadings = 8;

/** Lists of the account in pages. A list is read on where it stopped, and only as far as pages are asked for. */
export class FleetPages {
  private readonly readings = new Map<string, Reading>();
  private counter = 0;

  /** A page, or undefined when `next` is of another connection or has been used. Each `next` is good once. */
  async page(connection: Connection, kind: FleetKind, limit: number | undefined, next: string | undefined, signal: AbortSignal): Promise<FleetPage | undefined> {
    const size = Math.min(Math.max(1, Math.trunc(limit ?? usualPage)), maxPage);
    const begun = next === undefined ? undefined : this.readings.get(next);
    if (next !== undefined) {
      if (begun?.connection !== connection) return undefined;
      this.readings.delete(next);
    }
    const rows = begun?.rows ?? rowsOf(connection, kind)[Symbol.asyncIterator]();
    const items: unknown[] = begun === undefined ? [] : [begun.ahead];
    while (items.length <= size) {
      signal.throwIfAborted();
      const row = await rows.next();
      if (row.done === true) return { items };
      items.push(row.value);
    }
    this.counter += 1;
    const token = `${kind}-${this.counter}`;
    this.readings.set(token, { connection, rows, ahead: items.pop() });
    const [oldest] = this.readings.keys();
    if (this.readings.size > maxReadings && oldest !== undefined) this.readings.delete(oldest);
    return { items, next: token };
  }
}

function rowsOf({ iot, greengrass }: Connection, kind: FleetKind): AsyncIterable<unknown> {
  switch (kind) {
    case 'things':
      return iot.listThings();
    case 'coreDevices':
      return greengrass.listCoreDevices();
    case 'thingGroups':
      return iot.listThingGroups();
    case 'certificates':
      return iot.listCertificates();
    case 'policies':
      return iot.listPolicies();
    case 'provisioningTemplates':
      return iot.listProvisioningTemplates();
    case 'roleAliases':
      return iot.listRoleAliases();
  }
}
