import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { Commands } from '../../src/ids';
import { deployedUri } from '../../src/platform/deployedUri';
import type { TestApi } from '../../src/testApi';
import { activateExtension, cleanWorkspace, eventually, SandboxProcess, selectSandbox, writeAwsFiles, writeWorkspaceFile } from '../helpers/vscodeHost';

const name = 'greengrass-v2-iot-policy.json';
const workshop = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": ["iot:Publish", "iot:Connect", "iot:Recieve"],
      "Resource": ["*"]
    },
    {
      "Effect": "Allow",
      "Action": "iot:AssumeRoleWithCertificate",
      "Resource": "[ARN OF IoT Role Alias]"
    }
  ]
}
`;

async function open(text: string, file = name): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(writeWorkspaceFile(file, text));
  await vscode.window.showTextDocument(document);
  return document;
}
function codesOf(document: vscode.TextDocument): readonly string[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter((item) => item.source === 'IoT policy')
    .map((item) => (typeof item.code === 'object' ? String(item.code.value) : String(item.code)))
    .sort();
}
function find(document: vscode.TextDocument, text: string, plus = 0): vscode.Position {
  const at = document.getText().indexOf(text);
  assert.ok(at >= 0, `${text} is not in the document`);
  return document.positionAt(at + plus);
}

async function refactor(document: vscode.TextDocument, title: RegExp): Promise<void> {
  const whole = new vscode.Range(0, 0, document.lineCount, 0);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, whole, vscode.CodeActionKind.RefactorRewrite.value);
  const found = actions.find((item) => title.test(item.title));
  assert.ok(found?.edit, actions.map((item) => item.title).join('; '));
  await vscode.workspace.applyEdit(found.edit);
}

describe('The language service of policy files', () => {
  before(async () => {
    await activateExtension();
  });
  beforeEach(async () => cleanWorkspace());
  after(async () => cleanWorkspace());

  it('marks mistakes exactly, follows the typing, and goes with the file', async () => {
    // A name of its own: the typed text would stay in the editor's memory for the next test.
    const document = await open(workshop, 'typed.iot-policy.json');
    await eventually(() => assert.deepEqual(codesOf(document), ['overlyPermissive', 'placeholder', 'unknownAction']));
    const action = vscode.languages.getDiagnostics(document.uri).find((item) => document.getText(item.range) === 'iot:Recieve');
    assert.equal(action?.severity, vscode.DiagnosticSeverity.Warning);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, action.range, 'iot:Receive');
    await vscode.workspace.applyEdit(edit);
    await eventually(() => assert.deepEqual(codesOf(document), ['overlyPermissive', 'placeholder']));
    await document.save();
  });

  it('is silent in other JSON files', async () => {
    const other = await open(workshop, 'other.json');
    const policy = await open(workshop, 'x.iot-policy.json');
    await eventually(() => assert.ok(codesOf(policy).includes('placeholder')));
    assert.deepEqual(codesOf(other), []);
  });

  it('says above a placeholder how to fill it in', async () => {
    const document = await open(workshop);
    await eventually(async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 50);
      const titles = lenses.map((lens) => lens.command?.title ?? '');
      assert.ok(titles.some((title) => title.includes('Publish')), titles.join('; '));
      assert.ok(lenses.some((lens) => lens.range.start.line === find(document, '[ARN').line), titles.join('; '));
    });
  });

  it('offers quick fixes and refactorings', async () => {
    const document = await open(workshop);
    await eventually(async () => {
      const at = new vscode.Range(find(document, 'iot:Recieve', 2), find(document, 'iot:Recieve', 2));
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, at);
      const fix = actions.find((item) => item.title === 'Use iot:Receive');
      assert.ok(fix?.edit, actions.map((item) => item.title).join('; '));
      assert.equal(fix.isPreferred, true);
    });
  });

  it('completes and explains inside strings', async () => {
    const document = await open(workshop);
    const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, find(document, 'iot:Connect', 4));
    const labels = list.items.map((item) => (typeof item.label === 'string' ? item.label : item.label.label));
    assert.ok(labels.includes('iot:AssumeRoleWithCertificate') && labels.includes('greengrass:ResolveComponentCandidates'), labels.join(', '));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, find(document, 'iot:Publish', 5));
    const text = hovers.flatMap((hover) => hover.contents).map((item) => (item instanceof vscode.MarkdownString ? item.value : JSON.stringify(item))).join('\n');
    assert.match(text, /Publish to a topic/);
  });

  it('tightens the workshop\'s policy by a refactoring, and sorts and merges statements', async () => {
    const document = await open(workshop.replace('Recieve', 'Receive').replace('[ARN OF IoT Role Alias]', 'arn:aws:iot:eu-west-1:210987654329:rolealias/A'), 'wide.iot-policy.json');
    await eventually(() => assert.ok(codesOf(document).includes('overlyPermissive'), codesOf(document).join()));
    await refactor(document, /^Tighten this policy/);
    await eventually(() => assert.ok(!codesOf(document).includes('overlyPermissive'), `${codesOf(document).join()}\n${document.getText()}`));
    assert.match(document.getText(), /\$\{iot:Connection\.Thing\.ThingName\}/);
    const split = await open(workshop.replace('["iot:Publish", "iot:Connect", "iot:Recieve"]', '"iot:Publish"').replace('iot:AssumeRoleWithCertificate', 'iot:Receive').replace('"[ARN OF IoT Role Alias]"', '["*"]'), 'split.iot-policy.json');
    await refactor(split, /^Sort and merge/);
    assert.equal((JSON.parse(split.getText()) as { Statement: unknown[] }).Statement.length, 1, split.getText());
    await document.save();
    await split.save();
  });

  it('"I mean it" is a setting, and the file stays as it is', async () => {
    const document = await open(workshop, 'meant.iot-policy.json');
    await eventually(() => assert.ok(codesOf(document).includes('overlyPermissive')));
    const wide = vscode.languages.getDiagnostics(document.uri).find((item) => document.getText(item.range) === '*');
    assert.ok(wide);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, wide.range);
    const meant = actions.find((item) => item.title.startsWith('I mean it'));
    assert.ok(meant?.command, actions.map((item) => item.title).join('; '));
    try {
      await vscode.commands.executeCommand(meant.command.command, ...(meant.command.arguments as unknown[]));
      await eventually(() => assert.ok(!codesOf(document).includes('overlyPermissive')));
      assert.equal(document.getText(), workshop);
    } finally {
      for (const scope of [vscode.ConfigurationTarget.Workspace, vscode.ConfigurationTarget.Global]) await vscode.workspace.getConfiguration('greengrassFleet').update('policyRules', undefined, scope);
    }
    await eventually(() => assert.ok(codesOf(document).includes('overlyPermissive')));
  });

  it('takes more file names from the settings, at once', async () => {
    const document = await open(workshop, 'certificates/allow.json');
    const settings = vscode.workspace.getConfiguration('greengrassFleet');
    try {
      await settings.update('policyFiles', ['**/certificates/*.json'], vscode.ConfigurationTarget.Workspace);
      await eventually(() => assert.ok(codesOf(document).includes('placeholder')));
    } finally {
      await settings.update('policyFiles', undefined, vscode.ConfigurationTarget.Workspace);
    }
    await eventually(() => assert.deepEqual(codesOf(document), []));
  });

  it('fixes all that has one right answer at once', async () => {
    const document = await open(workshop.replace('"Allow",\n      "Action": ["iot', '"allow",\n      "Action": ["iot'), 'all.iot-policy.json');
    await eventually(() => assert.ok(codesOf(document).includes('invalidEffect') && codesOf(document).includes('unknownAction'), codesOf(document).join()));
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, whole, vscode.CodeActionKind.SourceFixAll.value);
    const [all] = actions;
    assert.ok(all?.edit, actions.map((item) => item.title).join('; '));
    await vscode.workspace.applyEdit(all.edit);
    await eventually(() => assert.deepEqual(codesOf(document), ['overlyPermissive', 'placeholder']));
    await document.save();
  });

  it('stays alive on text that is no policy', async () => {
    for (const [index, text] of ['', '[]', '{"Statement":', '['.repeat(5000), '\u0000', '// x\n{}'].entries()) {
      const document = await open(text, `bad-${index}.iot-policy.json`);
      await vscode.commands.executeCommand('vscode.executeCompletionItemProvider', document.uri, new vscode.Position(0, 0));
      await vscode.commands.executeCommand('vscode.executeHoverProvider', document.uri, new vscode.Position(0, 0));
      await vscode.commands.executeCommand('vscode.executeCodeActionProvider', document.uri, new vscode.Range(0, 0, 0, 0));
    }
    const document = await open('', 'empty.iot-policy.json');
    await eventually(() => assert.deepEqual(codesOf(document), ['emptyDocument']));
  });
});

describe('Placeholders with an account connected', function () {
  this.timeout(60_000);
  let api: TestApi;
  let sandbox: SandboxProcess;
  const alias = (name: string): string => `arn:aws:iot:${sandbox.info.region}:${sandbox.info.account}:rolealias/${name}`;

  before(async () => {
    api = await activateExtension<TestApi>();
    sandbox = await SandboxProcess.start({ args: ['--resource-delay', '0'] });
    selectSandbox(sandbox.info);
    const connection = await api.container.services.session.use({ kind: 'profile', profile: 'sandbox' });
    // The alias wants a role that exists and trusts the credentials provider.
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'credentials.iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
    const body = JSON.stringify({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'device', AssumeRolePolicyDocument: trust } } } });
    await connection.stacks.createStack({ stackName: 'device-role', template: { body }, parameters: [], capabilities: ['CAPABILITY_NAMED_IAM'] });
    await eventually(async () => assert.equal((await connection.stacks.describeStack('device-role'))?.status, 'CREATE_COMPLETE'));
    await connection.iot.createRoleAlias({ name: 'LiveAlias', roleArn: `arn:aws:iam::${sandbox.info.account}:role/device` });
  });
  after(async () => {
    api.container.services.session.disconnect();
    await cleanWorkspace();
    writeAwsFiles('', '');
    await sandbox.stop();
  });

  it('shows the value first, writes it in one step, and one undo takes it back', async () => {
    const text = workshop.replace('Recieve', 'Receive').replace('["*"]', '"arn:aws:iot:<region>:[Account-ID]:topic/a"');
    const document = await open(text, 'live.iot-policy.json');
    await eventually(async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', document.uri, 50);
      const titles = lenses.map((lens) => lens.command?.title ?? '');
      assert.ok(titles.some((title) => title.includes(alias('LiveAlias'))), titles.join('; '));
      const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>('vscode.executeInlayHintProvider', document.uri, new vscode.Range(0, 0, document.lineCount, 0));
      assert.equal(hints.length, 3);
    });
    assert.equal(document.getText(), text, 'nothing is written before it is asked for');
    await vscode.commands.executeCommand(Commands.resolvePlaceholders, document.uri);
    assert.deepEqual(api.window.shown.map((prompt) => prompt.title), []);
    assert.ok(document.getText().includes(alias('LiveAlias')), document.getText());
    assert.ok(document.getText().includes(`arn:aws:iot:${sandbox.info.region}:${sandbox.info.account}:topic/a`));
    await vscode.commands.executeCommand('undo');
    await eventually(() => assert.equal(document.getText(), text));
  });

  it('knows what the account knows: names, a role that is not trusted, a sixth version', async () => {
    const connection = await api.container.services.session.connection();
    const { iot } = connection;
    const names = api.container.services.steps.names();
    const good = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: `arn:aws:iot:${sandbox.info.region}:${sandbox.info.account}:client/a*` }] }, null, 2);
    await iot.createPolicy({ name: names.iotPolicyName, document: good });
    for (const n of [1, 2, 3, 4]) await iot.createPolicyVersion({ name: names.iotPolicyName, document: good.replace('client/a', `client/b${n}`), setAsDefault: false });
    // The role changes hands after the alias was made: AWS does not look again.
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
    const body = JSON.stringify({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'device', AssumeRolePolicyDocument: trust } } } });
    const change = await connection.stacks.createChangeSet({ stackName: 'device-role', template: { body }, parameters: [], capabilities: ['CAPABILITY_NAMED_IAM'], changeSetName: 'trust', type: 'UPDATE' });
    await eventually(async () => assert.equal((await connection.stacks.describeChangeSet(change.id))?.status, 'CREATE_COMPLETE'));
    await connection.stacks.executeChangeSet(change.id, 'trust');
    await eventually(async () => assert.equal((await connection.stacks.describeStack('device-role'))?.status, 'UPDATE_COMPLETE'));

    const document = await open(workshop.replace('Recieve', 'Receive').replace('[ARN OF IoT Role Alias]', alias('LiveAlias')));
    // What was made elsewhere is known after a refresh.
    await vscode.commands.executeCommand(Commands.refresh);
    await eventually(() => assert.ok(codesOf(document).includes('roleAliasNotTrusted') && codesOf(document).includes('sixthVersion'), codesOf(document).join()));
    // A completion does not wait for AWS for ever: names that come too late are there at the next try.
    await eventually(async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>('vscode.executeCompletionItemProvider', document.uri, find(document, 'rolealias/', 'rolealias/'.length));
      const labels = list.items.map((item) => (typeof item.label === 'string' ? item.label : item.label.label));
      assert.ok(labels.includes('LiveAlias'), labels.join());
    });
  });

  it('reads a deployed policy with the same service', async () => {
    const { iot, target } = await api.container.services.session.connection();
    await iot.createPolicy({ name: 'Wide', document: workshop.replace('[ARN OF IoT Role Alias]', alias('LiveAlias')) });
    const document = await vscode.workspace.openTextDocument(deployedUri('policy', target, 'Wide'));
    await eventually(() => assert.ok(codesOf(document).includes('unknownAction') && codesOf(document).includes('overlyPermissive'), codesOf(document).join()));
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>('vscode.executeHoverProvider', document.uri, find(document, 'iot:Publish', 5));
    assert.ok(hovers.length > 0);
  });
});
