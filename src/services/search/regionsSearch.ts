import * as l10n from '@vscode/l10n';
import { isCancelled, isFleetError, throwIfAborted } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { RegionsService } from '../../core/ports/services';
import { parseArn } from '../../core/util/arn';
import { isReachable } from '../../core/util/regions';
import { FleetSearch, type Findings } from './fleetSearch';

/** What is known of one region up to now. */
export interface RegionFindings {
  readonly region: string;
  /** Undefined until something is known. */
  readonly findings?: Findings;
  /** Why the region could not be asked, localized. */
  readonly problem?: string;
}

/**
 * The search of one opening of the list, in the connected region and in those that are pinned. Each is asked by its own
 * connection, at its own rates; none waits for another, and what one of them refuses hides nothing of the others.
 */
export class RegionsSearch {
  private readonly here: FleetSearch;
  private readonly beside = new Map<string, FleetSearch>();
  private closed = false;

  constructor(
    private readonly connection: Connection,
    private readonly regions: Pick<RegionsService, 'pinned' | 'connection'>,
  ) {
    this.here = new FleetSearch(connection);
  }

  /** Tells all regions, the connected one first, each time that more is known of one. Throws CancelledError. */
  async search(text: string, found: (regions: readonly RegionFindings[]) => void, signal: AbortSignal): Promise<void> {
    const known = new Map<string, RegionFindings>(this.asked(text).map((region) => [region, { region }]));
    const tell = (one: RegionFindings): void => {
      throwIfAborted(signal);
      known.set(one.region, one);
      found([...known.values()]);
    };
    await Promise.all(
      [...known.keys()].map(async (region) =>
        region === this.connection.target.region ? this.here.search(text, (findings) => tell({ region, findings }), signal) : this.elsewhere(region, text, tell, signal),
      ),
    );
  }

  /** Ends what still runs. Connections of pinned regions stay: the tree uses them too. */
  dispose(): void {
    this.closed = true;
    this.here.dispose();
    for (const search of this.beside.values()) search.dispose();
  }

  /** An ARN says where it is. Without a text nothing is looked for, and no region is connected to for that. */
  private asked(text: string): readonly string[] {
    const { target } = this.connection;
    const all = [target.region, ...(text.trim() === '' ? [] : this.regions.pinned.filter((region) => region !== target.region && isReachable(region, target)))];
    const arn = parseArn(text);
    if (arn === undefined || arn.region === '') return all;
    // One of a region that is not looked into is told of where the connection is.
    return arn.account === target.account && all.includes(arn.region) ? [arn.region] : [target.region];
  }

  private async elsewhere(region: string, text: string, tell: (one: RegionFindings) => void, signal: AbortSignal): Promise<void> {
    let findings: Findings | undefined;
    try {
      const search = await this.searchOf(region);
      await search?.search(text, (more) => tell({ region, findings: (findings = more) }), signal);
    } catch (error) {
      throwIfAborted(signal);
      // Cancelled though nobody typed on: it was unpinned, or its credentials would have asked for a code.
      const problem = isCancelled(error) ? l10n.t('The region is not connected to.') : isFleetError(error) ? error.message : undefined;
      if (problem === undefined) throw error;
      tell({ region, problem, ...(findings === undefined ? {} : { findings }) });
    }
  }

  private async searchOf(region: string): Promise<FleetSearch | undefined> {
    const connection = await this.regions.connection(region);
    if (this.closed) return undefined;
    const search = this.beside.get(region) ?? new FleetSearch(connection);
    this.beside.set(region, search);
    return search;
  }
}
