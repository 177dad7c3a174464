import assert from 'node:assert/strict';
import fc from 'fast-check';
import { wildcardMatch } from '../../../../src/core/policy/arn';
import { PolicyEvaluator, type Decision } from '../../../../src/core/policy/evaluate';
import type { Caller, Question } from '../../../../src/core/policy/request';
import { arn, policy, target, type StatementShape } from './helpers';

const pump: Caller = { clientId: 'pump-1', thing: { name: 'pump-1', type: 'pump', attributes: { room: 'west' } }, certificateId: 'c'.repeat(64), sourceIp: '10.1.2.3' };
function ask(statements: readonly StatementShape[], question: Question, caller: Caller = pump): Decision {
  return new PolicyEvaluator([{ name: 'P', text: policy(...statements) }]).ask(question, caller, target);
}
const connect: Question = { kind: 'connect', clientId: 'pump-1' };
const publish = (topic: string): Question => ({ kind: 'publish', topic });
const subscribe = (topicFilter: string): Question => ({ kind: 'subscribe', topicFilter });
const thing = '${iot:Connection.Thing.ThingName}';

const rows: readonly [string, readonly StatementShape[], Question, Decision['outcome'], Caller?][] = [
  ['nothing allows', [], connect, 'implicitDeny'],
  ['an allow', [{ Action: 'iot:Connect', Resource: arn('client/pump-1') }], connect, 'allowed'],
  ['a single object as Action list', [{ Action: ['iot:*'], Resource: ['*'] }], connect, 'allowed'],
  ['a denial wins, whatever the order', [{ Effect: 'Deny', Action: 'iot:Connect', Resource: '*' }, { Action: '*', Resource: '*' }], connect, 'explicitDeny'],
  ['* crosses slashes', [{ Action: 'iot:Publish', Resource: arn('topic/a/*') }], publish('a/b/c'), 'allowed'],
  ['? is one character', [{ Action: 'iot:Publish', Resource: arn('topic/s???') }], publish('s12'), 'implicitDeny'],
  ['+ is a plain character (pub-sub-policy.html)', [{ Action: 'iot:Subscribe', Resource: arn('topicfilter/some/+/topic') }], subscribe('some/x/topic'), 'implicitDeny'],
  ['+ matches itself', [{ Action: 'iot:Subscribe', Resource: arn('topicfilter/some/+/topic') }], subscribe('some/+/topic'), 'allowed'],
  ['* in a filter matches + (pub-sub-policy.html)', [{ Action: 'iot:Subscribe', Resource: arn('topicfilter/a/*') }, { Effect: 'Deny', Action: 'iot:Subscribe', Resource: arn('topicfilter/a/restricted/*') }], subscribe('a/#'), 'allowed'],
  ['topic/ does not allow a subscription', [{ Action: 'iot:Subscribe', Resource: arn('topic/a') }], subscribe('a'), 'implicitDeny'],
  ['the thing name over MQTT', [{ Action: 'iot:Publish', Resource: arn(`topic/${thing}/x`) }], publish('pump-1/x'), 'allowed'],
  ['no thing name when the client id differs', [{ Action: 'iot:Publish', Resource: arn(`topic/${thing}/x`) }], publish('pump-1/x'), 'implicitDeny', { ...pump, clientId: 'pump-1#2' }],
  ['the thing name when attached exclusively', [{ Action: 'iot:Publish', Resource: arn(`topic/${thing}/x`) }], publish('pump-1/x'), 'allowed', { clientId: 'pump-1#2', thing: { name: 'pump-1', exclusive: true } }],
  ['no thing name over HTTPS', [{ Action: 'iot:GetThingShadow', Resource: arn(`thing/${thing}`) }], { kind: 'call', action: 'iot:GetThingShadow', resource: arn('thing/pump-1') }, 'implicitDeny'],
  ['a denial with a variable that has no value does not apply', [{ Action: 'iot:Publish', Resource: '*' }, { Effect: 'Deny', Action: 'iot:Publish', Resource: arn('topic/${iot:DomainName}') }], publish('x'), 'allowed'],
  ['a client id of * stays a plain character', [{ Action: 'iot:Publish', Resource: arn('topic/${iot:ClientId}') }], publish('anything'), 'implicitDeny', { clientId: '*' }],
  ['an escaped star', [{ Action: 'iot:Publish', Resource: arn('topic/${*}') }], publish('*'), 'allowed'],
  ['an escaped star is no wildcard', [{ Action: 'iot:Publish', Resource: arn('topic/${*}') }], publish('a'), 'implicitDeny'],
  ['NotResource (pub-sub-policy.html)', [{ Action: 'iot:Receive', NotResource: arn('topic/a/restricted/*') }], { kind: 'receive', topic: 'a/restricted/x' }, 'implicitDeny'],
  ['NotResource with a variable that has no value allows nothing', [{ Action: 'iot:Publish', NotResource: arn('topic/${iot:DomainName}/x') }], publish('a'), 'implicitDeny'],
  ['NotResource with a variable that has no value still denies', [{ Action: 'iot:Publish', Resource: '*' }, { Effect: 'Deny', Action: 'iot:Publish', NotResource: arn('topic/${iot:DomainName}/x') }], publish('a'), 'explicitDeny'],
  ['a negative condition on a variable that has no value does not hold', [{ Action: 'iot:Publish', Resource: '*', Condition: { StringNotEquals: { 'iot:ClientId': '${iot:DomainName}' } } }], publish('a'), 'implicitDeny'],
  ['a wildcard of ArnLike stays in its part of the ARN', [{ Action: 'iot:Connect', Resource: '*', Condition: { ArnLike: { 'iot:LastWillTopic': 'arn:aws:iot:*:topic/will' } } }], { ...connect, lastWillTopic: 'will' }, 'implicitDeny'],
  ['wildcards of ArnLike in each part', [{ Action: 'iot:Connect', Resource: '*', Condition: { ArnLike: { 'iot:LastWillTopic': 'arn:aws:iot:*:*:topic/w*' } } }], { ...connect, lastWillTopic: 'will' }, 'allowed'],
  ['retain asks twice (retained-message-policy-examples.html)', [{ Action: 'iot:Publish', Resource: '*' }], { kind: 'publish', topic: 'a', retain: true }, 'implicitDeny'],
  ['a role alias', [{ Action: 'iot:AssumeRoleWithCertificate', Resource: arn('rolealias/A') }], { kind: 'assumeRole', roleAlias: 'A' }, 'allowed'],
  ['role aliases are case-sensitive', [{ Action: 'iot:AssumeRoleWithCertificate', Resource: arn('rolealias/A') }], { kind: 'assumeRole', roleAlias: 'a' }, 'implicitDeny'],
  ['IsAttached', [{ Action: 'iot:Connect', Resource: '*', Condition: { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } } }], connect, 'allowed'],
  ['IsAttached, not attached', [{ Action: 'iot:Connect', Resource: '*', Condition: { Bool: { 'iot:Connection.Thing.IsAttached': ['true'] } } }], connect, 'implicitDeny', { clientId: 'pump-1', thing: { name: 'pump-1', attached: false } }],
  ['several keys must all hold (thing-policy-examples.html)', [{ Action: 'iot:Publish', Resource: '*', Condition: { StringEquals: { 'iot:Connection.Thing.Attributes[room]': 'west', 'iot:Connection.Thing.ThingTypeName': 'fan' } } }], publish('a'), 'implicitDeny'],
  ['several values are alternatives', [{ Action: 'iot:Publish', Resource: '*', Condition: { StringEquals: { 'iot:Connection.Thing.ThingTypeName': ['fan', 'pump'] } } }], publish('a'), 'allowed'],
  ['an address range', [{ Action: 'iot:Publish', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }], publish('a'), 'allowed'],
  ['outside an address range', [{ Action: 'iot:Publish', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '10.1.2.128/25' } } }], publish('a'), 'implicitDeny'],
  ['persistent connect (connect-policy.html)', [{ Action: 'iot:Connect', Resource: '*', Condition: { 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': ['PersistentConnect'] } } }], { ...connect, persistent: true }, 'allowed'],
  ['a last will is one more attribute (connect-policy.html)', [{ Action: 'iot:Connect', Resource: '*', Condition: { 'ForAllValues:StringEquals': { 'iot:ConnectAttributes': ['PersistentConnect'] } } }], { ...connect, persistent: true, lastWillTopic: 'x' }, 'implicitDeny'],
  ['ForAnyValue denies (connect-policy.html)', [{ Action: 'iot:Connect', Resource: '*' }, { Effect: 'Deny', Action: 'iot:Connect', Resource: '*', Condition: { 'ForAnyValue:StringEquals': { 'iot:ConnectAttributes': ['PersistentConnect'] } } }], { ...connect, persistent: true }, 'explicitDeny'],
  ['the topic of a last will', [{ Action: 'iot:Connect', Resource: '*', Condition: { ArnEquals: { 'iot:LastWillTopic': arn('topic/will/*') } } }], { ...connect, lastWillTopic: 'will/x' }, 'allowed'],
  ['a second value of the certificate (certificate-policy-examples.html)', [{ Action: 'iot:Publish', Resource: '*', Condition: { StringEquals: { 'iot:Certificate.Subject.CommonName.1': 'Admin' } } }], publish('a'), 'allowed', { ...pump, values: { 'iot:Certificate.Subject.CommonName': ['x', 'Admin'] } }],
  ['a certificate value with a wildcard is not replaced', [{ Action: 'iot:Publish', Resource: arn('topic/${iot:Certificate.Subject.CommonName}') }], publish('a*'), 'implicitDeny', { ...pump, values: { 'iot:Certificate.Subject.CommonName': 'a*' } }],
  ['an unreadable condition allows nothing', [{ Action: 'iot:Publish', Resource: '*', Condition: 'x' }], publish('a'), 'implicitDeny'],
];

describe('policy evaluator', () => {
  for (const [name, statements, question, outcome, caller] of rows) {
    it(name, () => assert.equal(ask(statements, question, caller).outcome, outcome));
  }

  it('names the statement that decided, and the policy it stands in', () => {
    const decision = new PolicyEvaluator([
      { name: 'first', text: policy({ Action: 'iot:Publish', Resource: arn('topic/other') }) },
      { name: 'second', text: policy({ Action: 'iot:Connect', Resource: '*' }, { Sid: 'here', Action: 'iot:Publish', Resource: '*' }) },
    ]).ask(publish('a'), pump, target);
    assert.equal(decision.outcome, 'allowed');
    assert.deepEqual([decision.by?.policy, decision.by?.statement, decision.by?.sid], ['second', 1, 'here']);
  });

  it('names what has no value on this call', () => {
    const statements = [{ Action: 'iot:Publish', Resource: arn(`topic/${thing}/\${*}`), Condition: { StringEquals: { 'iot:DomainName': 'x' }, Null: { 'aws:SourceIp': 'true' } } }];
    const missing = (caller: Caller): readonly string[] => new PolicyEvaluator([{ name: 'P', text: policy(...statements) }]).missing(ask(statements, publish('a'), caller).request);
    assert.deepEqual(missing({ ...pump, clientId: 'pump-1#2' }), ['iot:Connection.Thing.ThingName', 'iot:DomainName']);
    assert.deepEqual(missing(pump), ['iot:DomainName']);
    assert.deepEqual(new PolicyEvaluator([{ name: 'P', text: policy(...statements) }]).missing(ask(statements, connect).request), []);
  });

  it('decides as the definition says, whatever the statements: any denial wins, else any allow', () => {
    const resource = fc.constantFrom('topic/a', 'topic/*', 'topic/?', 'topic/${iot:ClientId}', 'topic/b', 'topicfilter/*');
    const statement = fc.record({ Effect: fc.constantFrom('Allow', 'Deny'), Action: fc.constantFrom('iot:Publish', 'iot:*', 'iot:Subscribe'), Resource: resource });
    fc.assert(
      fc.property(fc.array(statement, { maxLength: 6 }), fc.constantFrom('a', 'b', 'pump-1', 'a/b'), fc.nat(6), (statements, topic, cut) => {
        const fits = (item: { Action: string; Resource: string }): boolean =>
          item.Action !== 'iot:Subscribe' && new RegExp(`^${item.Resource.replace('${iot:ClientId}', 'pump-1').replace('*', '.*').replace('?', '.')}$`).test(`topic/${topic}`);
        const hit = (effect: string): boolean => statements.some((item) => item.Effect === effect && fits(item));
        const wanted = hit('Deny') ? 'explicitDeny' : hit('Allow') ? 'allowed' : 'implicitDeny';
        const full = statements.map((item) => ({ ...item, Resource: arn(item.Resource) }));
        assert.equal(ask(full, publish(topic)).outcome, wanted);
        // It makes no difference over how many policies the statements are spread, nor in which order.
        const spread = [full.slice(cut), full.slice(0, cut).reverse()].map((part, index) => ({ name: String(index), text: policy(...part) }));
        assert.equal(new PolicyEvaluator(spread).ask(publish(topic), pump, target).outcome, wanted);
      }),
      { numRuns: 500 },
    );
  });

  it('has no variables without the current version', () => {
    const text = policy({ Action: 'iot:Publish', Resource: arn('topic/${iot:ClientId}') });
    const decide = (document: string): string => new PolicyEvaluator([{ name: 'P', text: document }]).ask(publish('pump-1'), pump, target).outcome;
    assert.equal(decide(text), 'allowed');
    assert.equal(decide(text.replace('2012-10-17', '2008-10-17')), 'implicitDeny');
  });

  it('gives the smallest statement that would allow, and that one does, and allows nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '/', '*', '?', '$', '{', '}', '+', '#'), minLength: 1, maxLength: 8 }), fc.string({ unit: fc.constantFrom('a', '/', '*', '?', '$'), minLength: 1, maxLength: 8 }), (topic, other) => {
        const denied = ask([], publish(topic));
        assert.equal(denied.outcome, 'implicitDeny');
        assert.ok(denied.smallest);
        const statement: StatementShape = { ...denied.smallest };
        assert.equal(ask([statement], publish(topic)).outcome, 'allowed', denied.smallest.Resource);
        assert.equal(ask([statement], publish(other)).outcome, topic === other ? 'allowed' : 'implicitDeny');
      }),
      { numRuns: 300 },
    );
  });

  it('matches wildcards as a regular expression would', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (one, two) => {
        const expression = new RegExp(`^${one.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        assert.equal(wildcardMatch(one, two), expression.test(two));
      }),
      { numRuns: 1000 },
    );
  });
});
