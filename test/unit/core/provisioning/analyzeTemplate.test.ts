import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyChanges } from '../../../../src/core/policy/textChanges';
import { analyzeTemplate } from '../../../../src/core/provisioning/template/analyzeTemplate';
import { templateCodes, type TemplateCode } from '../../../../src/core/provisioning/template/templateCodes';
import type { TemplateFinding, TemplateOptions } from '../../../../src/core/provisioning/template/templateFinding';
import { templateDocument } from '../../../../src/core/provisioning/templateDocument';

const certificateId = { Ref: 'AWS::IoT::Certificate::Id' };

/** A template without a fault; members of `change` go over its own. */
function good(change: { Parameters?: object; Resources?: object; [section: string]: unknown } = {}): Record<string, unknown> {
  return {
    ...change,
    Parameters: { ThingName: { Type: 'String' }, ...change.Parameters },
    Resources: {
      T: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'ThingName' } } },
      C: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: certificateId, Status: 'Active' } },
      P: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'Device' } },
      ...change.Resources,
    },
  };
}
const thing = (properties: object, more: object = {}): Record<string, unknown> => good({ Resources: { T: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'ThingName' }, ...properties }, ...more } } });
const certificate = (properties: object, more: object = {}): Record<string, unknown> => good({ Resources: { C: { Type: 'AWS::IoT::Certificate', Properties: properties, ...more } } });
const policy = (properties: object, more: object = {}): Record<string, unknown> => good({ Resources: { P: { Type: 'AWS::IoT::Policy', Properties: properties, ...more } } });
const device = (configuration: unknown, more: object = {}): Record<string, unknown> => good({ ...more, DeviceConfiguration: configuration });
const connect = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: 'arn:aws:iot:eu-west-1:470123856219:client/${iot:Connection.Thing.ThingName}' }] };
const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value, null, 2));
const marked = (text: string, finding: TemplateFinding): string => text.slice(finding.offset, finding.offset + finding.length);

function fixAll(text: string, options: TemplateOptions): string {
  const changes = analyzeTemplate(text, options).flatMap((finding) => finding.fixes.find((fix) => fix.preferred)?.changes ?? []);
  return applyChanges(text, changes);
}

interface Case {
  readonly code: TemplateCode;
  readonly bad: unknown;
  /** The marked text. */
  readonly at: string;
  /** The template after the preferred fix; absent when there is no one right answer. */
  readonly fixed?: unknown;
  /** Other findings that the bad template has besides. */
  readonly also?: readonly TemplateCode[];
  readonly options?: TemplateOptions;
}

const without = (value: Record<string, unknown>, ...names: readonly string[]): Record<string, unknown> => {
  const resources = Object.fromEntries(Object.entries(value['Resources'] as object).filter(([name]) => !names.includes(name)));
  return { ...value, Resources: resources };
};

const cases: readonly Case[] = [
  { code: 'invalidJson', bad: '{"Resources": {}', at: '}' },
  { code: 'invalidJson', bad: `// note\n${JSON.stringify(good())}`, at: '// note' },
  { code: 'invalidJson', bad: textOf(good()).replace('Device', 'De\u0000vice'), at: '"De\u0000vice"' },
  { code: 'emptyDocument', bad: ' \n', at: ' ' },
  { code: 'documentTooLarge', bad: `{"a":"${'x'.repeat(5_000_000)}"}`, at: '{' },
  { code: 'nestedTooDeeply', bad: '['.repeat(100_000), at: '[' },
  { code: 'notAnObject', bad: '[]', at: '[' },
  { code: 'duplicateKey', bad: textOf(good()).replace('"Type": "String"', '"Type": "String", "Type": "String"'), at: '"Type"' },
  { code: 'byteOrderMark', bad: `\uFEFF${textOf(good())}`, at: '\uFEFF', fixed: good() },
  { code: 'loneSurrogate', bad: textOf(good()).replace('Active"', 'Active", "x\uD800": ""').replace(', "x\uD800": ""', '').replace('Device', 'Dev\uD800'), at: '\uD800', also: ['policyName'] },
  { code: 'templateTooLong', bad: device(Object.fromEntries(Array.from({ length: 120 }, (_, index) => [`k${index}`, 'v'.repeat(100)]))), at: '{' },

  { code: 'unknownSection', bad: good({ Outputs: {} }), at: 'Outputs' },
  { code: 'unknownSection', bad: good({ Mapping: {} }), at: 'Mapping', fixed: good({ Mappings: {} }) },
  { code: 'wrongType', bad: good({ DeviceConfiguration: 'x' }), at: '"x"' },
  { code: 'wrongType', bad: good({ Resources: { P: 'Device' } }), at: '"Device"' },
  { code: 'wrongType', bad: thing({ ThingGroups: 'g' }), at: '"g"', fixed: thing({ ThingGroups: ['g'] }) },
  { code: 'wrongType', bad: thing({ ThingTypeName: 3 }), at: '3' },
  { code: 'missingResources', bad: { Parameters: {} }, at: '{' },
  { code: 'missingType', bad: good({ Resources: { P: { Properties: { PolicyName: 'a' } } } }), at: 'P' },
  { code: 'unknownResourceType', bad: good({ Resources: { P: { Type: 'AWS::IoT::Polcy', Properties: { PolicyName: 'Device' } } } }), at: 'AWS::IoT::Polcy', fixed: good() },
  { code: 'unknownResourceMember', bad: policy({ PolicyName: 'a' }, { DependsOn: 'T' }), at: 'DependsOn' },
  { code: 'unknownProperty', bad: thing({ ThingGroup: ['g'] }), at: 'ThingGroup', fixed: thing({ ThingGroups: ['g'] }) },
  { code: 'unknownProperty', bad: certificate({ CertificateId: certificateId, status: 'Active' }), at: 'status', fixed: certificate({ CertificateId: certificateId, Status: 'Active' }) },
  { code: 'missingProperty', bad: good({ Resources: { T: { Type: 'AWS::IoT::Thing', Properties: {} } } }), at: 'T', fixed: good(), also: ['unusedParameter'] },
  { code: 'noThing', bad: without(good({ DeviceConfiguration: { a: { Ref: 'ThingName' } } }), 'T'), at: 'Resources' },
  { code: 'manyThings', bad: good({ Resources: { T2: { Type: 'AWS::IoT::Thing', Properties: { ThingName: { Ref: 'ThingName' } } } } }), at: 'T2' },
  { code: 'noCertificate', bad: without(good(), 'C'), at: 'Resources' },
  { code: 'manyCertificates', bad: good({ Resources: { C2: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: certificateId } } } }), at: 'C2' },
  { code: 'noPolicy', bad: without(good(), 'P'), at: 'Resources' },
  { code: 'placeholder', bad: policy({ PolicyName: '[Policy name]' }), at: '[Policy name]' },
  { code: 'sampleAccountId', bad: device({ topic: 'arn:aws:iot:eu-west-1:123456789012:topic/a' }), at: '123456789012' },

  { code: 'parameterType', bad: good({ Parameters: { ThingName: { Type: 'Number' } } }), at: '"Number"', fixed: good() },
  { code: 'parameterType', bad: good({ Parameters: { ThingName: {} } }), at: 'ThingName', fixed: good() },
  { code: 'parameterType', bad: good({ Parameters: { ThingName: 'String' } }), at: '"String"', fixed: good() },
  { code: 'parameterDefault', bad: device({ a: { Ref: 'N' } }, { Parameters: { N: { Type: 'String', Default: 3 } } }), at: '3', fixed: device({ a: { Ref: 'N' } }, { Parameters: { N: { Type: 'String', Default: '3' } } }) },
  { code: 'unknownParameterMember', bad: good({ Parameters: { ThingName: { Type: 'String', Description: 'x' } } }), at: 'Description', fixed: good() },
  { code: 'unusedParameter', bad: good({ Parameters: { Other: { Type: 'String' } } }), at: 'Other', fixed: good() },
  { code: 'undeclaredParameter', bad: thing({ ThingTypeName: { Ref: 'Model' } }), at: 'Model', fixed: { ...thing({ ThingTypeName: { Ref: 'Model' } }), Parameters: { ThingName: { Type: 'String' }, Model: { Type: 'String' } } } },
  { code: 'undeclaredParameter', bad: thing({ ThingName: { Ref: 'ThingNmae' } }), at: 'ThingNmae', fixed: good() },
  { code: 'undeclaredParameter', bad: thing({ ThingTypeName: { 'Fn::Sub': 'x-${thingname}' } }), at: '${thingname}', fixed: thing({ ThingTypeName: { 'Fn::Sub': 'x-${ThingName}' } }) },
  { code: 'pseudoParameter', bad: thing({ ThingTypeName: { Ref: 'AWS::Region' } }), at: 'AWS::Region' },
  { code: 'pseudoParameter', bad: thing({ ThingTypeName: { Ref: 'AWS::IoT::Certificate::CommonName' } }), at: 'AWS::IoT::Certificate::CommonName' },
  { code: 'pseudoParameter', bad: certificate({ CertificateId: { Ref: 'AWS::IoT::Certificate::ID' }, Status: 'Active' }), at: 'AWS::IoT::Certificate::ID', fixed: good() },
  { code: 'unknownFunction', bad: thing({ ThingTypeName: { 'Fn:Join': ['', ['a']] } }), at: 'Fn:Join', fixed: thing({ ThingTypeName: { 'Fn::Join': ['', ['a']] } }) },
  { code: 'unknownFunction', bad: thing({ ThingTypeName: { 'Fn::GetAtt': ['T', 'Arn'] } }), at: 'Fn::GetAtt' },
  { code: 'functionArguments', bad: thing({ ThingTypeName: { 'Fn::Join': 'a' } }), at: '"a"' },
  { code: 'functionArguments', bad: thing({ ThingTypeName: { 'Fn::FindInMap': ['M', 'a'] } }), at: '[\n            "M",\n            "a"\n          ]' },
  { code: 'selectIndex', bad: thing({ ThingTypeName: { 'Fn::Select': [2, ['a', 'b']] } }), at: '2' },
  { code: 'functionInMappings', bad: device({ a: { 'Fn::FindInMap': ['M', 'a', 'b'] } }, { Mappings: { M: { a: { b: { Ref: 'ThingName' } } } } }), at: '{\n          \"Ref\": \"ThingName\"\n        }' },
  { code: 'mappingShape', bad: device({ a: { 'Fn::FindInMap': ['M', 'a', 'b'] } }, { Mappings: { M: { a: { b: 'v' }, c: 'x' } } }), at: '"x"' },
  { code: 'unknownMapKey', bad: device({ a: { 'Fn::FindInMap': ['Map', 'Rome', 'Urk'] } }, { Mappings: { Map: { Rome: { Url: 'x' } } } }), at: '"Urk"', fixed: device({ a: { 'Fn::FindInMap': ['Map', 'Rome', 'Url'] } }, { Mappings: { Map: { Rome: { Url: 'x' } } } }) },
  { code: 'unusedMapping', bad: good({ Mappings: { M: { a: { b: 'c' } }, N: { a: { b: 'c' } } }, DeviceConfiguration: { x: { 'Fn::FindInMap': ['M', 'a', 'b'] } } }), at: 'N', fixed: good({ Mappings: { M: { a: { b: 'c' } } }, DeviceConfiguration: { x: { 'Fn::FindInMap': ['M', 'a', 'b'] } } }) },
  { code: 'substitutionOutsideSub', bad: device({ a: 'x-${ThingName}' }), at: '${ThingName}', fixed: device({ a: { 'Fn::Sub': 'x-${ThingName}' } }) },

  { code: 'certificateReference', bad: certificate({ CertificateId: 'abc', Status: 'Active' }), at: '"abc"', fixed: good() },
  { code: 'certificateReference', bad: certificate({ Status: 'Active' }), at: 'C', fixed: certificate({ Status: 'Active', CertificateId: certificateId }) },
  { code: 'certificateSource', bad: certificate({ CertificateSigningRequest: 'x', Status: 'Active' }), at: 'CertificateSigningRequest', fixed: good() },
  { code: 'certificateStatus', bad: certificate({ CertificateId: certificateId, Status: 'Actve' }), at: 'Actve', fixed: certificate({ CertificateId: certificateId, Status: 'ACTIVE' }) },
  { code: 'certificateInactive', bad: certificate({ CertificateId: certificateId, Status: 'INACTIVE' }), at: 'INACTIVE' },
  { code: 'principalType', bad: certificate({ CertificateId: certificateId, ThingPrincipalType: 'EXCLUSIVE' }), at: 'EXCLUSIVE' },
  { code: 'policyNameAndDocument', bad: policy({}), at: 'P' },
  { code: 'policyNameAndDocument', bad: policy({ PolicyName: 'a', PolicyDocument: connect }), at: 'PolicyName' },
  { code: 'policyArn', bad: policy({ PolicyName: 'arn:aws:iot:eu-west-1:470123856219:policy/Device' }), at: 'arn:aws:iot:eu-west-1:470123856219:policy/Device', fixed: good() },
  { code: 'policyArn', bad: policy({ PolicyName: 'arn:aws:iot:eu-west-1:470123856219:rolealias/A' }), at: 'arn:aws:iot:eu-west-1:470123856219:rolealias/A' },
  { code: 'policyArn', bad: policy({ PolicyName: 'arn:aws:iam::470123856219:policy/A' }), at: 'arn:aws:iam::470123856219:policy/A' },
  { code: 'policyName', bad: policy({ PolicyName: 'my policy' }), at: 'my policy' },
  { code: 'policyDocument', bad: policy({ PolicyDocument: 'not json' }), at: '"not json"' },
  { code: 'overrideProperty', bad: thing({}, { OverrideSettings: { THING_GROUPS: 'MERGE' } }), at: 'THING_GROUPS', fixed: thing({}, { OverrideSettings: { ThingGroups: 'MERGE' } }) },
  { code: 'overrideProperty', bad: policy({ PolicyName: 'Device' }, { OverrideSettings: {} }), at: 'OverrideSettings', fixed: good() },
  { code: 'overrideValue', bad: thing({}, { OverrideSettings: { ThingTypeName: 'MERGE' } }), at: 'MERGE' },
  { code: 'overrideValue', bad: thing({}, { OverrideSettings: { ThingGroups: 'replace' } }), at: 'replace', fixed: thing({}, { OverrideSettings: { ThingGroups: 'REPLACE' } }) },
  { code: 'resourceName', bad: thing({ ThingGroups: ['a group'] }), at: 'a group' },
  { code: 'coreThingName', bad: good({ Parameters: { ThingName: { Type: 'String', Default: 'a:b' } } }), at: '{\n          "Ref": "ThingName"\n        }', also: ['sameThingForAll'] },
  { code: 'sameThingForAll', bad: thing({ ThingName: 'core', ThingTypeName: { Ref: 'ThingName' } }), at: 'core', fixed: thing({ ThingName: { Ref: 'ThingName' }, ThingTypeName: { Ref: 'ThingName' } }) },
  { code: 'attribute', bad: thing({ AttributePayload: { place: 'New York' } }), at: 'New York' },
  { code: 'attribute', bad: thing({ AttributePayload: { size: 3 } }), at: '3', fixed: thing({ AttributePayload: { size: '3' } }) },
  { code: 'manyAttributes', bad: thing({ AttributePayload: { a: '1', b: '2', c: '3', d: '4' } }), at: 'AttributePayload' },
  { code: 'manyThingGroups', bad: thing({ ThingGroups: Array.from({ length: 11 }, (_, index) => `g${index}`) }), at: JSON.stringify(Array.from({ length: 11 }, (_, index) => `g${index}`), null, 2).replace(/\n/g, '\n        ') },
  { code: 'nestedValue', bad: device({ a: { b: 'c' } }), at: '{\n      "b": "c"\n    }' },
  { code: 'nestedValue', bad: thing({ AttributePayload: { Attributes: { a: 'b' } } }), at: '{\n            "a": "b"\n          }', fixed: thing({ AttributePayload: { a: 'b' } }) },

  { code: 'policyNotFound', bad: good(), at: 'Device', options: { lookups: { policies: ['Devices'] } }, fixed: policy({ PolicyName: 'Devices' }) },
  { code: 'thingTypeNotFound', bad: thing({ ThingTypeName: 'Core' }), at: 'Core', options: { lookups: { thingTypes: { Core: 'missing' } } } },
  { code: 'thingTypeDeprecated', bad: thing({ ThingTypeName: 'Core' }), at: 'Core', options: { lookups: { thingTypes: { Core: 'deprecated' } } } },
  { code: 'thingGroupNotFound', bad: thing({ ThingGroups: ['Cores'] }), at: 'Cores', options: { lookups: { thingGroups: [] } } },
];

describe('analysis of provisioning templates', () => {
  for (const { code, bad, at, fixed, also = [], options = {} } of cases) {
    it(`${code}: ${at.slice(0, 40).replace(/\s+/g, ' ')}`, () => {
      const text = textOf(bad);
      const findings = analyzeTemplate(text, options);
      assert.deepEqual(findings.map((finding) => finding.code).sort(), [code, ...also].sort());
      const found = findings.find((finding) => finding.code === code);
      assert.ok(found);
      assert.equal(marked(text, found), at);
      assert.ok(found.message !== '' && found.documentation.startsWith('https://'));
      if (fixed === undefined) return;
      const after = fixAll(text, options);
      assert.deepEqual(JSON.parse(after), fixed);
      assert.deepEqual(analyzeTemplate(after, options), []);
    });
  }

  it('has a case for each code that comes from a template', () => {
    const elsewhere: readonly string[] = ['parameterNotGiven', 'parameterNotDeclared'];
    const covered = new Set<string>(cases.map(({ code }) => code));
    assert.deepEqual(Object.keys(templateCodes).filter((code) => !covered.has(code) && !elsewhere.includes(code)), []);
  });

  it('follows the settings, but for a text that cannot be read', () => {
    const text = textOf(without(good(), 'P'));
    assert.deepEqual(analyzeTemplate(text, { rules: { noPolicy: 'error' } }).map(({ severity }) => severity), ['error']);
    assert.deepEqual(analyzeTemplate(text, { rules: { noPolicy: 'off' } }), []);
    assert.equal(analyzeTemplate('', { rules: { emptyDocument: 'off' } }).length, 1);
  });

  it('checks a policy inside the template where it stands, as object and as text', () => {
    const document = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Recieve', Resource: { 'Fn::Join': ['', ['arn:aws:iot:eu-west-1:470123856219:topic/', { Ref: 'ThingName' }]] } }] };
    const object = textOf(policy({ PolicyDocument: document }));
    const [inObject] = analyzeTemplate(object);
    assert.ok(inObject);
    assert.deepEqual([inObject.code, marked(object, inObject)], ['unknownAction', 'iot:Recieve']);
    assert.match(fixAll(object, {}), /"iot:Receive"/);
    const quoted = textOf(policy({ PolicyDocument: JSON.stringify({ ...document, Statement: [{ Effect: 'Allow', Action: 'iot:Recieve', Resource: 'arn:aws:iot:eu-west-1:470123856219:topic/a' }] }) }));
    const [inText] = analyzeTemplate(quoted);
    assert.ok(inText);
    assert.deepEqual([inText.code, marked(quoted, inText)], ['unknownAction', 'iot:Recieve']);
    const fixed = JSON.parse(fixAll(quoted, {})) as { Resources: { P: { Properties: { PolicyDocument: string } } } };
    assert.match(fixed.Resources.P.Properties.PolicyDocument, /"iot:Receive"/);
    assert.deepEqual(analyzeTemplate(object, { policyRules: { unknownAction: 'off' } }), []);
    const otherRegion = analyzeTemplate(quoted.replace('Recieve', 'Receive'), { target: { partition: 'aws', region: 'eu-central-1', account: '470123856219' } });
    assert.ok(otherRegion.some((finding) => finding.code === 'regionMismatch' && marked(quoted, finding).endsWith('eu-west-1')));
  });

  it('does not ask the account for names that the steps make or a device tells', () => {
    const text = textOf(thing({ ThingGroups: ['Cores', { Ref: 'ThingName' }] }));
    assert.deepEqual(analyzeTemplate(text, { lookups: { policies: [], thingGroups: [], planned: ['Device', 'Cores'] } }), []);
  });

  it('finds nothing wrong with the product\'s own template', () => {
    assert.deepEqual(analyzeTemplate(templateDocument({ iotPolicyName: 'Device', thingGroupName: 'Cores' })), []);
  });

  it('takes any text without failing', () => {
    const whole = textOf(good({ Mappings: { M: { a: { b: 'c' } } }, DeviceConfiguration: { x: { 'Fn::FindInMap': ['M', 'a', 'b'] }, y: { 'Fn::Sub': ['${a}', { a: 'b' }] } } }));
    const within = (text: string): void => {
      for (const finding of analyzeTemplate(text)) {
        assert.ok(finding.offset >= 0 && finding.offset + finding.length <= text.length);
        for (const fix of finding.fixes) for (const change of fix.changes) assert.ok(change.offset >= 0 && change.offset + change.length <= text.length);
      }
    };
    fc.assert(fc.property(fc.nat(whole.length), fc.nat(30), fc.string({ unit: 'binary', maxLength: 10 }), (from, length, insert) => within(whole.slice(0, from) + insert + whole.slice(from + length))));
    fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (one, two) => within(JSON.stringify({ Parameters: one, Resources: { T: { Type: 'AWS::IoT::Thing', Properties: one, OverrideSettings: two }, P: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: two } }, X: one }, Mappings: two, DeviceConfiguration: one }))));
    fc.assert(fc.property(fc.string({ unit: 'binary' }), within));
  });
});
