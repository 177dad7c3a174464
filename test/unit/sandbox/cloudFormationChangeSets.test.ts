import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  CreateChangeSetCommand, DeleteChangeSetCommand, DescribeChangeSetCommand, ExecuteChangeSetCommand, ListChangeSetsCommand,
  ValidateTemplateCommand, waitUntilChangeSetCreateComplete, type DescribeChangeSetOutput,
} from '@aws-sdk/client-cloudformation';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { StackSandbox } from '../../helpers/stacks';

const BUNDLED = readFileSync(path.join(import.meta.dirname, '../../../resources/templates/greengrass-fleet-roles.template.json'), 'utf8');
const group = (name: string): object => ({ Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: name } });
const body = (Resources: object): string => JSON.stringify({ Resources });

describe('CloudFormation change sets', () => {
  let sandbox: StackSandbox;
  beforeEach(async () => {
    sandbox = await StackSandbox.start();
  });
  afterEach(() => sandbox.close());

  const made = async (input: ConstructorParameters<typeof CreateChangeSetCommand>[0]): Promise<DescribeChangeSetOutput> => {
    const { Id } = await sandbox.cloudFormation.send(new CreateChangeSetCommand({ Capabilities: ['CAPABILITY_IAM'], ...input }));
    for (;;) {
      const described = await sandbox.cloudFormation.send(new DescribeChangeSetCommand({ ChangeSetName: Id }));
      if (described.Status === 'CREATE_COMPLETE' || described.Status === 'FAILED') return described;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };

  it('creates a stack by change set', async () => {
    const set = await made({ StackName: 's', ChangeSetName: 'first', ChangeSetType: 'CREATE', TemplateBody: BUNDLED });
    assert.equal((await sandbox.stack('s')).StackStatus, 'REVIEW_IN_PROGRESS');
    assert.deepEqual(set.Changes?.map((change) => [change.ResourceChange?.Action, change.ResourceChange?.LogicalResourceId]), [['Add', 'TokenExchangeRole'], ['Add', 'FleetProvisioningRole']]);
    await waitUntilChangeSetCreateComplete({ client: sandbox.cloudFormation, maxWaitTime: 10, minDelay: 0.02, maxDelay: 0.05 }, { ChangeSetName: set.ChangeSetId });
    await sandbox.cloudFormation.send(new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId }));
    assert.equal((await sandbox.settled('s')).StackStatus, 'CREATE_COMPLETE');
    const after = await sandbox.cloudFormation.send(new DescribeChangeSetCommand({ ChangeSetName: 'first', StackName: 's' }));
    assert.equal(after.ExecutionStatus, 'EXECUTE_COMPLETE');
    await assert.rejects(sandbox.cloudFormation.send(new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId })), { name: 'InvalidChangeSetStatusException' });
  });

  it('shows what an update does, and does exactly that', async () => {
    await sandbox.create({ StackName: 's', TemplateBody: body({ Kept: group('K'), Renamed: group('Old'), Gone: group('G'), Thing: { Type: 'AWS::IoT::Thing', Properties: { AttributePayload: { Attributes: { group: { Ref: 'Renamed' } } } } } }) });
    const TemplateBody = body({ Kept: group('K'), Renamed: group('New'), Added: group('A'), Thing: { Type: 'AWS::IoT::Thing', Properties: { AttributePayload: { Attributes: { group: { Ref: 'Renamed' } } } } } });
    const set = await made({ StackName: 's', ChangeSetName: 'c', TemplateBody });
    const other = await made({ StackName: 's', ChangeSetName: 'd', TemplateBody });
    const shown = set.Changes?.map(({ ResourceChange }) => [ResourceChange?.Action, ResourceChange?.LogicalResourceId, ResourceChange?.Replacement]).sort();
    assert.deepEqual(shown, [['Add', 'Added', undefined], ['Modify', 'Renamed', 'True'], ['Modify', 'Thing', 'False'], ['Remove', 'Gone', undefined]]);
    assert.equal(set.Changes?.find(({ ResourceChange }) => ResourceChange?.LogicalResourceId === 'Thing')?.ResourceChange?.Details?.[0]?.Evaluation, 'Dynamic');
    await sandbox.cloudFormation.send(new ExecuteChangeSetCommand({ ChangeSetName: set.ChangeSetId }));
    assert.equal((await sandbox.settled('s')).StackStatus, 'UPDATE_COMPLETE');
    const { Summaries } = await sandbox.cloudFormation.send(new ListChangeSetsCommand({ StackName: 's' }));
    assert.deepEqual(new Map(Summaries?.map((summary) => [summary.ChangeSetName, summary.ExecutionStatus])), new Map([['d', 'OBSOLETE'], ['c', 'EXECUTE_COMPLETE']]));
    await sandbox.cloudFormation.send(new DeleteChangeSetCommand({ ChangeSetName: other.ChangeSetId }));
    await assert.rejects(sandbox.cloudFormation.send(new DescribeChangeSetCommand({ ChangeSetName: other.ChangeSetId })), { name: 'ChangeSetNotFoundException' });
  });

  it('fails without changes, and refuses what cannot be', async () => {
    const TemplateBody = body({ Kept: group('K') });
    await sandbox.create({ StackName: 's', TemplateBody });
    const set = await made({ StackName: 's', ChangeSetName: 'c', TemplateBody });
    assert.equal(set.Status, 'FAILED');
    assert.equal(set.StatusReason, "The submitted information didn't contain changes. Submit different information to create a change set.");
    assert.equal(set.ExecutionStatus, 'UNAVAILABLE');
    await assert.rejects(made({ StackName: 's', ChangeSetName: 'd', ChangeSetType: 'CREATE', TemplateBody }), { name: 'ValidationError', message: 'Stack [s] already exists and cannot be created again with the changeSet [d].' });
    await assert.rejects(made({ StackName: 'absent', ChangeSetName: 'd', TemplateBody }), { message: 'Stack [absent] does not exist' });
  });

  it('takes the parameters of the bundled template into the roles', async () => {
    const validated = await sandbox.cloudFormation.send(new ValidateTemplateCommand({ TemplateBody: BUNDLED }));
    assert.deepEqual(validated.Capabilities, ['CAPABILITY_IAM']);
    assert.ok(validated.Parameters?.every((parameter) => parameter.DefaultValue !== undefined));
    const stack = await sandbox.create({
      StackName: 's', TemplateBody: BUNDLED,
      Parameters: [{ ParameterKey: 'RestrictTrust', ParameterValue: 'true' }, { ParameterKey: 'RoleAliasName', ParameterValue: 'Line=4' }, { ParameterKey: 'ArtifactBucketArn', ParameterValue: 'arn:aws:s3:::artifacts' }],
    });
    assert.equal(stack.StackStatus, 'CREATE_COMPLETE');
    const output = (key: string): string => stack.Outputs?.find((item) => item.OutputKey === key)?.OutputValue ?? '';
    assert.equal(output('CreateRoleAliasCommand'), `aws iot create-role-alias --role-alias Line=4 --role-arn ${output('TokenExchangeRoleArn')}`);
    const { Role } = await sandbox.iam.send(new GetRoleCommand({ RoleName: output('TokenExchangeRoleName') }));
    assert.match(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''), /rolealias\/Line=4/);
    await assert.rejects(sandbox.create({ StackName: 't', TemplateBody: BUNDLED, Parameters: [{ ParameterKey: 'RoleAliasName', ParameterValue: 'a.b' }] }), { message: 'Parameter RoleAliasName failed to satisfy constraint: must be 1 to 128 letters, digits or any of _ = , @ -' });
  });
});
