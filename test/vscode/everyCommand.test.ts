import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { stepIds } from '../../src/core/provisioning/steps';
import { Commands, WorkspaceFileNames, type CommandId } from '../../src/ids';
import { FleetHost, stepCommands, withHostFact } from '../helpers/fleetHost';
import { eventually, readWorkspaceFile, workspaceFolder, workspacePath, writeAwsFiles } from '../helpers/vscodeHost';
import type { CommandCases } from './cases/commandCases';
import { connectionCases, trustedCommands } from './cases/connectionCases';
import { coreDeviceCases } from './cases/coreDeviceCases';
import { deployedCases } from './cases/deployedCases';
import { deviceCases } from './cases/deviceCases';
import { findCases } from './cases/findCases';
import { hookCases } from './cases/hookCases';
import { lookCases } from './cases/lookCases';
import { policyTestCases } from './cases/policyTestCases';
import { lifeCases } from './cases/lifeCases';
import { preflightCases } from './cases/preflightCases';
import { regionCases } from './cases/regionCases';
import { simulateCases } from './cases/simulateCases';
import { stepCases } from './cases/stepCases';
import { teardownCases } from './cases/teardownCases';
import { templateCases } from './cases/templateCases';
import { versionCases } from './cases/versionCases';

/** The compiler refuses a command without cases. */
const table: Readonly<Record<keyof typeof Commands, CommandCases>> = { ...stepCases, ...lifeCases, ...hookCases, ...deviceCases, ...coreDeviceCases, ...findCases, ...lookCases, ...policyTestCases, ...simulateCases, ...templateCases, ...teardownCases, ...preflightCases, ...versionCases, ...deployedCases, ...connectionCases, ...regionCases };
const entries = Object.entries(table);

describe('every command, when all is well and when not', function () {
  this.timeout(120_000);
  let host: FleetHost;
  before(async () => {
    host = await FleetHost.start();
  });
  after(async () => host.stop());
  beforeEach(async () => host.clear());
  // Not in a hook: a hook that fails ends the whole suite.
  const test = (title: string, work: () => Promise<void>): void => {
    it(title, async () => {
      await work();
      host.assertAllAsked();
    });
  };

  it('covers each command that there is, both ways', () => {
    assert.deepEqual(entries.map(([name]) => name).sort(), Object.keys(Commands).sort());
    for (const [name, cases] of entries) {
      assert.ok(Object.keys(cases.happy).length > 0, `${name} has a happy case`);
      assert.ok(Object.keys(cases.unhappy).length > 0, `${name} has an unhappy case`);
    }
  });

  for (const [name, cases] of entries) {
    describe(name, () => {
      for (const [title, work] of Object.entries(cases.happy)) test(title, async () => work(host));
      for (const [title, work] of Object.entries(cases.unhappy)) test(`unhappy: ${title}`, async () => work(host));
    });
  }

  test('a connection that fails is tried once, also while its documents and outputs are open', async () => {
    await host.doSteps('rolesStack', 'roleAlias', 'iotPolicy');
    await host.done(Commands.comparePolicyWithDeployed);
    await host.done(Commands.showStackOutputs);
    writeAwsFiles(`[profile sandbox]\nregion = ${host.sandbox.info.region}\n`, '');
    let attempts = 0;
    const listener = host.session.onDidChange((state) => {
      if (state.kind === 'connecting') attempts += 1;
    });
    try {
      await assert.rejects(host.session.use({ kind: 'profile', profile: 'sandbox' }));
      await eventually(() => assert.equal(host.api.container.userInterface.outputs.inspect().state.kind, 'error'));
      // Long enough for dozens of attempts of a few milliseconds each.
      await new Promise((resolve) => setTimeout(resolve, 500));
      assert.equal(attempts, 1);
      assert.equal(host.session.state.kind, 'failed');
    } finally {
      listener.dispose();
    }
  });

  describe('in a workspace that is not trusted', () => {
    it('whatever uses credentials is refused, with the button that opens the trust editor', async () => {
      await host.connect();
      const counts = await host.counts();
      await withHostFact('isTrusted', false, async () => {
        for (const id of trustedCommands) {
          const shown = await host.failed(id);
          assert.match(shown.title, /is not available in Restricted Mode/, id);
          assert.deepEqual(shown.options, ['Manage Workspace Trust', 'Show Log'], id);
        }
      });
      assert.deepEqual(await host.counts(), counts);
      assert.deepEqual(host.window.shown.filter((prompt) => prompt.kind !== 'notify'), []);
    });

    it('what only writes and opens files works', async () => {
      await withHostFact('isTrusted', false, async () => {
        for (const id of [Commands.createPolicyFile, Commands.createTemplateFile, Commands.refresh, Commands.showLog] as const) await host.done(id);
        await host.done(Commands.copyValue, { copyText: 'x' });
        await host.done(Commands.openStepFile, { file: WorkspaceFileNames.iotPolicy });
      });
      await vscode.commands.executeCommand('workbench.action.closePanel');
    });
  });

  describe('with another number of folders', () => {
    const folderCommands: readonly CommandId[] = [...stepIds.map((id) => stepCommands[id].command), Commands.provisionEverything, Commands.createDeviceConfiguration, Commands.comparePolicyWithDeployed, Commands.openStepFile];

    it('none: every command that needs one says so and offers to open one', async () => {
      await host.connect();
      for (const folders of [undefined, []]) {
        await withHostFact('workspaceFolders', folders, async () => {
          for (const id of folderCommands) {
            const shown = await host.failed(id);
            assert.match(shown.title, /No folder is open\. Open a folder/, id);
            assert.deepEqual(shown.options, ['Open Folder', 'Show Log'], id);
          }
        });
      }
    });

    it('several: asks which, works there, and offers it first the next time', async () => {
      const second = fs.mkdtempSync(path.join(os.tmpdir(), 'fleet-second-'));
      const folders = [workspaceFolder(), { uri: vscode.Uri.file(second), name: 'second', index: 1 }];
      try {
        await withHostFact('workspaceFolders', folders, async () => {
          host.window.expect({ match: /Which folder/, answer: 'second' });
          await host.done(Commands.createPolicyFile);
          assert.ok(fs.existsSync(path.join(second, WorkspaceFileNames.iotPolicy)));
          assert.ok(!fs.existsSync(workspacePath(WorkspaceFileNames.iotPolicy)));
          host.window.expect({ match: /Which folder/, answer: undefined });
          await host.cancelled(Commands.createTemplateFile);
          assert.deepEqual(host.window.shown.at(-1)?.options[0], 'second');
          assert.ok(!fs.existsSync(path.join(second, WorkspaceFileNames.provisioningTemplate)));
        });
      } finally {
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        fs.rmSync(second, { recursive: true });
      }
    });
  });
});

describe('cancelling a step that runs', function () {
  this.timeout(120_000);
  let host: FleetHost;
  before(async () => {
    host = await FleetHost.start('--resource-delay', '1500');
  });
  after(async () => host.stop());
  beforeEach(async () => host.clear());
  afterEach(() => host.assertAllAsked());

  /** The Cancel button of the progress notification, pressed as the keyboard does. */
  const pressCancel = async (ended: () => boolean): Promise<void> => {
    await eventually(async () => {
      await vscode.commands.executeCommand('notification.acceptPrimaryAction');
      return ended();
    }, { every: 200, what: 'the end of the cancelled command' });
  };

  it('the outputs page shows the events as they come, and the outputs when there are some', async () => {
    await host.connect();
    await host.done(Commands.showStackOutputs);
    const { outputs } = host.api.container.userInterface;
    const { question, agree } = stepCommands.rolesStack;
    host.window.expect({ match: question, answer: agree });
    await host.done(Commands.deployRolesStack);
    await eventually(() => {
      const { state } = outputs.inspect();
      assert.ok(state.kind === 'stack' && state.tone === 'good' && state.rows.length > 0);
    });
    const states = outputs.inspect().sent.flatMap((message) => (message.type === 'state' ? [message.state] : []));
    const seen = states.slice(states.findLastIndex((state) => state.kind === 'empty')).flatMap((state) => (state.kind === 'stack' ? [state] : []));
    assert.deepEqual([seen[0]?.tone, seen[0]?.rows.length], ['busy', 0]);
    assert.ok((seen[0]?.events.length ?? 0) < (seen.at(-1)?.events.length ?? 0), seen.map((state) => state.events.length).join());
  });

  for (const [id, question, answer] of [
    [Commands.deployRolesStack, stepCommands.rolesStack.question, 'Create Stack'],
    [Commands.provisionEverything, /missing\?/, 'Provision'],
  ] as const) {
    it(`${id}: silent; the stack goes on, and the next run takes it up without a second one`, async () => {
      const { stacks } = await host.connect();
      const name = host.steps.names().stackName;
      host.window.expect({ match: question, answer });
      let outcome: string | undefined;
      const running = host.outcome(id).then((value) => (outcome = value));
      const created = await eventually(async () => (await stacks.describeStack(name)) ?? false);
      await pressCancel(() => outcome !== undefined);
      assert.equal(await running, 'cancelled');
      assert.deepEqual(host.errors(), []);
      assert.equal((await stacks.describeStack(name))?.status, 'CREATE_IN_PROGRESS');
      if (id === Commands.provisionEverything) host.window.expect({ match: question, answer });
      await host.done(id);
      const stack = await stacks.describeStack(name);
      assert.deepEqual([stack?.id, stack?.status], [created.id, 'CREATE_COMPLETE']);
      if (id === Commands.provisionEverything) assert.match(readWorkspaceFile(WorkspaceFileNames.iotPolicy), /:rolealias\//);
    });
  }
});
