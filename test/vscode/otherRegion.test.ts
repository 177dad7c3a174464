import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Commands, type CommandId, Views } from '../../src/ids';
import type { FleetNode } from '../../src/tree/nodes';
import { FleetHost } from '../helpers/fleetHost';
import { eventually } from '../helpers/vscodeHost';
import { nodeAt } from './cases/versionCases';

const other = 'ap-southeast-2';

/** Commands that do with a node of any region what they are for: copy it, open its page or a local file, read it again, connect. */
const taken: readonly CommandId[] = [
  Commands.copyValue, Commands.copyName, Commands.openInConsole, Commands.openStepFile, Commands.refresh, Commands.loadMore,
  Commands.createPolicyFile, Commands.createTemplateFile, Commands.previewTemplate, Commands.simulatePolicy,
  Commands.chooseConnection, Commands.chooseProfile, Commands.chooseRegion, Commands.switchRegion, Commands.pinRegion, Commands.unpinRegion,
  Commands.signIn, Commands.startSandbox, Commands.stopSandbox, Commands.resetSandbox,
];

describe('resources of a region that is not connected', function () {
  this.timeout(180_000);
  let host: FleetHost;
  before(async () => {
    host = await FleetHost.start();
  });
  after(async () => {
    await host.api.container.services.regions.unpin(other);
    await vscode.commands.executeCommand('workbench.view.explorer');
    await host.stop();
  });
  beforeEach(async () => host.clear());

  it('every command that is not on the short list refuses them, offers the way there, and asks and changes nothing', async () => {
    const { target } = await host.connect();
    const arn = `arn:aws:iot:${other}:${target.account}:policy/Twin`;
    const counts = await host.counts();
    const calledOn: readonly unknown[] = [
      { copyText: arn, name: 'Twin', version: '2' },
      { inRegion: other, copyText: 'Twin', name: 'Twin' },
      vscode.Uri.from({ scheme: 'greengrass-fleet-deployed', path: `/policy/${target.account}/${other}/Twin.iot-policy.json` }),
    ];
    for (const id of Object.values(Commands).filter((command) => !taken.includes(command))) {
      for (const argument of calledOn) {
        const shown = await host.failed(id, argument);
        assert.match(shown.title, new RegExp(`is in region ${other}; the connection is to ${target.region}`), id);
        assert.deepEqual(shown.options, [`Switch to ${other}`, 'Show Log'], id);
      }
    }
    assert.deepEqual(host.window.shown.filter(({ kind }) => kind !== 'notify'), []);
    assert.deepEqual(await host.counts(), counts);
    assert.equal(host.session.current?.target.region, target.region);
  });

  it('a refresh keeps open what is open in a pinned region, and reads nothing of one that is closed', async () => {
    await host.connect();
    const { regions } = host.api.container.services;
    await regions.pin(other);
    const { iot } = await regions.connection(other);
    await iot.createPolicy({ name: 'Pump', document: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}' });
    await regions.pin('eu-north-1');
    await vscode.commands.executeCommand(`${Views.resources}.focus`);
    const { resourcesTree: tree, resourcesView: view } = host.api.container.userInterface.views;
    await eventually(() => view.visible);
    const version = await nodeAt(host, other, 'IoT policies', 'Pump', 'Versions', 'Version 1');
    await view.reveal(version, { select: true, focus: true });
    await eventually(() => assert.equal(view.selection[0]?.id, version.id));
    const asked: string[] = [];
    const original = tree.getChildren.bind(tree);
    tree.getChildren = async (node?: FleetNode) => {
      asked.push(node?.id ?? 'root');
      return original(node);
    };
    try {
      await host.done(Commands.refresh);
      await eventually(() => assert.ok(asked.some((id) => id.startsWith('pinned/') && id.endsWith('/Pump/versions')), asked.join()));
      await eventually(() => assert.equal(view.selection[0]?.id, version.id));
      assert.ok(!asked.some((id) => id.endsWith('/eu-north-1')), asked.join());
    } finally {
      tree.getChildren = original;
      await regions.unpin('eu-north-1');
    }
  });
});
