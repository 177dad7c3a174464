import assert from 'node:assert/strict';
import { analyzePolicy } from '../../../../src/core/policy/analyze';
import { completePolicy, type CompleteOptions } from '../../../../src/core/policy/complete';
import { describePolicy } from '../../../../src/core/policy/describe';
import { applyChanges } from '../../../../src/core/policy/textChanges';
import { arn, policy, target } from './helpers';

/** █ marks the cursor. */
function at(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('█');
  return { text: marked.replace('█', ''), offset };
}
function labels(marked: string, options?: CompleteOptions): readonly string[] {
  const { text, offset } = at(marked);
  return completePolicy(text, offset, options).map((item) => item.label);
}
const names = { roleAliases: ['A', 'B'], templates: ['T'], things: ['pump-1'] };

describe('policy completion', () => {
  it('offers the actions, grouped, with what they apply to', () => {
    const { text, offset } = at(policy({ Action: ['iot:█'], Resource: '*' }));
    const items = completePolicy(text, offset);
    const found = items.find((item) => item.label === 'iot:Subscribe');
    assert.ok(found);
    assert.match(found.detail, /MQTT.*topicfilter/);
    assert.match(found.documentation, /https:\/\/docs\.aws\.amazon\.com/);
    assert.ok(items.some((item) => item.label === 'iot:AssumeRoleWithCertificate'));
  });

  it('builds an ARN segment by segment with the connected values and live names', () => {
    const options = { target, names };
    const resource = (value: string, action = 'iot:AssumeRoleWithCertificate'): readonly string[] => labels(policy({ Action: action, Resource: value }), options);
    assert.deepEqual(resource('█').slice(0, 3), [arn('rolealias/A'), arn('rolealias/B'), arn('rolealias/')]);
    assert.equal(resource('arn:█')[0], 'aws:');
    assert.deepEqual(resource('arn:aws:█'), ['iot:']);
    assert.deepEqual(resource('arn:aws:iot:█'), ['us-east-1:']);
    assert.deepEqual(resource('arn:aws:iot:us-east-1:█'), [`${target.account}:`]);
    assert.deepEqual(resource(arn('█')), ['rolealias/']);
    assert.deepEqual(resource(arn('█'), 'iot:Subscribe'), ['topicfilter/']);
    assert.deepEqual(resource(arn('rolealias/█')), ['A', 'B']);
    assert.ok(resource(arn('client/█'), 'iot:Connect').includes('pump-1'));
    assert.ok(resource(arn('topic/█'), 'iot:Publish').includes('$aws/provisioning-templates/T/provision/*'));
  });

  it('offers variables inside ${, and keeps what follows the brace', () => {
    const { text, offset } = at(policy({ Action: 'iot:Publish', Resource: arn('topic/${iot:█}/x') }));
    const item = completePolicy(text, offset).find((one) => one.label === '${iot:ClientId}');
    assert.ok(item);
    const done = applyChanges(text, [{ offset: item.from, length: item.to - item.from, text: item.insert }]);
    assert.ok(done.includes('topic/${iot:ClientId}/x"'));
    assert.ok(!labels(policy({ Action: 'iot:Publish', Resource: arn('topic/${█') })).includes('${iot:ConnectAttributes}'));
  });

  it('offers condition operators, keys and values', () => {
    assert.ok(labels(policy({ Action: 'iot:Connect', Resource: '*', Condition: { '█': {} } })).includes('ForAnyValue:StringEquals'));
    assert.ok(labels(policy({ Action: 'iot:Connect', Resource: '*', Condition: { Bool: { '█': 'true' } } })).includes('iot:Connection.Thing.IsAttached'));
    assert.deepEqual(labels(policy({ Action: 'iot:Connect', Resource: '*', Condition: { 'ForAnyValue:StringEquals': { 'iot:ConnectAttributes': ['█'] } } })), ['PersistentConnect', 'LastWill']);
  });

  it('is silent outside strings and in property names', () => {
    assert.deepEqual(labels('{█}'), []);
    assert.deepEqual(labels('{"Version":"2012-10-17","Statement":[{"Act█ion":"iot:Connect"}]}'), []);
  });

  it('completes each action to one that the rules know', () => {
    const { text, offset } = at(policy({ Action: '█', Resource: '*' }));
    for (const item of completePolicy(text, offset)) {
      const done = applyChanges(text, [{ offset: item.from, length: item.to - item.from, text: item.insert }]);
      assert.ok(!analyzePolicy(done).some((finding) => ['unknownAction', 'unknownService', 'malformedAction'].includes(finding.code)), item.label);
    }
  });
});

describe('policy hover', () => {
  const hover = (marked: string): string | undefined => {
    const { text, offset } = at(marked);
    return describePolicy(text, offset)?.markdown;
  };
  it('explains actions, wildcards, ARNs, variables, operators and keys', () => {
    assert.match(hover(policy({ Action: 'iot:Sub█scribe', Resource: '*' })) ?? '', /topicfilter.*MQTT/s);
    assert.match(hover(policy({ Action: 'greengrass:█*', Resource: '*' })) ?? '', /GetComponentVersionArtifact/);
    assert.match(hover(policy({ Action: 'iot:Publish', Resource: arn('topic/a█/*') })) ?? '', /Example: `a\/abc\/x`/);
    assert.match(hover(policy({ Action: 'iot:Publish', Resource: arn('topic/${iot:Cl█ientId}') })) ?? '', /Client id of the connection/);
    assert.match(hover(policy({ Action: 'iot:Connect', Resource: '*', Condition: { 'ForAnyValue:Str█ingEquals': {} } })) ?? '', /^/);
    assert.match(hover(policy({ Action: 'iot:Connect', Resource: '*', Condition: { Bool: { 'iot:Connection.Thing.IsAt█tached': 'true' } } })) ?? '', /attached to the thing/);
    assert.equal(hover(policy({ Action: 'iot:Nonse█nse', Resource: '*' })), undefined);
  });
  it('lets no text of the document become markup', () => {
    assert.ok(!(hover(policy({ Action: 'iot:Publish', Resource: arn('topic/`[x](command:evil)█') })) ?? '').includes('``'));
  });
});
