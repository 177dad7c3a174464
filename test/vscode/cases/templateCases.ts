import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { templateDocument } from '../../../src/core/provisioning/templateDocument';
import { Commands, WorkspaceFileNames } from '../../../src/ids';
import { eventually, workspacePath, writeWorkspaceFile } from '../../helpers/vscodeHost';
import type { CommandCases } from './commandCases';

const file = WorkspaceFileNames.provisioningTemplate;

export const templateCases = {
  previewTemplate: {
    happy: {
      'shows what a device gets and follows the values and the file, without a connection': async (host) => {
        writeWorkspaceFile(file, templateDocument({ iotPolicyName: 'Device', thingGroupName: 'Cores' }));
        await host.done(Commands.previewTemplate, vscode.Uri.file(workspacePath(file)));
        const panel = host.api.container.userInterface.templatePreview.current;
        assert.ok(panel);
        await panel.receive({ type: 'set', name: 'ThingName', value: '' });
        assert.deepEqual(panel.inspect().state?.parameters.map(({ name, missing }) => [name, missing]), [['ThingName', true], ['ThingGroupName', false]]);
        await panel.receive({ type: 'set', name: 'ThingName', value: 'core1' });
        assert.deepEqual(panel.inspect().state?.problems, []);
        assert.ok(panel.inspect().state?.sections[0]?.rows.some(({ value }) => value === 'core1'));
        assert.match(panel.inspect().html ?? '', /script-src &#39;nonce-/);
        const document = await vscode.workspace.openTextDocument(workspacePath(file));
        // An editor of an earlier test may show the text before this one for a moment.
        await eventually(() => assert.ok(document.getText().includes('"Cores"')));
        const edit = new vscode.WorkspaceEdit();
        const at = document.getText().indexOf('"Cores"');
        edit.replace(document.uri, new vscode.Range(document.positionAt(at), document.positionAt(at + 7)), '"Others"');
        await vscode.workspace.applyEdit(edit);
        await eventually(() => assert.ok(panel.inspect().state?.sections[0]?.rows.some(({ value }) => value === 'Others')));
        await document.save();
        await panel.receive({ type: 'nonsense' });
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
      },
    },
    unhappy: {
      'without a file: says so': async (host) => {
        await vscode.commands.executeCommand('workbench.action.closeAllEditors');
        assert.match((await host.failed(Commands.previewTemplate)).title, /is not in the folder/);
      },
    },
  },
} satisfies Record<string, CommandCases>;
