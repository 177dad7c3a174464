import '../../helpers/vscodeStub';
import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { FleetError } from '../../../src/core/errors';
import type { Connection } from '../../../src/core/ports/connection';
import type { SessionService } from '../../../src/core/ports/services';
import { Commands, Views } from '../../../src/ids';
import type { Log } from '../../../src/platform/log';
import { placeOf, refuseElsewhere } from '../../../src/platform/otherRegion';
import type { FleetNode } from '../../../src/tree/nodes';
import { ResourcesTree } from '../../../src/tree/resourcesTree';
import { FleetWorld, names } from '../../fakes/fleetWorld';
import { offered } from '../../helpers/menus';
import { openNodes } from '../../helpers/openNodes';

const there = 'us-east-1';
const account = '111122223334';

/** A world whose account is looked at in a region of its own. */
class RegionalWorld extends FleetWorld {
  constructor(readonly region: string) {
    super();
  }

  get here(): Connection {
    return { ...this.connection, target: { ...this.connection.target, account, region: this.region } };
  }
}

/** The tree of one account in two regions, the other of which is pinned. */
class Looker {
  readonly near = new RegionalWorld('eu-west-1');
  readonly far = new RegionalWorld(there);
  readonly pinned: string[] = [there];
  readonly connected: string[] = [];
  readonly warnings: string[] = [];
  trouble: Error | undefined;
  private readonly session = { current: this.near.here };
  private readonly farConnection = this.far.here;
  readonly tree = new ResourcesTree(
    this.session as unknown as SessionService,
    () => names,
    { warn: (message: string) => this.warnings.push(message) } as unknown as Log,
    {
      pinned: this.pinned,
      connection: async (region) => {
        this.connected.push(region);
        if (this.trouble !== undefined) throw this.trouble;
        return this.farConnection;
      },
    },
  );

  switchTo(world: RegionalWorld): void {
    this.session.current = world.here;
    this.tree.refresh();
  }

  async open(...labels: readonly string[]): Promise<readonly FleetNode[]> {
    return openNodes(this.tree, labels, text);
  }

  /** Every node that there is, from here on down; cycles of the account (a group of a thing of a group …) end at this depth. */
  async all(from: readonly FleetNode[], depth = 5): Promise<readonly FleetNode[]> {
    if (depth === 0) return from;
    const below = await Promise.all(from.map(async (node) => this.all(await this.tree.getChildren(node), depth - 1)));
    return [...from, ...below.flat()];
  }

  menu(node: FleetNode): readonly string[] {
    return offered('view/item/context', { view: Views.resources, viewItem: this.tree.getTreeItem(node).contextValue, 'greengrassFleet.connection': 'connected', 'greengrassFleet.busy': false });
  }
}

function text(node: FleetNode): string {
  const { label } = node.item();
  return typeof label === 'string' ? label : (label?.label ?? '');
}

/** One of each kind. */
async function fill(world: FleetWorld): Promise<void> {
  await world.steps.provisionEverything(world.run);
  await world.iot.createPolicyVersion({ name: names.iotPolicyName, document: '{"Version":"2012-10-17","Statement":[]}', setAsDefault: false });
  world.iot.things.add('Core-1');
  world.greengrass.report('Core-1', 'HEALTHY', new Date());
  world.greengrass.components.set('Core-1', [{ name: 'C', version: '1.0.0', state: 'RUNNING', isRoot: true }]);
}

/** What may be done on a resource of a region that is not connected. */
const harmless: readonly string[] = [Commands.copyName, Commands.copyValue, Commands.openInConsole, Commands.refresh, Commands.switchRegion];

describe('the tree of an account in several regions', () => {
  let looker: Looker;
  beforeEach(() => {
    looker = new Looker();
  });

  it('a pinned region stands below the groups, says what it is, and is not connected to before it is opened', async () => {
    const roots = await looker.open();
    const region = roots.at(-1);
    assert.ok(region);
    const item = looker.tree.getTreeItem(region);
    assert.deepEqual([item.label, item.description, item.collapsibleState], [there, 'US East (N. Virginia) · pinned', 1]);
    assert.equal(item.accessibilityInformation?.label, 'Pinned region us-east-1, US East (N. Virginia)');
    assert.equal((item.iconPath as vscode.ThemeIcon).id, 'globe');
    await looker.all(roots.slice(0, -1), 2);
    assert.deepEqual([looker.connected, looker.far.faults.calls], [[], []]);
    const groups = await looker.open(there);
    assert.deepEqual([looker.connected, looker.far.faults.calls], [[there], []], 'its groups are read one by one');
    assert.deepEqual(groups.map(text), roots.slice(0, -1).map(text));
    assert.match(looker.tree.getTreeItem(groups[0]!).accessibilityInformation?.label ?? '', /Roles stack, us-east-1/);
  });

  it('each region shows what it holds, and the same name is another node there', async () => {
    for (const [world, name] of [[looker.near, 'Near'], [looker.far, 'Far']] as const) {
      await world.iot.createPolicy({ name, document: '{}' });
      await world.iot.createPolicy({ name: 'Twin', document: '{}' });
    }
    assert.deepEqual([(await looker.open('IoT policies')).map(text), (await looker.open(there, 'IoT policies')).map(text)], [['Near', 'Twin'], ['Far', 'Twin']]);
    const [near, far] = [(await looker.open('IoT policies'))[1], (await looker.open(there, 'IoT policies'))[1]];
    assert.ok(near && far);
    assert.notEqual(near.id, far.id);
    assert.deepEqual([near.inRegion, far.inRegion], [undefined, there]);
  });

  it('no node has the id of another, in all regions', async () => {
    await fill(looker.near);
    await fill(looker.far);
    const ids = (await looker.all(await looker.open(), 4)).map(({ id }) => id);
    assert.deepEqual(ids.filter((id, index) => ids.indexOf(id) !== index), []);
    assert.ok(ids.filter((id) => id.includes(there)).length > 30, String(ids.length));
  });

  it('on a node of a pinned region nothing is offered that works through the connection; the way there is', async () => {
    await fill(looker.near);
    await fill(looker.far);
    const below = await looker.all(await looker.open(there));
    const kinds = new Set(below.map((node) => node.constructor.name));
    for (const kind of ['GroupNode', 'BranchNode', 'ResourceNode', 'FactNode', 'CoreDeviceNode']) assert.ok(kinds.has(kind), kind);
    for (const node of below) {
      const menu = looker.menu(node);
      assert.deepEqual(menu.filter((command) => !harmless.includes(command)), [], node.id);
      assert.ok(menu.includes(Commands.switchRegion), node.id);
      // As the second line: whatever is called on it all the same is refused.
      assert.equal(placeOf(node)?.region, there, node.id);
      assert.throws(() => refuseElsewhere(node, looker.near.here.target), { code: 'otherRegion' }, node.id);
      refuseElsewhere(node, looker.far.here.target);
    }
    const [region] = (await looker.open()).slice(-1);
    assert.deepEqual(looker.menu(region!), [Commands.copyValue, Commands.refresh, Commands.switchRegion, Commands.unpinRegion].sort());
  });

  it('on the same nodes of the connected region it is offered, and taken', async () => {
    await fill(looker.near);
    const nodes = await looker.all((await looker.open()).slice(0, -1));
    const all = new Set(nodes.flatMap((node) => looker.menu(node)));
    for (const command of [Commands.tearDown, Commands.tearDownClaim, Commands.makeVersionDefault, Commands.deleteVersion, Commands.switchTemplate, Commands.managePolicyVersions, Commands.showRelations, Commands.watchCoreDevice, Commands.filterCoreDevices, Commands.updateRolesStack, Commands.changeClaimCertificate]) assert.ok(all.has(command), command);
    assert.ok(!all.has(Commands.switchRegion));
    for (const node of nodes) assert.equal(node.inRegion, undefined, node.id);
  });

  it('a region that cannot be connected to says why, and a click tries again; the others stay', async () => {
    looker.trouble = new FleetError('AWS refused the credentials in region us-east-1.', { category: 'region', code: 'notEnabled', advice: 'This region must be enabled first.' });
    const [failed] = await looker.open(there);
    assert.ok(failed);
    const item = looker.tree.getTreeItem(failed);
    assert.match(item.accessibilityInformation?.label ?? '', /refused.*must be enabled first/);
    assert.equal(item.command?.command, Commands.refresh);
    assert.equal((await looker.open('Endpoints')).length, 2);
    looker.trouble = undefined;
    looker.tree.refresh(item.command.arguments?.[0]);
    assert.deepEqual((await looker.open(there)).map(text), (await looker.open()).slice(0, -1).map(text));
    assert.equal(looker.connected.length, 2);
    assert.match(looker.warnings.join(), /region us-east-1 could not be connected to/);
  });

  it('a refresh reads again what is open, with the same ids; pinning and unpinning reads nothing again', async () => {
    await fill(looker.far);
    const path = [there, 'IoT policies', names.iotPolicyName, 'Versions'];
    const before = (await looker.open(...path)).map(({ id }) => id);
    looker.tree.refresh();
    assert.deepEqual((await looker.open(...path)).map(({ id }) => id), before);
    await looker.open('Endpoints');
    for (const world of [looker.near, looker.far]) world.faults.calls.length = 0;
    looker.pinned.push('us-west-2');
    looker.tree.regionsChanged();
    assert.deepEqual((await looker.open()).slice(-2).map(text), [there, 'us-west-2']);
    await looker.open(...path);
    await looker.open('Endpoints');
    looker.pinned.splice(0, 1);
    looker.tree.regionsChanged();
    assert.deepEqual((await looker.open()).slice(-1).map(text), ['us-west-2']);
    await looker.open('Endpoints');
    assert.deepEqual([looker.near.faults.calls, looker.far.faults.calls], [[], []]);
  });

  it('the connected region is not shown beside itself', async () => {
    await looker.far.iot.createPolicy({ name: 'Far', document: '{}' });
    looker.pinned.push('eu-west-1');
    looker.switchTo(looker.far);
    assert.deepEqual((await looker.open()).slice(-2).map(text), ['Endpoints', 'eu-west-1']);
    assert.deepEqual((await looker.open('IoT policies')).map(text), ['Far']);
  });

  it('a region of another partition is not offered to an identity that cannot reach it', async () => {
    looker.pinned.push('cn-north-1', 'xx-nowhere-1');
    assert.deepEqual((await looker.open()).slice(-2).map(text), [there, 'xx-nowhere-1']);
  });

  it('the filter of core devices holds in every region that is open', async () => {
    looker.far.greengrass.report('Well', 'HEALTHY', new Date());
    looker.far.greengrass.report('Ill', 'UNHEALTHY', new Date());
    assert.equal((await looker.open(there, 'Greengrass core devices')).length, 2);
    looker.tree.filterCoreDevices('UNHEALTHY');
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual((await looker.open(there, 'Greengrass core devices')).map(text), ['Ill']);
  });

  it('load more works in a pinned region', async () => {
    for (let index = 0; index < 300; index += 1) looker.far.iot.things.add(`T${String(index).padStart(3, '0')}`);
    const things = await looker.open(there, 'Things');
    assert.equal(things.length, 251);
    await looker.tree.loadMore(things.at(-1));
    assert.equal((await looker.open(there, 'Things')).length, 300);
  });
});
