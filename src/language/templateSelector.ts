import * as vscode from 'vscode';
import { templateGlobs } from '../core/fileKinds';
import { deployedScheme } from '../platform/deployedUri';
import { setting } from '../platform/settings';

/** Files that are fleet provisioning templates by name. */
export function templateSelector(): vscode.DocumentFilter[] {
  const globs = [...templateGlobs, ...setting('greengrassFleet.templateFiles')];
  return globs.flatMap((pattern) => ['file', 'vscode-vfs', 'vscode-test-web', 'untitled', deployedScheme].map((scheme) => ({ scheme, pattern })));
}

/** Told by words, so that no other YAML file loads anything. */
export function mentionsFleetProvisioning(document: vscode.TextDocument): boolean {
  return document.languageId === 'yaml' && /aws\.greengrass\.(?:FleetProvisioningByClaim|fleet_provisioning)/.test(document.getText());
}

export function isTemplateDocument(document: vscode.TextDocument): boolean {
  return vscode.languages.match(templateSelector(), document) > 0;
}
