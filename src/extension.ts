import type * as vscode from 'vscode';
import { FirstPhase, secondPhase } from './activation/firstPhase';
import type { TestApi } from './testApi';

/**
 * Starts with the first JSON, YAML or plain text document, the first view or the first command (package.json). By language
 * and not `onStartupFinished`: a window without such files then does not even read this file. An event for the names of
 * our files would not do: the settings may name any others, and those are known to running code only. Plain text is what
 * VS Code takes a file with an ending of one's own for; YAML is how device configurations are written.
 * Answers with a test API when the tests run it, else with nothing.
 */
export async function activate(context: vscode.ExtensionContext): Promise<TestApi | undefined> {
  if (process.env['GREENGRASS_FLEET_TEST'] === '1') return activateForTests(context);
  context.subscriptions.push(new FirstPhase(context));
  return undefined;
}

async function activateForTests(context: vscode.ExtensionContext): Promise<TestApi> {
  const ScriptedWindow = await (await secondPhase()).loadScriptedWindow();
  const window = new ScriptedWindow();
  const phase = new FirstPhase(context, { window });
  context.subscriptions.push(phase);
  return { window, container: await phase.product() };
}
