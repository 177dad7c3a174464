import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import manifest from '../../package.json';
import { Commands } from '../../src/ids';
import { SandboxProcess } from '../helpers/sandboxProcess';

describe('The packaged extension, installed in a clean VS Code', () => {
  const id = `${manifest.publisher}.${manifest.name}`;

  it('is the installed file, not the source tree', () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is not installed`);
    assert.equal((extension.packageJSON as { version: string }).version, manifest.version);
    const root = process.env['GREENGRASS_FLEET_ROOT'];
    assert.ok(root);
    assert.ok(path.relative(root, extension.extensionPath).startsWith('..'), extension.extensionPath);
  });

  it('runs a command', async () => {
    await vscode.commands.executeCommand(Commands.refresh);
    assert.equal(vscode.extensions.getExtension(id)?.isActive, true);
  });

  it('writes the policy file of the third step into the workspace', async () => {
    await vscode.commands.executeCommand(Commands.createPolicyFile);
    const found = await vscode.workspace.findFiles('greengrass-v2-iot-policy.json');
    assert.equal(found.length, 1);
  });

  it('carries the sandbox with its native store', async () => {
    const program = path.join(vscode.extensions.getExtension(id)?.extensionPath ?? '', 'dist', 'sandbox', 'main.js');
    const sandbox = await SandboxProcess.start({ program });
    try {
      await sandbox.reset();
    } finally {
      await sandbox.stop();
    }
  });

  it('carries nothing that only developers need', () => {
    const shipped = fs.readdirSync(vscode.extensions.getExtension(id)?.extensionPath ?? '').filter((name) => !name.startsWith('.'));
    const known = ['CHANGELOG.md', 'LICENSE', 'LICENSE.txt', 'README.md', 'changelog.md', 'dist', 'media', 'package.json', 'package.nls.json', 'readme.md', 'resources'];
    assert.deepEqual(shipped.filter((name) => !known.includes(name) && !/^package\.nls\..+\.json$/.test(name)), []);
  });
});
