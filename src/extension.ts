import type * as vscode from 'vscode';
import { FirstPhase } from './activation/firstPhase';
import type { TestApi } from './testApi';

/**
 * Starts with the first JSON document, the first view or the first command (package.json). `onLanguage:json` and not
 * `onStartupFinished`: a window without JSON files then does not even read this file. An event for the names of our
 * files would not do: the settings may name any others, and those are known to running code only.
 * Answers with a test API when the tests run it, else with nothing.
 */
export async function activate(context: vscode.ExtensionContext): Promise<TestApi | undefined> {
  if (process.env['GREENGRASS_FLEET_TEST'] === '1') return activateForTests(context);
  context.subscriptions.push(new FirstPhase(context));
  return undefined;
}

async function activateForTests(context: vscode.ExtensionContext): Promise<TestApi> {
  const { ScriptedWindow } = await import('./platform/scriptedWindow');
  const window = new ScriptedWindow();
  const phase = new FirstPhase(context, { window });
  context.subscriptions.push(phase);
  return { window, container: await phase.product() };
}
