import * as vscode from 'vscode';
import type { StepRun } from '../core/ports/services';
import { Commands } from '../ids';
import { chosenTemplate } from './chosenTemplate';
import { connected, type StepCommandsDeps } from './connectedRun';

/** What is loaded when a hook is looked at, which is rare. */
const hooks = async () => import(/* webpackChunkName: "hooks" */ '../services/lifecycle/hookLife');

/** The Lambda function that says of each device whether it may be provisioned: may AWS IoT invoke it, and what it gets. */
export function registerHookCommands(deps: StepCommandsDeps): void {
  const { registry } = deps;
  registry.register(
    Commands.checkHook,
    async (hint) => connected(deps, undefined, vscode.l10n.t('Pre-provisioning hook'), async (run) => (await hooks()).reportHook(run, await chosenTemplate(run, deps.steps.names(), hint))),
    { needsTrust: true },
  );
  registry.register(
    Commands.createHookPayload,
    async (hint) => connected(deps, undefined, vscode.l10n.t('Hook test payload'), async (run) => createPayload(deps, run, await chosenTemplate(run, deps.steps.names(), hint))),
    { needsTrust: true },
  );
}

async function createPayload({ ui }: StepCommandsDeps, run: StepRun, name: string): Promise<void> {
  const { hookPayloadFor, runHook } = await hooks();
  const { payload, functionArn } = await hookPayloadFor(run, name);
  await showJson(JSON.stringify(payload, undefined, 2), vscode.ViewColumn.Active);
  if (functionArn === undefined) {
    ui.inform(vscode.l10n.t('{0} has no pre-provisioning hook yet. This is what AWS IoT would send to one.', name));
    return;
  }
  if (!run.connection.target.isSandbox) {
    ui.inform(vscode.l10n.t('Save the payload and run the hook with: {0}', `aws lambda invoke --function-name ${functionArn} --cli-binary-format raw-in-base64-out --payload file://payload.json answer.json`));
    return;
  }
  const { text, verdict } = await runHook(run, functionArn, payload);
  await showJson(text, vscode.ViewColumn.Beside);
  switch (verdict) {
    case 'allows':
      ui.inform(vscode.l10n.t('The hook allows this device.'));
      return;
    case 'denies':
      ui.warn(vscode.l10n.t('The hook refuses this device: its answer has no "allowProvisioning": true.'));
      return;
    case 'fails':
      ui.warn(vscode.l10n.t('The hook failed: a device would be refused with AccessDenied.'));
  }
}

async function showJson(content: string, viewColumn: vscode.ViewColumn): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'json', content });
  await vscode.window.showTextDocument(document, { viewColumn, preview: false });
}
