import assert from 'node:assert/strict';
import fs from 'node:fs';
import { getLanguageService, TextDocument, type JSONSchema } from 'vscode-json-languageservice';
import manifest from '../../../../package.json';
import { renderTemplate } from '../../../../src/core/provisioning/renderTemplate';
import { analyzeTemplate } from '../../../../src/core/provisioning/template/analyzeTemplate';
import { templateDocument } from '../../../../src/core/provisioning/templateDocument';

/** Templates as the pages of AWS print them. */
const documented: readonly { readonly page: string; readonly body: unknown; readonly parameters: Record<string, string>; readonly also?: readonly string[] }[] = [
  {
    page: 'https://docs.aws.amazon.com/iot/latest/developerguide/provision-template.html#fleet-provisioning-example',
    parameters: { ThingName: 'a', SerialNumber: '1', DeviceLocation: 'Seattle' },
    also: ['sampleAccountId', 'missingConnect'],
    body: {
      Parameters: { ThingName: { Type: 'String' }, SerialNumber: { Type: 'String' }, DeviceLocation: { Type: 'String' } },
      Mappings: { LocationTable: { Seattle: { LocationUrl: 'https://example.aws' } } },
      Resources: {
        thing: {
          Type: 'AWS::IoT::Thing',
          Properties: {
            AttributePayload: { version: 'v1', serialNumber: 'serialNumber' },
            ThingName: { Ref: 'ThingName' },
            ThingTypeName: { 'Fn::Join': ['', ['ThingPrefix_', { Ref: 'SerialNumber' }]] },
            ThingGroups: ['v1-lightbulbs', 'WA'],
            BillingGroup: 'LightBulbBillingGroup',
          },
          OverrideSettings: { AttributePayload: 'MERGE', ThingTypeName: 'REPLACE', ThingGroups: 'DO_NOTHING' },
        },
        certificate: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active' } },
        policy: {
          Type: 'AWS::IoT::Policy',
          Properties: { PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: ['iot:Publish'], Resource: ['arn:aws:iot:us-east-1:123456789012:topic/foo/bar'] }] } },
        },
      },
      DeviceConfiguration: { FallbackUrl: 'https://www.example.com/test-site', LocationUrl: { 'Fn::FindInMap': ['LocationTable', { Ref: 'DeviceLocation' }, 'LocationUrl'] } },
    },
  },
  {
    page: 'https://docs.aws.amazon.com/greengrass/v2/developerguide/fleet-provisioning-setup.html#create-provisioning-template',
    parameters: { ThingName: 'MyGreengrassCore', ThingGroupName: 'MyGreengrassCoreGroup' },
    body: {
      Parameters: { ThingName: { Type: 'String' }, ThingGroupName: { Type: 'String' }, 'AWS::IoT::Certificate::Id': { Type: 'String' } },
      Resources: {
        MyThing: {
          OverrideSettings: { AttributePayload: 'REPLACE', ThingGroups: 'REPLACE', ThingTypeName: 'REPLACE' },
          Properties: { AttributePayload: {}, ThingGroups: [{ Ref: 'ThingGroupName' }], ThingName: { Ref: 'ThingName' } },
          Type: 'AWS::IoT::Thing',
        },
        MyPolicy: { Properties: { PolicyName: 'GreengrassV2IoTThingPolicy' }, Type: 'AWS::IoT::Policy' },
        MyCertificate: { Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Active' }, Type: 'AWS::IoT::Certificate' },
      },
    },
  },
];

const schema = JSON.parse(fs.readFileSync(new URL('../../../../resources/schemas/provisioning-template.schema.json', import.meta.url), 'utf8')) as JSONSchema;

/** VS Code's own JSON service, with our schema for the file. */
function jsonService(text: string) {
  const json = getLanguageService({});
  const entry = manifest.contributes.jsonValidation.find((item) => item.url.includes('provisioning-template.schema'));
  assert.ok(entry);
  json.configure({ validate: true, schemas: [{ uri: 'schema://template', fileMatch: [...entry.fileMatch], schema }] });
  const document = TextDocument.create('file:///w/greengrass-fleet-provisioning-template.json', 'json', 1, text);
  return { json, document, tree: json.parseJSONDocument(document) };
}
const marks = async (text: string): Promise<readonly string[]> => {
  const { json, document, tree } = jsonService(text);
  return (await json.doValidation(document, tree)).map((item) => (typeof item.message === 'string' ? item.message : item.message.value));
};

describe('provisioning templates of the AWS documentation', () => {
  for (const { page, body, parameters, also = [] } of documented) {
    it(`have no error and make a device: ${page}`, () => {
      const text = JSON.stringify(body, null, 2);
      const findings = analyzeTemplate(text);
      assert.deepEqual(findings.filter(({ severity }) => severity === 'error'), []);
      assert.deepEqual(findings.map(({ code }) => code).filter((code) => !also.includes(code)), []);
      const { problems, rendered } = renderTemplate(text, parameters, { certificateId: 'a'.repeat(64) });
      assert.deepEqual(problems, []);
      assert.deepEqual([rendered.things.length, rendered.certificates.length, rendered.policies.length], [1, 1, 1]);
    });
  }
});

describe('template schema beside the template rules', () => {
  const own = templateDocument({ iotPolicyName: 'Device', thingGroupName: 'Cores' });
  const wrong: readonly string[] = ['{}', '{"Resources":5}', '{"Outputs":{},"Resources":{}}', own.replace('"REPLACE"', '"replace"'), own.replace('"String"', '"Number"'), own.replace('"Active"', '7'), own.replace('AWS::IoT::Thing', 'AWS::IoT::X'), own.replace('"PolicyName"', '"policy"')];
  for (const [index, text] of wrong.entries()) {
    it(`refuses nothing that the rules report: ${index}`, async () => {
      assert.deepEqual(await marks(text), []);
      assert.ok(analyzeTemplate(text).length > 0);
    });
  }

  it('leaves syntax to the JSON service', async () => {
    for (const text of ['{"Resources":{},}', '{"a":1,"a":2}', '// x\n{}', '{"Resources":"x', '{"Resources" "x"}']) {
      assert.ok((await marks(text)).length > 0, text);
      const ours = analyzeTemplate(text).filter(({ code }) => code === 'invalidJson' || code === 'duplicateKey');
      assert.ok(ours.length > 0 && ours.every((finding) => finding.reportedByJsonService), text);
    }
  });

  it('completes and explains the properties of each type', async () => {
    const complete = async (marked: string): Promise<readonly string[]> => {
      const offset = marked.indexOf('|');
      const { json, document, tree } = jsonService(marked.replace('|', ''));
      const list = await json.doComplete(document, document.positionAt(offset), tree);
      return list?.items.map(({ label }) => label) ?? [];
    };
    const properties = async (type: string): Promise<readonly string[]> => complete(`{"Resources":{"R":{"Type":"AWS::IoT::${type}","Properties":{"|"}}}}`);
    assert.ok((await properties('Thing')).includes('ThingGroups') && !(await properties('Thing')).includes('PolicyName'));
    assert.ok((await properties('Certificate')).includes('ThingPrincipalType'));
    assert.ok((await properties('Policy')).includes('PolicyDocument'));
    assert.ok((await complete('{"Resources":{"R":{"Type":"|"}}}')).includes('"AWS::IoT::Certificate"'));
    assert.deepEqual((await complete('{"Resources":{"R":{"Type":"AWS::IoT::Thing","OverrideSettings":{"ThingTypeName":"|"}}}}')).filter((label) => label.includes('MERGE')), []);
    const { json, document, tree } = jsonService(own);
    const hover = await json.doHover(document, document.positionAt(own.indexOf('"CertificateId"') + 2), tree);
    assert.match(JSON.stringify(hover?.contents), /only fleet provisioning knows the new certificate/);
  });
});
