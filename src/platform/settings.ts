import * as vscode from 'vscode';
import type { FleetSettings } from '../core/ports/services';
import type { FleetNames } from '../core/provisioning/steps';
import { Emitter, type Disposable } from '../core/util/emitter';
import { EXTENSION_PREFIX, type SettingId, type SettingTypes } from '../ids';

/** Reads one setting with its type. The default stands in package.json, so a value is always there. */
export function setting<K extends SettingId>(id: K): SettingTypes[K] {
  const [section, key] = split(id);
  return vscode.workspace.getConfiguration(section).get(key) as SettingTypes[K];
}

/** Writes a setting for the person (not the workspace, which is shared with others). */
export async function updateSetting<K extends SettingId>(id: K, value: SettingTypes[K] | undefined): Promise<void> {
  const [section, key] = split(id);
  await vscode.workspace.getConfiguration(section).update(key, value, vscode.ConfigurationTarget.Global);
}

function split(id: SettingId): readonly [string, string] {
  return [EXTENSION_PREFIX, id.slice(EXTENSION_PREFIX.length + 1)];
}

/** The settings as the services read them. */
export class VsCodeFleetSettings implements FleetSettings, Disposable {
  private readonly changed = new Emitter<void>();
  private readonly listener: vscode.Disposable;
  readonly onDidChange = this.changed.event;

  constructor() {
    this.listener = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(EXTENSION_PREFIX)) this.changed.fire();
    });
  }

  names(): FleetNames {
    return {
      stackName: setting('greengrassFleet.stackName').trim(),
      roleAliasName: setting('greengrassFleet.roleAliasName').trim(),
      iotPolicyName: setting('greengrassFleet.iotPolicyName').trim(),
      claimPolicyName: setting('greengrassFleet.claimPolicyName').trim(),
      templateName: setting('greengrassFleet.templateName').trim(),
      thingGroupName: setting('greengrassFleet.thingGroupName').trim(),
    };
  }

  stackTemplate(): string {
    return setting('greengrassFleet.stackTemplate').trim();
  }

  preProvisioningHook(): string {
    return setting('greengrassFleet.preProvisioningHook').trim();
  }

  dispose(): void {
    this.listener.dispose();
    this.changed.dispose();
  }
}
