import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as vscode from 'vscode';
import { stepIds } from '../../../src/core/provisioning/steps';
import { Commands, WorkspaceFileNames } from '../../../src/ids';
import type { FleetNode } from '../../../src/tree/nodes';
import { writeShown, type FleetHost } from '../../helpers/fleetHost';
import { english } from '../../helpers/shownText';
import { eventually, SandboxProcess, selectSandbox, workspacePath } from '../../helpers/vscodeHost';
import type { CommandCases } from './commandCases';

const file = WorkspaceFileNames.iotPolicy;
const policyWith = (resource: string): string =>
  `${JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: resource }] }, undefined, 2)}\n`;
const open = async (text: string): Promise<vscode.TextDocument> => {
  const document = await writeShown(file, text);
  await vscode.window.showTextDocument(document);
  return document;
};
const placeholder = '[ARN OF IoT Role Alias]';
const argument = (document: vscode.TextDocument): object => ({ uri: document.uri, kind: 'roleAliasArn', offset: document.getText().indexOf(placeholder), text: placeholder });

/** The roles stack, and two aliases of its role. */
async function twoAliases(host: FleetHost): Promise<void> {
  const { iot } = await host.doSteps('rolesStack', 'roleAlias');
  const roleArn = (await iot.describeRoleAlias(host.steps.names().roleAliasName))?.roleArn ?? '';
  await iot.createRoleAlias({ name: 'AnotherAlias', roleArn });
}

async function moreNode(host: FleetHost): Promise<{ group: FleetNode; more: FleetNode }> {
  const { iot } = await host.session.connection();
  for (let index = 0; index < 260; index += 1) await iot.createThingGroup({ name: `group-${String(index).padStart(3, '0')}` });
  const tree = host.api.container.userInterface.views.resourcesTree;
  tree.refresh();
  const group = (await tree.getChildren()).find((node) => node.id.endsWith('/thingGroups'));
  assert.ok(group);
  const more = (await tree.getChildren(group)).at(-1);
  assert.ok(more);
  return { group, more };
}

/** What the page of the stack outputs shows, once it is not loading: the end of a step makes it read the stack again. */
const stackShown = async (host: FleetHost) =>
  eventually(() => {
    const { state } = host.api.container.userInterface.outputs.inspect();
    return state.kind === 'stack' ? state : false;
  }, { what: 'the outputs of the stack' });

export const lookCases = {
  resolvePlaceholders: {
    happy: {
      'fills in the only alias, from the palette without an open file': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias');
        await writeShown(file, policyWith(placeholder));
        await host.done(Commands.resolvePlaceholders);
        assert.match(vscode.window.activeTextEditor?.document.getText() ?? '', new RegExp(`:rolealias/${host.steps.names().roleAliasName}"`));
      },
      'asks which, when there are several': async (host) => {
        await twoAliases(host);
        const document = await open(policyWith(placeholder));
        host.window.expect({ match: /Which .*role alias/i, answer: 'AnotherAlias' });
        await host.done(Commands.resolvePlaceholders);
        assert.match(document.getText(), /:rolealias\/AnotherAlias"/);
      },
      'says that there is nothing to fill in': async (host) => {
        await open(policyWith('*'));
        await host.done(Commands.resolvePlaceholders);
        assert.match(host.window.shown.at(-1)?.title ?? '', /has no placeholders/);
      },
    },
    unhappy: {
      'no alias in the account: nothing is written, the button makes one': async (host) => {
        await host.doSteps('rolesStack');
        const document = await open(policyWith(placeholder));
        host.window.expect({ match: /so the placeholder stays/, answer: 'Create Role Alias' }, { match: /Create the role alias/, answer: 'Create Role Alias' });
        await host.failed(Commands.resolvePlaceholders);
        assert.equal(document.getText(), policyWith(placeholder));
        await eventually(() => assert.equal(host.steps.states.get('roleAlias')?.status, 'done'));
      },
      'no policy file: says so and offers the step': async (host) => {
        await host.connect();
        const shown = await host.failed(Commands.resolvePlaceholders);
        assert.ok(shown.options.includes('Publish IoT Policy'), shown.options.join());
      },
      'not connected: nothing is written': async (host) => {
        const document = await open(policyWith(placeholder));
        const shown = await host.failed(Commands.resolvePlaceholders);
        assert.ok(shown.options.includes('Start Local Sandbox'), shown.options.join());
        assert.equal(document.getText(), policyWith(placeholder));
      },
    },
  },
  resolvePlaceholder: {
    happy: {
      'fills in the one that it was called on, even when the text has moved': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias');
        const document = await open(policyWith(placeholder));
        const called = argument(document);
        const edit = new vscode.WorkspaceEdit();
        edit.insert(document.uri, new vscode.Position(0, 0), '\n\n');
        await vscode.workspace.applyEdit(edit);
        await host.done(Commands.resolvePlaceholder, called);
        assert.match(document.getText(), new RegExp(`^\\n\\n[^]*:rolealias/${host.steps.names().roleAliasName}"`));
      },
    },
    unhappy: {
      'closing the choice writes nothing': async (host) => {
        await twoAliases(host);
        const document = await open(policyWith(placeholder));
        host.window.expect({ match: /Which/, answer: undefined });
        await host.cancelled(Commands.resolvePlaceholder, argument(document));
        assert.equal(document.getText(), policyWith(placeholder));
      },
      'not connected: says so': async (host) => {
        const document = await open(policyWith(placeholder));
        const shown = await host.failed(Commands.resolvePlaceholder, argument(document));
        assert.ok(shown.options.includes('Choose Profile'), shown.options.join());
      },
    },
  },
  comparePolicyWithDeployed: {
    happy: {
      'opens the deployed policy beside the file': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias', 'iotPolicy');
        await host.done(Commands.comparePolicyWithDeployed);
        const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
        assert.ok(input instanceof vscode.TabInputTextDiff);
        assert.equal(input.modified.fsPath, workspacePath(file));
        assert.match((await vscode.workspace.openTextDocument(input.original)).getText(), /AssumeRoleWithCertificate/);
      },
    },
    unhappy: {
      'without a file: says so': async (host) => {
        await host.connect();
        assert.match((await host.failed(Commands.comparePolicyWithDeployed)).title, /is not in the folder/);
      },
      'not published yet: the button publishes': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias');
        await writeShown(file, policyWith('*'));
        host.window.expect({ match: /nothing to compare with/, answer: 'Publish IoT Policy' }, { match: /Create the IoT policy/, answer: 'Create Policy' });
        await host.failed(Commands.comparePolicyWithDeployed);
        await eventually(() => assert.equal(host.steps.states.get('iotPolicy')?.status, 'done'));
      },
    },
  },
  showStackOutputs: {
    happy: {
      'shows the outputs; “use” runs the step that needs the value': async (host) => {
        await host.doSteps('rolesStack');
        await host.done(Commands.showStackOutputs);
        const { outputs } = host.api.container.userInterface;
        const state = await stackShown(host);
        const row = state.rows.findIndex((entry) => entry.use !== undefined);
        host.window.expect({ match: /Create the (role alias|IoT policy|provisioning template)/, answer: undefined });
        await outputs.receive({ type: 'use', row });
      },
      'copies all outputs as JSON and as environment variables, and has the events': async (host) => {
        await host.doSteps('rolesStack');
        await host.done(Commands.showStackOutputs);
        const { outputs } = host.api.container.userInterface;
        const state = await stackShown(host);
        await outputs.receive({ type: 'copyAll', format: 'json' });
        assert.deepEqual(JSON.parse(await vscode.env.clipboard.readText()), Object.fromEntries(state.rows.map(({ key, value }) => [key, value])));
        await outputs.receive({ type: 'copyAll', format: 'env' });
        assert.match(await vscode.env.clipboard.readText(), /^# Outputs of the stack .*\n(.*\n)*TOKEN_EXCHANGE_ROLE_ARN='arn:aws:iam::\d{12}:role\/.*'\n/);
        assert.deepEqual([state.events[0]?.status, state.events.at(-1)?.status], ['CREATE_COMPLETE', 'CREATE_IN_PROGRESS']);
        assert.ok(state.facts.some((fact) => fact.value === host.sandbox.info.account) && state.facts.some((fact) => fact.value === host.sandbox.info.region));
      },
      '“use as” makes a value one of the settings': async (host) => {
        await host.doSteps('rolesStack');
        await host.done(Commands.showStackOutputs);
        const { outputs } = host.api.container.userInterface;
        const state = await stackShown(host);
        const row = state.rows.findIndex((entry) => entry.key === 'RoleAliasName');
        const settings = vscode.workspace.getConfiguration('greengrassFleet');
        try {
          host.window.expect({ match: /Use the value of RoleAliasName as/, answer: 'Name of the claim policy' });
          await outputs.receive({ type: 'useAs', row });
          assert.equal(vscode.workspace.getConfiguration('greengrassFleet').get('claimPolicyName'), state.rows[row]?.value);
        } finally {
          await settings.update('claimPolicyName', undefined, vscode.ConfigurationTarget.Global);
        }
        host.window.expect({ match: /Use the value of RoleAliasName as/, answer: undefined });
        await outputs.receive({ type: 'useAs', row });
      },
      'another stack in the settings: the page shows that one, or that there is none': async (host) => {
        await host.doSteps('rolesStack');
        await host.done(Commands.showStackOutputs);
        await stackShown(host);
        const { outputs } = host.api.container.userInterface;
        const settings = vscode.workspace.getConfiguration('greengrassFleet');
        try {
          await settings.update('stackName', 'AnotherStack', vscode.ConfigurationTarget.Global);
          await eventually(() => assert.equal(outputs.inspect().state.kind, 'empty'));
        } finally {
          await settings.update('stackName', undefined, vscode.ConfigurationTarget.Global);
        }
        await stackShown(host);
      },
    },
    unhappy: {
      'not connected: the page says so': async (host) => {
        await host.done(Commands.showStackOutputs);
        assert.equal(host.api.container.userInterface.outputs.inspect().state.kind, 'error');
      },
      'no stack: the page is empty, and its button deploys one': async (host) => {
        await host.connect();
        await host.done(Commands.showStackOutputs);
        const { outputs } = host.api.container.userInterface;
        assert.equal(outputs.inspect().state.kind, 'empty');
        host.window.expect({ match: /Create the stack/, answer: 'Create Stack' });
        await outputs.receive({ type: 'deploy' });
        await eventually(() => assert.equal(outputs.inspect().state.kind, 'stack'));
      },
    },
  },
  detectStackDrift: {
    happy: {
      'says that all is as the template says': async (host) => {
        await host.doSteps('rolesStack');
        await host.done(Commands.detectStackDrift);
        assert.match(host.window.shown.at(-1)?.title ?? '', /as its template says\. Resources that were checked: 2/);
      },
      'a role that somebody changed: a table of what differs': async (host) => {
        const { iot } = await host.doSteps('rolesStack', 'roleAlias');
        const role = (await iot.describeRoleAlias(host.steps.names().roleAliasName))?.roleArn.split('/').at(-1);
        const { IAMClient, PutRolePolicyCommand } = await import('@aws-sdk/client-iam');
        const { endpoint, region, accessKeyId, secretAccessKey } = host.sandbox.info;
        const iam = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
        await iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: 'Sneaky', PolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}' }));
        iam.destroy();
        host.window.expect({ match: /^A resource of /, answer: 'Revert Drift…' }, { match: /Update the stack .*\?[^]*1 changed/, answer: 'Update Stack' });
        await host.done(Commands.detectStackDrift);
        assert.match(english(vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? ''), /Drift of/);
        const { roles } = await host.session.connection();
        await eventually(async () => assert.ok(!(await roles.inlineRolePolicies(role ?? '')).some(({ name }) => name === 'Sneaky')));
      },
    },
    unhappy: {
      'no stack: the message has the button that deploys it': async (host) => {
        await host.connect();
        const shown = await host.failed(Commands.detectStackDrift);
        assert.match(shown.title, /There is no stack/);
        assert.ok(shown.options.includes('Deploy Roles Stack'), shown.options.join());
      },
    },
  },
  exportTemplate: {
    happy: {
      'writes the set-up as YAML or JSON by the name of the file, and opens it': async (host) => {
        await host.doSteps(...stepIds);
        for (const name of ['fleet.yaml', 'fleet.template.json']) {
          host.window.expect({ match: /Export Set-up as CloudFormation Template/, answer: workspacePath(name) });
          await host.done(Commands.exportTemplate);
          assert.equal(vscode.window.activeTextEditor?.document.fileName, workspacePath(name));
          const text = fs.readFileSync(workspacePath(name), 'utf8');
          assert.match(text, /AWS::IoT::ProvisioningTemplate/);
          assert.equal(text.trimStart().startsWith('{'), name.endsWith('.json'));
          assert.ok(!text.includes(host.sandbox.info.account) && !text.includes('PRIVATE KEY'));
        }
        assert.ok(host.window.shown.some((prompt) => /in any account and region/.test(prompt.title)), JSON.stringify(host.window.shown));
      },
    },
    unhappy: {
      'not complete: says what is missing, with the button of its step': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias');
        const shown = await host.failed(Commands.exportTemplate);
        assert.match(shown.title, /Missing: the IoT policy/);
        assert.ok(shown.options.includes('Publish IoT Policy'), shown.options.join());
      },
      'closing the dialog writes nothing': async (host) => {
        await host.doSteps(...stepIds);
        const before = fs.readdirSync(workspacePath());
        host.window.expect({ match: /Export Set-up/, answer: undefined });
        await host.cancelled(Commands.exportTemplate);
        assert.deepEqual(fs.readdirSync(workspacePath()), before);
      },
    },
  },
  copyValue: {
    happy: {
      'copies what the node says': async (host) => {
        await host.done(Commands.copyValue, { copyText: 'arn:aws:iot:us-east-1:1:policy/p' });
        assert.equal(await vscode.env.clipboard.readText(), 'arn:aws:iot:us-east-1:1:policy/p');
      },
      'from the palette: endpoints, too': async (host) => {
        const { iot } = await host.doSteps('rolesStack');
        const data = await iot.describeEndpoint('iot:Data-ATS');
        host.window.expect({ match: /Copy which name, ARN or endpoint/, answer: data });
        await host.done(Commands.copyValue);
        assert.equal(await vscode.env.clipboard.readText(), data);
      },
    },
    unhappy: {
      'nothing to copy: the button begins with the first step': async (host) => {
        await host.connect();
        host.window.expect({ match: /nothing to copy yet/, answer: 'Deploy Roles Stack' }, { match: /Create the stack/, answer: 'Create Stack' });
        await host.failed(Commands.copyValue);
        await eventually(() => assert.equal(host.steps.states.get('rolesStack')?.status, 'done'));
      },
      'closing the choice leaves the clipboard': async (host) => {
        await host.doSteps('rolesStack');
        await vscode.env.clipboard.writeText('before');
        host.window.expect({ match: /Copy which/, answer: undefined });
        await host.cancelled(Commands.copyValue, { copyText: 7 });
        assert.equal(await vscode.env.clipboard.readText(), 'before');
      },
    },
  },
  openStepFile: {
    happy: {
      'opens the file of a node, and from the palette the chosen one': async (host) => {
        await host.done(Commands.createPolicyFile);
        await host.done(Commands.createTemplateFile);
        await host.done(Commands.openStepFile, { step: 'iotPolicy', file });
        assert.equal(vscode.window.activeTextEditor?.document.fileName, workspacePath(file));
        host.window.expect({ match: 'Open which file?', answer: WorkspaceFileNames.provisioningTemplate });
        await host.done(Commands.openStepFile);
        assert.equal(vscode.window.activeTextEditor.document.fileName, workspacePath(WorkspaceFileNames.provisioningTemplate));
      },
    },
    unhappy: {
      'no file yet: says how to begin': async (host) => {
        assert.match((await host.failed(Commands.openStepFile)).title, /No step has made a file.*Create IoT Policy File/);
      },
      'a file that has gone since the tree was drawn: names it': async (host) => {
        const shown = await host.failed(Commands.openStepFile, { step: 'iotPolicy', file });
        assert.ok(shown.title.includes(file), shown.title);
      },
    },
  },
  refresh: {
    happy: {
      'sees what others did to the account': async (host) => {
        const { iot } = await host.doSteps(...stepIds);
        await iot.updateProvisioningTemplate({ name: host.steps.names().templateName, enabled: false });
        await host.done(Commands.refresh);
        assert.equal(host.steps.states.get('provisioningTemplate')?.status, 'differs');
      },
      'connects again where connecting had failed': async (host) => {
        selectSandbox({ ...host.sandbox.info, endpoint: 'http://127.0.0.1:1' });
        await assert.rejects(host.session.use({ kind: 'profile', profile: 'sandbox' }));
        selectSandbox(host.sandbox.info);
        await host.done(Commands.refresh);
        assert.equal(host.session.state.kind, 'connected');
      },
    },
    unhappy: {
      'the connection still fails: says so': async (host) => {
        selectSandbox({ ...host.sandbox.info, endpoint: 'http://127.0.0.1:1' });
        await assert.rejects(host.session.use({ kind: 'profile', profile: 'sandbox' }));
        const shown = await host.failed(Commands.refresh);
        assert.match(shown.title, /Nothing answers/);
      },
      'an account that no longer answers: each step says that it is unknown': async (host) => {
        const other = await SandboxProcess.start();
        selectSandbox(other.info);
        await host.session.use({ kind: 'profile', profile: 'sandbox' });
        await other.stop();
        await host.done(Commands.refresh);
        assert.deepEqual(stepIds.map((id) => host.steps.states.get(id)?.status), stepIds.map(() => 'unknown'));
      },
    },
  },
  loadMore: {
    happy: {
      'shows the next page': async (host) => {
        await host.connect();
        const { group, more } = await moreNode(host);
        await host.done(Commands.loadMore, more);
        assert.equal((await host.api.container.userInterface.views.resourcesTree.getChildren(group)).length, 260);
      },
    },
    unhappy: {
      'without a node, or on another one, nothing happens': async (host) => {
        await host.connect();
        for (const node of [undefined, null, 'x', { load: 1 }]) await host.done(Commands.loadMore, node);
      },
    },
  },
  showLog: {
    happy: {
      'brings the log into view': async (host) => {
        await vscode.commands.executeCommand('workbench.action.closePanel');
        await host.done(Commands.showLog);
        await eventually(() => assert.ok(vscode.window.visibleTextEditors.some((editor) => editor.document.uri.scheme === 'output')));
        await vscode.commands.executeCommand('workbench.action.closePanel');
      },
    },
    unhappy: {
      'from the button of an error message': async (host) => {
        await vscode.commands.executeCommand('workbench.action.closePanel');
        host.window.expect({ match: /No step has made a file/, answer: 'Show Log' });
        await host.failed(Commands.openStepFile);
        await eventually(() => assert.ok(vscode.window.visibleTextEditors.some((editor) => editor.document.uri.scheme === 'output')));
        await vscode.commands.executeCommand('workbench.action.closePanel');
        assert.ok(!fs.existsSync(workspacePath(file)));
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;
