import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import manifest from '../../package.json';
import { Commands } from '../../src/ids';

describe('The extension in VS Code', () => {
  const extension = vscode.extensions.getExtension(`${manifest.publisher}.${manifest.name}`);

  it('activates', async () => {
    assert.ok(extension, 'the extension is not installed');
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('registers every command that it names', async () => {
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      Object.values(Commands).filter((command) => !registered.has(command)),
      [],
    );
  });

  it('runs on the workspace side, on the fixture folder, away from the configuration of the person who tests', () => {
    assert.equal(extension?.extensionKind, vscode.ExtensionKind.Workspace);
    assert.equal(vscode.workspace.workspaceFolders?.length, 1);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE', 'GREENGRASS_FLEET_TEST']) assert.ok(process.env[name], `${name} is not set`);
  });
});
