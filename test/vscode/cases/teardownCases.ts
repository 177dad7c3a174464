import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { stepIds } from '../../../src/core/provisioning/steps';
import { Commands } from '../../../src/ids';
import type { FleetHost } from '../../helpers/fleetHost';
import { eventually } from '../../helpers/vscodeHost';
import { english } from '../../helpers/shownText';
import type { CommandCases } from './commandCases';

const nothing = { aliases: 0, policies: 0, policyVersions: 0, templates: 0, templateVersions: 0, groups: 0, certificates: 0 };
const tabLabel = (): string => english(vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '');

async function fieldDevice(host: FleetHost): Promise<{ id: string; status: () => Promise<string | undefined> }> {
  const { iot } = await host.session.connection();
  const { AttachPolicyCommand, CreateKeysAndCertificateCommand, IoTClient } = await import('@aws-sdk/client-iot');
  const { endpoint, region, accessKeyId, secretAccessKey } = host.sandbox.info;
  const client = new IoTClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  const { certificateId: id = '', certificateArn: target } = await client.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
  await client.send(new AttachPolicyCommand({ policyName: host.steps.names().iotPolicyName, target }));
  client.destroy();
  return { id, status: async () => (await iot.describeCertificate(id))?.status };
}

/** With a stack that CloudFormation could not delete: a role of it is in an instance profile. */
async function stuckStack(host: FleetHost) {
  const { stacks } = await host.doSteps(...stepIds);
  const { stackName } = host.steps.names();
  const { IAMClient, AddRoleToInstanceProfileCommand, CreateInstanceProfileCommand } = await import('@aws-sdk/client-iam');
  const { endpoint, region, accessKeyId, secretAccessKey } = host.sandbox.info;
  const client = new IAMClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
  let RoleName = '';
  for await (const { type, physicalId } of stacks.listStackResources(stackName)) if (type === 'AWS::IAM::Role') RoleName = physicalId ?? '';
  await client.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'Gateway' }));
  await client.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'Gateway', RoleName }));
  client.destroy();
  await stacks.deleteStack(stackName);
  await eventually(async () => (await stacks.describeStack(stackName))?.status === 'DELETE_FAILED', { what: 'DELETE_FAILED' });
  return { stacks, stackName };
}

const told = async (host: FleetHost, pattern: RegExp): Promise<void> => {
  await eventually(() => host.window.shown.some(({ title }) => pattern.test(title)), { what: String(pattern) });
};

/** Taking down what was made. */
export const teardownCases = {
  tearDown: {
    happy: {
      'shows the plan, which changes nothing; its button takes everything down': async (host) => {
        await host.doSteps(...stepIds);
        const before = await host.counts();
        await host.done(Commands.tearDown, { scope: 'everything' });
        assert.match(tabLabel(), /Teardown of/);
        assert.deepEqual(await host.counts(), before);
        host.window.expect({ match: /The plan is shown/, answer: 'Tear Down 7 Resources…' }, { match: /Tear down 7 resource/, answer: 'Tear Down' });
        await host.done(Commands.tearDown, { scope: 'everything' });
        await told(host, /The teardown is done\. Resources that are gone: 7/);
        assert.deepEqual(await host.counts(), nothing);
        await host.done(Commands.tearDown, { scope: 'everything' });
        await told(host, /There is nothing to tear down/);
      },
      'a stack with termination protection: the button turns it off, and the plan is shown again': async (host) => {
        const { stacks } = await host.doSteps(...stepIds);
        const { CloudFormationClient, UpdateTerminationProtectionCommand } = await import('@aws-sdk/client-cloudformation');
        const { endpoint, region, accessKeyId, secretAccessKey } = host.sandbox.info;
        const client = new CloudFormationClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey } });
        const { stackName } = host.steps.names();
        await client.send(new UpdateTerminationProtectionCommand({ StackName: stackName, EnableTerminationProtection: true }));
        client.destroy();
        host.window.expect({ match: /cannot be torn down now.*Termination protection/, answer: 'Turn Off Termination Protection…' }, { match: /Turn off the termination protection of/, answer: 'Turn Off' }, { match: /The plan is shown/, answer: undefined });
        await host.done(Commands.tearDown, { scope: 'everything' });
        await told(host, /The plan is shown/);
        assert.equal((await stacks.describeStack(stackName))?.terminationProtection, false);
      },
      'a stack that CloudFormation could not delete: the button asks how, and what is left is told': async (host) => {
        const { stacks, stackName } = await stuckStack(host);
        host.window.expect(
          { match: /cannot be torn down now.*instance profile/, answer: 'Delete the Stack Anyway…' },
          { match: /could not delete all of the stack/, answer: 'Leave what failed' },
          { match: /Delete the stack .* and leave what cannot be deleted/, answer: 'Delete Stack' },
          { match: /The plan is shown/, answer: undefined },
        );
        await host.done(Commands.tearDown, { scope: 'everything' });
        await told(host, /is deleted\. Left in the account/);
        await told(host, /The plan is shown/);
        assert.equal(await stacks.describeStack(stackName), undefined);
      },
      'a device in the field: its number has to be typed, and it is left alone': async (host) => {
        await host.doSteps(...stepIds);
        const { status } = await fieldDevice(host);
        host.window.expect(
          { match: /Tear down what/, answer: 'Everything of this set-up' },
          { match: /1 device in the field would lose/, answer: 'Tear Down 7 Resources…' },
          { match: /Tear down 7 resource/, answer: 'Tear Down' },
          { match: /1 device in the field loses something/, answer: '1' },
        );
        await host.done(Commands.tearDown);
        await told(host, /The teardown is done\. Resources that are gone: 7/);
        assert.deepEqual([await status(), (await host.counts()).certificates], ['ACTIVE', 1]);
      },
    },
    unhappy: {
      'not connected: says so': async (host) => {
        const shown = await host.failed(Commands.tearDown, { scope: 'everything' });
        assert.ok(shown.options.includes('Choose Profile'), shown.options.join());
      },
      'no test device: says so': async (host) => {
        await host.connect();
        await host.done(Commands.tearDown, { scope: 'testDevices' });
        await told(host, /There is nothing to tear down/);
      },
    },
  },
  tearDownClaim: {
    happy: {
      'called on a claim certificate of the tree: that one goes, all else stays': async (host) => {
        const { iot } = await host.doSteps(...stepIds);
        const before = await host.counts();
        let copyText = '';
        for await (const certificate of iot.listCertificates()) copyText = certificate.arn;
        host.window.expect({ match: /The plan is shown/, answer: 'Tear Down 1 Resource…' }, { match: /Tear down 1 resource/, answer: 'Tear Down' });
        await host.done(Commands.tearDownClaim, { copyText });
        await told(host, /The teardown is done/);
        assert.deepEqual(await host.counts(), { ...before, certificates: 0 });
      },
    },
    unhappy: {
      'without a claim certificate it says so': async (host) => {
        await host.connect();
        await host.done(Commands.tearDownClaim);
        await told(host, /No certificate carries/);
      },
    },
  },
  runTearDown: {
    happy: {
      'the error of a stack that cannot be deleted has the button for it as well': async (host) => {
        const { stacks, stackName } = await stuckStack(host);
        host.window.expect(
          { match: /is in DELETE_FAILED and cannot be updated/, answer: `Delete and recreate ${stackName}` },
          { match: /and create it again/, answer: `Delete and Recreate ${stackName}` },
          { match: /ended in DELETE_FAILED/, answer: 'Delete the Stack Anyway…' },
          { match: /could not delete all of the stack/, answer: 'Delete by force' },
          { match: /and leave what cannot be deleted/, answer: 'Delete Stack' },
        );
        await host.failed(Commands.deployRolesStack);
        await told(host, /is deleted\. Left in the account/);
        assert.equal(await stacks.describeStack(stackName), undefined);
      },
      'runs what a plan has handed to it': async (host) => {
        const { iot, target: { account, region } } = await host.doSteps(...stepIds);
        let certificateId = '';
        for await (const { id } of iot.listCertificates()) certificateId = id;
        host.window.expect({ match: /Tear down 1 resource/, answer: 'Tear Down' });
        await host.done(Commands.runTearDown, { order: { kind: 'oneClaim', certificateId }, account, region, actions: [`claimCertificate:${certificateId}`], lines: ['the claim'], fieldDevices: 0 });
        assert.equal((await host.counts()).certificates, 0);
      },
    },
    unhappy: {
      'closing the question changes nothing': async (host) => {
        await host.doSteps(...stepIds);
        const before = await host.counts();
        host.window.expect({ match: /The plan is shown/, answer: 'Tear Down 7 Resources…' }, { match: /Tear down 7 resource/, answer: undefined });
        await host.done(Commands.tearDown, { scope: 'everything' });
        await eventually(() => host.window.shown.some(({ kind }) => kind === 'modal'));
        assert.deepEqual(await host.counts(), before);
      },
      'without a plan it says where there is one': async (host) => {
        await host.connect();
        assert.match((await host.failed(Commands.runTearDown)).title, /There is no plan to run\. Run “Tear Down…” first/);
      },
      'a plan for another account is refused': async (host) => {
        await host.connect();
        const shown = await host.failed(Commands.runTearDown, { order: { kind: 'everything' }, account: '999999999999', region: 'us-east-1', actions: [], lines: [], fieldDevices: 0 });
        assert.match(shown.title, /The plan is for account 999999999999/);
      },
    },
  },
} as const satisfies Readonly<Record<string, CommandCases>>;
