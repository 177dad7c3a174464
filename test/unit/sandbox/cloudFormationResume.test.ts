import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import {
  CloudFormationClient, CreateChangeSetCommand, CreateStackCommand, DescribeChangeSetCommand, DescribeStackEventsCommand, ListStackResourcesCommand, UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ListThingGroupsCommand } from '@aws-sdk/client-iot';
import type { SandboxInfo } from '../../../src/sandbox/sandbox';
import { skip } from '../../helpers/skip';
import { StackSandbox } from '../../helpers/stacks';

const TRUST = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
/** A chain of six, so that there is a middle to be killed in. */
const chain = (description: string): string => JSON.stringify({
  Resources: Object.fromEntries(Array.from({ length: 6 }, (_, index) => [
    `R${index}`,
    index % 2 === 0
      ? { Type: 'AWS::IAM::Role', ...(index === 0 ? {} : { DependsOn: `R${index - 1}` }), Properties: { Description: description, AssumeRolePolicyDocument: TRUST } }
      : { Type: 'AWS::IoT::ThingGroup', DependsOn: `R${index - 1}`, Properties: { ThingGroupName: `${description}${index}` } },
  ])),
});
const HELPER = path.join(import.meta.dirname, '../../helpers/stackSandboxProcess.ts');

describe('CloudFormation after a kill', () => {
  let state: string;
  let child: ChildProcess | undefined;
  let sandbox: StackSandbox | undefined;

  beforeEach(async () => {
    state = await mkdtemp(path.join(tmpdir(), 'stack-resume-'));
  });
  afterEach(async () => {
    child?.kill('SIGKILL');
    await sandbox?.close();
    child = sandbox = undefined;
    await rm(state, { recursive: true, force: true });
  });

  const spawnSandbox = async (delay: number): Promise<{ client: CloudFormationClient; kill: () => Promise<void> }> => {
    const started = spawn(process.execPath, ['--import', 'tsx', HELPER, state, String(delay)], { stdio: ['ignore', 'pipe', 'inherit'] });
    child = started;
    const [line] = (await once(createInterface({ input: started.stdout }), 'line')) as [string];
    const { endpoint, region, accessKeyId, secretAccessKey } = JSON.parse(line) as SandboxInfo;
    const client = new CloudFormationClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
    return {
      client,
      async kill() {
        client.destroy();
        started.kill('SIGKILL');
        await once(started, 'exit');
        child = undefined;
      },
    };
  };

  const until = async (client: CloudFormationClient, logicalId: string, status: string): Promise<void> => {
    for (;;) {
      const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName: 's' }));
      if (StackEvents.some((event) => event.LogicalResourceId === logicalId && event.ResourceStatus === status)) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };

  const checkWhole = async (groups: string[]): Promise<void> => {
    assert.ok(sandbox);
    assert.equal((await sandbox.iam.send(new ListRolesCommand({}))).Roles?.length, 3);
    const { thingGroups } = await sandbox.iot.send(new ListThingGroupsCommand({}));
    assert.deepEqual(thingGroups?.map((group) => group.groupName).sort(), groups);
    const { StackResourceSummaries } = await sandbox.cloudFormation.send(new ListStackResourcesCommand({ StackName: 's' }));
    assert.equal(StackResourceSummaries?.length, 6);
    const events = await sandbox.events('s');
    // No resource was made twice.
    for (let index = 0; index < 6; index++) {
      assert.equal(events.filter((event) => event === `R${index} / CREATE_IN_PROGRESS / Resource creation Initiated`).length, 1, events.join('\n'));
    }
  };

  it('finishes a creation and then an update that kill -9 interrupted', async () => {
    const first = await spawnSandbox(200);
    await first.client.send(new CreateStackCommand({ StackName: 's', TemplateBody: chain('a'), Capabilities: ['CAPABILITY_IAM'] }));
    await until(first.client, 'R2', 'CREATE_IN_PROGRESS');
    await first.kill();

    sandbox = await StackSandbox.start({ state });
    assert.equal((await sandbox.settled('s')).StackStatus, 'CREATE_COMPLETE');
    await checkWhole(['a1', 'a3', 'a5']);
    await sandbox.close();
    sandbox = undefined;

    const second = await spawnSandbox(200);
    await second.client.send(new UpdateStackCommand({ StackName: 's', TemplateBody: chain('b'), Capabilities: ['CAPABILITY_IAM'] }));
    await until(second.client, 'R3', 'UPDATE_IN_PROGRESS');
    await second.kill();

    sandbox = await StackSandbox.start({ state });
    assert.equal((await sandbox.settled('s')).StackStatus, 'UPDATE_COMPLETE', (await sandbox.events('s')).join('\n'));
    await checkWhole(['b1', 'b3', 'b5']);
  });

  it('finishes what an orderly stop interrupted, change sets too', async () => {
    sandbox = await StackSandbox.start({ state, resourceDelay: 60_000 });
    await sandbox.cloudFormation.send(new CreateStackCommand({ StackName: 's', TemplateBody: chain('a'), Capabilities: ['CAPABILITY_IAM'] }));
    const { Id } = await sandbox.cloudFormation.send(new CreateChangeSetCommand({ StackName: 'other', ChangeSetName: 'c', ChangeSetType: 'CREATE', TemplateBody: chain('x'), Capabilities: ['CAPABILITY_IAM'] }));
    // The stop does not wait for the artificial time.
    const before = Date.now();
    await sandbox.close();
    assert.ok(Date.now() - before < 10_000);
    sandbox = await StackSandbox.start({ state });
    assert.equal((await sandbox.settled('s')).StackStatus, 'CREATE_COMPLETE');
    await checkWhole(['a1', 'a3', 'a5']);
    for (;;) {
      const { Status, Changes } = await sandbox.cloudFormation.send(new DescribeChangeSetCommand({ ChangeSetName: Id }));
      if (Status === 'CREATE_COMPLETE') {
        assert.equal(Changes?.length, 6);
        break;
      }
      assert.match(Status ?? '', /^CREATE_(PENDING|IN_PROGRESS)$/);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
});

describe('CloudFormation through the AWS CLI', () => {
  it('creates a stack, waits for it and reads its outputs', async function () {
    if (spawnSync('aws', ['--version']).status !== 0) skip(this, 'no AWS CLI on the PATH');
    const sandbox = await StackSandbox.start();
    try {
      const { endpoint, region, accessKeyId, secretAccessKey } = sandbox.started;
      const env = { ...process.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_DEFAULT_REGION: region, AWS_PAGER: '', AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
      const aws = async (...args: string[]): Promise<string> => {
        const run = spawn('aws', ['--endpoint-url', endpoint, 'cloudformation', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
        let out = '';
        run.stdout.on('data', (chunk: Buffer) => (out += String(chunk)));
        run.stderr.on('data', (chunk: Buffer) => (out += String(chunk)));
        const [code] = (await once(run, 'close')) as [number];
        assert.equal(code, 0, out);
        return out;
      };
      const template = path.join(import.meta.dirname, '../../fixtures/cloudformation/workshopStack.json');
      assert.match(await aws('validate-template', '--template-body', `file://${template}`), /CAPABILITY_IAM/);
      await aws('create-stack', '--stack-name', 'GGv2Workshop', '--template-body', `file://${template}`, '--capabilities', 'CAPABILITY_IAM');
      await aws('wait', 'stack-create-complete', '--stack-name', 'GGv2Workshop');
      const command = await aws('describe-stacks', '--stack-name', 'GGv2Workshop', '--query', "Stacks[0].Outputs[?OutputKey=='CreateRoleRliasCommand'].OutputValue", '--output', 'text');
      assert.match(command, /--role-arnarn:aws:iam::\d{12}:role\/GGv2Workshop-/);
    } finally {
      await sandbox.close();
    }
  });
});
