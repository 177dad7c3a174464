import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { outputsAsEnv, outputsAsJson } from '../../../../src/core/stack/outputsText';
import { usableAs } from '../../../../src/core/stack/useAs';

const outputs = [
  { key: 'TokenExchangeRoleArn', value: 'arn:aws:iam::123456789012:role/T' },
  { key: 'IoTPolicyName', value: 'p' },
  { key: 'GGV2WSTokenExchangeRole', value: '' },
  { key: 'RoleARN', value: 'a' },
  { key: 'RoleArn', value: 'b' },
  { key: '1st', value: 'it\'s $HOME `id` "x" \\ $(id)\nsecond line' },
];

describe('all outputs of a stack as text', () => {
  it('as JSON', () => {
    assert.deepEqual(JSON.parse(outputsAsJson(outputs)), Object.fromEntries(outputs.map(({ key, value }) => [key, value])));
    assert.equal(outputsAsJson([]), '{}\n');
  });

  it('as environment variables: a shell reads back each value as it was', () => {
    const text = outputsAsEnv(outputs, 'Outputs of x\nrm -rf /');
    assert.equal(text.split('\n')[0], '# Outputs of x rm -rf /');
    const names = ['TOKEN_EXCHANGE_ROLE_ARN', 'IOT_POLICY_NAME', 'GGV2_WS_TOKEN_EXCHANGE_ROLE', 'ROLE_ARN', 'ROLE_ARN_2', '_1ST'];
    assert.deepEqual([...text.matchAll(/^([A-Z0-9_]+)='/gm)].map((match) => match[1]), names);
    if (process.platform === 'win32') return;
    const read = execFileSync('/bin/sh', ['-c', `${text}\nprintf '%s\\0' ${names.map((name) => `"$${name}"`).join(' ')}`], { encoding: 'utf8' });
    assert.deepEqual(read.split('\0').slice(0, -1), outputs.map(({ value }) => value));
  });
});

describe('what an output can be used as', () => {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['arn:aws:iot:us-east-1:123456789012:rolealias/A', ['roleAliasName=A']],
    ['arn:aws:iot:us-east-1:123456789012:policy/P', ['iotPolicyName=P', 'claimPolicyName=P']],
    ['arn:aws-cn:iot:cn-north-1:123456789012:thinggroup/G:1', ['thingGroupName=G:1']],
    ['arn:aws:iot:us-east-1:123456789012:provisioningtemplate/T', ['templateName=T']],
    ['arn:aws:iot:us-east-1:123456789012:cert/abc', []],
    ['arn:aws:lambda:us-east-1:123456789012:function:Hook', ['preProvisioningHook=arn:aws:lambda:us-east-1:123456789012:function:Hook']],
    ['arn:aws:iam::123456789012:role/R', []],
    ['aws iot create-role-alias --role-alias A --role-arn arn:aws:iam::123456789012:role/R', ['roleAliasName=A']],
    [' Name-1 ', ['roleAliasName=Name-1', 'iotPolicyName=Name-1', 'claimPolicyName=Name-1', 'templateName=Name-1', 'thingGroupName=Name-1']],
    ['a.b', ['iotPolicyName=a.b', 'claimPolicyName=a.b']],
    ['two words', []],
    ['', []],
    ['<b>', []],
  ];
  for (const [value, uses] of rows) it(value === '' ? 'nothing' : value, () => assert.deepEqual(usableAs(value).map((use) => `${use.setting}=${use.value}`), uses));
});
