import assert from 'node:assert/strict';
import { CreateStackCommand, DeleteStackCommand, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { ListThingGroupsCommand } from '@aws-sdk/client-iot';
import type { BackgroundScope, ServiceFactory } from '../../../src/sandbox/kernel/types';
import { createCertificateAuthority } from '../../../src/sandbox/pki/certificateAuthority';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import type { OperationRecord } from '../../../src/sandbox/services/cloudformation/engine/records';
import { OPERATION } from '../../../src/sandbox/services/cloudformation/engine/stackStore';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { StackSandbox } from '../../helpers/stacks';

/** Two groups, one after the other, so that there is something to undo. */
const TEMPLATE = JSON.stringify({
  Resources: {
    First: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: 'first' } },
    Second: { Type: 'AWS::IoT::ThingGroup', DependsOn: 'First', Properties: { ThingGroupName: 'second' } },
  },
});

describe('CloudFormation after an error of its own', () => {
  let sandbox: StackSandbox;
  /** Runs within each creation of a thing group, as a bug would. */
  let bug: () => void;
  const written: string[] = [];
  const writeError = process.stderr.write.bind(process.stderr);

  beforeEach(async () => {
    bug = () => undefined;
    written.length = 0;
    process.stderr.write = (text: string | Uint8Array): boolean => written.push(String(text)) > 0;
    const buggyIot: ServiceFactory = (kernel) => {
      const { handlers, ...module } = createIotService(kernel);
      const create = handlers['CreateThingGroup'] as (input: object, call: object) => Promise<unknown>;
      return { ...module, handlers: { ...handlers, CreateThingGroup: async (input: { thingGroupName: string }, call: object) => {
        if (input.thingGroupName === 'second') bug();
        return create(input, call);
      } } };
    };
    sandbox = await StackSandbox.start({ services: [createIamService, buggyIot, createCloudFormationService], certificateAuthority: createCertificateAuthority, resourceDelay: 20 });
  });
  afterEach(async () => {
    process.stderr.write = writeError;
    await sandbox.close();
  });

  const groups = async (): Promise<number> => (await sandbox.iot.send(new ListThingGroupsCommand({}))).thingGroups?.length ?? 0;

  /** Damages the running operation in the store, as no call can. */
  async function damage(stackId: string, change: (operation: OperationRecord) => OperationRecord): Promise<void> {
    const { kernel } = sandbox.started.sandbox;
    const { account, region } = sandbox.started;
    const scope: BackgroundScope = { account, region, partition: 'aws', principal: { account, arn: '', userId: '', accessKeyId: '' } };
    const uuid = stackId.split('/')[2] ?? '';
    await kernel.run(scope, async (call) => {
      const operation = await call.tx.get<OperationRecord>(OPERATION, uuid);
      assert.ok(operation, 'the operation is still running');
      call.tx.put(OPERATION, uuid, change(operation));
    });
  }
  const waitingForItself = (operation: OperationRecord): OperationRecord => ({
    ...operation,
    steps: operation.steps.map((step) => (step.state === 'waiting' ? { ...step, after: [step.key] } : step)),
  });

  it('fails the step that met a bug, rolls back, and says so in the log', async () => {
    bug = () => {
      throw new TypeError('a bug in a handler');
    };
    const stack = await sandbox.create({ StackName: 's', TemplateBody: TEMPLATE });
    assert.equal(stack.StackStatus, 'ROLLBACK_COMPLETE');
    const { StackResources = [] } = await sandbox.cloudFormation.send(new DescribeStackResourcesCommand({ StackName: 's' }));
    assert.deepEqual(StackResources.map((resource) => resource.ResourceStatus), ['DELETE_COMPLETE', 'DELETE_COMPLETE']);
    assert.ok((await sandbox.events('s')).some((event) => /Second \/ CREATE_FAILED .*HandlerErrorCode: InternalFailure/.test(event)));
    assert.equal(await groups(), 0);
    assert.match(written.join(''), /TypeError: a bug in a handler\n\s+at /);
  });

  it('rolls a creation back when the engine itself cannot go on', async () => {
    const { StackId = '' } = await sandbox.cloudFormation.send(new CreateStackCommand({ StackName: 's', TemplateBody: TEMPLATE }));
    await damage(StackId, waitingForItself);
    const stack = await sandbox.settled(StackId);
    assert.deepEqual([stack.StackStatus, await groups()], ['ROLLBACK_COMPLETE', 0]);
    assert.ok((await sandbox.events('s')).some((event) => event.startsWith('s / ROLLBACK_IN_PROGRESS / Internal Failure. ')));
    assert.match(written.join(''), /waits for itself/);
  });

  it('ends a deletion that cannot go on as failed, and the next one works', async () => {
    const { StackId = '' } = await sandbox.create({ StackName: 's', TemplateBody: TEMPLATE });
    await sandbox.cloudFormation.send(new DeleteStackCommand({ StackName: 's' }));
    await damage(StackId, waitingForItself);
    const stack = await sandbox.settled(StackId);
    assert.deepEqual([stack.StackStatus, stack.StackStatusReason], ['DELETE_FAILED', 'Internal Failure']);
    await sandbox.cloudFormation.send(new DeleteStackCommand({ StackName: 's' }));
    assert.equal((await sandbox.settled(StackId)).StackStatus, 'DELETE_COMPLETE');
    assert.equal(await groups(), 0);
  });
});
