import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { Container } from './container';
import type { TestApi } from './testApi';

/** Answers with a test API when the tests run it, else with nothing. */
export async function activate(context: vscode.ExtensionContext): Promise<TestApi | undefined> {
  // The core and the services know no `vscode`; this gives them the texts of the window's language.
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });
  if (process.env['GREENGRASS_FLEET_TEST'] === '1') return activateForTests(context);
  const container = new Container(context);
  context.subscriptions.push(container);
  container.start();
  return undefined;
}

async function activateForTests(context: vscode.ExtensionContext): Promise<TestApi> {
  const { ScriptedWindow } = await import('./platform/scriptedWindow');
  const window = new ScriptedWindow();
  const container = new Container(context, { window });
  context.subscriptions.push(container);
  container.start();
  return { window, container };
}
