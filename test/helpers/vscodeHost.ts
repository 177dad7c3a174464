/** For tests inside the extension host: the workspace, the AWS files and the extension itself. */
import fs from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import manifest from '../../package.json';
import type { SandboxInfo } from './sandboxProcess';

export { eventually } from './eventually';
export { SandboxProcess, type SandboxInfo, type SandboxOptions } from './sandboxProcess';
export { skip } from './skip';

/** The temporary folder that VS Code has open. */
export function workspaceFolder(): vscode.WorkspaceFolder {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (!folder) throw new Error('No folder is open');
  return folder;
}

export function workspacePath(...parts: readonly string[]): string {
  return path.join(workspaceFolder().uri.fsPath, ...parts);
}

/** Writes a file of the workspace by the file system, as another program would. Answers its URI. */
export function writeWorkspaceFile(name: string, text: string): vscode.Uri {
  const file = workspacePath(name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return vscode.Uri.file(file);
}

export function readWorkspaceFile(name: string): string {
  return fs.readFileSync(workspacePath(name), 'utf8');
}

/** Closes all editors and removes the named files and folders of the workspace (all but `keep` when none are named). */
export async function cleanWorkspace(names: readonly string[] = fs.readdirSync(workspacePath())): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  for (const name of names) if (name !== '.vscode' && name !== '.git') fs.rmSync(workspacePath(name), { recursive: true, force: true });
}

function awsFile(variable: 'AWS_CONFIG_FILE' | 'AWS_SHARED_CREDENTIALS_FILE'): string {
  const file = process.env[variable];
  if (file === undefined) throw new Error(`${variable} is not set: this host was not started by scripts/test.mjs`);
  return file;
}

/**
 * Replaces the AWS files that this VS Code uses (temporary ones, never those of the person who tests).
 * `config` and `credentials` are the text of the files.
 */
export function writeAwsFiles(config: string, credentials: string): void {
  fs.writeFileSync(awsFile('AWS_CONFIG_FILE'), config);
  fs.writeFileSync(awsFile('AWS_SHARED_CREDENTIALS_FILE'), credentials);
}

/** A profile (`sandbox` by default) that leads to a sandbox becomes the only one of the AWS files. */
export function selectSandbox(info: SandboxInfo, profile = 'sandbox'): void {
  writeAwsFiles(
    `[profile ${profile}]\nregion = ${info.region}\nendpoint_url = ${info.endpoint}\n`,
    `[${profile}]\naws_access_key_id = ${info.accessKeyId}\naws_secret_access_key = ${info.secretAccessKey}\n`,
  );
}

/** The activated extension's exports; the test API that activate() answers while GREENGRASS_FLEET_TEST is 1. */
export async function activateExtension<Api>(): Promise<Api> {
  const extension = vscode.extensions.getExtension<Api>(`${manifest.publisher}.${manifest.name}`);
  if (!extension) throw new Error('The extension is not installed');
  return extension.activate();
}
