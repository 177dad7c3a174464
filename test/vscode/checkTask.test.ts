import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as vscode from 'vscode';
import { checkTaskType } from '../../src/ids';
import { activateExtension, cleanWorkspace, eventually, workspaceFolder, workspacePath, writeWorkspaceFile } from '../helpers/vscodeHost';

const policy = '{\n  "Version": "2012-10-17",\n  "Statement": [\n    { "Effect": "Alow", "Action": "iot:Conect", "Resource": "*" }\n  ]\n}\n';

describe('The task that checks policies and templates', function () {
  this.timeout(120_000);
  before(async () => activateExtension());
  beforeEach(async () => cleanWorkspace());
  after(async () => {
    await vscode.workspace.getConfiguration('greengrassFleet').update('policyRules', undefined, vscode.ConfigurationTarget.Workspace);
    fs.rmSync(workspacePath('.vscode', 'tasks.json'), { force: true });
    await cleanWorkspace();
  });

  const offered = async (): Promise<vscode.Task> => {
    const [task, ...others] = await vscode.tasks.fetchTasks({ type: checkTaskType });
    assert.ok(task);
    assert.deepEqual(others, []);
    return task;
  };

  /** Answers the exit code. */
  const run = async (task: vscode.Task): Promise<number | undefined> => {
    let listener: vscode.Disposable | undefined;
    const ended = new Promise<number | undefined>((resolve) => {
      listener = vscode.tasks.onDidEndTaskProcess((event) => {
        if (event.execution.task.definition.type === checkTaskType) resolve(event.exitCode);
      });
    });
    try {
      await vscode.tasks.executeTask(task);
      return await ended;
    } finally {
      listener?.dispose();
    }
  };

  const problems = (uri: vscode.Uri): readonly (readonly unknown[])[] =>
    vscode.languages.getDiagnostics(uri).map(({ code, severity, range }) => [code, severity, range.start.line]);

  it('is offered for the folder, and marks files that nobody has opened', async () => {
    const uri = writeWorkspaceFile('plant/closed.iot-policy.json', policy);
    const task = await offered();
    assert.equal((task.scope as vscode.WorkspaceFolder).uri.toString(), workspaceFolder().uri.toString());
    assert.equal(await run(task), 1);
    await eventually(() => {
      const found = problems(uri);
      assert.ok(found.some(([code, severity, line]) => code === 'invalidEffect' && severity === vscode.DiagnosticSeverity.Error && line === 3), JSON.stringify(found));
      assert.ok(found.some(([code, severity]) => code === 'unknownAction' && severity === vscode.DiagnosticSeverity.Warning), JSON.stringify(found));
    });
  });

  it('goes by the settings, and takes the files that a tasks.json names', async () => {
    const uri = writeWorkspaceFile('plant/settings.iot-policy.json', policy.replace('Alow', 'Allow'));
    writeWorkspaceFile('other/passed-over.iot-policy.json', policy);
    const configuration = vscode.workspace.getConfiguration('greengrassFleet');
    await configuration.update('policyRules', { unknownAction: 'information', overlyPermissive: 'off', nonsense: 'off' }, vscode.ConfigurationTarget.Workspace);
    writeWorkspaceFile('.vscode/tasks.json', JSON.stringify({ version: '2.0.0', tasks: [{ type: checkTaskType, task: 'validate', files: ['plant'], label: 'our check', problemMatcher: '$greengrass-fleet-check' }] }));
    const task = await eventually(async () => (await vscode.tasks.fetchTasks({ type: checkTaskType })).find(({ definition }) => Array.isArray(definition['files'])) ?? false);
    assert.equal(await run(task), 0);
    await eventually(() => {
      const found = problems(uri);
      assert.ok(found.some(([code, severity]) => code === 'unknownAction' && severity === vscode.DiagnosticSeverity.Information), JSON.stringify(found));
      assert.ok(!found.some(([code]) => code === 'overlyPermissive'), JSON.stringify(found));
    });
    assert.deepEqual(problems(vscode.Uri.joinPath(workspaceFolder().uri, 'other/passed-over.iot-policy.json')), []);
  });
});
