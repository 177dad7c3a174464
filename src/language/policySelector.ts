import * as vscode from 'vscode';
import { policyGlobs, policyKindOfName } from '../core/fileKinds';
import { policyTestsSuffix } from '../core/policy/tests/format';
import { WorkspaceFileNames } from '../ids';
import { deployedScheme } from '../platform/deployedUri';
import { setting } from '../platform/settings';

/** Files that are IoT policies by name. Cheap: no document is opened to find out. */
export function policySelector(): vscode.DocumentFilter[] {
  const globs = [...policyGlobs, ...setting('greengrassFleet.policyFiles')];
  return globs.flatMap((pattern) => [
    { scheme: 'file', pattern },
    { scheme: 'vscode-vfs', pattern },
    { scheme: 'vscode-test-web', pattern },
    { scheme: 'untitled', pattern },
    { scheme: deployedScheme, pattern },
  ]);
}

export function isPolicyDocument(document: vscode.TextDocument): boolean {
  if (document.uri.path.endsWith(policyTestsSuffix)) return false;
  return vscode.languages.match(policySelector(), document) > 0;
}

/** The policy file of the five steps, which "Publish" and "Compare" work on. */
export function isWorkspacePolicy(document: vscode.TextDocument): boolean {
  return isWorkspaceFile(document, WorkspaceFileNames.iotPolicy);
}

/** True for the file of that name at the root of its workspace folder. */
export function isWorkspaceFile(document: vscode.TextDocument, name: string): boolean {
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  if (folder === undefined) return false;
  return vscode.Uri.joinPath(folder.uri, name).toString() === document.uri.toString();
}

/** What the file's name says about its purpose. */
export function kindOf(document: vscode.TextDocument): 'device' | 'claim' | 'auto' {
  return policyKindOfName(document.uri.path.slice(document.uri.path.lastIndexOf('/') + 1));
}
