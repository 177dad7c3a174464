import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { FolderFiles } from '../../src/platform/workspaceFiles';
import { cleanWorkspace, workspacePath, writeWorkspaceFile } from '../helpers/vscodeHost';

const withCode = (code: string) => (error: unknown) => error instanceof Error && 'code' in error && error.code === code;

describe('workspace files', () => {
  let files: FolderFiles;
  beforeEach(async () => {
    await cleanWorkspace();
    files = new FolderFiles(workspacePath());
  });
  after(async () => cleanWorkspace());

  it('reads what the editor holds and writes through it, so that undo works', async () => {
    const uri = writeWorkspaceFile('a.json', 'disk');
    const editor = await vscode.window.showTextDocument(uri);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'unsaved '));
    assert.equal(await files.read('a.json'), 'unsaved disk');
    await files.write('a.json', 'new');
    assert.equal(fs.readFileSync(uri.fsPath, 'utf8'), 'new');
    assert.equal(editor.document.isDirty, false);
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), 'unsaved disk');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('reads what another program has just written, while an editor still shows the old text', async () => {
    const uri = writeWorkspaceFile('b.json', 'old');
    await vscode.window.showTextDocument(uri);
    fs.writeFileSync(uri.fsPath, 'new');
    assert.equal(await files.read('b.json'), 'new');
  });

  it('answers undefined for a file that is not there', async () => {
    assert.equal(await files.read('none.json'), undefined);
    assert.equal(await files.readPrivate('no/such/key'), undefined);
    assert.equal(await files.exists('none.json'), false);
  });

  it('writes secrets for their owner alone and never over another', async () => {
    await files.writePrivate('claim-certs/key', 'one');
    assert.equal(fs.statSync(workspacePath('claim-certs/key')).mode & 0o777, 0o600);
    await assert.rejects(files.writePrivate('claim-certs/key', 'two'), withCode('fileExists'));
    assert.equal(await files.readPrivate('claim-certs/key'), 'one');
    await files.writePrivate('claim-certs/key', 'three', { replace: true });
    assert.equal(await files.readPrivate('claim-certs/key'), 'three');
  });

  it('never leaves the folder, neither by name nor by a link', async () => {
    for (const name of ['../x', '/etc/passwd', 'a/../../x', '.']) await assert.rejects(files.write(name, 'x'), withCode('outsideFolder'), name);
    const outside = fs.mkdtempSync(path.join(path.dirname(workspacePath()), 'outside-'));
    try {
      fs.symlinkSync(outside, workspacePath('claim-certs'));
      await assert.rejects(files.writePrivate('claim-certs/key', 'secret'), withCode('outsideFolder'));
      assert.deepEqual(fs.readdirSync(outside), []);
    } finally {
      fs.rmSync(workspacePath('claim-certs'), { force: true });
      fs.rmSync(outside, { recursive: true });
    }
  });

  it('adds an ignore line once, keeping line ends and what is there', async () => {
    await files.ensureIgnored('claim-certs/');
    assert.equal(await files.read('.gitignore'), 'claim-certs/\n');
    for (const covered of ['claim-certs', '/claim-certs/', '**/claim-certs/']) {
      await files.write('.gitignore', `${covered}\n`);
      await files.ensureIgnored('claim-certs/');
      assert.equal(await files.read('.gitignore'), `${covered}\n`);
    }
    await files.write('.gitignore', '# x\r\nout\r\n!claim-certs/');
    await files.ensureIgnored('claim-certs/');
    assert.equal(await files.read('.gitignore'), '# x\r\nout\r\n!claim-certs/\r\nclaim-certs/\r\n');
  });

  it('knows what git tracks', async () => {
    assert.equal(await files.isTrackedByGit('key'), false);
    const git = (...args: string[]): unknown => execFileSync('git', args, { cwd: workspacePath(), stdio: 'ignore' });
    git('init');
    try {
      writeWorkspaceFile('key', 'x');
      assert.equal(await files.isTrackedByGit('key'), false);
      git('add', 'key');
      assert.equal(await files.isTrackedByGit('key'), true);
    } finally {
      fs.rmSync(workspacePath('.git'), { recursive: true, force: true });
    }
  });
});
