import * as vscode from 'vscode';
import { isCancelled } from '../core/errors';
import type { RegionsService } from '../core/ports/services';
import { regionName } from '../core/util/regions';
import { GroupNode, type ResourceGroup } from './groupNode';
import { ErrorNode, escapeMarkdown, tooltip, type FleetNode } from './nodes';
import type { TreeScope } from './treeScope';

/** What may be done on a node of a pinned region: nothing that works through the connection, which is to another one. */
const harmless: ReadonlySet<string> = new Set(['error', 'list', 'resource', 'fact', 'copy', 'console', 'named']);

/** The flags of a node, for its place in a pinned region. */
export function contextElsewhere(context: string | undefined): string {
  return [...(context ?? '').split(';').map((flag) => flag.replace(/^group:.*/, 'list')).filter((flag) => harmless.has(flag)), 'elsewhere'].join(';');
}

/** A region beside the connected one, with the same groups, read as the same identity. Connects when it is opened. */
export class RegionNode implements FleetNode {
  readonly id: string;
  readonly inRegion: string;
  readonly copyText: string;
  readonly name: string;
  private groups: Promise<readonly GroupNode[]> | undefined;

  constructor(
    private readonly scope: TreeScope,
    region: string,
    private readonly regions: Pick<RegionsService, 'connection'>,
    private readonly groupsOf: () => readonly ResourceGroup[],
  ) {
    this.id = `pinned/${scope.connection.target.account}/${region}`;
    this.inRegion = region;
    this.copyText = region;
    this.name = region;
  }

  forget(): void {
    this.groups = undefined;
  }

  item(): vscode.TreeItem {
    const { inRegion: region } = this;
    const place = regionName(region);
    const item = new vscode.TreeItem(region, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.iconPath = new vscode.ThemeIcon('globe');
    item.description = [place, vscode.l10n.t('pinned')].filter((part) => part !== undefined).join(' · ');
    item.contextValue = 'pinnedRegion;copy';
    item.accessibilityInformation = { label: [vscode.l10n.t('Pinned region {0}', region), place].filter((part) => part !== undefined).join(', ') };
    item.tooltip = tooltip([
      `**${escapeMarkdown(region)}**${place === undefined ? '' : ` ${escapeMarkdown(place)}`}`,
      escapeMarkdown(vscode.l10n.t('Only looked at, as the identity that is connected. To change something there, switch to this region.')),
    ]);
    return item;
  }

  async children(): Promise<readonly FleetNode[]> {
    try {
      this.groups ??= this.connect();
      return await this.groups;
    } catch (error) {
      this.groups = undefined;
      if (this.scope.signal.aborted || isCancelled(error)) return [];
      this.scope.log.warn(`region ${this.inRegion} could not be connected to: ${error instanceof Error ? error.message : String(error)}`);
      return [new ErrorNode(`${this.id}/error`, this, error)];
    }
  }

  /** A group that is shown already. */
  async opened(groupId: string): Promise<GroupNode | undefined> {
    const groups = await this.groups?.catch(() => undefined);
    return groups?.find(({ id }) => id === `${this.id}/${groupId}`);
  }

  private async connect(): Promise<readonly GroupNode[]> {
    const connection = await this.regions.connection(this.inRegion);
    const scope: TreeScope = { ...this.scope, connection };
    return this.groupsOf().map((group) => new GroupNode(`${this.id}/${group.id}`, group, scope));
  }
}
