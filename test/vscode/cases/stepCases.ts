import assert from 'node:assert/strict';
import fs from 'node:fs';
import * as vscode from 'vscode';
import { stepIds, type StepId } from '../../../src/core/provisioning/steps';
import { Commands, WorkspaceFileNames } from '../../../src/ids';
import { stepCommands, withHostFact, writeShown, type FleetHost } from '../../helpers/fleetHost';
import { eventually, readWorkspaceFile, workspacePath, writeWorkspaceFile } from '../../helpers/vscodeHost';
import type { CommandCases, Scenarios } from './commandCases';

const { iotPolicy: policyFile, provisioningTemplate: templateFile } = WorkspaceFileNames;
const before = (step: StepId): readonly StepId[] => stepIds.slice(0, stepIds.indexOf(step));

const sentence = (step: StepId): string => `${stepCommands[step].command.split('.')[1] ?? ''} alone, then again: the second time finds everything and asks nothing`;

/** One step after those before it; run again it must find what is there and ask nothing. */
function aloneAndAgain(step: StepId, check: (host: FleetHost) => Promise<void>): Scenarios {
  return {
    [sentence(step)]: async (host) => {
      const connection = await host.doSteps(...before(step), step);
      await eventually(() => assert.equal(host.steps.states.get(step)?.status, 'done'));
      await check(host);
      const counts = await host.counts();
      const stack = await connection.stacks.describeStack(host.steps.names().stackName);
      const asked = host.window.shown.length;
      await host.done(stepCommands[step].command);
      assert.deepEqual(await host.counts(), counts);
      assert.equal((await connection.stacks.describeStack(host.steps.names().stackName))?.id, stack?.id);
      assert.deepEqual(host.window.shown.slice(asked).filter((prompt) => prompt.kind !== 'notify'), []);
    },
  };
}

/** Closing the question is silent and leaves the account as it was. */
function dismissed(step: StepId): Scenarios {
  return {
    'closing the question changes nothing': async (host) => {
      await host.doSteps(...before(step));
      const counts = await host.counts();
      host.window.expect({ match: stepCommands[step].question, answer: undefined });
      await host.cancelled(stepCommands[step].command);
      assert.deepEqual(await host.counts(), counts);
    },
  };
}

/** The button of the message really does the step that is missing. */
function missing(step: StepId, button: string, needed: StepId): Scenarios {
  return {
    [`without the step before it: the message has “${button}”, which does it`]: async (host) => {
      await host.doSteps(...before(needed));
      host.window.expect({ match: /Run the step that makes it first/, answer: button }, { match: stepCommands[needed].question, answer: stepCommands[needed].agree });
      await host.failed(stepCommands[step].command);
      await eventually(() => assert.equal(host.steps.states.get(needed)?.status, 'done'));
    },
  };
}

/** A folder stands where the file should be: the message says which file. */
function fileInTheWay(command: typeof Commands.createPolicyFile | typeof Commands.createTemplateFile, folder: string): Scenarios {
  return {
    'a link that leads nowhere stands in the way: says so, and nothing outside is written': async (host) => {
      fs.symlinkSync(workspacePath('..', 'nowhere', 'file.json'), workspacePath(folder));
      const message = await host.outcome(command);
      assert.ok(!fs.existsSync(workspacePath('..', 'nowhere')));
      assert.ok(message === 'failed' || fs.lstatSync(workspacePath(folder)).isFile(), message);
    },
    'without a folder: says so and offers to open one': async (host) => {
      await withHostFact('workspaceFolders', undefined, async () => {
        const shown = await host.failed(command);
        assert.match(shown.title, /No folder is open\. Open a folder/);
        assert.deepEqual(shown.options, ['Open Folder', 'Show Log']);
      });
    },
  };
}

async function opensAtError(host: FleetHost, command: (typeof stepCommands)[StepId]['command'], file: string, line: number): Promise<void> {
  host.window.expect({ match: file, answer: 'Open File' });
  await host.failed(command);
  await eventually(() => assert.equal(vscode.window.activeTextEditor?.document.fileName, workspacePath(file)));
  await eventually(() => assert.equal(vscode.window.activeTextEditor?.selection.active.line, line));
}

async function addPolicyVersions(host: FleetHost, versions: number): Promise<void> {
  const { iot } = await host.session.connection();
  const name = host.steps.names().iotPolicyName;
  for (let index = 0; index < versions; index += 1) {
    const document = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: `arn:aws:iot:us-east-1:123456789012:client/v${index}` }] });
    await iot.createPolicyVersion({ name, document, setAsDefault: true });
  }
}

export const stepCases = {
  provisionEverything: {
    happy: {
      'goes on where an earlier step alone had ended': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias');
        host.window.expect({ match: /missing\?/, answer: 'Provision' });
        await host.done(Commands.provisionEverything);
        assert.deepEqual(stepIds.map((id) => host.steps.states.get(id)?.status), stepIds.map(() => 'done'));
        assert.equal((await host.counts()).certificates, 1);
      },
    },
    unhappy: {
      'stops at the first failure, keeps what was done, and goes on from there': async (host) => {
        await host.connect();
        await writeShown(policyFile, '{ "Version": "2012-10-17", "Statement": [ }');
        host.window.expect({ match: /missing\?/, answer: 'Provision' });
        const shown = await host.failed(Commands.provisionEverything);
        assert.ok(shown.title.includes(policyFile), shown.title);
        const counts = await host.counts();
        assert.deepEqual([counts.aliases, counts.policies, counts.templates, counts.certificates], [1, 0, 0, 0]);
        fs.rmSync(workspacePath(policyFile));
        host.window.expect({ match: /missing\?/, answer: 'Provision' });
        await host.done(Commands.provisionEverything);
        assert.deepEqual(stepIds.map((id) => host.steps.states.get(id)?.status), stepIds.map(() => 'done'));
      },
    },
  },
  revertStackDrift: {
    happy: {
      'nothing was changed by hand: says so': async (host) => {
        const { stacks } = await host.doSteps('rolesStack');
        await host.done(Commands.revertStackDrift);
        assert.match(host.window.shown.at(-1)?.title ?? '', /nothing to change/);
        assert.equal((await stacks.describeStack(host.steps.names().stackName))?.status, 'CREATE_COMPLETE');
      },
    },
    unhappy: {
      'without a stack: the message has the button of the step': async (host) => {
        await host.connect();
        assert.ok((await host.failed(Commands.revertStackDrift)).options.includes('Deploy Roles Stack'));
      },
    },
  },
  updateRolesStack: {
    happy: {
      'one parameter gets another value: the change is shown first, and the role has it then': async (host) => {
        const { stacks, roles } = await host.doSteps('rolesStack');
        const { stackName } = host.steps.names();
        const which = /Which parameter of/;
        host.window.expect(
          { match: which, answer: 'MaxSessionDuration' },
          { match: /Stack parameter MaxSessionDuration/, answer: '7200' },
          { match: which, answer: 'Show what would change' },
          { match: /Update the stack .*\?[^]*1 changed/, answer: 'Update Stack' },
        );
        await host.done(Commands.updateRolesStack);
        const stack = await stacks.describeStack(stackName);
        assert.deepEqual([stack?.status, stack?.parameters.find(({ key }) => key === 'MaxSessionDuration')?.value], ['UPDATE_COMPLETE', '7200']);
        const durations: (number | undefined)[] = [];
        for await (const { type, physicalId } of stacks.listStackResources(stackName)) if (type === 'AWS::IAM::Role') durations.push((await roles.getRole(physicalId ?? ''))?.maxSessionDuration);
        assert.deepEqual(durations.sort(), [3600, 7200]);
      },
    },
    unhappy: {
      'without a stack: the message has the button of the step': async (host) => {
        await host.connect();
        assert.ok((await host.failed(Commands.updateRolesStack)).options.includes('Deploy Roles Stack'));
      },
      'closing the look at the changes changes nothing, and leaves no change set': async (host) => {
        const { stacks } = await host.doSteps('rolesStack');
        host.window.expect({ match: /Which parameter of/, answer: 'MaxSessionDuration' }, { match: /Stack parameter/, answer: '7200' }, { match: /Which parameter of/, answer: 'Show what would change' }, { match: /Update the stack/, answer: undefined });
        await host.cancelled(Commands.updateRolesStack);
        assert.equal((await stacks.describeStack(host.steps.names().stackName))?.status, 'CREATE_COMPLETE');
      },
    },
  },
  deployRolesStack: {
    happy: aloneAndAgain('rolesStack', async (host) => {
      const { stacks } = await host.session.connection();
      assert.equal((await stacks.describeStack(host.steps.names().stackName))?.status, 'CREATE_COMPLETE');
    }),
    unhappy: {
      ...dismissed('rolesStack'),
      'another stack of that name: adopt, update or another name; closing it changes nothing': async (host) => {
        const { stacks } = await host.connect();
        const name = host.steps.names().stackName;
        const body = JSON.stringify({ Resources: { G: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: 'theirs' } } } });
        await stacks.createStack({ stackName: name, template: { body }, parameters: [], capabilities: [] });
        await eventually(async () => assert.equal((await stacks.describeStack(name))?.status, 'CREATE_COMPLETE'));
        host.window.expect({ match: /exists with another template/, answer: undefined });
        await host.cancelled(Commands.deployRolesStack);
        assert.equal((await stacks.describeStack(name))?.status, 'CREATE_COMPLETE');
        assert.equal((await host.counts()).groups, 1);
      },
      'a template file that is not there': async (host) => {
        const settings = vscode.workspace.getConfiguration('greengrassFleet');
        await host.connect();
        await settings.update('stackTemplate', '/no/such/template.json', vscode.ConfigurationTarget.Global);
        try {
          const shown = await host.failed(Commands.deployRolesStack);
          assert.ok(shown.title.includes('/no/such/template.json'), shown.title);
        } finally {
          await settings.update('stackTemplate', undefined, vscode.ConfigurationTarget.Global);
        }
      },
    },
  },
  createRoleAlias: {
    happy: aloneAndAgain('roleAlias', async (host) => {
      const { iot, stacks } = await host.session.connection();
      const names = host.steps.names();
      const alias = await iot.describeRoleAlias(names.roleAliasName);
      const stack = await stacks.describeStack(names.stackName);
      assert.ok(stack?.outputs.some((output) => output.value === alias?.roleArn), alias?.roleArn);
    }),
    unhappy: {
      ...dismissed('roleAlias'),
      ...missing('roleAlias', 'Deploy Roles Stack', 'rolesStack'),
      'an alias that points to another role: says so, changes it only when told': async (host) => {
        const { iot, stacks } = await host.doSteps('rolesStack', 'roleAlias');
        const name = host.steps.names().roleAliasName;
        const right = (await iot.describeRoleAlias(name))?.roleArn ?? '';
        const other = right.replace(/role\/.*/, 'role/Other');
        const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'credentials.iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
        const body = JSON.stringify({ Resources: { Role: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'Other', AssumeRolePolicyDocument: trust } } } });
        await stacks.createStack({ stackName: 'other', template: { body }, parameters: [], capabilities: ['CAPABILITY_NAMED_IAM'] });
        await eventually(async () => assert.equal((await stacks.describeStack('other'))?.status, 'CREATE_COMPLETE'));
        await iot.updateRoleAlias({ name, roleArn: other });
        host.window.expect({ match: /points to another role/, answer: undefined });
        await host.cancelled(Commands.createRoleAlias);
        assert.equal((await iot.describeRoleAlias(name))?.roleArn, other);
        host.window.expect({ match: /points to another role/, answer: 'Repoint Role Alias' });
        await host.done(Commands.createRoleAlias);
        assert.equal((await iot.describeRoleAlias(name))?.roleArn, right);
      },
    },
  },
  createPolicyFile: {
    happy: {
      'writes the policy with its placeholder and opens it': async (host) => {
        await host.done(Commands.createPolicyFile);
        assert.match(readWorkspaceFile(policyFile), /\[ARN OF IoT Role Alias\]/i);
        assert.equal(vscode.window.activeTextEditor?.document.fileName, workspacePath(policyFile));
        await host.done(Commands.createPolicyFile);
        assert.match(host.window.shown.at(-1)?.title ?? '', /exists already/);
      },
    },
    unhappy: fileInTheWay(Commands.createPolicyFile, policyFile),
  },
  publishPolicy: {
    happy: {
      ...aloneAndAgain('iotPolicy', async (host) => {
        const { iot } = await host.session.connection();
        const policy = await iot.getPolicy(host.steps.names().iotPolicyName);
        assert.match(policy?.document ?? '', new RegExp(`rolealias/${host.steps.names().roleAliasName}`));
      }),
      'saves the open file, shows the difference, and publishes a new version': async (host) => {
        const { iot } = await host.doSteps('rolesStack', 'roleAlias', 'iotPolicy');
        const document = await vscode.workspace.openTextDocument(workspacePath(policyFile));
        const edit = new vscode.WorkspaceEdit();
        const at = document.getText().indexOf('"iot:Connect"');
        edit.insert(document.uri, document.positionAt(at), '"iot:Subscribe", ');
        await vscode.workspace.applyEdit(edit);
        const text = document.getText();
        host.window.expect({ match: /Publish a new version/, answer: 'Publish New Version' });
        await host.done(Commands.publishPolicy);
        assert.equal(readWorkspaceFile(policyFile), text, 'what is deployed stands in the folder');
        assert.match((await iot.getPolicy(host.steps.names().iotPolicyName))?.document ?? '', /iot:Subscribe/);
        assert.equal((await host.counts()).policyVersions, 2);
      },
      'at the limit of five versions names the one that goes': async (host) => {
        const { iot } = await host.doSteps('rolesStack', 'roleAlias', 'iotPolicy');
        await addPolicyVersions(host, 4);
        const name = host.steps.names().iotPolicyName;
        host.window.expect({ match: /Publish a new version/, answer: 'Publish New Version' }, { match: /Remove version 1 /, answer: undefined });
        await host.cancelled(Commands.publishPolicy);
        assert.equal((await iot.listPolicyVersions(name)).length, 5);
        host.window.expect({ match: /Publish a new version/, answer: 'Publish New Version' }, { match: /Remove version 1 /, answer: 'Remove Version 1' });
        await host.done(Commands.publishPolicy);
        const versions = await iot.listPolicyVersions(name);
        assert.deepEqual(versions.map((version) => Number(version.versionId)).sort(), [2, 3, 4, 5, 6]);
        assert.equal(versions.find((version) => version.isDefault)?.versionId, '6');
      },
    },
    unhappy: {
      ...dismissed('iotPolicy'),
      ...missing('iotPolicy', 'Create Role Alias', 'roleAlias'),
      'a file with an error is refused; the button opens it there': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias');
        await writeShown(policyFile, '{\n  "Version": "2012-10-17",\n  "Statement": [{ "Effect": "Perhaps", "Action": "iot:Connect", "Resource": "*" }]\n}\n');
        await opensAtError(host, Commands.publishPolicy, policyFile, 2);
        assert.equal((await host.counts()).policies, 0);
      },
    },
  },
  createTemplateFile: {
    happy: {
      'writes the template with the names of the settings and opens it': async (host) => {
        await host.done(Commands.createTemplateFile);
        assert.match(readWorkspaceFile(templateFile), new RegExp(host.steps.names().iotPolicyName));
        assert.equal(vscode.window.activeTextEditor?.document.fileName, workspacePath(templateFile));
        await host.done(Commands.createTemplateFile);
        assert.match(host.window.shown.at(-1)?.title ?? '', /exists already/);
      },
    },
    unhappy: fileInTheWay(Commands.createTemplateFile, templateFile),
  },
  deployTemplate: {
    happy: aloneAndAgain('provisioningTemplate', async (host) => {
      const { iot } = await host.session.connection();
      const names = host.steps.names();
      assert.equal((await iot.describeProvisioningTemplate(names.templateName))?.enabled, true);
      assert.ok(await iot.describeThingGroup(names.thingGroupName));
    }),
    unhappy: {
      ...dismissed('provisioningTemplate'),
      ...missing('provisioningTemplate', 'Deploy Roles Stack', 'rolesStack'),
      ...Object.fromEntries(Object.entries(missing('provisioningTemplate', 'Publish IoT Policy', 'iotPolicy')).map(([title, work]) => [`policy: ${title}`, work])),
      'a file with an error is refused; the button opens it there': async (host) => {
        await host.doSteps('rolesStack', 'roleAlias', 'iotPolicy');
        await writeShown(templateFile, '{\n  "Parameters": {},\n  "Resources": [}\n}\n');
        await opensAtError(host, Commands.deployTemplate, templateFile, 2);
        assert.equal((await host.counts()).templates, 0);
      },
    },
  },
  createClaimCertificate: {
    happy: aloneAndAgain('claimCertificate', async (host) => {
      const { iot } = await host.session.connection();
      const counts = await host.counts();
      assert.equal(counts.certificates, 1);
      for await (const certificate of iot.listCertificates()) assert.equal(certificate.status, 'ACTIVE');
      assert.equal(fs.statSync(workspacePath(WorkspaceFileNames.claimPrivateKey)).mode & 0o777, 0o600);
    }),
    unhappy: {
      ...dismissed('claimCertificate'),
      'after an interruption it goes on with the key and leaves one live certificate': async (host) => {
        await host.doSteps(...stepIds);
        fs.rmSync(workspacePath(WorkspaceFileNames.claimCertificate));
        const key = readWorkspaceFile(WorkspaceFileNames.claimPrivateKey);
        host.window.expect({ match: /claim certificate\?/, answer: 'C' });
        await host.done(Commands.createClaimCertificate);
        assert.equal(readWorkspaceFile(WorkspaceFileNames.claimPrivateKey), key);
        assert.equal((await host.counts()).certificates, 1);
        assert.ok(fs.existsSync(workspacePath(WorkspaceFileNames.claimCertificate)));
      },
    },
  },
  createDeviceConfiguration: {
    happy: {
      'writes config.yaml once; again it asks nothing': async (host) => {
        await host.doSteps(...stepIds);
        host.window.expect({ match: 'Name of the core device', answer: 'core-7' });
        await host.done(Commands.createDeviceConfiguration);
        const text = readWorkspaceFile(WorkspaceFileNames.deviceConfiguration);
        for (const part of ['core-7', host.steps.names().roleAliasName, host.steps.names().templateName, host.sandbox.info.region]) assert.ok(text.includes(part), part);
        assert.ok(!text.includes('PRIVATE KEY'));
        await host.done(Commands.createDeviceConfiguration);
        assert.equal(readWorkspaceFile(WorkspaceFileNames.deviceConfiguration), text);
      },
    },
    unhappy: {
      'without the role alias: the message has the button of that step': async (host) => {
        await host.connect();
        const shown = await host.failed(Commands.createDeviceConfiguration);
        assert.ok(shown.options.includes('Create Role Alias'), shown.options.join());
        assert.ok(!fs.existsSync(workspacePath(WorkspaceFileNames.deviceConfiguration)));
      },
      'another config.yaml is replaced only after a look at the difference': async (host) => {
        await host.doSteps(...stepIds);
        writeWorkspaceFile(WorkspaceFileNames.deviceConfiguration, 'mine: true\n');
        host.window.expect({ match: 'Name of the core device', answer: 'core-7' }, { match: /Replace config\.yaml/, answer: undefined });
        await host.cancelled(Commands.createDeviceConfiguration);
        assert.equal(readWorkspaceFile(WorkspaceFileNames.deviceConfiguration), 'mine: true\n');
      },
    },
  },
  createDeviceKit: {
    happy: {
      'writes a folder that git ignores, with the key for its owner only; again it renews it': async (host) => {
        await host.doSteps(...stepIds);
        host.window.expect({ match: 'Device kit for which devices?', answer: 'Linux, Greengrass nucleus lite' });
        await host.done(Commands.createDeviceKit);
        const key = workspacePath('device-kit/lite-linux/claim-certs/claim.private.pem.key');
        if (process.platform !== 'win32') assert.equal(fs.statSync(key).mode & 0o777, 0o600);
        assert.match(readWorkspaceFile('.gitignore'), /^device-kit\/$/m);
        assert.match(readWorkspaceFile('device-kit/lite-linux/config.yaml'), /ThingName: "@ThingName@"/);
        assert.ok(readWorkspaceFile('device-kit/lite-linux/kit.env').includes(`KIT_ROLE_ALIAS='${host.steps.names().roleAliasName}'`));
        assert.match(readWorkspaceFile('device-kit/lite-linux/README.md'), /sudo sh install\.sh ThingName=/);
        fs.writeFileSync(workspacePath('device-kit/lite-linux/install.sh'), 'changed');
        host.window.expect({ match: 'Device kit for which devices?', answer: 'Linux, Greengrass nucleus lite' });
        await host.done(Commands.createDeviceKit);
        assert.match(readWorkspaceFile('device-kit/lite-linux/install.sh'), /^#!\/bin\/sh/);
      },
    },
    unhappy: {
      'without claim files: the message has the button of that step, and nothing is written': async (host) => {
        await host.connect();
        const shown = await host.failed(Commands.createDeviceKit);
        assert.ok(shown.options.includes('Create Claim Certificate'), shown.options.join());
        assert.ok(!fs.existsSync(workspacePath('device-kit')));
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;
