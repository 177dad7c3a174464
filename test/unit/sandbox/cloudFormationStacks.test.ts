import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  CloudFormationClient, CreateStackCommand, DeleteStackCommand, DescribeStackEventsCommand, DescribeStacksCommand,
  ListStackResourcesCommand, waitUntilStackCreateComplete, waitUntilStackDeleteComplete,
} from '@aws-sdk/client-cloudformation';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { createCloudFormationService } from '../../../src/sandbox/services/cloudformation/cloudFormationService';
import { createIamService } from '../../../src/sandbox/services/iam/iamService';
import { createIotService } from '../../../src/sandbox/services/iot/iotService';
import { startSandbox, type StartedSandbox } from '../../helpers/sandbox';

const WORKSHOP = readFileSync(path.join(import.meta.dirname, '../../fixtures/cloudformation/workshopStack.json'), 'utf8');
const BUNDLED = readFileSync(path.join(import.meta.dirname, '../../../resources/templates/greengrass-fleet-roles.template.json'), 'utf8');

describe('CloudFormation stacks', () => {
  let started: StartedSandbox;
  let cloudFormation: CloudFormationClient;
  let iam: IAMClient;

  beforeEach(async () => {
    started = await startSandbox({ services: [createCloudFormationService, createIamService, createIotService] });
    cloudFormation = new CloudFormationClient(started.client);
    iam = new IAMClient(started.client);
  });
  afterEach(async () => {
    cloudFormation.destroy();
    iam.destroy();
    await started.close();
  });

  const wait = { maxWaitTime: 15, minDelay: 0.02, maxDelay: 0.05 };

  it('creates the workshop-style stack with its odd outputs', async () => {
    const { StackId } = await cloudFormation.send(new CreateStackCommand({ StackName: 'GGv2Workshop', TemplateBody: WORKSHOP, Capabilities: ['CAPABILITY_IAM'] }));
    assert.match(StackId ?? '', /^arn:aws:cloudformation:us-east-1:\d{12}:stack\/GGv2Workshop\/[0-9a-f-]{36}$/);
    await waitUntilStackCreateComplete({ client: cloudFormation, ...wait }, { StackName: 'GGv2Workshop' });
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: 'GGv2Workshop' }));
    const outputs = new Map(Stacks?.[0]?.Outputs?.map((output) => [output.OutputKey, output.OutputValue]));
    const arn = outputs.get('GGv2WSTokenExchangeRole') ?? '';
    assert.match(arn, /^arn:aws:iam::\d{12}:role\/GGv2Workshop-GGV2WSTokenExchangeRole-[A-Za-z0-9]{12}$/);
    assert.equal(outputs.get('CreateRoleRliasCommand'), `aws iot create-role-alias --role-alias GGV2WSTokenExchangeRoleAlias --role-arn${arn}`);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: arn.split('/')[1] ?? '' }));
    assert.equal(Role?.Arn, arn);
  });

  it('creates the bundled stack without parameters and deletes it', async () => {
    await cloudFormation.send(new CreateStackCommand({ StackName: 'roles', TemplateBody: BUNDLED, Capabilities: ['CAPABILITY_IAM'] }));
    await waitUntilStackCreateComplete({ client: cloudFormation, ...wait }, { StackName: 'roles' });
    const { StackEvents } = await cloudFormation.send(new DescribeStackEventsCommand({ StackName: 'roles' }));
    const told = (StackEvents ?? []).map((event) => [event.LogicalResourceId, event.ResourceStatus, event.ResourceStatusReason]);
    assert.deepEqual(told.at(-1), ['roles', 'CREATE_IN_PROGRESS', 'User Initiated']);
    assert.deepEqual(told[0], ['roles', 'CREATE_COMPLETE', undefined]);
    assert.deepEqual(told.filter(([name]) => name === 'TokenExchangeRole').reverse(), [
      ['TokenExchangeRole', 'CREATE_IN_PROGRESS', undefined],
      ['TokenExchangeRole', 'CREATE_IN_PROGRESS', 'Resource creation Initiated'],
      ['TokenExchangeRole', 'CREATE_COMPLETE', undefined],
    ]);
    await cloudFormation.send(new DeleteStackCommand({ StackName: 'roles' }));
    await waitUntilStackDeleteComplete({ client: cloudFormation, ...wait }, { StackName: 'roles' });
    await assert.rejects(cloudFormation.send(new DescribeStacksCommand({ StackName: 'roles' })), { name: 'ValidationError', message: 'Stack with id roles does not exist' });
    const id = StackEvents?.[0]?.StackId ?? '';
    const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName: id }));
    assert.equal(Stacks?.[0]?.StackStatus, 'DELETE_COMPLETE');
    const { StackResourceSummaries } = await cloudFormation.send(new ListStackResourcesCommand({ StackName: id }));
    assert.deepEqual(StackResourceSummaries?.map((resource) => resource.ResourceStatus), ['DELETE_COMPLETE', 'DELETE_COMPLETE']);
  });
});
