import assert from 'node:assert/strict';
import { analyzePolicy, type AnalyzeOptions } from '../../../../src/core/policy/analyze';
import { findingCodes, type FindingCode } from '../../../../src/core/policy/findingCodes';
import { arn, codes, marked, mended, policy, target } from './helpers';

interface Row {
  readonly code: FindingCode;
  readonly bad: string;
  /** The text that must be marked. */
  readonly at: string;
  /** Free of the finding; the bad one with its mistake mended. */
  readonly good: string;
  /** The preferred fix removes the finding. */
  readonly fixed?: boolean;
  readonly severity?: 'error' | 'warning' | 'information';
  readonly options?: AnalyzeOptions;
}

const connect = { Action: 'iot:Connect', Resource: arn('client/x*') };
const receive = { Action: 'iot:Receive', Resource: arn('topic/a') };
const core = ['greengrass:GetComponentVersionArtifact', 'greengrass:ResolveComponentCandidates', 'greengrass:GetDeploymentConfiguration', 'greengrass:ListThingGroupsForCoreDevice'];
const alias = { Action: 'iot:AssumeRoleWithCertificate', Resource: arn('rolealias/A') };
const root = '{';
const facts = { roleAliases: [{ name: 'A', arn: arn('rolealias/A') }] };
const claimTopics = (type: string, names: readonly string[]): readonly string[] => names.map((name) => arn(`${type}/$aws/${name}/*`));
const keys = ['certificates/create', 'provisioning-templates/T/provision'];
const withCsr = [...keys, 'certificates/create-from-csr'];
const claim = (topics: readonly string[], filters: readonly string[] = topics): string =>
  policy({ Action: 'iot:Connect', Resource: '*' }, { Action: ['iot:Publish', 'iot:Receive'], Resource: claimTopics('topic', topics) }, { Action: ['iot:Subscribe'], Resource: claimTopics('topicfilter', filters) });
const one = (member: Record<string, unknown>): string => policy(connect, { Action: 'iot:Publish', Resource: arn('topic/a'), ...member });

const rows: readonly Row[] = [
  { code: 'invalidJson', bad: '{"Version":"2012-10-17",}', at: '}', good: policy(connect) },
  { code: 'duplicateKey', bad: '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}', at: '"Version"', good: policy(connect) },
  { code: 'emptyDocument', bad: '', at: '', good: policy(connect) },
  { code: 'notAnObject', bad: '[]', at: '[', good: policy(connect) },
  { code: 'nestedTooDeeply', bad: '['.repeat(1000), at: '[', good: policy(connect) },
  { code: 'byteOrderMark', bad: `\ufeff${policy(connect)}`, at: '\ufeff', good: policy(connect), fixed: true },
  { code: 'loneSurrogate', bad: policy(connect).replace('client/x', 'client/\ud800'), at: '\ud800', good: policy(connect) },
  { code: 'documentTooLarge', bad: ' '.repeat(404_601), at: ' ', good: policy(connect) },
  { code: 'policyTooLong', bad: policy(...Array.from({ length: 30 }, (_, i) => ({ Action: 'iot:Connect', Resource: arn(`client/${i}`) }))), at: root, good: policy(connect) },
  { code: 'policyNearlyTooLong', bad: policy({ Action: 'iot:Connect', Resource: arn(`client/${'x'.repeat(1800)}`) }), at: root, good: policy(connect) },

  { code: 'missingVersion', bad: policy(connect).replace('"Version": "2012-10-17",', ''), at: root, good: policy(connect), fixed: true },
  { code: 'unknownVersion', bad: policy(connect).replace('2012-10-17', '2026-01-01'), at: '2026-01-01', good: policy(connect), fixed: true },
  { code: 'missingStatement', bad: '{"Version":"2012-10-17"}', at: root, good: policy(connect) },
  { code: 'missingEffect', bad: '{"Version":"2012-10-17","Statement":[{"Action":"iot:Connect","Resource":"*"}]}', at: root, good: policy(connect), fixed: true },
  { code: 'invalidEffect', bad: policy({ ...connect, Effect: 'allow' }), at: 'allow', good: policy(connect), fixed: true },
  { code: 'missingAction', bad: policy({ Resource: '*' }), at: root, good: policy(connect) },
  { code: 'missingAction', bad: policy({ Resource: arn('client/x*') }), at: root, good: policy(connect), fixed: true },
  { code: 'missingResource', bad: policy({ Action: 'greengrass:ResolveComponentCandidates' }), at: root, good: policy(connect), fixed: true },
  { code: 'missingResource', bad: policy({ Action: 'iot:Connect' }), at: root, good: policy(connect) },
  { code: 'wrongType', bad: one({ Action: 7 }), at: '7', good: one({}) },
  { code: 'wrongType', bad: one({ Condition: 'x' }), at: '"x"', good: one({}) },
  { code: 'emptyList', bad: one({ Action: [] }), at: '[]', good: one({}) },
  { code: 'unknownElement', bad: policy(connect).replace('"Action"', '"action"'), at: 'action', good: policy(connect), fixed: true },
  { code: 'unknownElement', bad: one({ Comment: 'hm' }), at: 'Comment', good: one({}), fixed: true },
  { code: 'principalNotAllowed', bad: one({ Principal: '*' }), at: 'Principal', good: one({}), fixed: true },
  { code: 'notActionUnsupported', bad: policy({ NotAction: 'iot:Publish', Resource: '*' }), at: 'NotAction', good: one({}), severity: 'information' },
  { code: 'duplicateSid', bad: policy({ Sid: 'a', ...connect }, { Sid: 'a', ...connect }), at: 'a', good: policy({ Sid: 'a', ...connect }, { Sid: 'b', ...connect }), fixed: true },
  { code: 'duplicateValue', bad: one({ Action: ['iot:Publish', 'iot:Publish'] }), at: '"iot:Publish"', good: one({}), fixed: true },

  { code: 'placeholder', bad: policy({ ...alias, Resource: '[ARN OF IoT Role Alias]' }), at: '[ARN OF IoT Role Alias]', good: policy(alias), fixed: true, options: { facts } },
  { code: 'placeholder', bad: one({ Resource: `arn:aws:iot:<region>:${target.account}:topic/a` }), at: '<region>', good: one({}), fixed: true, options: { target } },
  { code: 'sampleAccountId', bad: one({ Resource: 'arn:aws:iot:us-east-1:123456789012:topic/a' }), at: '123456789012', good: one({}), severity: 'warning' },
  { code: 'sampleAccountId', bad: one({ Resource: 'arn:aws:iot:us-east-1:123456789012:topic/a' }), at: '123456789012', good: one({}), fixed: true, severity: 'error', options: { target } },

  { code: 'malformedAction', bad: one({ Action: 'Publish' }), at: 'Publish', good: one({}), fixed: true },
  { code: 'unknownService', bad: one({ Action: 'io:Publish' }), at: 'io', good: one({}), fixed: true },
  { code: 'unknownAction', bad: one({ Action: 'iot:Recieve' }), at: 'iot:Recieve', good: one({}), fixed: true, severity: 'warning' },
  { code: 'unknownAction', bad: one({ Action: 'iot:publish' }), at: 'iot:publish', good: one({}), fixed: true },
  { code: 'controlPlaneAction', bad: policy({ Action: 'iot:CreateThing', Resource: '*' }), at: 'iot:CreateThing', good: one({}) },
  { code: 'controlPlaneAction', bad: policy({ Action: ['iot:Connect', 'iot:CreateThing'], Resource: arn('client/x') }), at: 'iot:CreateThing', good: one({}), fixed: true },
  { code: 'greengrassV1Action', bad: policy({ Action: ['greengrass:GetDeployment', 'greengrass:GetDeploymentConfiguration'], Resource: '*' }), at: 'greengrass:GetDeployment', good: one({}), fixed: true },
  { code: 'greengrassV1Action', bad: policy({ Action: 'greengrass:AssumeRoleForGroup', Resource: '*' }), at: 'greengrass:AssumeRoleForGroup', good: one({}) },
  { code: 'jobActionPrefix', bad: policy({ Action: 'iot:DescribeJobExecution', Resource: arn('thing/x') }), at: 'iot:DescribeJobExecution', good: policy({ Action: 'iotjobsdata:DescribeJobExecution', Resource: arn('thing/x') }), fixed: true },

  { code: 'malformedResource', bad: one({ Resource: 'topic/a' }), at: 'topic/a', good: one({}), severity: 'error' },
  { code: 'malformedResource', bad: policy({ ...alias, Resource: 'MyAlias' }), at: 'MyAlias', good: policy(alias), fixed: true, options: { target } },
  { code: 'malformedResource', bad: one({ Resource: 'arn:aws:iot:us-east-1:12345:topic/a' }), at: '12345', good: one({}) },
  { code: 'roleInsteadOfRoleAlias', bad: policy({ ...alias, Resource: 'arn:aws:iam::210987654329:role/R' }), at: 'arn:aws:iam::210987654329:role/R', good: policy(alias), fixed: true, options: { facts } },
  { code: 'resourceTypeMismatch', bad: policy(connect, receive, { Action: 'iot:Subscribe', Resource: arn('topic/a') }), at: 'topic', good: policy(connect, receive, { Action: 'iot:Subscribe', Resource: arn('topicfilter/a') }), fixed: true, severity: 'error' },
  { code: 'resourceTypeMismatch', bad: one({ Resource: arn('topicfilter/a') }), at: 'topicfilter', good: one({}), fixed: true },
  { code: 'resourceTypeMismatch', bad: policy(connect, { Action: ['iot:Subscribe', 'iot:Receive'], Resource: [arn('topic/a')] }), at: 'iot:Subscribe', good: policy(connect, { Action: ['iot:Subscribe', 'iot:Receive'], Resource: [arn('topic/a'), arn('topicfilter/a')] }), fixed: true, severity: 'warning' },
  { code: 'unknownResourceType', bad: one({ Resource: arn('topics/a') }), at: 'topics', good: one({}), severity: 'error', fixed: true },
  { code: 'partitionMismatch', bad: one({ Resource: 'arn:aws-cn:iot:us-east-1:210987654329:topic/a' }), at: 'aws-cn', good: one({}), fixed: true, options: { target } },
  { code: 'partitionMismatch', bad: one({ Resource: 'arn:amazon:iot:us-east-1:210987654329:topic/a' }), at: 'amazon', good: one({}) },
  { code: 'regionMismatch', bad: one({ Resource: 'arn:aws:iot:eu-west-1:210987654329:topic/a' }), at: 'eu-west-1', good: one({}), fixed: true, options: { target } },
  { code: 'accountMismatch', bad: one({ Resource: 'arn:aws:iot:us-east-1:210987654328:topic/a' }), at: '210987654328', good: one({}), fixed: true, options: { target } },
  { code: 'cloudFormationEscape', bad: one({ Resource: arn('topic/${!iot:ClientId}') }), at: '${!iot:ClientId}', good: one({ Resource: arn('topic/${iot:ClientId}') }), fixed: true },

  { code: 'malformedVariable', bad: one({ Resource: arn('topic/${iot:ClientId') }), at: '${iot:ClientId', good: one({}), fixed: true },
  { code: 'unknownVariable', bad: one({ Resource: arn('topic/${iot:ClientID2}') }), at: '${iot:ClientID2}', good: one({ Resource: arn('topic/${iot:ClientId}') }), fixed: true },
  { code: 'unknownVariable', bad: one({ Resource: arn('topic/${iot:Thing.ThingName}') }), at: '${iot:Thing.ThingName}', good: one({ Resource: arn('topic/${iot:Connection.Thing.ThingName}') }), fixed: true },
  { code: 'variableNeedsVersion', bad: one({ Resource: arn('topic/${iot:ClientId}') }).replace('2012-10-17', '2008-10-17'), at: '2008-10-17', good: one({ Resource: arn('topic/${iot:ClientId}') }), fixed: true },
  { code: 'variableNotReplaced', bad: one({ Resource: arn('topic/${iot:ConnectAttributes}') }), at: '${iot:ConnectAttributes}', good: one({}) },
  { code: 'thingVariableOverHttp', bad: policy({ Action: 'iot:GetThingShadow', Resource: arn('thing/${iot:Connection.Thing.ThingName}') }), at: '${iot:Connection.Thing.ThingName}', good: policy({ Action: 'iot:GetThingShadow', Resource: arn('thing/x') }) },
  { code: 'unknownConditionOperator', bad: one({ Condition: { StringEqual: { 'iot:ClientId': 'a' } } }), at: 'StringEqual', good: one({ Condition: { StringEquals: { 'iot:ClientId': 'a' } } }), fixed: true },
  { code: 'unknownConditionOperator', bad: one({ Condition: { 'ForAnyValues:StringEquals': { 'iot:ClientId': 'a' } } }), at: 'ForAnyValues:StringEquals', good: one({}), fixed: true },
  { code: 'unknownConditionKey', bad: one({ Condition: { Bool: { 'iot:Connection.Thing.isAttached': 'true' } } }), at: 'iot:Connection.Thing.isAttached', good: one({ Condition: { Bool: { 'iot:Connection.Thing.IsAttached': 'true' } } }), fixed: true },
  { code: 'unknownConditionKey', bad: one({ Condition: { StringEquals: { 'aws:PrincipalTag/x': 'y' } } }), at: 'aws:PrincipalTag/x', good: one({}) },
  { code: 'unknownConditionKey', bad: one({ Condition: { 'ForAnyValue:StringEquals': { 'iot:ConnectAttributes': ['LastWill'] } } }), at: 'iot:ConnectAttributes', good: policy({ ...connect, Condition: { 'ForAnyValue:StringEquals': { 'iot:ConnectAttributes': ['LastWill'] } } }) },
  { code: 'conditionValue', bad: one({ Condition: { IpAddress: { 'aws:SourceIp': 'home' } } }), at: 'home', good: one({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }) },
  { code: 'conditionValue', bad: policy({ ...connect, Condition: { 'ForAnyValue:StringEquals': { 'iot:ConnectAttributes': ['LastWil'] } } }), at: 'LastWil', good: policy(connect), fixed: true },

  { code: 'mqttWildcard', bad: one({ Resource: arn('topic/a/#') }), at: '#', good: one({ Resource: arn('topic/a/*') }), fixed: true },
  { code: 'mqttWildcard', bad: policy(connect, receive, { Effect: 'Deny', Action: 'iot:Subscribe', Resource: arn('topicfilter/a/+/b') }), at: '+', good: policy(connect, receive, { Effect: 'Deny', Action: 'iot:Subscribe', Resource: arn('topicfilter/a/*/b') }), fixed: true },
  {
    code: 'denyBypassed',
    bad: policy(connect, receive, { Action: 'iot:Subscribe', Resource: arn('topicfilter/a/*') }, { Effect: 'Deny', Action: 'iot:Subscribe', Resource: arn('topicfilter/a/secret/*') }),
    at: arn('topicfilter/a/secret/*'),
    good: policy(connect, receive, { Action: 'iot:Subscribe', Resource: arn('topicfilter/a/*') }, { Effect: 'Deny', Action: 'iot:Subscribe', Resource: arn('topicfilter/a/secret/*') }, { Effect: 'Deny', Action: 'iot:Receive', Resource: arn('topic/a/secret/*') }),
    fixed: true,
  },
  { code: 'overlyPermissive', bad: policy({ Action: ['iot:Connect', 'iot:Publish'], Resource: '*' }), at: '*', good: policy(connect), severity: 'warning' },
  { code: 'overlyPermissive', bad: one({ Resource: arn('topic/$aws/things/*') }), at: arn('topic/$aws/things/*'), good: one({ Resource: arn('topic/$aws/things/x/*') }) },
  { code: 'clientIdNotAttached', bad: policy({ Action: 'iot:Connect', Resource: arn('client/${iot:ClientId}') }), at: '${iot:ClientId}', good: policy({ Action: 'iot:Connect', Resource: arn('client/${iot:ClientId}'), Condition: { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } } }), fixed: true },
  { code: 'missingAssumeRole', bad: policy(connect, { Action: core, Resource: '*' }), at: root, good: policy(connect, alias, { Action: core, Resource: '*' }), fixed: true, options: { facts } },
  { code: 'assumeAnyRoleAlias', bad: policy({ ...alias, Resource: '*' }), at: '*', good: policy(alias), fixed: true, options: { facts } },
  { code: 'missingConnect', bad: policy({ Action: 'iot:Publish', Resource: arn('topic/a') }), at: 'iot:Publish', good: one({}), fixed: true },
  { code: 'missingReceive', bad: policy(connect, { Action: 'iot:Subscribe', Resource: arn('topicfilter/a/+') }), at: 'iot:Subscribe', good: policy(connect, receive, { Action: 'iot:Subscribe', Resource: arn('topicfilter/a') }), fixed: true },
  { code: 'missingPublish', bad: policy(connect, { Action: 'iot:RetainPublish', Resource: arn('topic/a') }), at: 'iot:RetainPublish', good: policy(connect, { Action: ['iot:Publish', 'iot:RetainPublish'], Resource: arn('topic/a') }), fixed: true },
  { code: 'coreClientId', bad: policy({ Action: 'iot:Connect', Resource: arn('client/core') }, alias, { Action: core, Resource: '*' }), at: 'core', good: policy({ Action: 'iot:Connect', Resource: arn('client/core*') }, alias, { Action: core, Resource: '*' }), fixed: true },
  { code: 'missingGreengrassAction', bad: policy(connect, alias, { Action: core.slice(0, 2), Resource: '*' }), at: core[0]!, good: policy(connect, alias, { Action: core, Resource: '*' }), fixed: true },

  { code: 'claimWithoutCsr', bad: claim(keys), at: claimTopics('topic', keys)[0]!, good: claim(withCsr), fixed: true },
  { code: 'claimMissingTwin', bad: claim(withCsr, withCsr.slice(0, 2)), at: claimTopics('topic', withCsr)[2]!, good: claim(withCsr), fixed: true },
  { code: 'claimOtherTemplate', bad: claim(withCsr), at: 'T', good: claim(withCsr.map((name) => name.replace('/T/', '/Mine/'))), fixed: true, options: { kind: 'claim', facts: { templateName: 'Mine' } } },
  { code: 'claimTooBroad', bad: claim(withCsr).replace('"iot:Subscribe"', '"iot:Subscribe", "iot:GetThingShadow"'), at: 'iot:GetThingShadow', good: claim(withCsr) },
  { code: 'claimTooBroad', bad: claim([...withCsr, 'things']), at: arn('topic/$aws/things/*'), good: claim(withCsr) },

  { code: 'roleAliasNotFound', bad: policy({ ...alias, Resource: arn('rolealias/a') }), at: 'a', good: policy(alias), fixed: true, options: { target, facts } },
  { code: 'roleAliasNotTrusted', bad: policy(alias), at: 'A', good: policy({ ...alias, Resource: arn('rolealias/B') }), options: { target, facts: { roleAliases: [{ name: 'A', arn: arn('rolealias/A'), trusted: false }, { name: 'B', arn: arn('rolealias/B') }] } } },
  { code: 'templateNotFound', bad: claim(withCsr), at: 'T', good: claim(withCsr.map((name) => name.replace('/T/', '/U/'))), fixed: true, options: { target, facts: { templates: ['U'] } } },
  { code: 'sixthVersion', bad: policy(connect), at: root, good: '{', options: { facts: { policyVersions: 5 } } },
];

describe('policy rules', () => {
  for (const [index, row] of rows.entries()) {
    it(`${row.code} (${index}): marks the bad, leaves the good, and its fix cleans`, () => {
      const found = analyzePolicy(row.bad, row.options).filter((item) => item.code === row.code);
      const finding = found[0];
      assert.ok(finding, `not found; found ${codes(row.bad, row.options).join(', ')}`);
      assert.equal(marked(row.bad, finding), row.at);
      assert.equal(finding.severity, row.severity ?? findingCodes[row.code].severity);
      assert.ok(finding.message.length > 10);
      assert.match(finding.documentation, /^https:\/\//);
      if (row.code !== 'sixthVersion') assert.ok(!codes(row.good, row.options).includes(row.code), 'the good one is marked too');
      if (row.fixed === true) {
        const text = mended(row.bad, finding);
        const left = analyzePolicy(text, row.options);
        assert.equal(left.filter((item) => item.code === row.code).length, found.length - 1, text);
        assert.ok(!left.some((item) => item.code === 'invalidJson'), text);
      }
    });
  }

  /** Findings that have no single right answer, and why. Everything else has a fix that cleans. */
  const undecided: Partial<Record<FindingCode, string>> = {
    invalidJson: 'where JSON breaks, more than one text could be meant',
    duplicateKey: 'only the author knows which of the two values counts',
    emptyDocument: 'the snippets offer whole policies',
    documentTooLarge: 'what to leave out is the author\'s choice',
    nestedTooDeeply: 'no policy is nested so deeply: this is another file',
    notAnObject: 'this is another file',
    loneSurrogate: 'the other half of the character is lost',
    policyTooLong: 'what to leave out is the author\'s choice; merging statements is a refactoring',
    policyNearlyTooLong: 'what to leave out is the author\'s choice; merging statements is a refactoring',
    missingStatement: 'the snippets offer statements',
    wrongType: 'the value does not tell what was meant',
    emptyList: 'the list does not tell what was meant',
    notActionUnsupported: 'the actions that are meant are those of the device',
    variableNotReplaced: 'another variable or a plain name, as the author means',
    thingVariableOverHttp: 'a name, a prefix or *, as the author means',
    overlyPermissive: 'Tighten this Policy is a refactoring of the whole document',
    claimTooBroad: 'whether the grant or the policy\'s purpose is wrong, only the author knows',
    roleAliasNotTrusted: 'the role is mended in its stack, not in this file',
    sixthVersion: 'publishing asks which version goes',
  };

  it('has a fix that cleans for every code with one right answer, and says why for the others', () => {
    const mendedCodes = new Set(rows.filter((row) => row.fixed === true).map((row) => row.code));
    const both = Object.keys(undecided).filter((code) => mendedCodes.has(code as FindingCode));
    const neither = Object.keys(findingCodes).filter((code) => !mendedCodes.has(code as FindingCode) && undecided[code as FindingCode] === undefined);
    assert.deepEqual({ both, neither }, { both: [], neither: [] });
  });

  it('clientIdNotAttached can be mended by the condition as well', () => {
    const text = policy({ Action: 'iot:Connect', Resource: arn('client/${iot:ClientId}') });
    const finding = analyzePolicy(text).find((item) => item.code === 'clientIdNotAttached');
    const [change] = finding?.fixes[1]?.changes ?? [];
    assert.ok(change);
    assert.ok(!codes(text.slice(0, change.offset) + change.text + text.slice(change.offset + change.length)).includes('clientIdNotAttached'));
  });

  it('has a row for every code', () => {
    const tested = new Set(rows.map((row) => row.code));
    assert.deepEqual(Object.keys(findingCodes).filter((code) => !tested.has(code as FindingCode)), []);
  });

  it('takes the severities of the settings, and ignores names it does not know', () => {
    const text = policy({ Action: 'iot:Connect', Resource: '*' });
    assert.deepEqual(codes(text, { rules: { overlyPermissive: 'off', nonsense: 'error' } }), []);
    assert.equal(analyzePolicy(text, { rules: { overlyPermissive: 'error' } })[0]?.severity, 'error');
    assert.equal(analyzePolicy('{', { rules: { invalidJson: 'off' } })[0]?.severity, 'error', 'what AWS cannot read is never switched off');
  });
});
