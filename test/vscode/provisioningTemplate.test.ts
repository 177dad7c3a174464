import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { templateDocument } from '../../src/core/provisioning/templateDocument';
import { activateExtension, cleanWorkspace, eventually, writeWorkspaceFile } from '../helpers/vscodeHost';

const own = templateDocument({ iotPolicyName: 'Device', thingGroupName: 'Cores' });

async function open(name: string, text: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(writeWorkspaceFile(name, text));
  await vscode.window.showTextDocument(document);
  return document;
}
function marks(document: vscode.TextDocument): readonly string[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .map((item) => `${item.source ?? ''} ${typeof item.code === 'object' ? String(item.code.value) : ''} ${document.getText(item.range)}`)
    .sort();
}
const at = (document: vscode.TextDocument, text: string, plus: number): vscode.Position => document.positionAt(document.getText().indexOf(text) + plus);

describe('The language service of provisioning templates', () => {
  before(async () => {
    await activateExtension();
  });
  beforeEach(async () => cleanWorkspace());
  after(async () => cleanWorkspace());

  it('marks each mistake once, and mends all that have one answer', async () => {
    const document = await open('one-provisioning-template.json', own.replace('"Ref": "ThingName"', '"Ref": "ThingNmae"').replace('"Status": "Active"', '"Status": "Actve"'));
    await eventually(() => assert.deepEqual(marks(document), ['Provisioning template certificateStatus Actve', 'Provisioning template undeclaredParameter ThingNmae']));
    const range = new vscode.Range(0, 0, document.lineCount, 0);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, range, vscode.CodeActionKind.SourceFixAll.value);
    const [all] = actions.filter((action) => action.edit !== undefined);
    assert.ok(all?.edit);
    await vscode.workspace.applyEdit(all.edit);
    await eventually(() => assert.deepEqual(marks(document), []));
    assert.match(document.getText(), /"Ref": "ThingName"[^]*"Status": "ACTIVE"/);
    await document.save();
  });

  it('completes parameters and explains them', async () => {
    const document = await open('two-provisioning-template.json', own);
    const position = at(document, '"Ref": "ThingName"', 8);
    const wanted = async (): Promise<readonly string[]> => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, position);
      return list.items.map((item) => (typeof item.label === 'string' ? item.label : item.label.label));
    };
    await eventually(async () => assert.ok((await wanted()).includes('AWS::IoT::Certificate::Id')));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, position);
    const text = hovers.flatMap((hover) => hover.contents.map((content) => (content instanceof vscode.MarkdownString ? content.value : ''))).join('\n');
    assert.match(text, /every device must send it/);
  });

  it('holds the device\'s configuration against the template beside it', async () => {
    writeWorkspaceFile('greengrass-fleet-provisioning-template.json', own);
    const yaml = 'services:\n  aws.greengrass.FleetProvisioningByClaim:\n    configuration:\n      templateParameters:\n        thingname: core1\n';
    const document = await open('config.yaml', yaml);
    // The service is there since the first template; without one, a template wakes it.
    await open('three-provisioning-template.json', own);
    await eventually(() => assert.deepEqual(marks(document), ['Provisioning template parameterNotDeclared thingname', 'Provisioning template parameterNotGiven templateParameters']));
  });
});
