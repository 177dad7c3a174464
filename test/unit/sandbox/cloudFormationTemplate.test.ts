import assert from 'node:assert/strict';
import fc from 'fast-check';
import { evaluateTemplate } from '../../../src/sandbox/services/cloudformation/engine/evaluation';
import { evaluate, UNKNOWN, NO_VALUE, type Scope } from '../../../src/sandbox/services/cloudformation/template/intrinsics';
import { topologicalOrder } from '../../../src/sandbox/services/cloudformation/template/graph';
import type { Json } from '../../../src/sandbox/services/cloudformation/template/model';
import { resolveParameters } from '../../../src/sandbox/services/cloudformation/template/parameters';
import { parseTemplate, parseText } from '../../../src/sandbox/services/cloudformation/template/parse';
import { checkedProperties } from '../../../src/sandbox/services/cloudformation/resources/registry';

const scope: Scope = {
  region: 'eu-west-1',
  ref: (name) => ({ A: 'alpha', List: ['x', 'y', 'z'], 'AWS::Region': 'eu-west-1', Later: UNKNOWN, 'AWS::NoValue': NO_VALUE } as Record<string, Json | typeof UNKNOWN | typeof NO_VALUE>)[name],
  getAtt: (resource, attribute) => (resource === 'Later' ? UNKNOWN : `${resource}#${attribute}`),
  condition: (name) => name === 'Yes',
  mapping: (map, top, second) => (map === 'M' && top === 'eu-west-1' && second === 'k' ? 'mapped' : undefined),
  importValue: (name) => `imported ${name}`,
  zones: (region) => [`${region}a`, `${region}b`],
};

const ROLE = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } };
const parse = (resources: object, rest: object = {}): string => JSON.stringify({ Resources: resources, ...rest });
const check = (body: string, parameters: Record<string, string> = {}): ReturnType<typeof evaluateTemplate> =>
  evaluateTemplate(
    { account: '470123856219', region: 'cn-north-1', partition: 'aws-cn', exports: new Map() },
    { id: 'arn:aws-cn:cloudformation:cn-north-1:470123856219:stack/s/u', name: 's' },
    { templateBody: body, parameters, tags: [], capabilities: [], notificationArns: [] },
  );

describe('CloudFormation intrinsic functions', () => {
  const cases: [string, Json, unknown][] = [
    ['Ref', { Ref: 'A' }, 'alpha'],
    ['Fn::GetAtt as list', { 'Fn::GetAtt': ['R', 'Arn'] }, 'R#Arn'],
    ['Fn::GetAtt as text, attribute with a dot', { 'Fn::GetAtt': 'R.Outer.Inner' }, 'R#Outer.Inner'],
    ['Fn::Sub', { 'Fn::Sub': '${A}-${R.Arn}-${AWS::Region}' }, 'alpha-R#Arn-eu-west-1'],
    ['Fn::Sub keeps ${!literal}', { 'Fn::Sub': 'x/${!iot:Connection.Thing.ThingName}/$aws' }, 'x/${iot:Connection.Thing.ThingName}/$aws'],
    ['Fn::Sub with own variables', { 'Fn::Sub': ['${v}${A}', { v: { Ref: 'AWS::Region' } }] }, 'eu-west-1alpha'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'A' }, 1]] }, 'a-alpha-1'],
    ['Fn::Join of a list parameter', { 'Fn::Join': [',', { Ref: 'List' }] }, 'x,y,z'],
    ['Fn::Select', { 'Fn::Select': ['1', { Ref: 'List' }] }, 'y'],
    ['Fn::Split', { 'Fn::Split': [':', 'a:b'] }, ['a', 'b']],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'k'] }, 'mapped'],
    ['Fn::If', { 'Fn::If': ['Yes', 1, 2] }, 1],
    ['Fn::If with AWS::NoValue drops the member', { a: { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] }, b: [{ Ref: 'AWS::NoValue' }, 2] }, { b: [2] }],
    ['Fn::Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': '${A}-x' } }, 'imported alpha-x'],
    ['Fn::GetAZs', { 'Fn::GetAZs': '' }, ['eu-west-1a', 'eu-west-1b']],
    ['Fn::Cidr', { 'Fn::Cidr': ['10.0.0.0/16', 3, 8] }, ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24']],
    ['unknown through Fn::Sub', { 'Fn::Sub': 'a-${Later}' }, UNKNOWN],
    ['unknown through Fn::Join and Fn::Split', { 'Fn::Split': ['-', { 'Fn::Join': ['-', [{ 'Fn::GetAtt': ['Later', 'Arn'] }]] }] }, UNKNOWN],
  ];
  for (const [name, value, expected] of cases) it(name, () => assert.deepEqual(evaluate(value, scope), expected));

  const refused: [string, Json, RegExp][] = [
    ['Fn::Select beyond the list', { 'Fn::Select': [9, { Ref: 'List' }] }, /^Template error: Fn::Select {2}cannot select nonexistent value at index 9$/],
    ['Fn::FindInMap without the key', { 'Fn::FindInMap': ['M', 'x', 'k'] }, /^Template error: Unable to get mapping for M::x::k$/],
    ['Ref of a list', { Ref: ['A'] }, /every Ref object must have a single String value/],
    ['Fn::GetAtt without attribute', { 'Fn::GetAtt': ['R', ''] }, /every Fn::GetAtt object requires two non-empty parameters/],
    ['Fn::Sub with a bad name', { 'Fn::Sub': '${a b}' }, /variable names in Fn::Sub syntax/],
    ['a function that does not exist', { 'Fn::Nope': 1 }, /Fn::Nope/],
  ];
  for (const [name, value, message] of refused) it(`refuses ${name}`, () => assert.throws(() => evaluate(value, scope), { name: 'ValidationError', message }));
});

describe('CloudFormation template text', () => {
  it('reads YAML with short tags as it reads JSON', () => {
    const yaml = parseText(`
Resources:
  R:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: 2012-10-17, Statement: []}
      Path: !If [Yes, !Sub "/\${A}/", !Ref AWS::NoValue]
      Tags:
        - Key: k
          Value: !Join ["", [!GetAtt X.Arn, !Select [0, !Split [":", "a:b"]]]]
Conditions:
  Yes: !And [!Equals [a, a], !Not [!Condition No]]
`);
    assert.deepEqual(yaml, {
      Resources: {
        R: {
          Type: 'AWS::IAM::Role',
          Properties: {
            AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
            Path: { 'Fn::If': ['Yes', { 'Fn::Sub': '/${A}/' }, { Ref: 'AWS::NoValue' }] },
            Tags: [{ Key: 'k', Value: { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['X', 'Arn'] }, { 'Fn::Select': [0, { 'Fn::Split': [':', 'a:b'] }] }]] } }],
          },
        },
      },
      Conditions: { Yes: { 'Fn::And': [{ 'Fn::Equals': ['a', 'a'] }, { 'Fn::Not': [{ Condition: 'No' }] }] } },
    });
  });

  const bad: [string, string, string | RegExp][] = [
    ['JSON that ends early', '{\n  "Resources": {', /^Template format error: JSON not well-formed\. \(line \d+, column \d+\)$/],
    ['duplicate YAML keys', 'Resources:\n  A: {Type: x}\n  A: {Type: y}\n', 'Template format error: YAML not well-formed. (line 3, column 3)'],
    ['an unknown YAML tag', 'Resources: !Bar x\n', /^Template format error: YAML not well-formed/],
    ['plain text', 'hello', 'Template format error: unsupported structure.'],
    ['no resources', '{"Resources": {}}', 'Template format error: At least one Resources member must be defined.'],
    ['an unknown section', '{"Resource": {}, "Resources": {}}', 'Invalid template property or properties [Resource]'],
    ['an unknown resource attribute', parse({ R: { ...ROLE, Propertys: {} } }), "Invalid template resource property 'Propertys'"],
    ['a resource without type', parse({ R: {} }), 'Template format error: [/Resources/R] Every Resources object must contain a Type member.'],
    ['null', parse({ R: { ...ROLE, Properties: { Path: null } } }), "Template format error: [/Resources/R/Properties/Path] 'null' values are not allowed in templates"],
    ['an unknown type', parse({ R: { Type: 'AWS::Foo::Bar' } }), 'Template format error: Unrecognized resource types: [AWS::Foo::Bar]'],
    ['a reference to nothing', parse({ R: { ...ROLE, Properties: { Path: { Ref: 'X' } } } }), 'Template format error: Unresolved resource dependencies [X] in the Resources block of the template'],
    ['a Sub of nothing', parse({ R: { ...ROLE, Properties: { Path: { 'Fn::Sub': '${X}' } } } }), 'Template format error: Unresolved resource dependencies [X] in the Resources block of the template'],
    ['a DependsOn of nothing', parse({ R: { ...ROLE, DependsOn: 'X' } }), 'Template format error: Unresolved resource dependencies [X] in the Resources block of the template'],
    ['a GetAtt of nothing', parse({ R: { ...ROLE, Properties: { Path: { 'Fn::GetAtt': ['X', 'Arn'] } } } }), 'Template error: instance of Fn::GetAtt references undefined resource X'],
    ['an attribute that the type lacks', parse({ R: ROLE }, { Outputs: { O: { Value: { 'Fn::GetAtt': ['R', 'Foo'] } } } }), 'Template error: resource R does not support attribute type Foo in Fn::GetAtt'],
    ['an output of nothing', parse({ R: ROLE }, { Outputs: { O: { Value: { Ref: 'X' } } } }), 'Template format error: Unresolved resource dependencies [X] in the Outputs block of the template'],
    ['a condition that uses a resource', parse({ R: ROLE }, { Conditions: { C: { 'Fn::Equals': [{ Ref: 'R' }, 'x'] } } }), 'Template format error: Unresolved dependencies [R]. Cannot reference resources in the Conditions block of the template'],
    ['a circle', parse({ A: { ...ROLE, DependsOn: 'B' }, B: { ...ROLE, DependsOn: 'A' }, C: { ...ROLE, DependsOn: 'A' } }), 'Circular dependency between resources: [A, B]'],
    ['a reference to a resource that the condition leaves out', parse({ A: { ...ROLE, Condition: 'No' }, B: { ...ROLE, DependsOn: 'A', Properties: { Path: { Ref: 'A' } } } }, { Conditions: { No: { 'Fn::Equals': ['a', 'b'] } } }), 'Template format error: Unresolved resource dependencies [A] in the Resources block of the template'],
    ['a transform', parse({ R: ROLE }, { Transform: 'AWS::Serverless-2016-10-31' }), /^Transforms are not supported by the local sandbox/],
  ];
  for (const [name, body, message] of bad) it(`refuses ${name}`, () => assert.throws(() => check(body), { name: 'ValidationError', message }));

  it('resolves pseudo parameters by partition', () => {
    const evaluation = check(parse({ R: ROLE }, { Outputs: { O: { Value: { 'Fn::Sub': '${AWS::Partition} ${AWS::URLSuffix} ${AWS::AccountId} ${AWS::StackName}' } } } }));
    assert.equal(evaluation.outputs(() => undefined)[0]?.value, 'aws-cn amazonaws.com.cn 470123856219 s');
  });

  it('places every resource after what it needs, whatever the graph', () => {
    fc.assert(fc.property(fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { maxLength: 30 }), (edges) => {
      // Edges to smaller numbers only: no circles.
      const graph = new Map(edges.map((targets, index) => [String(index), targets.filter((target) => target < index).map(String)]));
      const order = topologicalOrder(graph);
      assert.equal(order.length, graph.size);
      for (const [name, targets] of graph) for (const target of targets) assert.ok(order.indexOf(target) < order.indexOf(name));
    }));
  });
});

describe('CloudFormation parameters', () => {
  const template = (definition: object): ReturnType<typeof parseTemplate> => parseTemplate(parse({ R: ROLE }, { Parameters: { P: definition } }));
  const give = (definition: object, value?: string): Record<string, string> => resolveParameters(template(definition), value === undefined ? [] : [{ ParameterKey: 'P', ParameterValue: value }]);

  it('takes defaults, given values and previous ones', () => {
    assert.deepEqual(give({ Type: 'Number', Default: 5 }), { P: '5' });
    assert.deepEqual(give({ Type: 'String', Default: 'd' }, 'given'), { P: 'given' });
    assert.deepEqual(resolveParameters(template({ Type: 'String', Default: 'd' }), [{ ParameterKey: 'P', UsePreviousValue: true }], { P: 'old' }), { P: 'old' });
  });

  const refused: [string, () => unknown, string | RegExp][] = [
    ['a missing value', () => give({ Type: 'String' }), 'Parameters: [P] must have values'],
    ['an unknown parameter', () => resolveParameters(template({ Type: 'String', Default: '' }), [{ ParameterKey: 'Q', ParameterValue: '' }]), 'Parameters: [Q] do not exist in the template'],
    ['a value that is not allowed', () => give({ Type: 'String', AllowedValues: ['a', 'b'] }, 'c'), "Parameter 'P' must be one of AllowedValues"],
    ['a value against the pattern', () => give({ Type: 'String', AllowedPattern: '[a-z]+' }, 'abc1'), "Parameter 'P' must match pattern [a-z]+"],
    ['with the constraint in words', () => give({ Type: 'String', AllowedPattern: '[a-z]+', ConstraintDescription: 'letters only' }, '1'), 'Parameter P failed to satisfy constraint: letters only'],
    ['a text that is too short', () => give({ Type: 'String', MinLength: 2 }, 'a'), "Parameter 'P' must contain at least 2 characters"],
    ['a text that is too long', () => give({ Type: 'String', MaxLength: 2 }, 'abc'), "Parameter 'P' must contain at most 2 characters"],
    ['a number that is none', () => give({ Type: 'Number' }, 'x'), "Parameter 'P' must be a number"],
    ['a number that is too small', () => give({ Type: 'Number', MinValue: 3 }, '2'), "Parameter 'P' must be a number not less than 3"],
    ['a number that is too great', () => give({ Type: 'List<Number>', MaxValue: 3 }, '1, 4'), "Parameter 'P' must be a number not greater than 3"],
    ['an unknown type', () => template({ Type: 'Strin' }), 'Template format error: Unrecognized parameter type: Strin'],
    ['a type that looks values up', () => template({ Type: 'AWS::SSM::Parameter::Value<String>' }), /not supported by the local sandbox/],
  ];
  for (const [name, work, message] of refused) it(`refuses ${name}`, () => assert.throws(work, { name: 'ValidationError', message }));
});

describe('CloudFormation resource properties', () => {
  it('converts scalars to the kind of the property', () => {
    assert.deepEqual(checkedProperties('AWS::IAM::Role', 'R', { AssumeRolePolicyDocument: {}, MaxSessionDuration: '7200', Path: 5 }), { AssumeRolePolicyDocument: {}, MaxSessionDuration: 7200, Path: '5' });
  });
  const refused: [Record<string, Json>, string][] = [
    [{ AssumeRolePolicyDocument: {}, Foo: 1 }, 'Properties validation failed for resource R with message: #: extraneous key [Foo] is not permitted'],
    [{}, 'Properties validation failed for resource R with message: #: required key [AssumeRolePolicyDocument] not found'],
    [{ AssumeRolePolicyDocument: {}, MaxSessionDuration: 'long' }, 'Properties validation failed for resource R with message: #/MaxSessionDuration: expected type: Integer, found: String'],
  ];
  for (const [properties, message] of refused) it(message, () => assert.throws(() => checkedProperties('AWS::IAM::Role', 'R', properties), { name: 'ValidationError', message }));
});
