import assert from 'node:assert/strict';
import { intrinsic, rewriteDocument, rewriteText, type Json, type Part, type Rewriting } from '../../../../src/core/export/rewrite';
import { templateBodyValue } from '../../../../src/core/export/templateBodyPart';

type Place = Rewriting['place'];
const aws: Place = { partition: 'aws', region: 'us-east-1', account: '123456789012' };
const china: Place = { partition: 'aws-cn', region: 'cn-north-1', account: '123456789012' };

function rewriting(place: Place = aws): Rewriting & { readonly seen: string[] } {
  const seen: string[] = [];
  return {
    place,
    names: {
      roleAliases: new Map([['Alias', 'RoleAliasName']]),
      policies: new Map([['Device', 'IoTPolicyName'], ['constructor', 'IoTPolicyName2']]),
      thingGroups: new Map([['Cores', 'ThingGroupName']]),
      templates: new Map([['Fleet', 'ProvisioningTemplateName']]),
    },
    foreign: (arn) => seen.push(arn),
    seen,
  };
}

/** As CloudFormation resolves what we write: Ref, Fn::Sub with `${!x}`, Fn::Join. */
function resolve(value: Json, names: Readonly<Record<string, string>>): string {
  if (typeof value === 'string') return value;
  assert.ok(typeof value === 'object' && value !== null && !Array.isArray(value));
  const { Ref: ref, 'Fn::Sub': sub, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Sub'?: string; 'Fn::Join'?: readonly [string, readonly Json[]] };
  const named = (name: string): string => names[name] ?? assert.fail(`no value for ${name}`);
  if (ref !== undefined) return named(ref);
  if (sub !== undefined) return sub.replace(/\$\{([^}]*)\}/g, (_, name: string) => (name.startsWith('!') ? `\${${name.slice(1)}}` : named(name)));
  assert.ok(join !== undefined);
  return join[1].map((item) => resolve(item, names)).join(join[0]);
}
const valuesOf = (place: Place): Readonly<Record<string, string>> => ({
  'AWS::Partition': place.partition, 'AWS::Region': place.region, 'AWS::AccountId': place.account,
  RoleAliasName: 'Alias', IoTPolicyName: 'Device', IoTPolicyName2: 'constructor', ThingGroupName: 'Cores', ProvisioningTemplateName: 'Fleet',
});

const here = 'arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}:';
const rows: readonly (readonly [text: string, written: Json, place?: Place])[] = [
  ['*', '*'],
  ['', ''],
  ['arn:aws:iot:us-east-1:123456789012:topic/a', { 'Fn::Sub': `${here}topic/a` }],
  ['arn:aws:iot:us-east-1:123456789012:rolealias/Alias', { 'Fn::Sub': `${here}rolealias/\${RoleAliasName}` }],
  ['arn:aws:iot:us-east-1:123456789012:rolealias/AliasOther', { 'Fn::Sub': `${here}rolealias/AliasOther` }],
  ['arn:aws:iot:us-east-1:123456789012:rolealias/*', { 'Fn::Sub': `${here}rolealias/*` }],
  ['arn:aws:iot:us-east-1:123456789012:policy/Device', { 'Fn::Sub': `${here}policy/\${IoTPolicyName}` }],
  ['arn:aws:iot:us-east-1:123456789012:policy/constructor', { 'Fn::Sub': `${here}policy/\${IoTPolicyName2}` }],
  ['arn:aws:iot:us-east-1:123456789012:constructor/Device', { 'Fn::Sub': `${here}constructor/Device` }],
  ['arn:aws:iot:us-east-1:123456789012:thinggroup/Cores', { 'Fn::Sub': `${here}thinggroup/\${ThingGroupName}` }],
  ['arn:aws:iot:us-east-1:123456789012:provisioningtemplate/Fleet', { 'Fn::Sub': `${here}provisioningtemplate/\${ProvisioningTemplateName}` }],
  ['arn:aws:iot:us-east-1:123456789012:topic/$aws/provisioning-templates/Fleet/provision/*', { 'Fn::Sub': `${here}topic/$aws/provisioning-templates/\${ProvisioningTemplateName}/provision/*` }],
  ['arn:aws:iot:us-east-1:123456789012:topicfilter/$aws/provisioning-templates/Fleet2/provision/*', { 'Fn::Sub': `${here}topicfilter/$aws/provisioning-templates/Fleet2/provision/*` }],
  // Policy variables are for the device, not for CloudFormation.
  ['arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}', { 'Fn::Sub': `${here}client/\${!iot:Connection.Thing.ThingName}` }],
  ['arn:aws:iot:us-east-1:123456789012:topic/${iot:Connection.Thing.Attributes[room]}/x', { 'Fn::Sub': `${here}topic/\${!iot:Connection.Thing.Attributes[room]}/x` }],
  ['${iot:ClientId}', '${iot:ClientId}'],
  // Nothing is said about these inside Fn::Sub, so they are joined.
  ['arn:aws:iot:us-east-1:123456789012:topic/${a b}', { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iot:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':topic/$', '{a b}']] }],
  // Account or region not said, or everywhere the same.
  ['arn:aws:iot:*:*:topic/a', { 'Fn::Sub': 'arn:${AWS::Partition}:iot:*:*:topic/a' }],
  ['arn:aws:iot:us-east-1:*:topic/a', { 'Fn::Sub': 'arn:${AWS::Partition}:iot:${AWS::Region}:*:topic/a' }],
  ['arn:*:iot:us-east-1:123456789012:topic/a', { 'Fn::Sub': 'arn:*:iot:${AWS::Region}:${AWS::AccountId}:topic/a' }],
  ['arn:aws:iam::123456789012:role/R', { 'Fn::Sub': 'arn:${AWS::Partition}:iam::${AWS::AccountId}:role/R' }],
  ['arn:aws:iam::aws:policy/P', { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/P' }],
  ['arn:aws:s3:::bucket/*', { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::bucket/*' }],
  ['arn:aws:logs:us-east-1:123456789012:log-group:/aws/greengrass/*:*', { 'Fn::Sub': 'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/greengrass/*:*' }],
  // Not of this place: told, and left.
  ['arn:aws:iot:eu-west-1:123456789012:topic/a', 'arn:aws:iot:eu-west-1:123456789012:topic/a'],
  ['arn:aws:iot:us-east-1:999999999999:topic/a', 'arn:aws:iot:us-east-1:999999999999:topic/a'],
  ['arn:aws:iot:us-*:123456789012:topic/a', 'arn:aws:iot:us-*:123456789012:topic/a'],
  ['arn:aws-cn:iot:us-east-1:123456789012:topic/a', 'arn:aws-cn:iot:us-east-1:123456789012:topic/a'],
  // No ARN, or one inside a name.
  ['arn:aws:iot', 'arn:aws:iot'],
  ['yarn:aws:iot:us-east-1:123456789012:topic/a', 'yarn:aws:iot:us-east-1:123456789012:topic/a'],
  ['arn:aws:iot:us-east-1:123456789012:topic/arn:aws:iot:us-east-1:123456789012:x', { 'Fn::Sub': `${here}topic/arn:aws:iot:us-east-1:123456789012:x` }],
  // Another partition.
  ['arn:aws-cn:iot:cn-north-1:123456789012:rolealias/Alias', { 'Fn::Sub': `${here}rolealias/\${RoleAliasName}` }, china],
  ['arn:aws-cn:iam::aws:policy/P', { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/P' }, china],
  ['arn:aws:iot:cn-north-1:123456789012:topic/a', 'arn:aws:iot:cn-north-1:123456789012:topic/a', china],
];

describe('ARNs of an exported document', () => {
  for (const [text, written, place = aws] of rows) {
    it(`${text || 'nothing'} (${place.partition})`, () => {
      const own = rewriting(place);
      const value = intrinsic(rewriteText(text, own));
      assert.deepEqual(value, written);
      assert.equal(resolve(value, valuesOf(place)), text, 'deployed in its own place it is what it was');
      const kept = typeof written === 'string' && /^arn:[^:]+:[^:]+:[^:]*:[^:]*:/.test(text);
      assert.deepEqual(own.seen, kept ? [text] : []);
    });
  }

  it('hostile texts come out as they went in', () => {
    const arn = 'arn:aws:iot:us-east-1:123456789012:topic/';
    for (const tail of ['${', '${}', '${!x}', '$', '$${iot:ClientId}', '${${a}}', '{"Ref":"X"}', '"\\', '\u2028é\ud83d\ude00', '${AWS::Region}', 'a b ${c', '!Sub ${AWS::AccountId}', '__proto__']) {
      for (const text of [arn + tail, tail, `${tail} ${arn}${tail}`]) {
        assert.equal(resolve(intrinsic(rewriteText(text, rewriting())), valuesOf(aws)), text);
      }
    }
    const parts: readonly Part[] = ['$', { ref: 'AWS::Region' }, '{x}'];
    assert.equal(resolve(intrinsic(parts), valuesOf(aws)), '$us-east-1{x}');
  });

  it('the bare account id and, in a condition, the bare region', () => {
    const document = {
      Statement: [{ Effect: 'Allow', Principal: { AWS: '123456789012' }, Sid: 'us-east-1', Condition: { StringEquals: { 'aws:SourceAccount': ['123456789012', '999999999999'], 'aws:RequestedRegion': 'us-east-1' } } }],
    };
    assert.deepEqual(rewriteDocument(document, rewriting()), {
      Statement: [{
        Effect: 'Allow', Principal: { AWS: { Ref: 'AWS::AccountId' } }, Sid: 'us-east-1',
        Condition: { StringEquals: { 'aws:SourceAccount': [{ Ref: 'AWS::AccountId' }, '999999999999'], 'aws:RequestedRegion': { Ref: 'AWS::Region' } } },
      }],
    });
  });
});

describe('the body of an exported provisioning template', () => {
  const body = (resources: object, parameters: object = {}): string => JSON.stringify({ Parameters: parameters, Resources: resources });
  const written = (text: string, values: Readonly<Record<string, string>> = valuesOf(aws)): string => resolve(templateBodyValue(text, rewriting()), values);

  it('takes new names where they name a policy or a group, and nowhere else', () => {
    const text = body(
      {
        t: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'Device', ThingGroups: [{ Ref: 'Group' }, 'Cores', 'Others'], AttributePayload: { note: 'Cores' } } },
        p: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'Device' } },
        'a/~b': { Type: 'AWS::IoT::Policy', Properties: { PolicyName: { Ref: 'P/~' } } },
        d: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: '{"Resource":"arn:aws:iot:us-east-1:123456789012:policy/Device"}' } },
      },
      { Group: { Type: 'String', Default: 'Cores' }, 'P/~': { Type: 'String', Default: 'Device' }, Other: { Type: 'String', Default: 'Device' } },
    );
    assert.deepEqual(JSON.parse(written(text)), JSON.parse(text));
    const moved = JSON.parse(written(text, { ...valuesOf({ partition: 'aws-cn', region: 'cn-north-1', account: '210987654321' }), IoTPolicyName: 'New', ThingGroupName: 'Group' })) as object;
    assert.deepEqual(moved, {
      Parameters: { Group: { Type: 'String', Default: 'Group' }, 'P/~': { Type: 'String', Default: 'New' }, Other: { Type: 'String', Default: 'Device' } },
      Resources: {
        t: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'Device', ThingGroups: [{ Ref: 'Group' }, 'Group', 'Others'], AttributePayload: { note: 'Cores' } } },
        p: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'New' } },
        'a/~b': { Type: 'AWS::IoT::Policy', Properties: { PolicyName: { Ref: 'P/~' } } },
        d: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: '{"Resource":"arn:aws-cn:iot:cn-north-1:210987654321:policy/New"}' } },
      },
    });
  });

  it('hostile texts in it come out as they went in', () => {
    for (const text of ['${iot:ClientId}', '${}', '$', '"\\\n', '\u2028\ud800', '</script>', '__proto__', '${AWS::Region}']) {
      const whole = body({ [text]: { Type: 'AWS::IoT::Thing', Properties: { ThingName: text, ThingGroups: ['Cores', text] } }, p: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'Device' } } }, { [text]: { Type: text } });
      assert.deepEqual(JSON.parse(written(whole)), JSON.parse(whole));
    }
  });

  it('a body near the limit is written without white space; a broken one stays a text', () => {
    const long = body({ t: { Type: 'AWS::IoT::Thing', Properties: { AttributePayload: Object.fromEntries([...Array(300).keys()].map((n) => [`k${n}`, 'x'.repeat(10)])) } } });
    assert.equal(written(long), long);
    assert.equal(written('{"x": "arn:aws:iot:us-east-1:123456789012:topic/a"'), '{"x": "arn:aws:iot:us-east-1:123456789012:topic/a"');
  });
});
