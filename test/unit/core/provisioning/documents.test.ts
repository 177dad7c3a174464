import assert from 'node:assert/strict';
import fc from 'fast-check';
import { analyzePolicy } from '../../../../src/core/policy/analyze';
import { findPlaceholders } from '../../../../src/core/policy/placeholders';
import { claimPolicyDocument } from '../../../../src/core/claims/claimPolicy';
import { markRequest, readMarker } from '../../../../src/core/claims/claimMarker';
import { devicePolicyDocument, roleAliasPlaceholder } from '../../../../src/core/provisioning/devicePolicy';
import { templateProblem } from '../../../../src/core/provisioning/template/templateProblem';
import { compactTemplate, templateFacts } from '../../../../src/core/provisioning/templateBody';
import { templateDocument } from '../../../../src/core/provisioning/templateDocument';
import { versionToRemove } from '../../../../src/core/provisioning/versions';
import { prettyJson, sameJson } from '../../../../src/core/util/json';
import { coreThingNameProblem, nameProblem } from '../../../../src/core/util/names';

describe('device policy file', () => {
  it('says what the workshop\'s page says, with its one placeholder', () => {
    assert.deepEqual(JSON.parse(devicePolicyDocument), {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['iot:Publish', 'iot:Subscribe', 'iot:Receive', 'iot:Connect', 'greengrass:*'], Resource: ['*'] },
        { Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: '[ARN OF IoT Role Alias]' },
      ],
    });
    assert.deepEqual(findPlaceholders(devicePolicyDocument).map(({ kind, text }) => [kind, text]), [['roleAliasArn', roleAliasPlaceholder]]);
  });
});

describe('claim policy', () => {
  it('has no error in the analysis, in any partition, and no placeholder', () => {
    for (const [partition, region] of [['aws', 'eu-west-1'], ['aws-cn', 'cn-north-1'], ['aws-us-gov', 'us-gov-west-1']] as const) {
      const target = { partition, region, account: '470123856219' };
      const text = claimPolicyDocument(target, 'T');
      assert.deepEqual(analyzePolicy(text, { target }).filter((finding) => finding.severity === 'error'), []);
      assert.equal(text.split(`arn:${partition}:iot:${region}:470123856219:`).length - 1, 6);
      assert.equal(text.split('/provisioning-templates/T/provision/*').length - 1, 2);
    }
  });
});

describe('claim marker', () => {
  it('comes back as it was written, and the PEM stays readable', () => {
    const marker = { account: '470123856219', region: 'eu-west-1', requestedAt: new Date('2026-11-23T10:00:00.123Z') };
    const text = markRequest('-----BEGIN X-----\nAA\n-----END X-----', marker);
    assert.deepEqual(readMarker(text), marker);
    assert.ok(text.endsWith('-----END X-----\n'));
    for (const other of ['', '-----BEGIN X-----', 'Requested in account 1 region r at x', 'Requested in account 470123856219 region eu at yesterday']) assert.equal(readMarker(other), undefined);
  });
});

describe('provisioning template', () => {
  const text = templateDocument({ iotPolicyName: 'Device', thingGroupName: 'Cores' });

  it('is accepted and names its group, policy and parameters', () => {
    assert.equal(templateProblem(text), undefined);
    assert.deepEqual(templateFacts(text), { thingGroups: ['Cores'], policies: ['Device'], thingTypes: [], parameters: [{ name: 'ThingName' }, { name: 'ThingGroupName', defaultValue: 'Cores' }] });
  });

  it('follows the functions and leaves out what only a device tells', () => {
    const groups = ['Plain', { Ref: 'Unset' }, { 'Fn::Join': ['-', ['A', { Ref: 'Set' }]] }, { 'Fn::Sub': '${Set}/x' }, { 'Fn::Sub': '${Unset}' }, { 'Fn::FindInMap': ['M', { Ref: 'Set' }, 'g'] }, { 'Fn::Select': [0, ['q']] }];
    const body = JSON.stringify({ Parameters: { Set: { Type: 'String', Default: 's' }, Unset: { Type: 'String' } }, Mappings: { M: { s: { g: 'Mapped' } } }, Resources: { T: { Type: 'AWS::IoT::Thing', Properties: { ThingGroups: groups } } } });
    assert.deepEqual(templateFacts(body).thingGroups, ['Plain', 'A-s', 's/x', 'Mapped', 'q']);
  });

  it('says where a broken text breaks', () => {
    assert.equal(templateProblem('{"Resources": {,}}')?.offset, 15);
    for (const bad of ['', '[]', '{}', '{"Resources":{"A":{"Type":"AWS::IoT::Thing"}}}']) assert.ok(templateProblem(bad), bad);
  });

  it('drops white space only when that is what keeps it under the limit', () => {
    assert.equal(compactTemplate(text), text);
    const wide = text.replace('{', `{${' '.repeat(11_000)}`);
    assert.equal(templateProblem(wide), undefined);
    assert.ok(compactTemplate(wide).length < 1000);
    assert.ok(templateProblem(text.replace('Cores', 'x'.repeat(11_000))));
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.json(), (json) => {
      templateProblem(json);
      templateFacts(json);
    }));
  });
});

describe('versions', () => {
  const version = (versionId: string, isDefault = false): { versionId: string; isDefault: boolean } => ({ versionId, isDefault });
  it('picks the oldest by number that is not the default', () => {
    assert.equal(versionToRemove(['10', '9', '11', '12'].map((id) => version(id)).concat(version('2', true)))?.versionId, '9');
    assert.equal(versionToRemove(['1', '2', '3', '4'].map((id) => version(id))), undefined);
  });
});

describe('JSON equality', () => {
  const shuffled = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shuffled);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).reverse().map(([key, item]) => [key, shuffled(item)]));
  };
  it('does not see layout or the order of members', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      assert.ok(sameJson(text, JSON.stringify(shuffled(value), null, 4)));
      assert.ok(sameJson(text, prettyJson(text)));
      assert.ok(!sameJson(text, JSON.stringify([value])));
    }));
  });
  it('sees order in arrays, missing and inherited members, and types', () => {
    for (const [a, b] of [['[1,2]', '[2,1]'], ['{"a":1}', '{}'], ['{"a":1}', '{"b":1}'], ['{"toString":1}', '{"a":1}'], ['1', '"1"'], ['[]', '{}'], ['null', '{}'], ['{', '{}']] as const) {
      assert.ok(!sameJson(a, b), `${a} ${b}`);
      assert.ok(!sameJson(b, a), `${b} ${a}`);
    }
    assert.ok(sameJson('not: json\r\n', 'not: json\n'));
  });
});

describe('names', () => {
  it('holds them against AWS\'s rules', () => {
    assert.equal(nameProblem('template', 'a'.repeat(36)), undefined);
    assert.ok(nameProblem('template', 'a'.repeat(37)));
    assert.ok(nameProblem('roleAlias', 'a.b'));
    assert.ok(nameProblem('stack', '1a'));
    assert.ok(nameProblem('stack', ''));
    assert.equal(nameProblem('thingGroup', 'a:b'), undefined);
    assert.ok(coreThingNameProblem('a:b'));
  });
});
