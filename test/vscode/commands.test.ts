import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as vscode from 'vscode';
import type { FleetError } from '../../src/core/errors';
import { stepIds } from '../../src/core/provisioning/steps';
import { Commands, WorkspaceFileNames } from '../../src/ids';
import { deployedUri } from '../../src/platform/deployedUri';
import type { FleetNode } from '../../src/tree/nodes';
import type { TestApi } from '../../src/testApi';
import { activateExtension, cleanWorkspace, eventually, SandboxProcess, selectSandbox, workspacePath, writeAwsFiles } from '../helpers/vscodeHost';

describe('commands, trees and outputs on the local sandbox', function () {
  this.timeout(120_000);
  let api: TestApi;
  let sandbox: SandboxProcess;

  const run = async (id: string, ...args: unknown[]): Promise<unknown> => vscode.commands.executeCommand(id, ...args);
  const session = (): TestApi['container']['services']['session'] => api.container.services.session;
  const steps = (): TestApi['container']['services']['steps'] => api.container.services.steps;
  const outcome = async (id: Parameters<TestApi['container']['userInterface']['registry']['run']>[0], ...args: unknown[]): Promise<string> =>
    api.container.userInterface.registry.run(id, ...args);
  const errors = (): string[] => api.window.shown.filter((prompt) => prompt.severity === 'error').map((prompt) => prompt.title);
  const connect = async (): Promise<void> => {
    selectSandbox(sandbox.info);
    await session().use({ kind: 'profile', profile: 'sandbox' });
  };

  before(async () => {
    api = await activateExtension<TestApi>();
    sandbox = await SandboxProcess.start({ args: ['--resource-delay', '0'] });
  });
  after(async () => {
    session().disconnect();
    await cleanWorkspace();
    writeAwsFiles('', '');
    await sandbox.stop();
  });
  beforeEach(async () => {
    api.window.reset();
    await cleanWorkspace();
    await sandbox.reset();
  });
  afterEach(() => assert.deepEqual(api.window.reset(), []));

  const labelOf = (item: vscode.TreeItem): string => (typeof item.label === 'string' ? item.label : (item.label?.label ?? ''));

  async function provision(): Promise<void> {
    await connect();
    api.window.expect({ match: /missing\?/, answer: 'Provision' });
    assert.equal(await outcome(Commands.provisionEverything), 'done', errors().join('; '));
  }

  describe('without a connection', () => {
    before(() => session().disconnect());

    it('every command that needs an account says so and offers the sandbox', async () => {
      for (const id of [Commands.deployRolesStack, Commands.createRoleAlias, Commands.publishPolicy, Commands.deployTemplate, Commands.createClaimCertificate, Commands.provisionEverything, Commands.createDeviceConfiguration]) {
        api.window.shown.length = 0;
        session().disconnect();
        assert.equal(await outcome(id), 'failed', id);
        const shown = await eventually(() => api.window.shown.find((prompt) => prompt.severity === 'error') ?? false, { what: `a message of ${id}` });
        assert.ok(shown.options.includes('Start Local Sandbox'), `${id}: ${shown.options.join()}`);
        assert.ok(shown.options.includes('Show Log'));
      }
    });

    it('shows welcome texts instead of nodes, and an error in the outputs', async () => {
      session().disconnect();
      assert.deepEqual(await api.container.userInterface.views.stepsTree.getChildren(), []);
      assert.deepEqual(await api.container.userInterface.views.resourcesTree.getChildren(), []);
      await run(Commands.showStackOutputs);
      assert.equal(api.container.userInterface.outputs.inspect().state.kind, 'error');
    });

    it('writes policy and template files, opens them, and keeps them the second time', async () => {
      for (const [id, name] of [
        [Commands.createPolicyFile, WorkspaceFileNames.iotPolicy],
        [Commands.createTemplateFile, WorkspaceFileNames.provisioningTemplate],
      ] as const) {
        assert.equal(await outcome(id), 'done');
        assert.equal(vscode.window.activeTextEditor?.document.fileName, workspacePath(name));
        fs.writeFileSync(workspacePath(name), '{ "mine": true }');
        assert.equal(await outcome(id), 'done');
        assert.equal(fs.readFileSync(workspacePath(name), 'utf8'), '{ "mine": true }');
      }
    });

    it('compares nothing without a policy file, and opens no step file that is not there', async () => {
      assert.equal(await outcome(Commands.comparePolicyWithDeployed), 'failed');
      assert.equal(await outcome(Commands.openStepFile), 'failed');
      await eventually(() => errors().length === 2);
      assert.match(errors().join('\n'), /greengrass-v2-iot-policy\.json is not in the folder/);
    });
  });

  describe('connected', () => {
    it('provisions everything, and then there is nothing to do', async () => {
      await provision();
      assert.deepEqual(stepIds.map((id) => steps().states.get(id)?.status), stepIds.map(() => 'done'));
      const key = workspacePath(WorkspaceFileNames.claimPrivateKey);
      assert.equal(fs.statSync(key).mode & 0o777, 0o600);
      assert.match(fs.readFileSync(workspacePath('.gitignore'), 'utf8'), /claim-certs/);
      assert.equal(await outcome(Commands.provisionEverything), 'done');
      assert.match(api.window.shown.at(-1)?.title ?? '', /nothing to do/);
    });

    it('names profile, account and region before it changes anything; dismissing changes nothing and is silent', async () => {
      await connect();
      for (const id of [Commands.deployRolesStack, Commands.provisionEverything]) {
        api.window.shown.length = 0;
        api.window.expect({ match: /./, answer: undefined });
        assert.equal(await outcome(id), 'cancelled', id);
        const detail = api.window.shown[0]?.detail ?? '';
        for (const fact of ['sandbox', sandbox.info.account, sandbox.info.region]) assert.ok(detail.includes(fact), `${id}: ${detail}`);
        assert.equal(api.window.shown.length, 1);
      }
      assert.equal(await session().current?.stacks.describeStack(steps().names().stackName), undefined);
    });

    it('draws five steps in order, with state in words, and what each made', async () => {
      await provision();
      const tree = api.container.userInterface.views.stepsTree;
      const nodes = await tree.getChildren();
      assert.deepEqual(nodes.map((node) => node.step), stepIds);
      for (const [index, node] of nodes.entries()) {
        const item = tree.getTreeItem(node);
        assert.match(labelOf(item), new RegExp(`^${index + 1}\\. `));
        assert.match(String(item.description), /^done/);
        assert.match(item.accessibilityInformation?.label ?? '', /done/);
        assert.match(item.contextValue ?? '', /status:done/);
        const children = await tree.getChildren(node);
        assert.ok(children.length > 0, labelOf(item));
        for (const child of children) assert.ok((child.copyText ?? '').length > 0);
      }
      assert.equal(new Set(nodes.map((node) => node.id)).size, 5);
    });

    it('lists the resources of the account, lazily and by kind', async () => {
      await provision();
      const tree = api.container.userInterface.views.resourcesTree;
      tree.refresh();
      const groups = await tree.getChildren();
      assert.equal(groups.length, 10);
      const copies: string[] = [];
      for (const group of groups) {
        for (const node of await tree.getChildren(group)) {
          assert.notEqual(tree.getTreeItem(node).contextValue, 'error', labelOf(tree.getTreeItem(node)));
          if (node.copyText !== undefined) copies.push(node.copyText);
        }
      }
      const names = steps().names();
      for (const part of [`rolealias/${names.roleAliasName}`, `policy/${names.iotPolicyName}`, `policy/${names.claimPolicyName}`, `provisioningtemplate/${names.templateName}`, `thinggroup/${names.thingGroupName}`, ':cert/', ':stack/']) {
        assert.ok(copies.some((copy) => copy.includes(part)), part);
      }
    });

    it('reads long lists page by page', async () => {
      await connect();
      const connection = await session().connection();
      for (let index = 0; index < 260; index += 1) await connection.iot.createThingGroup({ name: `group-${String(index).padStart(3, '0')}` });
      const tree = api.container.userInterface.views.resourcesTree;
      tree.refresh();
      const group = (await tree.getChildren()).find((node) => node.id.endsWith('/thingGroups'));
      assert.ok(group);
      const first = await tree.getChildren(group);
      const more = first.at(-1) as FleetNode;
      assert.equal(first.length, 251);
      await run(Commands.loadMore, more);
      assert.equal((await tree.getChildren(group)).length, 260);
    });

    it('copies from a node and, from the palette, after asking', async () => {
      await provision();
      const [node] = await api.container.userInterface.views.stepsTree.getChildren();
      await run(Commands.copyValue, node);
      assert.match(await vscode.env.clipboard.readText(), /^arn:aws:cloudformation:/);
      api.window.expect({ match: /Copy which/, answer: steps().names().roleAliasName });
      await run(Commands.copyValue);
      assert.match(await vscode.env.clipboard.readText(), /:rolealias\//);
    });

    it('writes and opens config.yaml', async () => {
      await provision();
      api.window.expect({ match: 'Name of the core device', answer: 'core-1' });
      assert.equal(await outcome(Commands.createDeviceConfiguration), 'done', errors().join());
      assert.equal(vscode.window.activeTextEditor?.document.fileName, workspacePath('config.yaml'));
      assert.match(fs.readFileSync(workspacePath('config.yaml'), 'utf8'), new RegExp(steps().names().templateName));
    });

    it('opens the deployed policy read-only and compares it with the file', async () => {
      await provision();
      const { target } = await session().connection();
      const document = await vscode.workspace.openTextDocument(deployedUri('policy', target, steps().names().iotPolicyName));
      assert.match(document.getText(), /AssumeRoleWithCertificate/);
      assert.ok(document.fileName.endsWith('.iot-policy.json'));
      assert.equal(await outcome(Commands.comparePolicyWithDeployed, vscode.Uri.file(workspacePath(WorkspaceFileNames.iotPolicy))), 'done');
      assert.ok(vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
    });

    it('says what is missing when a step lacks the one before it', async () => {
      await connect();
      assert.equal(await outcome(Commands.createRoleAlias), 'failed');
      const shown = await eventually(() => api.window.shown.find((prompt) => prompt.severity === 'error') ?? false);
      assert.ok(shown.options.includes('Deploy Roles Stack'), shown.options.join());
    });
  });

  describe('stack outputs', () => {
    it('is empty without a stack, and shows every output with what to do next', async () => {
      await connect();
      await run(Commands.showStackOutputs);
      assert.equal(api.container.userInterface.outputs.inspect().state.kind, 'empty');
      await provision();
      await run(Commands.showStackOutputs);
      const { state, html } = api.container.userInterface.outputs.inspect();
      assert.equal(state.kind, 'stack');
      assert.ok(state.rows.length >= 3);
      assert.equal(state.tone, 'good');
      assert.ok(state.rows.some((row) => row.use !== undefined));
      assert.match(html ?? '', /default-src &#39;none&#39;/);
    });

    it('is there when the command is done, also if something made it look once more meanwhile', async () => {
      await provision();
      const { outputs } = api.container.userInterface;
      session().disconnect();
      await run(Commands.showStackOutputs);
      assert.equal(outputs.inspect().state.kind, 'error');
      await connect();
      const shown = run(Commands.showStackOutputs);
      const refreshed = outputs.receive({ type: 'refresh' });
      await shown;
      assert.equal(outputs.inspect().state.kind, 'stack');
      await refreshed;
    });

    it('copies by row, whatever the page says else', async () => {
      await provision();
      const { outputs } = api.container.userInterface;
      await run(Commands.showStackOutputs);
      const { state } = outputs.inspect();
      assert.equal(state.kind, 'stack');
      await vscode.env.clipboard.writeText('before');
      for (const message of [{ type: 'copy', row: 999 }, { type: 'copy', value: 'evil' }, { type: 'use', row: -1 }, null, { type: 'run', command: 'x' }]) await outputs.receive(message);
      assert.equal(await vscode.env.clipboard.readText(), 'before');
      await outputs.receive({ type: 'copy', row: 0 });
      assert.equal(await vscode.env.clipboard.readText(), state.rows[0]?.value);
    });

    it('keeps hostile output text as text', async () => {
      await connect();
      const evil = '<script>alert(1)</script>"\'&\u202Ereversed\nsecond line';
      const connection = await session().connection();
      const name = steps().names().stackName;
      const template = { Resources: { G: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: 'g' } } }, Outputs: { Evil: { Value: evil, Description: evil } } };
      await connection.stacks.createStack({ stackName: name, template: { body: JSON.stringify(template) }, parameters: [], capabilities: [] });
      await eventually(async () => (await connection.stacks.describeStack(name))?.status === 'CREATE_COMPLETE');
      await run(Commands.showStackOutputs);
      const { state, html } = api.container.userInterface.outputs.inspect();
      assert.equal(state.kind, 'stack');
      assert.equal(state.rows[0]?.value, evil);
      assert.ok(!(html ?? '').includes('alert(1)'));
    });
  });

  describe('error boundary', () => {
    const { refresh } = Commands;
    it('is silent on cancel, short on the unforeseen, and helpful on what we know', async () => {
      const views = api.container.userInterface.views as { refresh: (node?: unknown) => Promise<void> };
      const original = views.refresh.bind(views);
      // The extension is a bundle of its own: its error class is not the one that this file could import.
      session().disconnect();
      const known: unknown = await session().connection().catch((error: unknown) => error);
      assert.ok(known instanceof Error);
      const OwnFleetError = known.constructor as typeof FleetError;
      const run = { attempts: 0 };
      try {
        views.refresh = async () => Promise.reject(new DOMException('cancelled', 'AbortError'));
        assert.equal(await outcome(refresh), 'cancelled');
        assert.equal(api.window.shown.length, 0);

        views.refresh = async () => Promise.reject(new TypeError('x is not a function'));
        assert.equal(await outcome(refresh), 'failed');
        await eventually(() => api.window.shown.length === 1);
        assert.ok(!(api.window.shown[0]?.title ?? '').includes('x is not'));
        assert.deepEqual(api.window.shown.map((prompt) => prompt.options), [['Show Log']]);

        api.window.shown.length = 0;
        views.refresh = async () => {
          run.attempts += 1;
          return run.attempts > 1 ? undefined : Promise.reject(new OwnFleetError('It failed', { category: 'throttling', code: 'x', advice: 'Wait a little.', retryable: true, remedies: [{ kind: 'copy', label: 'Copy Statement', text: 'statement' }] }));
        };
        api.window.expect({ match: 'It failed. Wait a little.', answer: 'Try Again' });
        assert.equal(await outcome(refresh), 'failed');
        await eventually(() => run.attempts === 2);
        assert.deepEqual(api.window.shown.map((prompt) => prompt.options), [['Copy Statement', 'Try Again', 'Show Log']]);
      } finally {
        views.refresh = original;
      }
    });

    it('does not start a second change while one is running', async () => {
      await connect();
      api.window.expect({ match: /missing\?/, answer: 'Provision' });
      const first = outcome(Commands.provisionEverything);
      assert.equal(await outcome(Commands.provisionEverything), 'failed');
      assert.match(errors()[0] ?? '', /still running/);
      assert.equal(await first, 'done');
    });
  });
});
