import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as vscode from 'vscode';
import { stepIds } from '../../../src/core/provisioning/steps';
import { Commands, WorkspaceFileNames } from '../../../src/ids';
import { updateSetting } from '../../../src/platform/settings';
import { writeShown, type FleetHost } from '../../helpers/fleetHost';
import { eventually, readWorkspaceFile, workspacePath } from '../../helpers/vscodeHost';
import { english } from '../../helpers/shownText';
import type { CommandCases } from './commandCases';
import { nodeAt } from './versionCases';

const { iotPolicy, provisioningTemplate } = WorkspaceFileNames;
const other = '{ "Version": "2012-10-17", "Statement": [] }\n';

const policy = (topic: string): string => `${JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Publish', Resource: `arn:aws:iot:us-east-1:111122223333:topic/${topic}` }] }, undefined, 2)}\n`;

const lenses = async (uri: vscode.Uri): Promise<readonly string[]> =>
  (await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 100)).flatMap((lens) => english(lens.command?.title ?? ''));

/** Waits until a lens above the file says this. */
async function told(name: string, text: RegExp): Promise<void> {
  const uri = vscode.Uri.file(workspacePath(name));
  await vscode.window.showTextDocument(uri);
  await eventually(async () => {
    const titles = await lenses(uri);
    assert.ok(titles.some((title) => text.test(title)), titles.join(' | '));
  });
}

async function everything(host: FleetHost): Promise<void> {
  await host.doSteps(...stepIds);
}

/** Files of the workspace against the account. */
export const deployedCases = {
  compareTemplateWithDeployed: {
    happy: {
      'opens the deployed template beside the file': async (host) => {
        await everything(host);
        await host.done(Commands.compareTemplateWithDeployed);
        const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
        assert.ok(input instanceof vscode.TabInputTextDiff);
        assert.equal(input.modified.fsPath, workspacePath(provisioningTemplate));
        assert.match((await vscode.workspace.openTextDocument(input.original)).getText(), /AWS::IoT::Thing/);
      },
      'the file in the editor without a question; several files, none of them in the editor: asks which': async (host) => {
        await everything(host);
        const name = host.steps.names().templateName;
        const copy = await writeShown(`${name}.provisioning-template.json`, readWorkspaceFile(provisioningTemplate));
        const compared = (): string | undefined => {
          const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
          return input instanceof vscode.TabInputTextDiff ? input.modified.fsPath : undefined;
        };
        await vscode.window.showTextDocument(copy);
        await host.done(Commands.compareTemplateWithDeployed);
        assert.equal(compared(), copy.uri.fsPath);
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        host.window.expect({ match: /Compare which file/, answer: provisioningTemplate });
        await host.done(Commands.compareTemplateWithDeployed);
        assert.equal(compared(), workspacePath(provisioningTemplate));
      },
    },
    unhappy: {
      'without a file: says so': async (host) => {
        await host.connect();
        assert.match((await host.failed(Commands.compareTemplateWithDeployed)).title, /is not in the folder/);
      },
      'not deployed yet: the button deploys': async (host) => {
        await host.connect();
        await writeShown(provisioningTemplate, '{}\n');
        const shown = await host.failed(Commands.compareTemplateWithDeployed);
        assert.match(shown.title, /nothing to compare with: the provisioning template/);
        assert.ok(shown.options.includes('Deploy Provisioning Template'), shown.options.join());
      },
    },
  },
  publishFile: {
    happy: {
      'a policy by its own name: made, then a new version; the lens follows': async (host) => {
        const { iot } = await host.connect();
        const document = await writeShown('Pump.iot-policy.json', policy('1'));
        await told('Pump.iot-policy.json', /Not deployed: no Pump/);
        host.window.expect({ match: /Create the IoT policy Pump/, answer: 'Create Policy' });
        await host.done(Commands.publishFile, document.uri);
        await told('Pump.iot-policy.json', /Same as Pump, version 1/);
        await writeShown('Pump.iot-policy.json', policy('2'));
        await vscode.window.showTextDocument(document);
        host.window.expect({ match: /new version of the IoT policy Pump/, answer: 'Publish New Version' });
        await host.done(Commands.publishFile);
        assert.equal((await iot.getPolicy('Pump'))?.defaultVersionId, '2');
        await told('Pump.iot-policy.json', /Same as Pump, version 2/);
      },
      'a template by its own name: a new version': async (host) => {
        await everything(host);
        const { iot } = await host.session.connection();
        const name = host.steps.names().templateName;
        const body = (await iot.describeProvisioningTemplate(name))?.templateBody ?? '';
        const document = await writeShown(`${name}.provisioning-template.json`, body.replace(/"Parameters":/, '"DeviceConfiguration":{"a":"b"},"Parameters":'));
        host.window.expect({ match: /new version of the provisioning template/, answer: 'Publish New Version' });
        await host.done(Commands.publishFile, document.uri);
        assert.equal((await iot.describeProvisioningTemplate(name))?.defaultVersionId, 2);
      },
      'a template that is not there is made with the role of the stack': async (host) => {
        await everything(host);
        const { iot } = await host.session.connection();
        const document = await writeShown('Other.provisioning-template.json', readWorkspaceFile(provisioningTemplate));
        await told('Other.provisioning-template.json', /Not deployed: no Other/);
        host.window.expect({ match: /Create the provisioning template Other/, answer: 'Create Template' });
        await host.done(Commands.publishFile, document.uri);
        assert.equal((await iot.describeProvisioningTemplate('Other'))?.provisioningRoleArn, (await iot.describeProvisioningTemplate(host.steps.names().templateName))?.provisioningRoleArn);
        await told('Other.provisioning-template.json', /Same as Other, version 1/);
      },
      'a policy that is called after nothing: the lens says so; asks for the name, renames the file and publishes it': async (host) => {
        const { iot } = await host.connect();
        const document = await writeShown('my-iot-policy.json', policy('1'));
        await told('my-iot-policy.json', /Not compared: called after no IoT policy/);
        host.window.expect({ match: /Which IoT policy does my-iot-policy\.json stand for/, answer: 'Pump' }, { match: /Create the IoT policy Pump/, answer: 'Create Policy' });
        await host.done(Commands.publishFile, document.uri);
        assert.ok(await iot.getPolicy('Pump'));
        assert.ok(!fs.existsSync(workspacePath('my-iot-policy.json')));
        await told('Pump.iot-policy.json', /Same as Pump, version 1/);
      },
      'from the palette, with no such file in the editor: asks which': async (host) => {
        const { iot } = await host.connect();
        for (const name of ['Pump', 'Valve']) await writeShown(`${name}.iot-policy.json`, policy(name));
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        host.window.expect({ match: /Publish which file/, answer: 'Valve.iot-policy.json' }, { match: /Create the IoT policy Valve/, answer: 'Create Policy' });
        await host.done(Commands.publishFile);
        assert.deepEqual([await iot.getPolicy('Pump'), (await iot.getPolicy('Valve'))?.name], [undefined, 'Valve']);
      },
      'another name in the settings: the lens looks for that one': async (host) => {
        await everything(host);
        await told(iotPolicy, /Same as/);
        await updateSetting('greengrassFleet.iotPolicyName', 'Elsewhere');
        try {
          await told(iotPolicy, /Not deployed: no Elsewhere/);
        } finally {
          await updateSetting('greengrassFleet.iotPolicyName', undefined);
        }
      },
    },
    unhappy: {
      'the name of another file: nothing is renamed and nothing published': async (host) => {
        const { iot } = await host.connect();
        await writeShown('Pump.iot-policy.json', policy('1'));
        const document = await writeShown('my-iot-policy.json', policy('2'));
        host.window.expect({ match: /Which IoT policy does my-iot-policy\.json stand for/, answer: 'Pump' });
        assert.match((await host.failed(Commands.publishFile, document.uri)).title, /could not be renamed to Pump\.iot-policy\.json/);
        assert.deepEqual([readWorkspaceFile('Pump.iot-policy.json'), readWorkspaceFile('my-iot-policy.json'), await iot.getPolicy('Pump')], [policy('1'), policy('2'), undefined]);
      },
      'a file that stands for nothing: says how to name it': async (host) => {
        await host.connect();
        const document = await writeShown('notes.json', '{}\n');
        assert.match((await host.failed(Commands.publishFile, document.uri)).title, /does not say which IoT policy.*NAME\.iot-policy\.json/);
      },
      'a policy with an error: nothing is published': async (host) => {
        const { iot } = await host.connect();
        const document = await writeShown('Pump.iot-policy.json', '{ "Version": "2012-10-17" }\n');
        await host.failed(Commands.publishFile, document.uri);
        assert.equal(await iot.getPolicy('Pump'), undefined);
      },
    },
  },
  pullDeployed: {
    happy: {
      'a file that differs becomes what is deployed; undo brings it back; the lens tells all of it': async (host) => {
        await everything(host);
        const deployed = readWorkspaceFile(iotPolicy);
        await told(iotPolicy, /Same as .*, version 1/);
        const document = await writeShown(iotPolicy, other);
        await told(iotPolicy, /Differs from .*, version 1/);
        host.window.expect({ match: /Replace greengrass-v2-iot-policy\.json by what is deployed/, answer: 'Replace File' });
        await host.done(Commands.pullDeployed, document.uri);
        assert.deepEqual(JSON.parse(readWorkspaceFile(iotPolicy)), JSON.parse(deployed));
        await told(iotPolicy, /Same as/);
        await vscode.window.showTextDocument(document);
        await vscode.commands.executeCommand('undo');
        assert.equal(document.getText(), other);
        await document.save();
      },
      'from the palette: asks which file, and makes one that is missing': async (host) => {
        await everything(host);
        fs.rmSync(workspacePath(provisioningTemplate));
        host.window.expect({ match: /Replace which file/, answer: provisioningTemplate });
        await host.done(Commands.pullDeployed);
        assert.match(readWorkspaceFile(provisioningTemplate), /AWS::IoT::Thing/);
      },
      'a file that carries the name of a policy': async (host) => {
        const { iot } = await host.connect();
        await iot.createPolicy({ name: 'Pump', document: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}' });
        const document = await writeShown('Pump.iot-policy.json', other);
        await told('Pump.iot-policy.json', /Differs from Pump, version 1/);
        host.window.expect({ match: /Replace Pump\.iot-policy\.json/, answer: 'Replace File' });
        await host.done(Commands.pullDeployed, document.uri);
        assert.match(readWorkspaceFile('Pump.iot-policy.json'), /iot:Connect/);
      },
      'on a policy among the resources that no file stands for: makes the file of its name': async (host) => {
        const { iot } = await host.connect();
        await iot.createPolicy({ name: 'Pump', document: policy('1') });
        const node = await nodeAt(host, 'IoT policies', 'Pump');
        assert.match((await host.failed(Commands.comparePolicyWithDeployed, node)).title, /Pump\.iot-policy\.json is not in the folder.*Replace File with Deployed/);
        await host.done(Commands.pullDeployed, node);
        assert.deepEqual(JSON.parse(readWorkspaceFile('Pump.iot-policy.json')), JSON.parse(policy('1')));
        await host.done(Commands.comparePolicyWithDeployed, node);
        assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
      },
      'the same already: says so and asks nothing': async (host) => {
        await everything(host);
        await host.done(Commands.pullDeployed, { step: 'provisioningTemplate' });
        assert.match(host.window.shown.at(-1)?.title ?? '', /says already what is deployed/);
      },
    },
    unhappy: {
      'changes that are not saved: the question says so, and closing it keeps them': async (host) => {
        await everything(host);
        const document = await vscode.workspace.openTextDocument(vscode.Uri.file(workspacePath(iotPolicy)));
        const edit = new vscode.WorkspaceEdit();
        edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), other);
        await vscode.workspace.applyEdit(edit);
        host.window.expect({ match: /not saved are replaced too/, answer: undefined });
        await host.cancelled(Commands.pullDeployed, document.uri);
        assert.equal(document.getText(), other);
        assert.ok(document.isDirty);
        await document.save();
      },
      'not deployed: says so, in the lens too': async (host) => {
        await host.connect();
        const document = await writeShown(iotPolicy, other);
        await told(iotPolicy, /Not deployed: no /);
        const shown = await host.failed(Commands.pullDeployed, document.uri);
        assert.ok(shown.options.includes('Publish IoT Policy'), shown.options.join());
        assert.equal(document.getText(), other);
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;
