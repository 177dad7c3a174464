import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { devicePolicyDocument, roleAliasPlaceholder } from '../../../src/core/provisioning/devicePolicy';
import { Commands, WorkspaceFileNames } from '../../../src/ids';
import { writeShown } from '../../helpers/fleetHost';
import { readWorkspaceFile, workspacePath, writeWorkspaceFile } from '../../helpers/vscodeHost';
import type { CommandCases } from './commandCases';

const policyFile = WorkspaceFileNames.iotPolicy;
const testsFile = 'greengrass-v2-iot-policy.policy-tests.json';
const filled = devicePolicyDocument.replace(roleAliasPlaceholder, 'arn:aws:iot:eu-central-1:210987654329:rolealias/CommandAlias');
const activeFile = (): string | undefined => vscode.window.activeTextEditor?.document.uri.fsPath;

export const policyTestCases = {
  createPolicyTests: {
    happy: {
      'writes them beside the policy of the steps, about the alias that it names, and opens them': async (host) => {
        await writeShown(policyFile, filled);
        await host.done(Commands.createPolicyTests);
        assert.equal(activeFile(), workspacePath(testsFile));
        const written = JSON.parse(readWorkspaceFile(testsFile)) as { policy: string; tests: { assumeRoleAlias?: string; expect: string }[] };
        assert.equal(written.policy, policyFile);
        assert.deepEqual(written.tests.filter((test) => test.expect === 'allow').flatMap((test) => test.assumeRoleAlias ?? []), ['CommandAlias']);
      },
      'takes the policy in the editor, and the one that it was called on': async (host) => {
        await vscode.window.showTextDocument(await writeShown('first.iot-policy.json', filled));
        await host.done(Commands.createPolicyTests);
        assert.equal(activeFile(), workspacePath('first.iot-policy.policy-tests.json'));
        await host.done(Commands.createPolicyTests, writeWorkspaceFile('nested/second.iot-policy.json', filled));
        assert.equal(activeFile(), workspacePath('nested', 'second.iot-policy.policy-tests.json'));
      },
      'opens what exists and leaves it as it is': async (host) => {
        await writeShown(policyFile, filled);
        await writeShown(testsFile, '{ "mine": true }');
        await host.done(Commands.createPolicyTests);
        assert.equal(activeFile(), workspacePath(testsFile));
        assert.equal(readWorkspaceFile(testsFile), '{ "mine": true }');
      },
    },
    unhappy: {
      'no policy: says so and writes nothing': async (host) => {
        const shown = await host.failed(Commands.createPolicyTests);
        assert.match(shown.title, /nothing to test.*Create IoT Policy File/);
        assert.throws(() => readWorkspaceFile(testsFile));
      },
    },
  },
  runPolicyTests: {
    happy: {
      'runs new tests; those that show how broad the workshop\'s policy is are red': async (host) => {
        await writeShown(policyFile, filled);
        await host.done(Commands.createPolicyTests);
        assert.deepEqual(await vscode.commands.executeCommand(Commands.runPolicyTests), { passed: 13, failed: 4, errored: 0 });
        await vscode.commands.executeCommand('workbench.action.closePanel');
      },
    },
    unhappy: {
      'no tests in the workspace: says how to make some': async (host) => {
        const shown = await host.failed(Commands.runPolicyTests);
        assert.match(shown.title, /no policy tests.*Create Policy Tests/);
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;
