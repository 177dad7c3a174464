import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  CancelUpdateStackCommand, ContinueUpdateRollbackCommand, CreateStackCommand, DeleteStackCommand, DescribeStacksCommand, GetTemplateCommand,
  ListExportsCommand, ListStackResourcesCommand, UpdateStackCommand, UpdateTerminationProtectionCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, DeleteRoleCommand, GetRoleCommand, GetRolePolicyCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import {
  AttachPolicyCommand, CreateKeysAndCertificateCommand, DescribeProvisioningTemplateCommand, DescribeRoleAliasCommand, DescribeThingGroupCommand,
  ListPoliciesCommand, ListPolicyVersionsCommand, ListTagsForResourceCommand, ListThingsCommand,
} from '@aws-sdk/client-iot';
import { StackSandbox } from '../../helpers/stacks';

const EVERY_TYPE = readFileSync(path.join(import.meta.dirname, '../../fixtures/cloudformation/everyType.yaml'), 'utf8');
const TRUST = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'iot.amazonaws.com' }, Action: 'sts:AssumeRole' }] };
const role = (more: object = {}, attributes: object = {}): object => ({ Type: 'AWS::IAM::Role', ...attributes, Properties: { AssumeRolePolicyDocument: TRUST, ...more } });
const group = (name: string, attributes: object = {}): object => ({ Type: 'AWS::IoT::ThingGroup', ...attributes, Properties: { ThingGroupName: name } });
const body = (Resources: object, rest: object = {}): string => JSON.stringify({ Resources, ...rest });
const REQUEST = /Request ID: [0-9a-f-]{36}/;

describe('CloudFormation engine', () => {
  let sandbox: StackSandbox;
  beforeEach(async () => {
    sandbox = await StackSandbox.start();
  });
  afterEach(() => sandbox.close());

  const update = async (StackName: string, TemplateBody: string, more: object = {}): Promise<string> => {
    await sandbox.cloudFormation.send(new UpdateStackCommand({ StackName, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'], ...more }));
    return (await sandbox.settled(StackName)).StackStatus ?? '';
  };
  const remove = async (StackName: string, more: object = {}): Promise<string> => {
    const { StackId } = await sandbox.stack(StackName);
    await sandbox.cloudFormation.send(new DeleteStackCommand({ StackName, ...more }));
    return (await sandbox.settled(StackId ?? '')).StackStatus ?? '';
  };

  it('creates, updates with replacement and deletes one resource of each type', async () => {
    const created = await sandbox.create({ StackName: 'all', TemplateBody: EVERY_TYPE, Tags: [{ Key: 'team', Value: 'line 4' }] });
    assert.equal(created.StackStatus, 'CREATE_COMPLETE', (await sandbox.events('all')).join('\n'));
    assert.deepEqual(created.Parameters, [{ ParameterKey: 'Suffix', ParameterValue: 'One' }, { ParameterKey: 'Secret', ParameterValue: '****' }]);
    const alias = await sandbox.iot.send(new DescribeRoleAliasCommand({ roleAlias: 'AliasOne' }));
    const arn = alias.roleAliasDescription?.roleAliasArn ?? '';
    assert.equal(created.Outputs?.find((output) => output.OutputKey === 'AliasArn')?.OutputValue, arn);
    assert.deepEqual((await sandbox.iot.send(new ListTagsForResourceCommand({ resourceArn: arn }))).tags, [{ Key: 'team', Value: 'line 4' }]);
    const fleet = await sandbox.iot.send(new DescribeProvisioningTemplateCommand({ templateName: 'FleetOne' }));
    assert.equal(fleet.enabled, true);
    assert.deepEqual((await sandbox.cloudFormation.send(new ListExportsCommand({}))).Exports, [{ ExportingStackId: created.StackId, Name: 'all-alias', Value: arn }]);

    const status = await update('all', EVERY_TYPE, { Parameters: [{ ParameterKey: 'Suffix', ParameterValue: 'Two' }] });
    const events = await sandbox.events('all');
    assert.equal(status, 'UPDATE_COMPLETE', events.join('\n'));
    assert.ok(events.includes('Group / UPDATE_IN_PROGRESS / Requested update requires the creation of a new physical resource; hence creating one.'));
    assert.ok(events.indexOf('all / UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') < events.indexOf('Group / DELETE_IN_PROGRESS'));
    await sandbox.iot.send(new DescribeThingGroupCommand({ thingGroupName: 'GroupTwo' }));
    await assert.rejects(sandbox.iot.send(new DescribeThingGroupCommand({ thingGroupName: 'GroupOne' })), { name: 'ResourceNotFoundException' });
    await assert.rejects(sandbox.iot.send(new DescribeRoleAliasCommand({ roleAlias: 'AliasOne' })), { name: 'ResourceNotFoundException' });
    // The policy's document named the old alias: same policy, second version.
    const { policies } = await sandbox.iot.send(new ListPoliciesCommand({}));
    const { policyVersions } = await sandbox.iot.send(new ListPolicyVersionsCommand({ policyName: policies?.[0]?.policyName ?? '' }));
    assert.equal(policyVersions?.length, 2);

    assert.equal(await remove('all'), 'DELETE_COMPLETE');
    assert.deepEqual((await sandbox.iam.send(new ListRolesCommand({}))).Roles, []);
    assert.deepEqual((await sandbox.iot.send(new ListPoliciesCommand({}))).policies, []);
    assert.deepEqual((await sandbox.iot.send(new ListThingsCommand({}))).things, []);
  });

  it('rolls a failed creation back and tells the cause', async () => {
    await sandbox.iam.send(new CreateRoleCommand({ RoleName: 'Taken', AssumeRolePolicyDocument: JSON.stringify(TRUST) }));
    const stack = await sandbox.create({ StackName: 'broken', TemplateBody: body({ Group: group('G'), Role: role({ RoleName: 'Taken' }, { DependsOn: 'Group' }) }) });
    assert.equal(stack.StackStatus, 'ROLLBACK_COMPLETE');
    const events = await sandbox.events('broken');
    const cause = events.find((event) => event.startsWith('Role / CREATE_FAILED')) ?? '';
    assert.match(cause, /Resource handler returned message: "Role with name Taken already exists\. \(Service: Iam, Status Code: 409, Request ID: [0-9a-f-]{36}\)" \(RequestToken: [0-9a-f-]{36}, HandlerErrorCode: AlreadyExists\)$/);
    assert.match(cause, REQUEST);
    assert.ok(events.includes('broken / ROLLBACK_IN_PROGRESS / The following resource(s) failed to create: [Role]. Rollback requested by user.'), events.join('\n'));
    await assert.rejects(sandbox.iot.send(new DescribeThingGroupCommand({ thingGroupName: 'G' })), { name: 'ResourceNotFoundException' });
    await sandbox.iam.send(new GetRoleCommand({ RoleName: 'Taken' }));
    await assert.rejects(sandbox.cloudFormation.send(new UpdateStackCommand({ StackName: 'broken', TemplateBody: body({ Group: group('G') }) })), {
      name: 'ValidationError', message: `Stack:${stack.StackId ?? ''} is in ROLLBACK_COMPLETE state and can not be updated.`,
    });
    assert.equal(await remove('broken'), 'DELETE_COMPLETE');
  });

  it('obeys OnFailure, retention and bad properties', async () => {
    const TemplateBody = body({ Kept: group('Kept', { DeletionPolicy: 'Retain' }), Bad: role({ Foo: 1 }, { DependsOn: 'Kept' }) });
    assert.equal((await sandbox.create({ StackName: 'nothing', TemplateBody, OnFailure: 'DO_NOTHING' })).StackStatus, 'CREATE_FAILED');
    assert.ok((await sandbox.events('nothing')).includes('Bad / CREATE_FAILED / Properties validation failed for resource Bad with message: #: extraneous key [Foo] is not permitted'));
    assert.equal(await remove('nothing'), 'DELETE_COMPLETE');
    await sandbox.iot.send(new DescribeThingGroupCommand({ thingGroupName: 'Kept' }));
    const gone = await sandbox.create({ StackName: 'gone', TemplateBody: body({ Bad: role({ Foo: 1 }) }), OnFailure: 'DELETE' });
    assert.equal(gone.StackStatus, 'DELETE_COMPLETE');
    await assert.rejects(sandbox.stack('gone'), { message: 'Stack with id gone does not exist' });
  });

  it('puts everything back when an update fails', async () => {
    await sandbox.create({ StackName: 's', TemplateBody: body({ Role: role({ Description: 'old' }), Group: group('Old') }) });
    const before = (await sandbox.cloudFormation.send(new ListStackResourcesCommand({ StackName: 's' }))).StackResourceSummaries;
    const status = await update('s', body({
      Role: role({ Description: 'new' }), Group: group('New'), Extra: group('Extra'), Bad: role({ MaxSessionDuration: 1 }, { DependsOn: ['Role', 'Group', 'Extra'] }),
    }));
    const events = await sandbox.events('s');
    assert.equal(status, 'UPDATE_ROLLBACK_COMPLETE', events.join('\n'));
    assert.ok(events.includes('s / UPDATE_ROLLBACK_IN_PROGRESS / The following resource(s) failed to update: [Bad]. '));
    const after = (await sandbox.cloudFormation.send(new ListStackResourcesCommand({ StackName: 's' }))).StackResourceSummaries;
    assert.deepEqual(after?.map((resource) => [resource.LogicalResourceId, resource.PhysicalResourceId]), before?.map((resource) => [resource.LogicalResourceId, resource.PhysicalResourceId]));
    const RoleName = before?.find((resource) => resource.LogicalResourceId === 'Role')?.PhysicalResourceId ?? '';
    assert.equal((await sandbox.iam.send(new GetRoleCommand({ RoleName }))).Role?.Description, 'old');
    await sandbox.iot.send(new DescribeThingGroupCommand({ thingGroupName: 'Old' }));
    for (const thingGroupName of ['New', 'Extra']) await assert.rejects(sandbox.iot.send(new DescribeThingGroupCommand({ thingGroupName })), { name: 'ResourceNotFoundException' });
    assert.match((await sandbox.cloudFormation.send(new GetTemplateCommand({ StackName: 's' }))).TemplateBody ?? '', /"old"/);
  });

  it('continues a rollback that failed', async () => {
    const first = body({ Role: role({ Description: 'old', RoleName: 'R' }), Group: group('G') });
    await sandbox.create({ StackName: 's', TemplateBody: first });
    const second = body({ Role: role({ Description: 'new', RoleName: 'R' }), Bad: { Type: 'AWS::IoT::ThingGroup', DependsOn: 'Role', Properties: { ParentGroupName: 'absent' } }, Group: group('G') });
    // The role disappears behind the stack's back between its update and the rollback.
    await sandbox.close();
    sandbox = await StackSandbox.start({ resourceDelay: 150 });
    await sandbox.create({ StackName: 's', TemplateBody: first });
    await sandbox.cloudFormation.send(new UpdateStackCommand({ StackName: 's', TemplateBody: second, Capabilities: ['CAPABILITY_NAMED_IAM'] }));
    while ((await sandbox.iam.send(new GetRoleCommand({ RoleName: 'R' }))).Role?.Description !== 'new') await new Promise((resolve) => setTimeout(resolve, 5));
    await sandbox.iam.send(new DeleteRoleCommand({ RoleName: 'R' }));
    assert.equal((await sandbox.settled('s')).StackStatus, 'UPDATE_ROLLBACK_FAILED', (await sandbox.events('s')).join('\n'));
    await sandbox.cloudFormation.send(new ContinueUpdateRollbackCommand({ StackName: 's', ResourcesToSkip: ['Role'] }));
    assert.equal((await sandbox.settled('s')).StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
  });

  it('cancels an update', async () => {
    await sandbox.close();
    sandbox = await StackSandbox.start({ resourceDelay: 300 });
    await sandbox.create({ StackName: 's', TemplateBody: body({ Group: group('Old') }) });
    await sandbox.cloudFormation.send(new UpdateStackCommand({ StackName: 's', TemplateBody: body({ Group: group('New') }) }));
    await sandbox.cloudFormation.send(new CancelUpdateStackCommand({ StackName: 's' }));
    assert.equal((await sandbox.settled('s')).StackStatus, 'UPDATE_ROLLBACK_COMPLETE');
    await sandbox.iot.send(new DescribeThingGroupCommand({ thingGroupName: 'Old' }));
    await assert.rejects(sandbox.iot.send(new DescribeThingGroupCommand({ thingGroupName: 'New' })), { name: 'ResourceNotFoundException' });
  });

  it('answers requests that cannot be met as AWS does', async () => {
    const { cloudFormation } = sandbox;
    const TemplateBody = body({ Role: role() });
    await assert.rejects(cloudFormation.send(new CreateStackCommand({ StackName: 's', TemplateBody })), { name: 'InsufficientCapabilitiesException', message: 'Requires capabilities : [CAPABILITY_IAM]' });
    await assert.rejects(cloudFormation.send(new CreateStackCommand({ StackName: 's', TemplateBody: body({ Role: role({ RoleName: 'x' }) }), Capabilities: ['CAPABILITY_IAM'] })), { message: 'Requires capabilities : [CAPABILITY_NAMED_IAM]' });
    await assert.rejects(cloudFormation.send(new CreateStackCommand({ StackName: 's' })), { name: 'ValidationError', message: 'Either Template URL or Template Body must be specified.' });
    await assert.rejects(cloudFormation.send(new CreateStackCommand({ StackName: 's', TemplateURL: 'https://sehyul.s3.ap-northeast-2.amazonaws.com/gg-workshop/cfn-gg-mlops.json' })), { message: /^S3 error: Access Denied/ });
    await assert.rejects(cloudFormation.send(new CreateStackCommand({ StackName: 's', TemplateURL: 'https://example.com/x.json' })), { message: 'TemplateURL must be a supported URL.' });
    await assert.rejects(cloudFormation.send(new CreateStackCommand({ StackName: 's', TemplateBody: body({ Role: role({ Description: 'x'.repeat(51_200) }) }) })), { name: 'ValidationError', message: /length less than or equal to 51200$/ });
    await assert.rejects(cloudFormation.send(new CreateStackCommand({ StackName: 's', TemplateBody: body({ X: { Type: 'AWS::Foo::Bar' } }) })), { message: 'Template format error: Unrecognized resource types: [AWS::Foo::Bar]' });
    await sandbox.create({ StackName: 's', TemplateBody });
    await assert.rejects(cloudFormation.send(new CreateStackCommand({ StackName: 's', TemplateBody, Capabilities: ['CAPABILITY_IAM'] })), { name: 'AlreadyExistsException', message: 'Stack [s] already exists' });
    await assert.rejects(update('s', TemplateBody), { name: 'ValidationError', message: 'No updates are to be performed.' });
    await assert.rejects(update('absent', TemplateBody), { message: 'Stack [absent] does not exist' });
    await cloudFormation.send(new DeleteStackCommand({ StackName: 'absent' }));
  });

  it('answers a repeated request with the same token once', async () => {
    const request = { StackName: 's', TemplateBody: body({ Group: group('G') }), ClientRequestToken: 'token-1' };
    const first = await sandbox.cloudFormation.send(new CreateStackCommand(request));
    const second = await sandbox.cloudFormation.send(new CreateStackCommand(request));
    assert.equal(second.StackId, first.StackId);
    await assert.rejects(sandbox.cloudFormation.send(new CreateStackCommand({ ...request, StackName: 'other' })), { name: 'TokenAlreadyExistsException' });
    await sandbox.settled('s');
  });

  it('protects, keeps what is asked for and tells why a deletion fails', async () => {
    const Statement = [{ Effect: 'Allow', Action: 'iot:Connect', Resource: '*' }];
    await sandbox.create({
      StackName: 's', EnableTerminationProtection: true,
      TemplateBody: body({ Group: group('G'), Policy: { Type: 'AWS::IoT::Policy', DependsOn: 'Group', Properties: { PolicyName: 'P', PolicyDocument: { Version: '2012-10-17', Statement } } } }),
    });
    await assert.rejects(sandbox.cloudFormation.send(new DeleteStackCommand({ StackName: 's' })), { message: 'Stack [s] cannot be deleted while TerminationProtection is enabled' });
    await sandbox.cloudFormation.send(new UpdateTerminationProtectionCommand({ StackName: 's', EnableTerminationProtection: false }));
    const { certificateArn } = await sandbox.iot.send(new CreateKeysAndCertificateCommand({ setAsActive: true }));
    await sandbox.iot.send(new AttachPolicyCommand({ policyName: 'P', target: certificateArn ?? '' }));
    assert.equal(await remove('s'), 'DELETE_FAILED');
    assert.equal((await sandbox.stack('s')).StackStatusReason, 'The following resource(s) failed to delete: [Policy]. ');
    // What the failed resource depends on is not touched.
    await sandbox.iot.send(new DescribeThingGroupCommand({ thingGroupName: 'G' }));
    assert.equal(await remove('s', { RetainResources: ['Policy'] }), 'DELETE_COMPLETE');
    assert.deepEqual((await sandbox.iot.send(new ListPoliciesCommand({}))).policies?.map((policy) => policy.policyName), ['P']);
  });

  it('keeps an export while another stack uses it', async () => {
    await sandbox.create({ StackName: 'giver', TemplateBody: body({ Group: group('G') }, { Outputs: { O: { Value: { Ref: 'Group' }, Export: { Name: 'shared' } } } }) });
    const taker = body({ Child: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: 'C', ParentGroupName: { 'Fn::ImportValue': 'shared' } } } });
    assert.equal((await sandbox.create({ StackName: 'taker', TemplateBody: taker })).StackStatus, 'CREATE_COMPLETE');
    await sandbox.cloudFormation.send(new DeleteStackCommand({ StackName: 'giver' }));
    const giver = await sandbox.settled('giver');
    assert.equal(giver.StackStatus, 'CREATE_COMPLETE');
    assert.equal(giver.StackStatusReason, 'Delete canceled. Cannot delete export shared as it is in use by taker.');
    const twin = await sandbox.create({ StackName: 'twin', TemplateBody: body({ Group: group('G2') }, { Outputs: { O: { Value: 'x', Export: { Name: 'shared' } } } }) });
    assert.equal(twin.StackStatus, 'ROLLBACK_COMPLETE');
    assert.ok((await sandbox.events('twin')).includes('twin / ROLLBACK_IN_PROGRESS / Export with name shared is already exported by stack giver. Rollback requested by user.'));
    assert.equal(await remove('taker'), 'DELETE_COMPLETE');
    assert.equal(await remove('giver'), 'DELETE_COMPLETE');
  });

  it('deletes a stack whose creation is under way', async () => {
    await sandbox.close();
    sandbox = await StackSandbox.start({ resourceDelay: 400 });
    const { StackId } = await sandbox.cloudFormation.send(new CreateStackCommand({ StackName: 's', TemplateBody: body({ A: group('A'), B: group('B', { DependsOn: 'A' }) }) }));
    while (!(await sandbox.events('s')).includes('A / CREATE_IN_PROGRESS / Resource creation Initiated')) await new Promise((resolve) => setTimeout(resolve, 5));
    await sandbox.cloudFormation.send(new DeleteStackCommand({ StackName: 's' }));
    assert.equal((await sandbox.settled(StackId ?? '')).StackStatus, 'DELETE_COMPLETE');
    await assert.rejects(sandbox.iot.send(new DescribeThingGroupCommand({ thingGroupName: 'A' })), { name: 'ResourceNotFoundException' });
  });

  it('pages through stacks and events', async () => {
    const TemplateBody = body({ T: { Type: 'AWS::IoT::Thing' } });
    await Promise.all(Array.from({ length: 101 }, async (_, index) => sandbox.cloudFormation.send(new CreateStackCommand({ StackName: `s${index}`, TemplateBody }))));
    const first = await sandbox.cloudFormation.send(new DescribeStacksCommand({}));
    const second = await sandbox.cloudFormation.send(new DescribeStacksCommand({ NextToken: first.NextToken }));
    const names = [...(first.Stacks ?? []), ...(second.Stacks ?? [])].map((stack) => stack.StackName);
    assert.equal(new Set(names).size, 101);
    assert.equal(second.NextToken, undefined);
    await assert.rejects(sandbox.cloudFormation.send(new DescribeStacksCommand({ NextToken: 'nonsense' })), { name: 'ValidationError' });
    for (const name of names) await sandbox.settled(name ?? '');
  });

  it('changes inline policies in place', async () => {
    const policy = (action: string): object => role({ Policies: [{ PolicyName: 'p', PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] } }] });
    await sandbox.create({ StackName: 's', TemplateBody: body({ Role: policy('s3:GetObject') }) });
    assert.equal(await update('s', body({ Role: policy('s3:PutObject') })), 'UPDATE_COMPLETE');
    const { StackResourceSummaries } = await sandbox.cloudFormation.send(new ListStackResourcesCommand({ StackName: 's' }));
    const RoleName = StackResourceSummaries?.[0]?.PhysicalResourceId ?? '';
    const { PolicyDocument } = await sandbox.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'p' }));
    assert.match(decodeURIComponent(PolicyDocument ?? ''), /s3:PutObject/);
  });
});
