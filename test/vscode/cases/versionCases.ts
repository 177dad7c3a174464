import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { stepIds } from '../../../src/core/provisioning/steps';
import { Commands } from '../../../src/ids';
import type { FleetNode } from '../../../src/tree/nodes';
import type { FleetHost } from '../../helpers/fleetHost';
import { english, inEnglish } from '../../helpers/shownText';
import type { CommandCases } from './commandCases';

const document = (topic: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Publish', Resource: `arn:aws:iot:us-east-1:111122223333:topic/${topic}` }] });

/** The policy of the settings with this many versions, of which the first is the default. */
async function versions(host: FleetHost, count: number): Promise<string> {
  const { iot } = await host.connect();
  const name = host.steps.names().iotPolicyName;
  await iot.createPolicy({ name, document: document('1') });
  for (let version = 2; version <= count; version += 1) await iot.createPolicyVersion({ name, document: document(String(version)), setAsDefault: false });
  return name;
}

/** Ids, the default one with a star. */
async function ids(host: FleetHost): Promise<readonly string[]> {
  const { iot } = await host.session.connection();
  const found = await iot.listPolicyVersions(host.steps.names().iotPolicyName);
  return found.map(({ versionId, isDefault }) => (isDefault ? `${versionId}*` : versionId)).sort();
}

const label = (node: FleetNode): string => {
  const text = node.item().label;
  return english(typeof text === 'string' ? text : (text?.label ?? ''));
};

/** The node that is reached by these titles, from the roots of the resources. */
export async function nodeAt(host: FleetHost, ...path: readonly string[]): Promise<FleetNode> {
  const tree = host.api.container.userInterface.views.resourcesTree;
  tree.refresh();
  let found: FleetNode | undefined;
  for (const title of path) {
    const nodes = await tree.getChildren(found);
    found = nodes.find((node) => label(node) === title);
    assert.ok(found, `${title} is not among ${nodes.map(label).join(', ')}`);
  }
  assert.ok(found);
  return found;
}

const policyVersion = async (host: FleetHost, version: number): Promise<FleetNode> => nodeAt(host, 'IoT policies', host.steps.names().iotPolicyName, 'Versions', `Version ${version}`);

/** Versions of policies and templates, from the palette and from nodes of the tree. */
export const versionCases = {
  managePolicyVersions: {
    happy: {
      'from the palette: opens, compares, makes default, deletes': async (host) => {
        await versions(host, 2);
        host.window.expect({ match: /Versions of/, answer: 'Version 2' }, { match: /Version 2 of/, answer: 'Open' });
        await host.done(Commands.managePolicyVersions);
        assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', /topic\/2/);
        host.window.expect({ match: /Versions of/, answer: 'Version 2' }, { match: /Version 2 of/, answer: 'Compare with the Default' });
        await host.done(Commands.managePolicyVersions);
        assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
        host.window.expect({ match: /Versions of/, answer: 'Version 2' }, { match: /Version 2 of/, answer: 'Make Default' }, { match: /Make version 2 of .* the default/, answer: 'Make Default' });
        await host.done(Commands.managePolicyVersions);
        assert.deepEqual(await ids(host), ['1', '2*']);
        host.window.expect({ match: /Versions of/, answer: 'Version 1' }, { match: /Version 1 of/, answer: 'Delete' }, { match: /Delete version 1/, answer: 'Delete' });
        await host.done(Commands.managePolicyVersions);
        assert.deepEqual(await ids(host), ['2*']);
      },
      'from a node of the tree: prunes all but the default and the newest': async (host) => {
        const name = await versions(host, 4);
        const { iot } = await host.session.connection();
        await iot.createPolicy({ name: 'Another', document: document('x') });
        host.window.expect({ match: /Versions of/, answer: 'Delete all but the default and the newest' }, { match: /Delete 2 versions/, answer: 'Delete' });
        await host.done(Commands.managePolicyVersions, await nodeAt(host, 'IoT policies', name));
        assert.deepEqual(await ids(host), ['1*', '4']);
      },
      'asks which policy, where there are several': async (host) => {
        await versions(host, 1);
        const { iot } = await host.session.connection();
        await iot.createPolicy({ name: 'Another', document: document('x') });
        host.window.expect({ match: /which IoT policy/, answer: 'Another' }, { match: /Versions of Another/, answer: 'Version 1' }, { match: /Version 1 of Another/, answer: 'Open' });
        await host.done(Commands.managePolicyVersions);
      },
    },
    unhappy: {
      'closing the question deletes nothing': async (host) => {
        await versions(host, 2);
        host.window.expect({ match: /Versions of/, answer: 'Version 2' }, { match: /Version 2 of/, answer: 'Delete' }, { match: /Delete version 2/, answer: undefined });
        await host.cancelled(Commands.managePolicyVersions);
        assert.deepEqual(await ids(host), ['1*', '2']);
      },
      'no policy: the message has the button of its step': async (host) => {
        await host.connect();
        const shown = await host.failed(Commands.managePolicyVersions);
        assert.match(shown.title, /There is no IoT policy/);
        assert.ok(shown.options.includes('Publish IoT Policy'), shown.options.join());
      },
      'not connected: says so': async (host) => {
        const shown = await host.failed(Commands.managePolicyVersions);
        assert.ok(shown.options.includes('Choose Profile'), shown.options.join());
      },
    },
  },
  makeVersionDefault: {
    happy: {
      'of a policy, on its node, which is marked after that': async (host) => {
        await versions(host, 2);
        const node = await policyVersion(host, 2);
        assert.match(node.item().contextValue ?? '', /\botherVersion\b/);
        host.window.expect({ match: /Make version 2/, answer: 'Make Default' });
        await host.done(Commands.makeVersionDefault, node);
        assert.deepEqual(await ids(host), ['1', '2*']);
        assert.match((await policyVersion(host, 2)).item().contextValue ?? '', /\bdefaultVersion\b/);
      },
      'of a template, on its node': async (host) => {
        const { iot } = await host.doSteps(...stepIds);
        const name = host.steps.names().templateName;
        const body = (await iot.describeProvisioningTemplate(name))?.templateBody ?? '';
        await iot.createProvisioningTemplateVersion({ name, templateBody: body.replace('{', '{ '), setAsDefault: false });
        host.window.expect({ match: /Make version 2/, answer: 'Make Default' });
        await host.done(Commands.makeVersionDefault, await nodeAt(host, 'Provisioning templates', name, 'Versions', 'Version 2'));
        assert.equal((await iot.describeProvisioningTemplate(name))?.defaultVersionId, 2);
      },
    },
    unhappy: {
      'closing the question changes nothing': async (host) => {
        await versions(host, 2);
        host.window.expect({ match: /Make version 2/, answer: undefined });
        await host.cancelled(Commands.makeVersionDefault, await policyVersion(host, 2));
        assert.deepEqual(await ids(host), ['1*', '2']);
      },
      'a version that has gone since the tree was drawn: says so': async (host) => {
        const name = await versions(host, 2);
        const node = await policyVersion(host, 2);
        const { iot } = await host.session.connection();
        await iot.deletePolicyVersion(name, '2');
        host.window.expect({ match: /Make version 2/, answer: 'Make Default' });
        await host.failed(Commands.makeVersionDefault, node);
      },
    },
  },
  deleteVersion: {
    happy: {
      'of a policy, on its node': async (host) => {
        await versions(host, 2);
        host.window.expect({ match: /Delete version 2/, answer: 'Delete' });
        await host.done(Commands.deleteVersion, await policyVersion(host, 2));
        assert.deepEqual(await ids(host), ['1*']);
      },
    },
    unhappy: {
      'closing the question deletes nothing': async (host) => {
        await versions(host, 2);
        host.window.expect({ match: /Delete version 2/, answer: undefined });
        await host.cancelled(Commands.deleteVersion, await policyVersion(host, 2));
        assert.deepEqual(await ids(host), ['1*', '2']);
      },
      'without a node, as from a key binding: offers the versions': async (host) => {
        await versions(host, 2);
        host.window.expect({ match: /Versions of/, answer: undefined });
        await host.cancelled(Commands.deleteVersion, 7);
      },
    },
  },
  copyName: {
    happy: {
      'of a node whose ARN is copied otherwise': async (host) => {
        const name = await versions(host, 1);
        await host.done(Commands.copyName, await nodeAt(host, 'IoT policies', name));
        assert.equal(await vscode.env.clipboard.readText(), name);
      },
      'from the palette, after asking': async (host) => {
        await host.doSteps('rolesStack');
        host.window.expect({ match: 'Copy which name?', answer: host.steps.names().stackName });
        await host.done(Commands.copyName);
        assert.equal(await vscode.env.clipboard.readText(), host.steps.names().stackName);
      },
    },
    unhappy: {
      'nothing to copy: the button begins with the first step': async (host) => {
        await host.connect();
        const shown = await host.failed(Commands.copyName);
        assert.ok(shown.options.includes('Deploy Roles Stack'), shown.options.join());
      },
    },
  },
  filterCoreDevices: {
    happy: {
      'the group says what it shows': async (host) => {
        await host.connect();
        host.window.expect({ match: /Show which core devices/, answer: 'UNHEALTHY' });
        await host.done(Commands.filterCoreDevices);
        assert.equal(inEnglish((await nodeAt(host, 'Greengrass core devices')).item().description), 'only those: UNHEALTHY');
        host.window.expect({ match: /Show which core devices/, answer: 'All' });
        await host.done(Commands.filterCoreDevices);
        assert.equal((await nodeAt(host, 'Greengrass core devices')).item().description, undefined);
      },
    },
    unhappy: {
      'closing the choice changes nothing': async (host) => {
        await host.connect();
        host.window.expect({ match: /Show which core devices/, answer: undefined });
        await host.cancelled(Commands.filterCoreDevices);
        assert.equal((await nodeAt(host, 'Greengrass core devices')).item().description, undefined);
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;
