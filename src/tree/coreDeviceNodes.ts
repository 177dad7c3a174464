import * as vscode from 'vscode';
import { isWanted, statusOf, type CoreDeviceFilter } from '../core/coreDevices/filter';
import { coreDeviceArn } from '../core/coreDevices/identity';
import { ageText, isOld, statusPage } from '../core/coreDevices/words';
import type { CoreDevice, CoreDeviceSummary, EffectiveDeployment, InstalledComponent } from '../core/ports/greengrassApi';
import { GroupNode } from './groupNode';
import { code, ErrorNode, escapeMarkdown, FactNode, mapped, MessageNode, ResourceNode, tooltip, type FleetNode } from './nodes';
import { largestGreengrassPage } from './pageLimits';
import type { TreeScope } from './treeScope';

/** One call for a page of core devices; what only GetCoreDevice tells is asked when a node is opened. */
export async function* coreDeviceNodes(scope: TreeScope, filter: CoreDeviceFilter | undefined): AsyncIterable<FleetNode> {
  const { connection, signal } = scope;
  for await (const device of connection.greengrass.listCoreDevices(statusOf(filter), { signal })) {
    if (isWanted(filter, device, new Date())) yield new CoreDeviceNode(scope, device);
  }
}

/** A core device: what it said last, and when. */
export class CoreDeviceNode implements FleetNode {
  readonly id: string;
  readonly copyText: string;
  readonly name: string;
  readonly consoleArn: string;
  private loaded: Promise<CoreDevice | undefined> | undefined;
  private lists: readonly FleetNode[] = [];

  constructor(
    private readonly scope: TreeScope,
    private readonly device: CoreDeviceSummary,
    /** Id of the node above, where that is not the group of all core devices. */
    at?: string,
  ) {
    this.name = device.name;
    this.copyText = coreDeviceArn(scope.connection.target, device.name);
    this.consoleArn = this.copyText;
    this.id = `${at ?? 'coreDevice'}/${this.copyText}`;
    this.forget();
  }

  forget(): void {
    const { connection: { greengrass }, signal } = this.scope;
    const { name } = this.device;
    this.loaded = undefined;
    const group = (id: string, title: string, icon: string, list: () => AsyncIterable<FleetNode>): GroupNode =>
      new GroupNode(`${this.id}/${id}`, { id, title, icon, empty: vscode.l10n.t('none'), pageSize: largestGreengrassPage, list }, this.scope);
    this.lists = [
      group('components', vscode.l10n.t('Components'), 'package', () => mapped(greengrass.listInstalledComponents(name, { signal }), (component) => componentNode(this.id, component))),
      group('deployments', vscode.l10n.t('Deployments'), 'rocket', () => mapped(greengrass.listEffectiveDeployments(name, { signal }), (deployment) => deploymentNode(this.id, deployment))),
    ];
  }

  item(): vscode.TreeItem {
    const { name, status, reportedAt } = this.device;
    const now = new Date();
    const old = isOld(reportedAt, now);
    const age = reportedAt === undefined ? vscode.l10n.t('time unknown') : ageText(reportedAt, now);
    const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.iconPath = statusIcon(status, old);
    item.description = `${status} · ${age}`;
    item.contextValue = 'resource;copy;console;named;coreDevice';
    const kind = vscode.l10n.t('Greengrass core device');
    item.tooltip = tooltip([
      `**${escapeMarkdown(name)}**`,
      escapeMarkdown(kind),
      escapeMarkdown(vscode.l10n.t('{0}, reported {1}', status, reportedAt === undefined ? age : `${reportedAt.toLocaleString()} (${age})`)),
      ...(old ? [escapeMarkdown(vscode.l10n.t('No report for more than a day: the device may have gone.'))] : []),
      `${escapeMarkdown(vscode.l10n.t('This is what the device said last. It reports when it starts, when something changes, and every 24 hours.'))} [AWS](${statusPage})`,
      code(this.copyText),
    ]);
    const spoken = [kind, name, status, vscode.l10n.t('reported {0}', age), ...(old ? [vscode.l10n.t('may have gone')] : [])];
    item.accessibilityInformation = { label: spoken.join(', ') };
    return item;
  }

  async children(): Promise<readonly FleetNode[]> {
    const { connection, signal, log } = this.scope;
    try {
      this.loaded ??= connection.greengrass.getCoreDevice(this.device.name, { signal });
      const device = await this.loaded;
      if (device === undefined) return [new MessageNode(`${this.id}/gone`, vscode.l10n.t('AWS knows this core device no longer'))];
      return [...facts(this.id, device), ...this.lists];
    } catch (error) {
      this.loaded = undefined;
      if (signal.aborted) return [];
      log.warn(`core device ${this.device.name} could not be read: ${error instanceof Error ? error.message : String(error)}`);
      return [new ErrorNode(`${this.id}/error`, this, error)];
    }
  }
}

function facts(id: string, { name, status, reportedAt, version, runtime, platform, architecture }: CoreDevice): readonly FleetNode[] {
  const joined = (...parts: readonly (string | undefined)[]): string | undefined => {
    const known = parts.filter((part) => part !== undefined);
    return known.length === 0 ? undefined : known.join(' · ');
  };
  const rows: readonly (readonly [string, string, string | undefined])[] = [
    ['thing', vscode.l10n.t('Thing'), name],
    ['status', vscode.l10n.t('Status'), joined(status, reportedAt?.toLocaleString())],
    ['nucleus', vscode.l10n.t('Nucleus'), joined(version, runtime)],
    ['platform', vscode.l10n.t('Platform'), joined(platform, architecture)],
  ];
  return rows.flatMap(([key, label, value]) => (value === undefined ? [] : [new FactNode(`${id}/${key}`, label, value)]));
}

function componentNode(id: string, { name, version, state, details }: InstalledComponent): FleetNode {
  return new ResourceNode({
    id: `${id}/component/${name}`,
    label: name,
    icon: /^(BROKEN|ERRORED)$/.test(state) ? 'error' : 'package',
    kind: vscode.l10n.t('component'),
    description: [state, version, details].filter((part) => part !== undefined && part !== '').join(' · '),
  });
}

function deploymentNode(id: string, { id: deployment, name, status, reason, modifiedAt }: EffectiveDeployment): FleetNode {
  return new ResourceNode({
    id: `${id}/deployment/${deployment}`,
    label: name === '' ? deployment : name,
    icon: /^(FAILED|REJECTED|TIMED_OUT)$/.test(status) ? 'error' : 'rocket',
    kind: vscode.l10n.t('deployment'),
    description: () => [status, modifiedAt && ageText(modifiedAt, new Date()), reason].filter((part) => part !== undefined && part !== '').join(' · '),
  });
}

// State is shape as well as colour: a check, a cross, a question for what nobody has said for long.
function statusIcon(status: string, old: boolean): vscode.ThemeIcon {
  if (status === 'UNHEALTHY') return new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'));
  return old ? new vscode.ThemeIcon('question') : new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
}
