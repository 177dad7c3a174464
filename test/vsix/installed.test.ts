import assert from 'node:assert/strict';
import fs from 'node:fs';
import Module from 'node:module';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import manifest from '../../package.json';
import { Commands } from '../../src/ids';
import { eventually } from '../helpers/eventually';
import { SandboxProcess } from '../helpers/sandboxProcess';

describe('The packaged extension, installed in a clean VS Code', () => {
  const id = `${manifest.publisher}.${manifest.name}`;

  /** What a window loads that does nothing with us. */
  const phases: readonly string[] = ['extension.js', 'secondPhase.js'];

  /** Files of the extension that this host has loaded. */
  const loaded = (): readonly string[] => {
    const dist = path.join(vscode.extensions.getExtension(id)?.extensionPath ?? '', 'dist');
    const files = Object.keys((Module as unknown as { readonly _cache: Readonly<Record<string, unknown>> })._cache);
    return files.filter((file) => file.startsWith(dist)).map((file) => path.relative(dist, file)).sort();
  };

  it('is the installed file, not the source tree', () => {
    const extension = vscode.extensions.getExtension(id);
    assert.ok(extension, `${id} is not installed`);
    assert.equal((extension.packageJSON as { version: string }).version, manifest.version);
    const root = process.env['GREENGRASS_FLEET_ROOT'];
    assert.ok(root);
    assert.ok(path.relative(root, extension.extensionPath).startsWith('..'), extension.extensionPath);
  });

  it('costs no more than a look at their names while other JSON files are open', async () => {
    const document = await vscode.workspace.openTextDocument({ language: 'json', content: '{ "name": "not ours" }' });
    await vscode.window.showTextDocument(document);
    // The answer comes from the JSON service, which has then seen the document.
    await vscode.commands.executeCommand('vscode.executeDocumentSymbolProvider', document.uri);
    await eventually(() => assert.equal(vscode.extensions.getExtension(id)?.isActive, true));
    await eventually(() => assert.deepEqual(loaded(), phases));
    const bytes = phases.map((name) => fs.statSync(path.join(vscode.extensions.getExtension(id)?.extensionPath ?? '', 'dist', name)).size);
    assert.ok((bytes[0] ?? Infinity) < 6_000 && (bytes[1] ?? Infinity) < 20_000, bytes.join());
  });

  it('starts when a file is opened that only the settings name', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'policy-'));
    const settings = vscode.workspace.getConfiguration('greengrassFleet');
    try {
      const file = path.join(folder, 'plant-rules.json');
      fs.writeFileSync(file, '{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "iot:Conect", "Resource": "*" }] }');
      const uri = vscode.Uri.file(file);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
      assert.deepEqual(loaded(), phases);
      await settings.update('policyFiles', ['**/plant-rules.json'], vscode.ConfigurationTarget.Global);
      await eventually(() => assert.ok(vscode.languages.getDiagnostics(uri).some((item) => item.message.includes('iot:Connect'))));
    } finally {
      await settings.update('policyFiles', undefined, vscode.ConfigurationTarget.Global);
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });

  it('starts by itself when a file with the name of a policy is opened, wherever it is', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'policy-'));
    try {
      const file = path.join(folder, 'plant.iot-policy.json');
      fs.writeFileSync(file, '{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "iot:Conect", "Resource": "*" }] }');
      const uri = vscode.Uri.file(file);
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
      await eventually(() => assert.ok(vscode.languages.getDiagnostics(uri).some((item) => item.message.includes('iot:Connect'))));
      assert.equal(vscode.extensions.getExtension(id)?.isActive, true);
      // The names of AWS profiles are read for the status bar, and policy tests are looked for beside a policy; nothing of the SDK is loaded.
      const ours = /^(?:extension|secondPhase|product|policy|policyTests|aws_profiles|core_policy_[\w-]+|vscode_l10n(?:-\w+)?)\.js$/;
      assert.deepEqual(loaded().filter((file) => !ours.test(file)), []);
      assert.ok(loaded().includes('policy.js'));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
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

  it('names what it carries of others, with their licences', () => {
    const text = fs.readFileSync(path.join(vscode.extensions.getExtension(id)?.extensionPath ?? '', 'THIRD-PARTY-NOTICES.txt'), 'utf8');
    for (const name of ['@aws-sdk/client-iot', 'jsonc-parser', 'minimatch', 'classic-level']) assert.match(text, new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    assert.match(text, /LevelDB Authors/);
    assert.doesNotMatch(text, /^(?:webpack|mocha|typescript) \d/m);
  });

  it('carries nothing that only developers need', () => {
    const shipped = fs.readdirSync(vscode.extensions.getExtension(id)?.extensionPath ?? '').filter((name) => !name.startsWith('.'));
    const known = ['CHANGELOG.md', 'LICENSE', 'LICENSE.txt', 'README.md', 'THIRD-PARTY-NOTICES.txt', 'changelog.md', 'dist', 'media', 'package.json', 'package.nls.json', 'readme.md', 'resources'];
    const below = (...folder: readonly string[]): readonly string[] => fs.readdirSync(path.join(vscode.extensions.getExtension(id)?.extensionPath ?? '', ...folder));
    assert.deepEqual(below('dist').filter((name) => !name.endsWith('.js') && name !== 'sandbox'), ['package.json']);
    assert.deepEqual(below('dist', 'sandbox').filter((name) => !name.endsWith('.js') && name !== 'prebuilds'), []);
    assert.ok(!below('resources').includes('readme'));
    assert.deepEqual(shipped.filter((name) => !known.includes(name) && !/^package\.nls\..+\.json$/.test(name)), []);
  });
});
