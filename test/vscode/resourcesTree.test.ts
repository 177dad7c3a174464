import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Commands, Views } from '../../src/ids';
import type { FleetNode } from '../../src/tree/nodes';
import { FleetHost } from '../helpers/fleetHost';
import { eventually } from '../helpers/vscodeHost';
import { nodeAt } from './cases/versionCases';

describe('the resources, refreshed while one looks at them', function () {
  this.timeout(120_000);
  let host: FleetHost;
  before(async () => {
    host = await FleetHost.start();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.view.explorer');
    await host.stop();
  });

  it('keep what is open and what is selected', async () => {
    await host.clear();
    const { iot } = await host.connect();
    await iot.createPolicy({ name: 'Pump', document: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}' });
    await vscode.commands.executeCommand(`${Views.resources}.focus`);
    const { resourcesTree: tree, resourcesView: view } = host.api.container.userInterface.views;
    await eventually(() => view.visible);
    const version = await nodeAt(host, 'IoT policies', 'Pump', 'Versions', 'Version 1');
    await view.reveal(version, { select: true, focus: true });
    await eventually(() => assert.equal(view.selection[0]?.id, version.id));
    const asked: string[] = [];
    const original = tree.getChildren.bind(tree);
    tree.getChildren = async (node?: FleetNode) => {
      asked.push(node?.id ?? 'root');
      return original(node);
    };
    try {
      for (const refresh of [() => host.done(Commands.refresh), () => host.done(Commands.refresh, tree.getParent(version))]) {
        asked.length = 0;
        await refresh();
        // What is open is read again without anybody opening it.
        await eventually(() => assert.ok(asked.some((id) => id.endsWith('/Pump/versions')), asked.join()));
        await eventually(() => assert.equal(view.selection[0]?.id, version.id));
      }
      assert.ok(!asked.some((id) => id.endsWith('/thingGroups')), 'what is closed is not read');
    } finally {
      tree.getChildren = original;
    }
  });

  it('keep what is selected when their ages are drawn again, without reading anything', async () => {
    await host.clear();
    const { iot } = await host.connect();
    await iot.createPolicy({ name: 'Pump', document: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}' });
    await vscode.commands.executeCommand(`${Views.resources}.focus`);
    const { resourcesTree: tree, resourcesView: view } = host.api.container.userInterface.views;
    await eventually(() => view.visible);
    await tree.showFound({ kind: 'policy', name: 'Pump', arn: `arn:aws:iot:us-east-1:111122223333:policy/Pump` });
    const [found] = await tree.getChildren();
    const [node] = await tree.getChildren(found);
    assert.ok(found && node);
    await view.reveal(node, { select: true, focus: true });
    await eventually(() => assert.equal(view.selection[0]?.id, node.id));
    tree.redrawAges();
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(view.selection[0]?.id, node.id);
  });
});
