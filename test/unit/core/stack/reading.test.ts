import assert from 'node:assert/strict';
import type { StackEvent, StackOutput } from '../../../../src/core/ports/stackApi';
import { changeCounts, changeTable } from '../../../../src/core/stack/changeTable';
import { stackCondition } from '../../../../src/core/stack/condition';
import { causeAdvice, firstCause } from '../../../../src/core/stack/failure';
import { readOutputs, type KnownRole } from '../../../../src/core/stack/outputs';
import { isS3Url, templateOrigin } from '../../../../src/core/stack/templateSource';
import { trustedServices } from '../../../../src/core/stack/trust';

const target = { label: 't', account: '123456789012', region: 'eu-west-1', partition: 'aws', callerArn: '', isSandbox: false };
const role = (name: string, ...trusted: string[]): [string, KnownRole] => [name, { name, arn: `arn:aws:iam::123456789012:role/path/${name}`, trusted: new Set(trusted) }];
const roleArn = (name: string): string => `arn:aws:iam::123456789012:role/${name}`;

describe('stack outputs', () => {
  const workshop: readonly StackOutput[] = [
    { key: 'GGv2WSTokenExchangeRole', value: roleArn('T') },
    { key: 'CreateRoleRliasCommand', value: `aws iot create-role-alias --role-alias Alias --role-arn${roleArn('T')}` },
    { key: 'GGv2WSFleetProvisioningRole', value: roleArn('P'), description: 'Name of the IAM Role' },
  ];

  it('reads the workshop\'s stack by its keys when IAM may not be read', () => {
    const meaning = readOutputs(workshop, new Map(), target);
    assert.equal(meaning.tokenExchangeRole?.arn, roleArn('T'));
    assert.equal(meaning.provisioningRole?.arn, roleArn('P'));
    assert.equal(meaning.roleAliasName, 'Alias');
    assert.equal(meaning.tokenExchangeRole.proven, false);
  });

  it('believes the trust policy more than the key', () => {
    const outputs = [{ key: 'ProvisioningRole', value: roleArn('A') }, { key: 'X', value: roleArn('B') }];
    const meaning = readOutputs(outputs, new Map([role('A', 'credentials.iot.amazonaws.com'), role('B', 'iot.amazonaws.com')]), target);
    assert.equal(meaning.tokenExchangeRole?.name, 'A');
    assert.equal(meaning.provisioningRole?.name, 'B');
  });

  it('takes a role by its bare name, with the ARN that IAM gives', () => {
    const meaning = readOutputs([{ key: 'FleetProvisioningRoleName', value: 'B' }], new Map([role('B', 'iot.amazonaws.com')]), target);
    assert.equal(meaning.provisioningRole?.arn, 'arn:aws:iam::123456789012:role/path/B');
  });

  it('does not take a Lambda role for one of ours', () => {
    const meaning = readOutputs([{ key: 'ProvisioningHookRole', value: roleArn('L') }], new Map([role('L', 'lambda.amazonaws.com')]), target);
    assert.equal(meaning.provisioningRole, undefined);
    assert.equal(meaning.meanings.get('ProvisioningHookRole'), 'other');
  });

  it('takes the role from the command when no output is it', () => {
    const meaning = readOutputs(workshop.slice(1, 2), new Map(), target);
    assert.equal(meaning.tokenExchangeRole?.arn, roleArn('T'));
  });

  it('knows alias and policy names, and keeps the claim\'s policy apart', () => {
    const meaning = readOutputs(
      [
        { key: 'RoleAliasArn', value: 'arn:aws:iot:eu-west-1:123456789012:rolealias/A1' },
        { key: 'IoTPolicyName', value: 'Device' },
        { key: 'ClaimIoTPolicyName', value: 'Claim' },
      ],
      new Map(),
      target,
    );
    assert.equal(meaning.roleAliasName, 'A1');
    assert.equal(meaning.iotPolicyName, 'Device');
    assert.equal(meaning.meanings.get('ClaimIoTPolicyName'), 'other');
  });
});

describe('trust policies', () => {
  const statement = (more: object): string => JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['a.amazonaws.com', 'IOT.amazonaws.com'] }, ...more }] });
  it('lists every service of an Allow', () => assert.deepEqual([...trustedServices(statement({}))], ['a.amazonaws.com', 'iot.amazonaws.com']));
  it('ignores Deny, other actions and what is no policy', () => {
    for (const text of [statement({ Effect: 'Deny' }), statement({ Action: 'sts:TagSession' }), '', '[]', 'null', '{"Statement":"x"}']) assert.equal(trustedServices(text).size, 0, text);
  });
});

describe('stack events', () => {
  const event = (seconds: number, logicalId: string, status: string, reason?: string, resourceType = 'AWS::IAM::Role'): StackEvent => ({
    id: `${seconds}${logicalId}`, timestamp: new Date(seconds * 1000), logicalId, resourceType, status, ...(reason === undefined ? {} : { reason }),
  });
  const stack = 'AWS::CloudFormation::Stack';

  it('names the first failure in time that is not an echo', () => {
    const newestFirst = [
      event(5, 'S', 'ROLLBACK_IN_PROGRESS', 'The following resource(s) failed to create: [B, C]', stack),
      event(4, 'C', 'CREATE_FAILED', 'late'),
      event(3, 'B', 'CREATE_FAILED', 'Role already exists'),
      event(2, 'A', 'CREATE_FAILED', 'Resource creation cancelled'),
    ];
    assert.equal(firstCause(newestFirst)?.logicalId, 'B');
    assert.equal(firstCause([...newestFirst].reverse())?.logicalId, 'B');
    assert.match(causeAdvice(newestFirst[2]!) ?? '', /another region/);
  });

  it('keeps CloudFormation\'s order within one instant', () => {
    assert.equal(firstCause([event(1, 'Second', 'CREATE_FAILED', 'y'), event(1, 'First', 'CREATE_FAILED', 'x')])?.logicalId, 'First');
  });

  it('falls back on the stack\'s own words', () => {
    assert.equal(firstCause([event(1, 'S', 'ROLLBACK_IN_PROGRESS', 'user', stack)])?.reason, 'user');
    assert.equal(firstCause([event(1, 'S', 'CREATE_COMPLETE', undefined, stack)]), undefined);
  });

  it('tells what a status allows', () => {
    const expected = { CREATE_IN_PROGRESS: 'working', UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'working', REVIEW_IN_PROGRESS: 'broken', UPDATE_ROLLBACK_COMPLETE: 'healthy', ROLLBACK_COMPLETE: 'broken', DELETE_FAILED: 'broken', DELETE_COMPLETE: 'none' };
    for (const [status, condition] of Object.entries(expected)) assert.equal(stackCondition(status), condition, status);
  });
});

describe('template setting', () => {
  const link = 'https://console.aws.amazon.com/cloudformation/home?region=us-east-1#/stacks/new?stackName=GGv2Workshop&templateURL=https://sehyul.s3.ap-northeast-2.amazonaws.com/gg-workshop/cfn-gg-mlops.json';
  it('understands the workshop\'s link', () => {
    assert.deepEqual(templateOrigin(link), { kind: 'url', url: 'https://sehyul.s3.ap-northeast-2.amazonaws.com/gg-workshop/cfn-gg-mlops.json', stackName: 'GGv2Workshop', region: 'us-east-1' });
  });
  it('understands the other forms', () => {
    assert.deepEqual(templateOrigin('  '), { kind: 'bundled' });
    assert.deepEqual(templateOrigin('/a/b.json'), { kind: 'file', path: '/a/b.json' });
    assert.deepEqual(templateOrigin('C:\\t.yaml'), { kind: 'file', path: 'C:\\t.yaml' });
    assert.deepEqual(templateOrigin('https://example.com/t.json'), { kind: 'url', url: 'https://example.com/t.json' });
    assert.deepEqual(templateOrigin(link.replace('GGv2Workshop', '1%20bad')), { kind: 'url', url: 'https://sehyul.s3.ap-northeast-2.amazonaws.com/gg-workshop/cfn-gg-mlops.json', region: 'us-east-1' });
  });
  it('tells S3 from others', () => {
    for (const url of ['https://b.s3.amazonaws.com/k', 'https://s3.eu-west-1.amazonaws.com/b/k', 'https://b.s3.cn-north-1.amazonaws.com.cn/k', 'https://b.s3-eu-west-1.amazonaws.com/k']) assert.ok(isS3Url(url), url);
    for (const url of ['https://s3.amazonaws.com.evil.example/k', 'http://b.s3.amazonaws.com/k', 'https://example.com/s3.amazonaws.com', 'x']) assert.ok(!isS3Url(url), url);
  });
});

describe('change table', () => {
  it('keeps every cell in its place whatever the names are', () => {
    const table = changeTable([{ action: 'Modify', logicalId: 'A|B\n<script>', physicalId: '[x](command:y)', resourceType: 'T', scope: ['Properties', 'Tags'] }]);
    const rows = table.split('\n');
    assert.equal(rows.length, 3);
    assert.equal(rows[2]?.replace(/\\\|/g, '').split('|').length, 7);
    assert.doesNotMatch(table, /<script|\]\(command/);
  });
  it('says in words what is replaced, and puts that first', () => {
    const change = (action: string, logicalId: string, more: object = {}) => ({ action, logicalId, resourceType: 'AWS::IAM::Role', scope: [], ...more });
    const changes = [change('Add', 'New'), change('Modify', 'Same', { replacement: 'False', properties: ['Tags'] }), change('Modify', 'Maybe', { replacement: 'Conditional' }), change('Remove', 'Gone'), change('Modify', 'Other', { replacement: 'True', properties: ['RoleName'], scope: ['Properties'] })];
    const rows = changeTable(changes).split('\n').slice(2);
    assert.deepEqual(rows.map((row) => row.split(' | ')[1]), ['Other', 'Gone', 'Maybe', 'Same', 'New']);
    assert.match(rows[0] ?? '', /❗ Replaced \| Other \| AWS::IAM::Role \| Yes: deleted and made anew, whatever refers to it must follow \| RoleName/);
    assert.match(rows[1] ?? '', /❗ Removed/);
    assert.match(rows[2] ?? '', /Perhaps/);
    assert.match(rows[3] ?? '', /Changed .* No: changed where it is \| Tags/);
    assert.equal(changeCounts(changes), '1 replaced, 1 removed, 2 changed, 1 added');
  });
  it('cuts names that are thousands of characters long', () => {
    const row = changeTable([{ action: 'Add', logicalId: 'x'.repeat(5000), physicalId: `${'y'.repeat(5000)}|\u202e`, resourceType: 'z'.repeat(5000), scope: Array.from({ length: 500 }, () => 'Properties') }]).split('\n')[2] ?? '';
    assert.ok(row.length < 900, String(row.length));
    assert.equal(row.split(' | ').length, 5);
  });
});
