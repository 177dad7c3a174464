import assert from 'node:assert/strict';
import fc from 'fast-check';
import { completeTemplate } from '../../../../src/core/provisioning/template/completeTemplate';
import { describeTemplate } from '../../../../src/core/provisioning/template/describeTemplate';
import { previewState, sampleCertificateId } from '../../../../src/core/provisioning/template/preview';
import { templateDocument } from '../../../../src/core/provisioning/templateDocument';
import { deviceParameters } from '../../../../src/services/deviceParameters';
import { parseFromPreview } from '../../../../src/webview/templatePreviewProtocol';

const head = '{"Parameters":{"ThingName":{"Type":"String"},"Place":{"Type":"String","Default":"Rome"}},"Mappings":{"Map":{"Rome":{"Url":"x"},"Oslo":{"Mail":"y"}}},';
const resource = (type: string, properties: string): string => `${head}"Resources":{"R":{"Type":"AWS::IoT::${type}","Properties":{${properties}}}}}`;

/** The labels at the bar; the bar goes. */
function labels(marked: string): readonly string[] {
  const offset = marked.indexOf('|');
  return completeTemplate(marked.replace('|', ''), offset, { policies: ['Device'], thingGroups: ['Cores'] }).map(({ label }) => label);
}

describe('completion in provisioning templates', () => {
  const parameters = ['ThingName', 'Place', 'AWS::IoT::Certificate::Id'];
  const table: readonly (readonly [string, readonly string[]])[] = [
    [resource('Thing', '"ThingName":{"Ref":"|"}'), parameters],
    [resource('Thing', '"ThingName":{"Fn::Sub":"a-${|}"}'), parameters],
    [resource('Thing', '"ThingName":{"Fn::Sub":["a-${Th|",{}]}'), parameters],
    [resource('Thing', '"ThingName":{"Fn::Sub":"a-|"}'), []],
    [resource('Thing', '"ThingName":{"Fn::FindInMap":["|"]}'), ['Map']],
    [resource('Thing', '"ThingName":{"Fn::FindInMap":["Map","|"]}'), ['Rome', 'Oslo']],
    [resource('Thing', '"ThingName":{"Fn::FindInMap":["Map","Rome","|"]}'), ['Url']],
    [resource('Thing', '"ThingName":{"Fn::FindInMap":["Map",{"Ref":"Place"},"|"]}'), ['Url', 'Mail']],
    [resource('Thing', '"ThingGroups":["|"]'), ['Cores']],
    [resource('Policy', '"PolicyName":"|"'), ['Device']],
    [resource('Policy', '"|":""'), []],
    [resource('Thing', '"ThingName":"|"'), []],
  ];
  for (const [text, wanted] of table) it(text.slice(text.indexOf('"R"') + 40).slice(0, 70), () => assert.deepEqual(labels(text), wanted));

  it('closes the brace of a substitution', () => {
    const text = resource('Thing', '"ThingName":{"Fn::Sub":"a-${Th"}');
    const offset = text.indexOf('${Th') + 4;
    const proposal = completeTemplate(text, offset).find(({ label }) => label === 'ThingName');
    assert.ok(proposal);
    assert.equal(text.slice(0, proposal.from) + proposal.insert + text.slice(proposal.to), text.replace('${Th', '${ThingName}'));
  });
});

describe('hover in provisioning templates', () => {
  it('tells what parameters and functions stand for', () => {
    const text = resource('Thing', '"ThingName":{"Fn::Join":["-",["a",{"Ref":"Place"}]]},"ThingTypeName":{"Ref":"Nothing"}');
    const at = (word: string): string => describeTemplate(text, text.lastIndexOf(word) + 1)?.markdown ?? '';
    assert.match(at('Place'), /default `Rome`/);
    assert.match(at('Fn::Join'), /Joins texts[^]*`a-Rome`/);
    assert.match(at('Nothing'), /There is no parameter/);
    assert.match(describeTemplate(text, text.indexOf('"ThingName"') + 2)?.markdown ?? '', /every device must send it/);
    assert.equal(describeTemplate(text, text.indexOf('AWS::IoT::Thing') + 2), undefined);
  });
});

describe('preview of a provisioning template', () => {
  const text = templateDocument({ iotPolicyName: 'Device', thingGroupName: 'Cores' });

  it('has a field for each parameter that a device sends, and says what is missing', () => {
    const state = previewState('t.json', text, {});
    assert.deepEqual(state.parameters, [{ name: 'ThingName', value: '', missing: true }, { name: 'ThingGroupName', value: '', defaultValue: 'Cores', missing: false }]);
    assert.equal(state.problems.length, 1);
    assert.match(text.split('\n')[(state.problems[0]?.line ?? 0) - 1] ?? '', /"Ref": "ThingName"/);
    assert.match(state.summary, /not provisioned/);
  });

  it('shows thing, certificate, policy and device configuration', () => {
    const body = { ...(JSON.parse(text) as object), DeviceConfiguration: { url: { 'Fn::Sub': 'https://${ThingName}' } } };
    const state = previewState('t.json', JSON.stringify(body), { ThingName: 'core1', ThingGroupName: 'Mine', unknown: 'x' });
    assert.deepEqual(state.problems, []);
    assert.deepEqual(state.sections.map(({ title }) => title), ['Thing', 'Certificate', 'Policy GreengrassPolicy', 'Device configuration']);
    const rows = state.sections.flatMap((section) => section.rows.map((row) => `${row.label}: ${row.value}`));
    for (const row of ['Name: core1', 'Thing group: Mine', 'Name: Device', 'url: https://core1']) assert.ok(rows.includes(row), row);
    assert.match(sampleCertificateId, /^[0-9a-f]{64}$/);
  });

  it('shows an inline policy as it will be', () => {
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: { 'Fn::Sub': 'arn:aws:iot:eu-west-1:470123856219:client/${ThingName}' } }] };
    const state = previewState('t', JSON.stringify({ Parameters: { ThingName: { Type: 'String' } }, Resources: { P: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: policy } } } }), { ThingName: 'core1' });
    assert.match(state.sections[0]?.rows[0]?.value ?? '', /client\/core1/);
    assert.equal(state.sections[0]?.rows[0]?.code, true);
  });

  it('takes any text and any values', () => {
    fc.assert(fc.property(fc.string(), fc.dictionary(fc.string(), fc.string()), (one, values) => void previewState('t', one, values)));
    fc.assert(fc.property(fc.json(), fc.nat(), (json, offset) => {
      previewState('t', json, { __proto__: 'x' });
      completeTemplate(json, offset % (json.length + 1));
      describeTemplate(json, offset % (json.length + 1));
    }));
  });

  it('takes only messages of its protocol', () => {
    assert.deepEqual(parseFromPreview({ type: 'set', name: 'a', value: 'b', more: 1 }), { type: 'set', name: 'a', value: 'b' });
    assert.deepEqual(parseFromPreview({ type: 'reveal', problem: 0 }), { type: 'reveal', problem: 0 });
    for (const bad of [undefined, null, 'ready', {}, { type: 'x' }, { type: 'set', name: 1, value: '' }, { type: 'set', name: 'a', value: 'x'.repeat(5000) }, { type: 'reveal', problem: -1 }, { type: 'reveal', problem: 1.5 }]) {
      assert.equal(parseFromPreview(bad), undefined);
    }
  });
});

describe('parameters of a device\'s configuration', () => {
  const template = templateDocument({ iotPolicyName: 'Device', thingGroupName: 'Cores' });
  const classic = (parameters: string): string => `services:\n  aws.greengrass.FleetProvisioningByClaim:\n    configuration:\n      awsRegion: eu-west-1\n${parameters}`;
  const check = async (yaml: string): Promise<readonly (readonly [string, string])[]> => (await deviceParameters(yaml, template)).findings.map((finding) => [finding.code, yaml.slice(finding.offset, finding.offset + finding.length)]);

  it('are held against the template, for either nucleus', async () => {
    assert.deepEqual(await check(classic('      templateParameters:\n        ThingName: core1\n')), []);
    assert.deepEqual((await deviceParameters(classic('      templateParameters:\n        ThingName: 17\n'), template)).values, { ThingName: '17' });
    assert.deepEqual(await check(classic('      templateParameters:\n        thingname: core1\n')), [['parameterNotGiven', 'templateParameters'], ['parameterNotDeclared', 'thingname']]);
    assert.deepEqual(await check(classic('')), [['parameterNotGiven', 'awsRegion']]);
    assert.deepEqual(await check('services:\n  aws.greengrass.fleet_provisioning:\n    configuration:\n      templateParams:\n        ThingName: a\n        Other: b\n'), [['parameterNotDeclared', 'Other']]);
  });

  it('of other or broken files are not looked at', async () => {
    for (const yaml of ['', 'a: b', 'services: [', classic('      templateParameters: {'), classic('  - x\n x')]) assert.deepEqual(await check(yaml), [], yaml);
  });
});
