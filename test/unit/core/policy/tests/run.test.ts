import assert from 'node:assert/strict';
import { coreDeviceQuestions, namesInPolicy, newPolicyTests } from '../../../../../src/core/policy/tests/coreDeviceQuestions';
import { parsePolicyTests } from '../../../../../src/core/policy/tests/parse';
import { PolicyTestRunner, type CaseOutcome } from '../../../../../src/core/policy/tests/run';
import { exampleTarget, targetOfPolicies } from '../../../../../src/core/policy/tests/target';
import { devicePolicyDocument } from '../../../../../src/core/provisioning/devicePolicy';
import { arn, policy, target, type StatementShape } from '../helpers';
import { fileWith } from './samples';

const statements: readonly StatementShape[] = [
  { Sid: 'Connects', Action: 'iot:Connect', Resource: arn('client/pump-1') },
  { Action: 'iot:Publish', Resource: arn('topic/${iot:Connection.Thing.ThingName}/*') },
  { Sid: 'NoSecrets', Effect: 'Deny', Action: 'iot:Publish', Resource: arn('topic/*/secret') },
];
const text = policy(...statements);
function runOne(test: string, policyText: string | undefined = text): { readonly outcome: CaseOutcome; readonly source: string } {
  const source = fileWith(`{ "name": "one", ${test} }`);
  const file = parsePolicyTests(source);
  const [only] = file.cases;
  assert.ok(only);
  return { source, outcome: new PolicyTestRunner(file, policyText === '' ? new Map() : new Map([['p.json', policyText]])).run(only) };
}
function failed(test: string): { readonly outcome: Extract<CaseOutcome, { kind: 'failed' }>; readonly marked: string } {
  const { outcome, source } = runOne(test);
  assert.equal(outcome.kind, 'failed');
  return { outcome, marked: source.slice(outcome.at.offset, outcome.at.offset + outcome.at.length) };
}

describe('Policy tests are run', () => {
  for (const test of [
    '"connect": {}, "expect": "allow"',
    '"connect": "pump-1", "expect": "allow", "because": "Connects"',
    '"connect": "pump-2", "expect": "deny"',
    '"connect": "pump-2", "expect": "implicitDeny"',
    '"publish": "pump-1/x", "expect": "allow", "because": 1',
    '"publish": "pump-1/secret", "expect": "explicitDeny", "because": "NoSecrets"',
    '"publish": "pump-1/secret", "expect": "deny", "because": 2',
    '"as": { "thingName": "pump-9" }, "publish": "pump-9/x", "expect": "allow"',
    '"as": { "thingName": "pump-9", "clientId": "pump-9#2" }, "publish": "pump-9/x", "expect": "deny"',
    '"as": { "thingName": "pump-9", "clientId": "pump-9#2", "exclusive": true }, "publish": "pump-9/x", "expect": "allow"',
    '"subscribe": "#", "expect": "deny"',
  ]) {
    it(`passes: ${test}`, () => assert.equal(runOne(test).outcome.kind, 'passed'));
  }

  it('marks the expectation, names the statement that allows, and where it stands', () => {
    const { outcome, marked } = failed('"connect": {}, "expect": "deny"');
    assert.equal(marked, '"deny"');
    assert.match(outcome.message, /^one: Expected deny, but iot:Connect on .*client\/pump-1 is allowed by Connects of p\.json\./);
    assert.ok(outcome.decidedBy);
    const statement = JSON.parse(text.slice(outcome.decidedBy.offset, outcome.decidedBy.offset + outcome.decidedBy.length)) as StatementShape;
    assert.equal(statement['Sid'], 'Connects');
    assert.deepEqual([outcome.expected.split('\n')[0], outcome.actual.split('\n')[0]], ['deny', 'allow']);
  });

  it('names the statement that denies', () => {
    const { outcome } = failed('"publish": "pump-1/secret", "expect": "allow"');
    assert.match(outcome.message, /is denied by NoSecrets of p\.json/);
    assert.match(outcome.actual, /^explicitDeny\nbecause of NoSecrets of p\.json\n/);
  });

  it('gives the smallest statement that would allow, and that statement makes the test pass', () => {
    const test = '"subscribe": "a/#", "expect": "allow"';
    const { outcome } = failed(test);
    assert.equal(outcome.decidedBy, undefined);
    const smallest = /The smallest statement that would: (\{.*\})$/.exec(outcome.message)?.[1];
    assert.ok(smallest);
    assert.equal(runOne(test, policy(...statements, JSON.parse(smallest) as StatementShape)).outcome.kind, 'passed');
  });

  it('tells an implicit from an explicit denial', () => {
    assert.equal(failed('"connect": "x", "expect": "explicitDeny"').outcome.actual.split('\n')[0], 'implicitDeny');
    assert.equal(failed('"publish": "pump-1/secret", "expect": "implicitDeny"').outcome.actual.split('\n')[0], 'explicitDeny');
  });

  it('marks the reason when another statement decides, or none has the name', () => {
    const other = failed('"connect": {}, "expect": "allow", "because": "NoSecrets"');
    assert.equal(other.marked, '"NoSecrets"');
    assert.match(other.outcome.message, /Expected NoSecrets to decide, but Connects of p\.json decides\.$/);
    assert.match(failed('"connect": {}, "expect": "allow", "because": "Conects"').outcome.message, /Did you mean “Connects”/);
    assert.match(failed('"connect": {}, "expect": "allow", "because": 9').outcome.message, /no statement of that index/);
    assert.match(failed('"connect": "x", "expect": "deny", "because": 0').outcome.message, /no statement decides/);
  });

  for (const [title, policyText, message] of [
    ['is missing', '', /There is no file p\.json/],
    ['is empty', ' ', /it is empty/],
    ['is no object', '[]', /no JSON object/],
    ['is broken', `${text}}`, /not valid JSON/],
  ] as const) {
    it(`a denial does not pass because the policy ${title}`, () => {
      const { outcome, source } = runOne('"connect": "x", "expect": "deny"', policyText);
      assert.equal(outcome.kind, 'errored');
      assert.match(outcome.message, message);
      assert.equal(source.slice(outcome.at.offset, outcome.at.offset + outcome.at.length), '"p.json"');
    });
  }

  it('evaluates several policies together', () => {
    const file = parsePolicyTests('{ "policy": ["a.json", "b.json"], "devices": { "d": { "clientId": "pump-1" } }, "tests": [{ "name": "x", "connect": {}, "expect": "explicitDeny", "because": 0 }] }');
    const runner = new PolicyTestRunner(file, new Map([['a.json', text], ['b.json', policy({ Effect: 'Deny', Action: 'iot:Connect', Resource: '*' })]]));
    const [only] = file.cases;
    assert.ok(only);
    assert.equal(runner.run(only).kind, 'passed');
  });

  it('takes the target from most ARNs of the policies, part by part, unless the file says it', () => {
    assert.deepEqual(targetOfPolicies([text]), target);
    assert.deepEqual(targetOfPolicies([policy({ Action: 'iot:Connect', Resource: ['arn:aws-cn:iot:*:210987654329:client/a', 'arn:aws:s3:::x', '*'] })]), { partition: 'aws-cn', region: 'us-east-1', account: '210987654329' });
    assert.deepEqual(targetOfPolicies(['', '[]', '{"Statement":[{"Resource":[1,"arn:"]}]}']), exampleTarget);
    const file = parsePolicyTests('{ "policy": "p.json", "target": { "region": "eu-west-1" }, "tests": [] }');
    assert.deepEqual(new PolicyTestRunner(file, new Map([['p.json', text]])).target, { ...target, region: 'eu-west-1' });
  });
});

describe('New policy tests', () => {
  const otherwise = { thingName: 'Core', roleAlias: 'Alias' };
  const outcomes = (policyText: string): Readonly<Record<string, string>> => {
    const file = parsePolicyTests(newPolicyTests('p.json', policyText, otherwise));
    assert.deepEqual([...file.problems, ...file.cases.flatMap((one) => one.problems)], []);
    const runner = new PolicyTestRunner(file, new Map([['p.json', policyText]]));
    return Object.fromEntries(file.cases.map((one) => [one.name, runner.run(one).kind]));
  };

  it('all pass on a narrow policy of a core device', () => {
    const names = 'Core*';
    const narrow = policy(
      { Action: 'iot:Connect', Resource: arn(`client/${names}`) },
      { Action: ['iot:Publish', 'iot:Receive'], Resource: ['greengrassv2/health/json', 'jobs/*', 'shadow/*'].map((rest) => arn(`topic/$aws/things/${names}/${rest}`)) },
      { Action: 'iot:Subscribe', Resource: ['jobs/*', 'shadow/*'].map((rest) => arn(`topicfilter/$aws/things/${names}/${rest}`)) },
      { Action: 'iot:AssumeRoleWithCertificate', Resource: arn('rolealias/MyAlias') },
      { Action: ['GetComponentVersionArtifact', 'ResolveComponentCandidates', 'GetDeploymentConfiguration', 'ListThingGroupsForCoreDevice'].map((name) => `greengrass:${name}`), Resource: '*' },
    );
    assert.deepEqual(namesInPolicy(narrow, otherwise), { thingName: 'Core', roleAlias: 'MyAlias' });
    assert.deepEqual(Object.entries(outcomes(narrow)).filter(([, kind]) => kind !== 'passed'), []);
  });

  it('show how broad the policy of the workshop is', () => {
    const filled = devicePolicyDocument.replace('[ARN OF IoT Role Alias]', arn('rolealias/WorkshopAlias'));
    const red = Object.entries(outcomes(filled)).filter(([, kind]) => kind !== 'passed').map(([name]) => name);
    assert.deepEqual(red, ['does not connect as another device', 'does not publish for another device', 'does not receive what is for another device', 'does not subscribe to everything']);
  });

  it('speak of the names of the policy, where it has some', () => {
    const client = (value: string): string => namesInPolicy(policy({ Action: 'iot:Connect', Resource: arn(`client/${value}`) }), otherwise).thingName;
    assert.deepEqual(['pump', 'pump-*', 'pump*', '*', '?', 'a*b', '${iot:ClientId}', 'pump#2'].map(client), ['pump', 'pump-1', 'pump', 'Core', 'Core', 'Core', 'Core', 'pump']);
    assert.deepEqual(namesInPolicy('broken', otherwise), otherwise);
    assert.equal(coreDeviceQuestions(otherwise).filter(({ expect }) => expect === 'deny').length, 5);
  });
});
