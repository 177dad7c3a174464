import assert from 'node:assert/strict';
import fc from 'fast-check';
import { analyzePolicy, hasErrors } from '../../../../src/core/policy/analyze';
import { PolicyEvaluator } from '../../../../src/core/policy/evaluate';
import type { Question } from '../../../../src/core/policy/request';
import { convertTwin, sortAndMerge, tightenPolicy } from '../../../../src/core/policy/refactor';
import { applyChanges } from '../../../../src/core/policy/textChanges';
import { arn, codes, policy, target } from './helpers';

const core = { clientId: 'pump-1', thing: { name: 'pump-1', exclusive: true } };
const broad = policy({ Action: ['iot:Publish', 'iot:Subscribe', 'iot:Receive', 'iot:Connect', 'greengrass:*'], Resource: ['*'] }, { Action: 'iot:AssumeRoleWithCertificate', Resource: arn('rolealias/A') });

describe('tighten this policy', () => {
  const changes = tightenPolicy(broad);
  assert.ok(changes);
  const text = applyChanges(broad, changes);
  const evaluator = new PolicyEvaluator([{ name: 'P', text }]);
  const ask = (question: Question): string => evaluator.ask(question, core, target).outcome;

  it('leaves the workshop policy without findings', () => {
    assert.deepEqual(codes(text, { target, kind: 'device' }), [], text);
    assert.equal(hasErrors(analyzePolicy(text)), false);
  });

  it('allows what a core does, and nothing of another thing', () => {
    const own = ['connect pump-1', 'connect pump-1#2'].map((item) => ask({ kind: 'connect', clientId: item.slice(8) }));
    assert.deepEqual(own, ['allowed', 'allowed']);
    assert.equal(ask({ kind: 'publish', topic: '$aws/things/pump-1/shadow/name/x/update' }), 'allowed');
    assert.equal(ask({ kind: 'subscribe', topicFilter: '$aws/things/pump-1/jobs/notify-next' }), 'allowed');
    assert.equal(ask({ kind: 'receive', topic: '$aws/things/pump-1/jobs/notify-next' }), 'allowed');
    assert.equal(ask({ kind: 'assumeRole', roleAlias: 'A' }), 'allowed');
    assert.equal(ask({ kind: 'call', action: 'greengrass:ResolveComponentCandidates', resource: '*' }), 'allowed');
    assert.equal(ask({ kind: 'publish', topic: '$aws/things/pump-2/shadow/update' }), 'implicitDeny');
    assert.equal(ask({ kind: 'connect', clientId: 'other' }), 'implicitDeny');
    assert.equal(ask({ kind: 'subscribe', topicFilter: '#' }), 'implicitDeny');
  });

  it('does nothing without an account, without breadth, or with broken JSON', () => {
    assert.equal(tightenPolicy(policy({ Action: 'iot:Connect', Resource: '*' })), undefined);
    assert.ok(tightenPolicy(policy({ Action: 'iot:Connect', Resource: '*' }), target));
    assert.equal(tightenPolicy(text, target), undefined);
    assert.equal(tightenPolicy(`${broad},`, target), undefined);
  });
});

describe('sort and merge statements', () => {
  it('merges statements that differ in one thing', () => {
    const text = policy({ Action: 'iot:Receive', Resource: arn('topic/a') }, { Action: 'iot:Connect', Resource: '*' }, { Action: 'iot:Publish', Resource: arn('topic/a') });
    const changes = sortAndMerge(text);
    assert.ok(changes);
    assert.deepEqual(JSON.parse(applyChanges(text, changes)), JSON.parse(policy({ Action: 'iot:Connect', Resource: '*' }, { Action: ['iot:Publish', 'iot:Receive'], Resource: arn('topic/a') })));
  });

  it('keeps every decision, and has nothing more to do afterwards', () => {
    const name = fc.constantFrom('iot:Publish', 'iot:Receive', 'iot:Connect', 'iot:*');
    const resource = fc.constantFrom('*', arn('topic/a'), arn('topic/b*'), arn('client/pump-1'));
    const statement = fc.record(
      { Effect: fc.constantFrom('Allow', 'Deny'), Action: fc.oneof(name, fc.uniqueArray(name, { minLength: 1 })), Resource: fc.oneof(resource, fc.uniqueArray(resource, { minLength: 1 })), Sid: fc.constant('s'), Condition: fc.constant({ Bool: { 'iot:Connection.Thing.IsAttached': 'true' } }) },
      { requiredKeys: ['Effect', 'Action', 'Resource'] },
    );
    const questions: readonly Question[] = [{ kind: 'connect', clientId: 'pump-1' }, { kind: 'publish', topic: 'a' }, { kind: 'publish', topic: 'bc' }, { kind: 'receive', topic: 'a' }, { kind: 'receive', topic: 'z' }];
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 5 }), fc.boolean(), (statements, attached) => {
        const before = policy(...statements);
        const changes = sortAndMerge(before);
        if (changes === undefined) return;
        const after = applyChanges(before, changes);
        const caller = { clientId: 'pump-1', thing: { name: 'pump-1', attached } };
        const outcomes = (text: string): readonly string[] => questions.map((question) => new PolicyEvaluator([{ name: 'P', text }]).ask(question, caller, target).outcome);
        assert.deepEqual(outcomes(after), outcomes(before), after);
        assert.equal(sortAndMerge(after), undefined, after);
      }),
      { numRuns: 300 },
    );
  });
});

describe('twins', () => {
  it('turns topic/ into topicfilter/ and back, under the cursor only', () => {
    const text = policy({ Action: 'iot:Subscribe', Resource: [arn('topic/a'), arn('topic/b')] });
    const there = convertTwin(text, text.indexOf('topic/b'));
    assert.ok(there);
    const changed = applyChanges(text, [there.change]);
    assert.ok(changed.includes(arn('topic/a')) && changed.includes(arn('topicfilter/b')));
    const back = convertTwin(changed, changed.indexOf('topicfilter/b'));
    assert.ok(back);
    assert.equal(applyChanges(changed, [back.change]), text);
    assert.equal(convertTwin(text, 0), undefined);
  });
});
