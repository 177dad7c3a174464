import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { SimulationRow, SimulationView } from '../../../src/core/policy/simulateView';
import { Commands, WorkspaceFileNames } from '../../../src/ids';
import { writeShown, withHostFact, type FleetHost } from '../../helpers/fleetHost';
import { english, inEnglish } from '../../helpers/shownText';
import { eventually } from '../../helpers/vscodeHost';
import type { CommandCases } from './commandCases';

const file = WorkspaceFileNames.iotPolicy;
const arn = (resource: string): string => `arn:aws:iot:us-east-1:210987654329:${resource}`;
const narrow = `${JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Connect', Effect: 'Allow', Action: 'iot:Connect', Resource: arn('client/pump-1') }] }, undefined, 2)}\n`;

const open = async (text: string, name: string = file): Promise<vscode.TextDocument> => {
  const document = await writeShown(name, text);
  await vscode.window.showTextDocument(document);
  return document;
};
const view = (host: FleetHost): SimulationView => {
  const shown = host.api.container.userInterface.simulation.inspect().view;
  assert.ok(shown, 'a result is shown');
  return inEnglish(shown);
};
const first = (host: FleetHost): SimulationRow => {
  const [row] = view(host).rows;
  assert.ok(row);
  return row;
};
const page = async (host: FleetHost, message: object): Promise<void> => host.api.container.userInterface.simulation.receive(message);

/** Runs the command and answers what the device does, as which thing, and which value. */
async function simulate(host: FleetHost, subject: string, thing: string, value?: readonly { match: RegExp; answer: string }[]): Promise<void> {
  host.window.expect({ match: /What does the device do/, answer: subject }, { match: /As which thing|Connect with which client id/, answer: thing }, ...(value ?? []));
  await host.done(Commands.simulatePolicy);
}

const core = (host: FleetHost, thing = 'pump-1'): Promise<void> => simulate(host, '$(checklist) All that a core device needs', thing);

export const simulateCases = {
  simulatePolicy: {
    happy: {
      'one question, offline and untrusted; the answer stands beside the file': async (host) => {
        await withHostFact('isTrusted', false, async () => {
          const document = await open(narrow);
          await simulate(host, '$(plug) Connect', 'pump-1');
          assert.deepEqual([first(host).outcome, first(host).statement, view(host).rows.length], ['allowed', 'Statement 1, Connect', 1]);
          assert.equal(document.getText(), narrow);
          await eventually(() => {
            const column = (label: RegExp): number | undefined => vscode.window.tabGroups.all.find((group) => group.tabs.some((tab) => label.test(english(tab.label))))?.viewColumn;
            const [left, right] = [column(/^greengrass-v2-iot-policy/), column(/^Simulation of/)];
            assert.ok(left !== undefined && right !== undefined && right > left, `the result stands beside the file: ${left}, ${right}`);
          });
          const { html = '' } = host.api.container.userInterface.simulation.inspect();
          assert.match(html, /default-src &#39;none&#39;/);
        });
      },
      'selects the statement that decided': async (host) => {
        const document = await open(narrow);
        await simulate(host, '$(plug) Connect', 'pump-1');
        await page(host, { type: 'show', row: 0 });
        const editor = vscode.window.activeTextEditor;
        assert.ok(editor);
        assert.match(document.getText(editor.selection), /^\{\s+"Sid": "Connect"[^]*\}$/);
      },
      'all that a core device needs; inserting the smallest statement turns its row': async (host) => {
        const document = await open(narrow);
        await core(host);
        const rows = view(host).rows.length;
        assert.equal(view(host).summary, `1 of ${rows} allowed.`);
        const row = view(host).rows.findIndex((item) => item.insertable);
        await page(host, { type: 'insert', row });
        await eventually(() => assert.equal(view(host).rows[row]?.outcome, 'allowed'));
        assert.equal((JSON.parse(document.getText()) as { Statement: unknown[] }).Statement.length, 2);
        await vscode.window.showTextDocument(document);
        await vscode.commands.executeCommand('undo');
        assert.equal(document.getText(), narrow, 'one undo takes it back');
        await eventually(() => assert.equal(view(host).rows[row]?.outcome, 'implicitDeny'));
      },
      'a typed topic; the thing is remembered': async (host) => {
        await open(narrow);
        await simulate(host, '$(arrow-up) Publish', 'pump-1', [{ match: /Which topic/, answer: '$(edit) Something else …' }, { match: /Which topic/, answer: 'a/b' }]);
        assert.deepEqual([first(host).question, first(host).outcome], ['Publish to a/b', 'implicitDeny']);
        assert.match(first(host).smallest ?? '', /"Resource": "arn:aws:iot:us-east-1:210987654329:topic\/a\/b"/);
      },
    },
    unhappy: {
      'no policy file: says so': async (host) => {
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        assert.match((await host.failed(Commands.simulatePolicy)).title, /no IoT policy file/);
      },
      'a file that is no JSON: says so': async (host) => {
        await open('nothing');
        assert.match((await host.failed(Commands.simulatePolicy)).title, /cannot be read as a policy/);
      },
      'closing the question shows nothing': async (host) => {
        await open(narrow);
        host.window.expect({ match: /What does the device do/, answer: undefined });
        await host.cancelled(Commands.simulatePolicy);
      },
    },
  },
  compareSimulationWithAws: {
    happy: {
      'AWS answers the same about the published policy, with the claim certificate': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias', 'iotPolicy', 'provisioningTemplate', 'claimCertificate');
        await vscode.window.showTextDocument(await vscode.workspace.openTextDocument((await vscode.workspace.findFiles(file))[0] ?? vscode.Uri.file(file)));
        await core(host);
        await page(host, { type: 'compare' });
        assert.match(view(host).summary, /AWS answers the same/);
        assert.equal(first(host).aws?.text, 'Allowed');
        assert.ok(view(host).rows.some((row) => row.aws?.text === 'Not asked'));
        assert.match(view(host).awsNotes.join(' '), /No certificate has the policy .* claim certificate/);
        assert.doesNotMatch(view(host).awsNotes.join(' '), /differs from the deployed/);
      },
    },
    unhappy: {
      'the file differs from what is deployed: says so and marks the difference': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias', 'iotPolicy', 'provisioningTemplate', 'claimCertificate');
        await open(narrow.replaceAll('210987654329', (await host.session.connection()).target.account));
        await core(host);
        await host.done(Commands.compareSimulationWithAws);
        assert.match(view(host).awsNotes.join(' '), /differs from the deployed/);
        assert.ok(view(host).rows.some((row) => row.aws?.differs === true));
      },
      'no certificate to ask with: says so and offers the step': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias', 'iotPolicy');
        await vscode.window.showTextDocument(await vscode.workspace.openTextDocument((await vscode.workspace.findFiles(file))[0] ?? vscode.Uri.file(file)));
        await core(host);
        const shown = await host.failed(Commands.compareSimulationWithAws);
        assert.match(shown.title, /no certificate has the policy/);
        assert.ok(shown.options.includes('Create Claim Certificate'), shown.options.join());
      },
      'not published: says so': async (host) => {
        await host.connect();
        await open(narrow);
        await core(host);
        assert.match((await host.failed(Commands.compareSimulationWithAws)).title, /is not in account/);
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;
