import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  CreateChangeSetCommand, DeleteStackCommand, DescribeChangeSetCommand, ExecuteChangeSetCommand, DescribeStackDriftDetectionStatusCommand, DescribeStackResourceDriftsCommand, DetectStackDriftCommand, UpdateStackCommand,
  type DescribeChangeSetOutput, type DescribeStackDriftDetectionStatusOutput, type StackResourceDrift,
} from '@aws-sdk/client-cloudformation';
import { DeleteRoleCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand, UpdateRoleCommand } from '@aws-sdk/client-iam';
import { CreatePolicyVersionCommand, UpdateProvisioningTemplateCommand, UpdateRoleAliasCommand } from '@aws-sdk/client-iot';
import { propertyDifferences } from '../../../src/sandbox/services/cloudformation/engine/propertyDifferences';
import { eventually } from '../../helpers/eventually';
import { StackSandbox } from '../../helpers/stacks';

const BUNDLED = readFileSync(path.join(import.meta.dirname, '../../../resources/templates/greengrass-fleet-roles.template.json'), 'utf8');
const document = (Action: string): object => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] });

describe('drift of a stack', () => {
  let sandbox: StackSandbox;
  beforeEach(async () => {
    sandbox = await StackSandbox.start();
  });
  afterEach(async () => sandbox.close());

  async function detect(StackName: string, LogicalResourceIds?: string[]): Promise<DescribeStackDriftDetectionStatusOutput> {
    const { StackDriftDetectionId } = await sandbox.cloudFormation.send(new DetectStackDriftCommand({ StackName, ...(LogicalResourceIds === undefined ? {} : { LogicalResourceIds }) }));
    return sandbox.cloudFormation.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }));
  }
  async function drifts(StackName: string): Promise<readonly StackResourceDrift[]> {
    return (await sandbox.cloudFormation.send(new DescribeStackResourceDriftsCommand({ StackName }))).StackResourceDrifts ?? [];
  }
  const told = (drift: StackResourceDrift | undefined): readonly string[] => (drift?.PropertyDifferences ?? []).map(({ PropertyPath, DifferenceType, ExpectedValue, ActualValue }) => [PropertyPath, DifferenceType, ExpectedValue, ActualValue].join(' '));
  const roles = async (stack: string): Promise<{ token: string; provisioning: string }> => {
    const outputs = new Map((await sandbox.stack(stack)).Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue ?? '']));
    return { token: outputs.get('TokenExchangeRoleName') ?? '', provisioning: outputs.get('FleetProvisioningRoleName') ?? '' };
  };

  it('none right after it was made; tells each change afterwards, and none once it is undone', async () => {
    const { StackId = '' } = await sandbox.create({ StackName: 'roles', TemplateBody: BUNDLED, Parameters: [{ ParameterKey: 'RestrictTrust', ParameterValue: 'true' }], Tags: [{ Key: 'a', Value: 'b' }] });
    assert.deepEqual(await drifts('roles'), []);
    const first = await detect('roles');
    assert.deepEqual([first.DetectionStatus, first.StackDriftStatus, first.DriftedStackResourceCount, first.StackId], ['DETECTION_COMPLETE', 'IN_SYNC', 0, StackId]);
    assert.deepEqual((await drifts('roles')).map((drift) => drift.StackResourceDriftStatus), ['IN_SYNC', 'IN_SYNC']);

    const { token, provisioning } = await roles('roles');
    await sandbox.iam.send(new UpdateRoleCommand({ RoleName: token, MaxSessionDuration: 7200, Description: 'mine' }));
    await sandbox.iam.send(new PutRolePolicyCommand({ RoleName: token, PolicyName: 'A', PolicyDocument: JSON.stringify(document('s3:*')) }));
    await sandbox.iam.send(new DetachRolePolicyCommand({ RoleName: provisioning, PolicyArn: 'arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration' }));
    const second = await detect('roles');
    assert.deepEqual([second.StackDriftStatus, second.DriftedStackResourceCount], ['DRIFTED', 2]);
    const found = new Map((await drifts('roles')).map((drift) => [drift.LogicalResourceId, drift]));
    assert.deepEqual(told(found.get('TokenExchangeRole')).map((line) => line.split(' ').slice(0, 2).join(' ')).sort(), ['/Description NOT_EQUAL', '/MaxSessionDuration NOT_EQUAL', '/Policies/1 ADD']);
    assert.deepEqual(told(found.get('FleetProvisioningRole')), ['/ManagedPolicyArns/0 REMOVE arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration null']);
    assert.equal(found.get('TokenExchangeRole')?.PhysicalResourceId, token);
    const { DriftInformation } = await sandbox.stack('roles');
    assert.equal(DriftInformation?.StackDriftStatus, 'DRIFTED');

    await sandbox.iam.send(new UpdateRoleCommand({ RoleName: token, MaxSessionDuration: 3600, Description: 'Greengrass core devices use this role, through an AWS IoT role alias, to call AWS services.' }));
    await sandbox.iam.send(new DeleteRolePolicyCommand({ RoleName: token, PolicyName: 'A' }));
    assert.equal((await detect('roles', ['TokenExchangeRole'])).StackDriftStatus, 'IN_SYNC');
    assert.equal((await drifts('roles')).length, 1);
  });

  it('a trust policy and an inline policy that were rewritten, and a role that is gone', async () => {
    await sandbox.create({ StackName: 'roles', TemplateBody: BUNDLED });
    const { token, provisioning } = await roles('roles');
    await sandbox.iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: token, PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] }) }));
    await sandbox.iam.send(new DetachRolePolicyCommand({ RoleName: provisioning, PolicyArn: 'arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration' }));
    await sandbox.iam.send(new DeleteRoleCommand({ RoleName: provisioning }));
    await detect('roles');
    const [gone, changed] = await drifts('roles');
    assert.deepEqual([gone?.LogicalResourceId, gone?.StackResourceDriftStatus, gone?.PropertyDifferences], ['FleetProvisioningRole', 'DELETED', undefined]);
    assert.deepEqual(told(changed), ['/AssumeRolePolicyDocument/Statement/0/Principal/Service NOT_EQUAL credentials.iot.amazonaws.com ec2.amazonaws.com']);
    const { StackResourceDrifts } = await sandbox.cloudFormation.send(new DescribeStackResourceDriftsCommand({ StackName: 'roles', StackResourceDriftStatusFilters: ['DELETED'], MaxResults: 1 }));
    assert.deepEqual(StackResourceDrifts?.map((drift) => drift.LogicalResourceId), ['FleetProvisioningRole']);
    const page = await sandbox.cloudFormation.send(new DescribeStackResourceDriftsCommand({ StackName: 'roles', MaxResults: 1 }));
    const rest = await sandbox.cloudFormation.send(new DescribeStackResourceDriftsCommand({ StackName: 'roles', NextToken: page.NextToken }));
    assert.deepEqual([page.StackResourceDrifts?.length, rest.StackResourceDrifts?.length, rest.NextToken], [1, 1, undefined]);
  });

  it('a change set reverts it: what was changed is put back, what is gone is made anew, and then there is nothing to revert', async () => {
    await sandbox.create({ StackName: 'roles', TemplateBody: BUNDLED });
    const { token, provisioning } = await roles('roles');
    const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSIoTThingsRegistration';
    await sandbox.iam.send(new PutRolePolicyCommand({ RoleName: token, PolicyName: 'A', PolicyDocument: JSON.stringify(document('s3:*')) }));
    await sandbox.iam.send(new UpdateRoleCommand({ RoleName: token, MaxSessionDuration: 7200, Description: 'mine' }));
    await sandbox.iam.send(new DetachRolePolicyCommand({ RoleName: provisioning, PolicyArn }));
    await sandbox.iam.send(new DeleteRoleCommand({ RoleName: provisioning }));
    const changeSet = async (ChangeSetName: string, DeploymentMode?: 'REVERT_DRIFT'): Promise<DescribeChangeSetOutput> => {
      await sandbox.cloudFormation.send(new CreateChangeSetCommand({ StackName: 'roles', ChangeSetName, UsePreviousTemplate: true, Capabilities: ['CAPABILITY_IAM'], ...(DeploymentMode === undefined ? {} : { DeploymentMode }) }));
      return eventually(async () => {
        const found = await sandbox.cloudFormation.send(new DescribeChangeSetCommand({ StackName: 'roles', ChangeSetName }));
        return found.Status !== 'CREATE_PENDING' && found;
      });
    };
    assert.match((await changeSet('plain')).StatusReason ?? '', /didn't contain changes/, 'templates are compared, not resources');
    const reverting = await changeSet('revert', 'REVERT_DRIFT');
    assert.equal(reverting.DeploymentMode, 'REVERT_DRIFT');
    assert.deepEqual(reverting.Changes?.map(({ ResourceChange: change }) => [change?.Action, change?.LogicalResourceId, change?.Details?.map(({ Target }) => Target?.Name).sort()]), [
      ['Modify', 'TokenExchangeRole', ['Description', 'MaxSessionDuration', 'Policies']],
      ['Add', 'FleetProvisioningRole', []],
    ]);
    await sandbox.cloudFormation.send(new ExecuteChangeSetCommand({ StackName: 'roles', ChangeSetName: 'revert' }));
    await eventually(async () => (await sandbox.stack('roles')).StackStatus === 'UPDATE_COMPLETE');
    assert.equal((await detect('roles')).StackDriftStatus, 'IN_SYNC');
    assert.match((await changeSet('again', 'REVERT_DRIFT')).StatusReason ?? '', /didn't contain changes/);
    const after = await roles('roles');
    assert.equal(after.token, token);
    assert.notEqual(after.provisioning, provisioning);
  });

  it('the IoT resources of a stack', async () => {
    const TemplateBody = JSON.stringify({
      Resources: {
        Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: ['credentials.iot.amazonaws.com', 'iot.amazonaws.com'] }, Action: 'sts:AssumeRole' }] } } },
        Alias: { Type: 'AWS::IoT::RoleAlias', Properties: { RoleAlias: 'alias', RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, CredentialDurationSeconds: 3600 } },
        Policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'policy', PolicyDocument: JSON.stringify(document('iot:Connect')) } },
        Group: { Type: 'AWS::IoT::ThingGroup', Properties: { ThingGroupName: 'group' } },
        Template: { Type: 'AWS::IoT::ProvisioningTemplate', Properties: { TemplateName: 'template', Enabled: true, ProvisioningRoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] }, TemplateBody: JSON.stringify({ Parameters: {}, Resources: { thing: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'x' } } } }) } },
      },
    });
    await sandbox.create({ StackName: 'iot', TemplateBody });
    assert.equal((await detect('iot')).StackDriftStatus, 'IN_SYNC');
    await sandbox.iot.send(new UpdateRoleAliasCommand({ roleAlias: 'alias', credentialDurationSeconds: 900 }));
    await sandbox.iot.send(new CreatePolicyVersionCommand({ policyName: 'policy', policyDocument: JSON.stringify(document('iot:*')), setAsDefault: true }));
    await sandbox.iot.send(new UpdateProvisioningTemplateCommand({ templateName: 'template', enabled: false }));
    assert.equal((await detect('iot')).DriftedStackResourceCount, 3);
    // A group is not checked here.
    assert.deepEqual((await drifts('iot')).map((drift) => [drift.LogicalResourceId, ...told(drift)]), [
      ['Alias', '/CredentialDurationSeconds NOT_EQUAL 3600 900'],
      ['Policy', '/PolicyDocument/Statement/0/Action NOT_EQUAL iot:Connect iot:*'],
      ['Role'],
      ['Template', '/Enabled NOT_EQUAL true false'],
    ]);
  });

  it('an update makes the result old; what cannot be checked is refused', async () => {
    await sandbox.create({ StackName: 'roles', TemplateBody: BUNDLED });
    await detect('roles');
    await sandbox.cloudFormation.send(new UpdateStackCommand({ StackName: 'roles', UsePreviousTemplate: true, Capabilities: ['CAPABILITY_IAM'], Parameters: [{ ParameterKey: 'MaxSessionDuration', ParameterValue: '7200' }] }));
    await sandbox.settled('roles');
    assert.deepEqual(await drifts('roles'), []);
    assert.equal((await sandbox.stack('roles')).DriftInformation?.StackDriftStatus, 'NOT_CHECKED');
    assert.equal((await detect('roles')).StackDriftStatus, 'IN_SYNC');
    await assert.rejects(detect('roles', ['Nope']), { name: 'ValidationError' });
    await assert.rejects(detect('nope'), { name: 'ValidationError', message: 'Stack [nope] does not exist' });
    await assert.rejects(sandbox.cloudFormation.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId: 'b78ac9b0-dec1-11e7-a451-503a3example' })), { name: 'ValidationError' });
    const { StackId = '' } = await sandbox.stack('roles');
    await sandbox.cloudFormation.send(new DeleteStackCommand({ StackName: 'roles' }));
    await sandbox.settled(StackId);
    await assert.rejects(detect(StackId), { name: 'ValidationError', message: /DELETE_COMPLETE/ });
  });

  it('takes its time where resources do', async () => {
    let now = Date.now();
    const slow = await StackSandbox.start({ resourceDelay: 40, now: () => new Date((now += 1)) });
    try {
      await slow.create({ StackName: 'roles', TemplateBody: BUNDLED });
      const { StackDriftDetectionId } = await slow.cloudFormation.send(new DetectStackDriftCommand({ StackName: 'roles' }));
      const look = async (): Promise<string | undefined> => (await slow.cloudFormation.send(new DescribeStackDriftDetectionStatusCommand({ StackDriftDetectionId }))).DetectionStatus;
      assert.equal(await look(), 'DETECTION_IN_PROGRESS');
      await assert.rejects(slow.cloudFormation.send(new DetectStackDriftCommand({ StackName: 'roles' })), /already in progress/);
      now += 1000;
      assert.equal(await look(), 'DETECTION_COMPLETE');
    } finally {
      await slow.close();
    }
  });

  it('compares lists without their order', () => {
    assert.deepEqual(propertyDifferences({ a: ['x', 'y'], b: { 'c/d': 1 } }, { a: ['y', 'x'], b: { 'c/d': 1 }, other: 1 }), []);
    assert.deepEqual(propertyDifferences({ a: ['x', 'y'], b: { 'c/d': 1 }, c: 'k' }, { a: ['y', 'z'], b: {} }).map(({ PropertyPath, DifferenceType }) => `${PropertyPath} ${DifferenceType}`), ['/a/0 REMOVE', '/a/1 ADD', '/b/c~1d REMOVE', '/c REMOVE']);
  });
});
