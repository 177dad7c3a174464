import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { stepIds } from '../../../src/core/provisioning/steps';
import { Commands, WorkspaceFileNames } from '../../../src/ids';
import type { FleetHost } from '../../helpers/fleetHost';
import { english } from '../../helpers/shownText';
import { eventually } from '../../helpers/vscodeHost';
import type { CommandCases } from './commandCases';

const problems = (): readonly (readonly [vscode.Uri, vscode.Diagnostic])[] =>
  vscode.languages.getDiagnostics().flatMap(([uri, list]) => list.filter(({ source }) => source === 'Greengrass preflight').map((each) => [uri, each] as const));
const told = async (host: FleetHost, pattern: RegExp): Promise<void> => {
  await eventually(() => host.window.shown.some(({ title }) => pattern.test(title)), { what: String(pattern) });
};

/** Whether a fleet hangs together. */
export const preflightCases = {
  preflight: {
    happy: {
      'all holds after the five steps; what is broken then is a problem with a fix, and gone once it is mended': async (host) => {
        const { iot } = await host.doSteps(...stepIds);
        await host.done(Commands.preflight);
        await told(host, /^(\d+) of \1 relations hold/);
        assert.deepEqual(problems(), []);
        const { templateName } = host.steps.names();
        await iot.updateProvisioningTemplate({ name: templateName, enabled: false });
        await host.done(Commands.preflight);
        const [found] = problems();
        assert.ok(found);
        const [uri, diagnostic] = found;
        assert.deepEqual([uri.path.split('/').at(-1), diagnostic.code, diagnostic.severity], [WorkspaceFileNames.provisioningTemplate, 'templateEnabled', vscode.DiagnosticSeverity.Error]);
        // Fixes are asked for in an open document.
        await vscode.workspace.openTextDocument(uri);
        const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, diagnostic.range);
        assert.ok(actions.some(({ command }) => command?.command === Commands.switchTemplate));
        await iot.updateProvisioningTemplate({ name: templateName, enabled: true });
        await host.done(Commands.preflight);
        assert.deepEqual(problems(), []);
      },
    },
    unhappy: {
      'an empty account: every finding is in the report, which opens': async (host) => {
        await host.connect();
        host.window.expect({ match: /^\d+ of \d+ relations hold/, answer: 'Show Report' });
        await host.done(Commands.preflight);
        assert.ok(problems().length >= 5);
        await eventually(() => vscode.window.activeTextEditor?.document.uri.scheme === 'greengrass-fleet-preflight');
        // As a window that is loaded again does: the same kind of address, asked for anew.
        const again = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: 'greengrass-fleet-preflight', path: '/Preflight.md', query: 'of-another-window' }));
        assert.ok(again.getText().split('\n').filter((line) => line.startsWith('- ✘')).length >= 5, again.getText());
        await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      },
      'not connected: says so': async (host) => {
        const shown = await host.failed(Commands.preflight);
        assert.ok(shown.options.includes('Choose Profile'), shown.options.join());
      },
    },
  },
  showRelations: {
    happy: {
      'begins with what it is called on, opens its document, and is green after a refresh once it is mended': async (host) => {
        const { iot, target } = await host.doSteps(...stepIds);
        const { templateName } = host.steps.names();
        await iot.updateProvisioningTemplate({ name: templateName, enabled: false });
        await host.done(Commands.showRelations, { copyText: `arn:aws:iot:${target.region}:${target.account}:provisioningtemplate/${templateName}` });
        const panel = host.api.container.userInterface.relations.current;
        assert.ok(panel);
        const { state, html } = panel.inspect();
        assert.ok(state);
        assert.match(html ?? '', /script-src &#39;nonce-/);
        assert.equal(state.focus, `template:${templateName}`);
        const edge = state.edges.findIndex(({ status }) => status === 'broken');
        assert.equal(english(state.edges[edge]?.fix ?? ''), 'Enable Template');
        await panel.receive({ type: 'open', node: state.nodes.findIndex(({ id }) => id === state.focus) });
        assert.match(vscode.window.activeTextEditor?.document.uri.path ?? '', /provisioning-template\.json$/);
        await panel.receive({ type: 'nonsense' });
        await iot.updateProvisioningTemplate({ name: templateName, enabled: true });
        await panel.receive({ type: 'refresh' });
        assert.deepEqual(panel.inspect().state?.edges.filter(({ status }) => status !== 'ok'), []);
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        assert.equal(panel.inspect().state, undefined);
      },
      'chosen from the palette: another role alias, another template, a group and the stack': async (host) => {
        const { iot } = await host.doSteps(...stepIds);
        const names = host.steps.names();
        const roleArn = (await iot.describeRoleAlias(names.roleAliasName))?.roleArn ?? '';
        await iot.createRoleAlias({ name: 'Another', roleArn });
        for (const [kind, name, focus] of [['A role alias', 'Another', 'roleAlias:Another'], ['A provisioning template', names.templateName, `template:${names.templateName}`], ['A thing group', names.thingGroupName, `thingGroup:${names.thingGroupName}`], ['A stack', names.stackName, `stack:${names.stackName}`]] as const) {
          host.window.expect({ match: /Relations of what/, answer: kind }, { match: /Relations of what/, answer: name });
          await host.done(Commands.showRelations);
          assert.equal(host.api.container.userInterface.relations.current?.inspect().state?.focus, focus);
        }
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      },
      'a core device found by its name: its certificate, policy, role alias and role, and the tree of them': async (host) => {
        const { target, iot } = await host.doSteps(...stepIds);
        const { iotPolicyName, roleAliasName, thingGroupName } = host.steps.names();
        const { AddThingToThingGroupCommand, AttachPolicyCommand, AttachThingPrincipalCommand, CreateKeysAndCertificateCommand, CreateThingCommand, IoTClient } = await import('@aws-sdk/client-iot');
        const { endpoint, region, accessKeyId, secretAccessKey } = host.sandbox.info;
        const client = new IoTClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
        const thingName = 'Core-1';
        const { certificateArn = '', certificateId = '' } = await client.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
        await client.send(new CreateThingCommand({ thingName }));
        await client.send(new AttachThingPrincipalCommand({ thingName, principal: certificateArn }));
        await client.send(new AttachPolicyCommand({ policyName: iotPolicyName, target: certificateArn }));
        await client.send(new AddThingToThingGroupCommand({ thingName, thingGroupName }));
        client.destroy();
        host.window.expect({ match: /Relations of what/, answer: 'A thing, core device, certificate or policy' }, { match: /Find in the Fleet/, typed: thingName, answer: thingName }, { match: /thing Core-1/, answer: 'Show Relations' });
        await host.done(Commands.showRelations);
        const shown = () => host.api.container.userInterface.relations.current?.inspect().state;
        assert.equal(shown()?.focus, `thing:${thingName}`);
        assert.deepEqual(shown()?.edges.filter(({ status }) => status !== 'ok'), []);
        const ids = new Set(shown()?.nodes.map(({ id }) => id));
        for (const id of [`certificate:${certificateId}`, `policy:${iotPolicyName}`, `roleAlias:${roleAliasName}`, `thingGroup:${thingGroupName}`]) assert.ok(ids.has(id), [...ids].join());
        assert.equal(shown()?.tree.uses.length, 1);
        await iot.updateCertificateStatus(certificateId, 'INACTIVE');
        // As the tree of resources calls it on a core device, which has not reported.
        await host.done(Commands.showRelations, { copyText: `arn:aws:greengrass:${target.region}:${target.account}:coreDevices:${thingName}` });
        const broken = shown()?.edges.filter(({ status }) => status === 'broken').map(({ from }) => from);
        assert.deepEqual([...new Set(broken)].sort(), [`coreDevice:${thingName}`, `thing:${thingName}`]);
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      },
    },
    unhappy: {
      'an empty account: all red, with the steps as fixes': async (host) => {
        await host.connect();
        await host.done(Commands.showRelations, {});
        const state = host.api.container.userInterface.relations.current?.inspect().state;
        assert.ok(state?.edges.every(({ status, fix }) => status === 'broken' && fix !== undefined));
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      },
      'not connected: says so': async (host) => {
        const shown = await host.failed(Commands.showRelations);
        assert.ok(shown.options.includes('Choose Profile'), shown.options.join());
      },
    },
  },
} satisfies Record<string, CommandCases>;
