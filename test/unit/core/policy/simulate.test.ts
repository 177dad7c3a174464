import assert from 'node:assert/strict';
import fc from 'fast-check';
import { devicePolicyDocument } from '../../../../src/core/provisioning/devicePolicy';
import { applyChanges } from '../../../../src/core/policy/textChanges';
import { callerOf, simulate, targetOfPolicy } from '../../../../src/core/policy/simulate';
import { insertStatement } from '../../../../src/core/policy/simulateInsert';
import { asked, claimQuestions, coreDeviceQuestions, questionOf, suggestedValues } from '../../../../src/core/policy/simulateQuestions';
import { authorizationQuestions, simulationView } from '../../../../src/core/policy/simulateView';
import { arn, policy, target } from './helpers';

const statement = { Effect: 'Allow', Action: 'iot:Publish', Resource: arn('topic/x') } as const;
const filled = devicePolicyDocument.replace('[ARN OF IoT Role Alias]', arn('rolealias/Alias'));

describe('policy simulation', () => {
  it('takes account, region and partition from the policy', () => {
    assert.deepEqual(targetOfPolicy(filled), target);
    assert.deepEqual(targetOfPolicy(filled.replaceAll('arn:aws:iot:us-east-1', 'arn:aws-cn:iot:cn-north-1')), { ...target, partition: 'aws-cn', region: 'cn-north-1' });
    for (const text of ['', 'x', '[]', devicePolicyDocument, policy({ Action: 'iot:Connect', Resource: 'arn:aws:iot:*:*:client/x' })]) assert.equal(targetOfPolicy(text).account, '123456789012', text);
  });

  it('finds that the workshop policy allows a core device all it needs, and only with the alias filled in', () => {
    const questions = coreDeviceQuestions(filled, 'Core1', target);
    assert.ok(questions.length > 12);
    assert.deepEqual(simulate('P', filled, questions, target).filter(({ decision }) => decision.outcome !== 'allowed').map(({ asked: { label } }) => label), []);
    const open = simulate('P', devicePolicyDocument, coreDeviceQuestions(devicePolicyDocument, 'Core1', target), target);
    assert.deepEqual(open.filter(({ decision }) => decision.outcome !== 'allowed').map((answer) => answer.asked.question.kind), ['assumeRole']);
  });

  it('asks the second connection of a core under its own client id', () => {
    const text = policy({ Action: 'iot:Connect', Resource: arn('client/${iot:Connection.Thing.ThingName}') });
    const [first, second] = simulate('P', text, coreDeviceQuestions(text, 'Core1', target), target);
    assert.deepEqual([first?.decision.outcome, second?.decision.outcome], ['allowed', 'implicitDeny']);
    assert.deepEqual(second?.missing, ['iot:Connection.Thing.ThingName']);
    assert.equal(callerOf('Core1#2').thing?.name, 'Core1');
  });

  it('asks a claim policy about its own template', () => {
    const root = '$aws/provisioning-templates/T/provision';
    const text = policy({ Action: ['iot:Publish', 'iot:Receive'], Resource: arn(`topic/${root}/*`) }, { Action: 'iot:Subscribe', Resource: arn(`topicfilter/${root}/*`) });
    const allowed = simulate('P', text, claimQuestions(text, 'claim', 'Other'), target).filter(({ decision }) => decision.outcome === 'allowed');
    assert.deepEqual(allowed.map((answer) => answer.asked.label), [`Subscribe to ${root}/json/accepted`, `Subscribe to ${root}/json/rejected`, `Publish to ${root}/json`, `Receive from ${root}/json/accepted`]);
  });

  it('suggests values of the policy first, and each of them is allowed', () => {
    const text = policy({ Action: '*', Resource: [arn('topic/${iot:Connection.Thing.ThingName}/s?/*'), arn('topicfilter/a/+/#'), arn('client/pump-*')] });
    assert.equal(suggestedValues(text, 'publish', 'pump-1', target)[0], 'pump-1/sx/example');
    assert.equal(suggestedValues(text, 'subscribe', 'pump-1', target)[0], 'a/+/#');
    assert.equal(suggestedValues(text, 'connect', 'pump-1', target)[0], 'pump-example');
    for (const kind of ['publish', 'subscribe', 'receive'] as const) {
      const value = suggestedValues(text, kind, 'pump-1', target)[0] ?? '';
      assert.equal(simulate('P', text, [asked(questionOf(kind, value), 'pump-1')], target)[0]?.decision.outcome, 'allowed', value);
    }
    assert.ok(suggestedValues('', 'call', 'pump-1', target).includes('greengrass:ResolveComponentCandidates'));
    assert.deepEqual(questionOf('call', ' a:b  c '), { kind: 'call', action: 'a:b', resource: 'c' });
  });

  describe('putting the smallest statement in', () => {
    it('keeps the indentation, a single line, and turns one statement into a list', () => {
      const four = JSON.stringify(JSON.parse(filled), undefined, 4);
      const changed = (text: string): string => applyChanges(text, [insertStatement(text, statement)].filter((change) => change !== undefined));
      const wanted = JSON.parse(filled) as { Statement: object[] };
      wanted.Statement.push(statement);
      assert.equal(changed(four), JSON.stringify(wanted, undefined, 4));
      assert.equal(changed(JSON.stringify(JSON.parse(filled))), JSON.stringify(wanted));
      const single = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
      assert.deepEqual(JSON.parse(changed(JSON.stringify(single, undefined, 2))), { ...single, Statement: [single.Statement, statement] });
      assert.deepEqual(JSON.parse(changed('{"Version":"2012-10-17","Statement":[]}')), { Version: '2012-10-17', Statement: [statement] });
      for (const text of ['', '{', '[]', '{}', '{"Statement":1}', '{"Statement":[}']) assert.equal(insertStatement(text, statement), undefined, text);
    });

    it('always allows what was denied, in whatever layout, and is not offered otherwise', () => {
      const topic = fc.string({ unit: fc.constantFrom('a', '/', '*', '?', '$', '{', '}', '+', '#', '"', '\\'), minLength: 1, maxLength: 8 });
      const resource = fc.constantFrom('topic/a', 'topic/*', 'topicfilter/*', 'client/${iot:Connection.Thing.ThingName}');
      const statements = fc.array(fc.record({ Effect: fc.constantFrom('Allow', 'Deny'), Action: fc.constantFrom('iot:Publish', 'iot:Connect'), Resource: resource.map(arn) }), { minLength: 1, maxLength: 3 });
      const kind = fc.constantFrom('connect', 'publish', 'subscribe', 'receive', 'assumeRole');
      fc.assert(
        fc.property(statements, topic, kind, fc.constantFrom(undefined, 1, 2, '\t'), fc.constantFrom('2012-10-17', '2008-10-17'), (items, value, what, indent, version) => {
          const text = JSON.stringify({ Version: version, Statement: items.length === 1 ? items[0] : items }, undefined, indent);
          const questions = [asked(questionOf(what, value), 'pump-1')];
          const [before] = simulate('P', text, questions, target);
          assert.ok(before);
          const { smallest, outcome } = before.decision;
          assert.equal(smallest !== undefined, outcome === 'implicitDeny');
          if (smallest === undefined) {
            assert.equal(before.insertable, false);
            return;
          }
          const change = insertStatement(text, smallest);
          assert.ok(change);
          const [after] = simulate('P', applyChanges(text, [change]), questions, target);
          assert.equal(after?.decision.outcome === 'allowed', before.insertable);
          if (version === '2012-10-17') assert.ok(before.insertable);
        }),
        { numRuns: 400 },
      );
    });
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.nat(filled.length).map((cut) => filled.slice(0, cut))), (text) => {
        simulationView('P', simulate('P', text, coreDeviceQuestions(text, 'x', targetOfPolicy(text)), targetOfPolicy(text)), true);
      }),
      { numRuns: 200 },
    );
  });

  describe('the page', () => {
    const text = policy({ Sid: 'Here', Action: 'iot:Connect', Resource: '*' }, { Effect: 'Deny', Action: 'iot:Publish', Resource: arn('topic/no') });
    const questions = [questionOf('connect', 'pump-1'), questionOf('publish', 'no'), questionOf('subscribe', 'a'), questionOf('assumeRole', 'A')].map((question) => asked(question, 'pump-1'));
    const answers = simulate('P', text, questions, target);

    it('says decision, statement, reason and the way out', () => {
      const view = simulationView('P', answers, true);
      assert.equal(view.summary, '1 of 4 allowed.');
      assert.deepEqual(
        view.rows.map((row) => [row.outcome, row.statement, row.why, row.smallest !== undefined, row.insertable, row.as]),
        [
          ['allowed', 'Statement 1, Here', '', false, false, 'as pump-1'],
          ['explicitDeny', 'Statement 2', '', false, false, 'as pump-1'],
          ['implicitDeny', undefined, 'No statement allows it.', true, true, 'as pump-1'],
          ['implicitDeny', undefined, 'No statement allows it.', true, true, ''],
        ],
      );
      assert.ok(simulationView('P', answers, false).rows.every((row) => !row.insertable), 'a read-only document takes nothing');
    });

    it('puts the answers of AWS beside ours and marks differences', () => {
      assert.deepEqual(authorizationQuestions(answers).map(({ row, clientId, question }) => [row, clientId, question.action, question.resource]), [
        [0, 'pump-1', 'CONNECT', arn('client/pump-1')],
        [1, 'pump-1', 'PUBLISH', arn('topic/no')],
        [2, 'pump-1', 'SUBSCRIBE', arn('topicfilter/a')],
      ]);
      const view = simulationView('P', answers, true, {
        answers: [{ decision: 'ALLOWED', policies: ['P'], missing: [] }, { decision: 'IMPLICIT_DENY', policies: [], missing: ['iot:ClientId'] }, { decision: 'IMPLICIT_DENY', policies: [], missing: [] }, undefined],
        notes: ['note'],
      });
      assert.equal(view.summary, '1 of 4 allowed. 1 differ from AWS.');
      assert.deepEqual(view.rows.map((row) => [row.aws?.text, row.aws?.differs]), [['Allowed', false], ['Not allowed', true], ['Not allowed', false], ['Not asked', false]]);
      assert.equal(view.rows[1]?.aws?.note, 'without a value: iot:ClientId');
    });
  });
});
