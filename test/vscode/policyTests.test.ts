import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as vscode from 'vscode';
import type { PolicyTests, RunReport } from '../../src/language/policyTests/policyTests';
import type { TestApi } from '../../src/testApi';
import { activateExtension, cleanWorkspace, eventually, workspacePath, writeWorkspaceFile } from '../helpers/vscodeHost';

const policy = (client: string): string =>
  `${JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Connects', Effect: 'Allow', Action: 'iot:Connect', Resource: `arn:aws:iot:eu-central-1:210987654329:client/${client}` }] }, undefined, 2)}\n`;
const testsOf = (name: string): string => `{
  "policy": "${name}.iot-policy.json",
  "devices": { "pump": { "thingName": "pump-1" } },
  "tests": [
    { "name": "connects", "connect": {}, "expect": "allow" },
    { "name": "is no other", "connect": "pump-2",
      "expect": "deny" }
  ]
}
`;

const textOf = (error: string | vscode.MarkdownString | undefined): string => (typeof error === 'object' ? error.value : (error ?? ''));

describe('Policy tests in the Test Explorer', function () {
  this.timeout(60_000);
  let tests: PolicyTests;
  before(async () => {
    const api = await activateExtension<TestApi>();
    tests = await api.container.userInterface.policyTests.tests();
  });
  beforeEach(async () => cleanWorkspace());
  after(async () => cleanWorkspace());

  const fileItem = (uri: vscode.Uri): vscode.TestItem | undefined => tests.controller.items.get(uri.toString());
  const children = (uri: vscode.Uri): readonly vscode.TestItem[] => [...(fileItem(uri)?.children ?? [])].map(([, item]) => item);
  /** Names of files of their own: VS Code keeps closed documents in memory for minutes. */
  const write = (name: string, client: string): vscode.Uri => {
    writeWorkspaceFile(`${name}.iot-policy.json`, policy(client));
    return writeWorkspaceFile(`${name}.policy-tests.json`, testsOf(name));
  };
  const runAll = async (): Promise<RunReport> => {
    const report = await tests.runAll();
    assert.ok(report);
    return report;
  };
  const kinds = (report: RunReport): Readonly<Record<string, string>> => Object.fromEntries(report.results.map(({ item, outcome }) => [item.label, outcome.kind]));

  it('a file that appears is found, with each test at its place; one that goes is forgotten', async () => {
    const uri = write('appears', 'pump-1');
    await eventually(() => assert.deepEqual(children(uri).map((item) => [item.label, item.range?.start.line, item.range?.end.line]), [['connects', 4, 4], ['is no other', 5, 6]]));
    fs.rmSync(uri.fsPath);
    await eventually(() => assert.equal(fileItem(uri), undefined));
  });

  it('the line that fails is marked, with both sides and the way to the statement; changing the policy flips the result', async () => {
    const uri = write('flips', 'pump-1');
    assert.deepEqual(kinds(await runAll()), { connects: 'passed', 'is no other': 'passed' });
    writeWorkspaceFile('flips.iot-policy.json', policy('*'));
    const report = await runAll();
    assert.deepEqual(kinds(report), { connects: 'passed', 'is no other': 'failed' });
    const message = report.results.find(({ outcome }) => outcome.kind === 'failed')?.message;
    assert.ok(message?.location);
    assert.equal(message.location.uri.toString(), uri.toString());
    assert.deepEqual([message.location.range.start.line, message.location.range.start.character], [6, 16]);
    assert.match(message.expectedOutput ?? '', /^deny\n/);
    assert.match(message.actualOutput ?? '', /^allow\nbecause of Connects/);
    assert.deepEqual([message.stackTrace?.[0]?.uri?.fsPath, message.stackTrace?.[0]?.position?.line], [workspacePath('flips.iot-policy.json'), 3]);
  });

  it('takes what is typed and not saved, of the policy and of the tests', async () => {
    const uri = write('typed', 'pump-1');
    const document = await vscode.workspace.openTextDocument(workspacePath('typed.iot-policy.json'));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), policy('nobody'));
    const opened = await vscode.workspace.openTextDocument(uri);
    edit.insert(uri, opened.positionAt(opened.getText().indexOf('"is no other"') + 1), 'still ');
    await vscode.workspace.applyEdit(edit);
    assert.deepEqual(kinds(await runAll()), { connects: 'failed', 'still is no other': 'passed' });
    // Taken back, not saved: what is on disk may be newer by now, and then VS Code asks.
    for (const one of [document, opened]) {
      await vscode.window.showTextDocument(one);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await eventually(() => assert.equal(one.isDirty, false));
    }
  });

  it('runs again by itself while somebody watches', async () => {
    const uri = write('watched', 'pump-1');
    await tests.discover();
    const source = new vscode.CancellationTokenSource();
    const reports: RunReport[] = [];
    const listener = tests.onDidRun((report) => reports.push(report));
    try {
      await tests.profile.runHandler(new vscode.TestRunRequest(undefined, undefined, tests.profile, true), source.token);
      writeWorkspaceFile('watched.iot-policy.json', policy('pump-2'));
      await eventually(() => assert.deepEqual(kinds(reports.at(-1) ?? assert.fail('no run yet')), { connects: 'failed', 'is no other': 'failed' }));
      source.cancel();
      const count = reports.length;
      writeWorkspaceFile('watched.iot-policy.json', policy('pump-1'));
      writeWorkspaceFile('watched.policy-tests.json', testsOf('watched').replace('is no other', 'later'));
      await eventually(() => assert.ok(children(uri).some((item) => item.label === 'later')));
      assert.equal(reports.length, count);
    } finally {
      listener.dispose();
      source.dispose();
    }
  });

  it('says what is wrong with a file at the item and at the line, what the schema says only once', async () => {
    writeWorkspaceFile('wrong.iot-policy.json', policy('*'));
    const text = testsOf('missing').replace('"connect": {}', '"device": "pmp", "connect": {}').replace('"deny"', '"dny"');
    const uri = writeWorkspaceFile('wrong.policy-tests.json', text);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const ours = (): readonly vscode.Diagnostic[] => vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'IoT policy tests');
    await eventually(() => assert.deepEqual(ours().map(({ range }) => document.getText(range)).sort(), ['"missing.iot-policy.json"', '"pmp"']));
    const item = fileItem(uri);
    assert.match(textOf(item?.error), /no file missing\.iot-policy\.json/);
    assert.match(textOf(children(uri)[1]?.error), /Did you mean “deny”/);
    assert.deepEqual(kinds(await runAll()), { connects: 'errored', 'is no other': 'errored' });
    writeWorkspaceFile('missing.iot-policy.json', policy('*'));
    await eventually(() => assert.deepEqual(ours().map(({ range }) => document.getText(range)), ['"pmp"']));
  });
});
