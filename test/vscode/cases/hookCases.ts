import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { stepIds } from '../../../src/core/provisioning/steps';
import { Commands } from '../../../src/ids';
import type { FleetHost } from '../../helpers/fleetHost';
import type { CommandCases } from './commandCases';

const noTemplate = (command: (typeof Commands)['checkHook' | 'createHookPayload']): CommandCases['unhappy'][string] => async (host) => {
  await host.connect();
  const shown = await host.failed(command);
  assert.ok(shown.options.includes('Deploy Provisioning Template'), shown.options.join());
};

async function templateWithHook(host: FleetHost): Promise<string> {
  const { iot, target } = await host.doSteps(...stepIds);
  const hookArn = `arn:aws:lambda:${target.region}:${target.account}:function:Gate`;
  await iot.updateProvisioningTemplate({ name: host.steps.names().templateName, hookArn });
  return hookArn;
}

/** The commands for the Lambda function that is asked about each device. */
export const hookCases = {
  checkHook: {
    happy: {
      'no permission: the message has the command that gives it': async (host) => {
        await templateWithHook(host);
        await vscode.env.clipboard.writeText('');
        host.window.expect({ match: /AWS IoT may not invoke it/, answer: 'Copy the Command' });
        assert.equal(await host.outcome(Commands.checkHook), 'failed');
        const { templateName } = host.steps.names();
        const text = await vscode.env.clipboard.readText();
        assert.ok(text.startsWith(`aws lambda add-permission --function-name Gate --statement-id iot-${templateName} `), text);
      },
    },
    unhappy: { 'without a template: the message has the button of that step': noTemplate(Commands.checkHook) },
  },
  createHookPayload: {
    happy: {
      'opens what AWS sends for this template': async (host) => {
        const { target } = await host.doSteps(...stepIds);
        await host.done(Commands.createHookPayload);
        const document = vscode.window.activeTextEditor?.document;
        assert.deepEqual([document?.isUntitled, document?.languageId], [true, 'json']);
        const payload = JSON.parse(document?.getText() ?? '') as Record<string, unknown>;
        assert.deepEqual(Object.keys(payload), ['claimCertificateId', 'certificateId', 'certificatePem', 'templateArn', 'clientId', 'parameters']);
        assert.equal(payload['templateArn'], `arn:aws:iot:${target.region}:${target.account}:provisioningtemplate/${host.steps.names().templateName}`);
        assert.notEqual(payload['claimCertificateId'], '0'.repeat(64));
        await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      },
    },
    unhappy: {
      'without a template: the message has the button of that step': noTemplate(Commands.createHookPayload),
      'a function that the local AWS does not have: says how to bring it': async (host) => {
        const hookArn = await templateWithHook(host);
        const shown = await host.failed(Commands.createHookPayload);
        assert.ok(shown.title.includes(hookArn), shown.title);
        await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      },
    },
  },
} satisfies Readonly<Record<string, CommandCases>>;
