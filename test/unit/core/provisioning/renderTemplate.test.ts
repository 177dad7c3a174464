import assert from 'node:assert/strict';
import fc from 'fast-check';
import { renderTemplate, type RenderFacts } from '../../../../src/core/provisioning/renderTemplate';
import { templateDocument } from '../../../../src/core/provisioning/templateDocument';

const certificateId = 'a'.repeat(64);

function template(parts: { thing?: unknown; parameters?: Record<string, unknown>; certificate?: unknown; policy?: unknown; more?: Record<string, unknown>; mappings?: unknown; device?: unknown }): string {
  return JSON.stringify({
    Parameters: { Name: { Type: 'String' }, Place: { Type: 'String', Default: 'Rome' }, ...parts.parameters },
    ...(parts.mappings === undefined ? {} : { Mappings: parts.mappings }),
    Resources: {
      T: { Type: 'AWS::IoT::Thing', Properties: parts.thing ?? { ThingName: { Ref: 'Name' } } },
      C: { Type: 'AWS::IoT::Certificate', Properties: parts.certificate ?? { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' } } },
      P: { Type: 'AWS::IoT::Policy', Properties: parts.policy ?? { PolicyName: 'Device' } },
      ...parts.more,
    },
    ...(parts.device === undefined ? {} : { DeviceConfiguration: parts.device }),
  });
}

const thingName = (expression: unknown, extra: { parameters?: Record<string, unknown>; mappings?: unknown } = {}): string => template({ thing: { ThingName: expression }, ...extra });

function render(text: string, parameters: Record<string, string> = { Name: 'n1' }, facts: RenderFacts = { certificateId }) {
  return renderTemplate(text, parameters, facts);
}

describe('rendered provisioning template', () => {
  it('is what a device gets from the product\'s own template', () => {
    const { rendered, problems } = render(templateDocument({ iotPolicyName: 'Device', thingGroupName: 'Cores' }), { ThingName: 'core1' });
    assert.deepEqual(problems, []);
    assert.deepEqual(rendered, {
      things: [{ logicalName: 'GreengrassThing', name: 'core1', attributes: {}, groups: ['Cores'], overrideSettings: { AttributePayload: 'REPLACE', ThingGroups: 'REPLACE', ThingTypeName: 'REPLACE' } }],
      certificates: [{ logicalName: 'GreengrassCertificate', id: certificateId, status: 'ACTIVE', principalType: 'NON_EXCLUSIVE_THING', overrideSettings: {} }],
      policies: [{ logicalName: 'GreengrassPolicy', name: 'Device' }],
      deviceConfiguration: {},
    });
  });

  it('works out every function', () => {
    const mappings = { Table: { Rome: { Url: 'it' }, Paris: { Url: 'fr' } } };
    const table: readonly (readonly [unknown, string])[] = [
      ['plain', 'plain'],
      [{ Ref: 'Name' }, 'n1'],
      [{ Ref: 'Place' }, 'Rome'],
      [{ 'Fn::Join': ['-', ['a', { Ref: 'Name' }, 'b']] }, 'a-n1-b'],
      [{ 'Fn::Join': ['', ['a', 1, 'b']] }, 'a1b'],
      [{ 'Fn::Select': [1, ['a', 'b']] }, 'b'],
      [{ 'Fn::Select': ['1', { 'Fn::Split': ['o', { Ref: 'Place' }] }] }, 'me'],
      [{ 'Fn::Join': ['+', { 'Fn::Split': [',', 'a,b,c'] }] }, 'a+b+c'],
      [{ 'Fn::FindInMap': ['Table', { Ref: 'Place' }, 'Url'] }, 'it'],
      [{ 'Fn::Sub': 'x-${Name}-${Place}' }, 'x-n1-Rome'],
      [{ 'Fn::Sub': ['${own}-${Name}-${!Name}', { own: { 'Fn::FindInMap': ['Table', 'Paris', 'Url'] } }] }, 'fr-n1-${Name}'],
      [{ 'Fn::Sub': 'no variable $Name {Name}' }, 'no variable $Name {Name}'],
    ];
    for (const [expression, wanted] of table) {
      const { rendered, problems } = render(thingName(expression, { mappings }));
      assert.deepEqual(problems, [], JSON.stringify(expression));
      assert.equal(rendered.things[0]?.name, wanted, JSON.stringify(expression));
    }
  });

  it('says what cannot be worked out, and where', () => {
    const mappings = { Table: { Rome: { Url: 'it' } } };
    const table: readonly (readonly [unknown, string, string])[] = [
      [{ Ref: 'Nmae' }, 'unknownReference', 'Nmae'],
      [{ Ref: 'Empty' }, 'missingParameter', 'Empty'],
      [{ Ref: ['Name'] }, 'badArguments', '["Name"]'],
      [{ 'Fn::Sub': 'x${Nmae}' }, 'unknownReference', '${Nmae}'],
      [{ 'Fn::Sub': ['a'] }, 'badArguments', '["a"]'],
      [{ 'Fn::Join': ['-', 'a'] }, 'badArguments', '"a"'],
      [{ 'Fn::Join': ['-'] }, 'badArguments', '["-"]'],
      [{ 'Fn::Join': ['-', [['a']]] }, 'badArguments', '[["a"]]'],
      [{ 'Fn::Select': [2, ['a', 'b']] }, 'badIndex', '2'],
      [{ 'Fn::Select': [-1, ['a', 'b']] }, 'badIndex', '-1'],
      [{ 'Fn::Select': ['x', ['a', 'b']] }, 'badIndex', '"x"'],
      [{ 'Fn::Select': [0, [null]] }, 'badIndex', '0'],
      [{ 'Fn::FindInMap': ['Table', 'Oslo', 'Url'] }, 'unknownMapKey', '"Oslo"'],
      [{ 'Fn::FindInMap': ['Tables', 'Rome', 'Url'] }, 'unknownMapKey', '"Tables"'],
      [{ 'Fn::FindInMap': ['Table', 'Rome'] }, 'badArguments', '["Table","Rome"]'],
      [{ 'Fn::Split': ['', 'a'] }, 'badArguments', '""'],
      [{ 'Fn::If': ['a', 'b', 'c'] }, 'unknownFunction', 'Fn::If'],
      [{ Ref: 'Name', other: 1 }, 'badArguments', '{"Ref":"Name","other":1}'],
      [{ 'Fn::Split': [',', 'a,b'] }, 'notText', '{"Fn::Split":[",","a,b"]}'],
      [{ a: 'b' }, 'notText', '{"a":"b"}'],
      ['', 'badValue', '""'],
    ];
    for (const [expression, code, at] of table) {
      const text = thingName(expression, { mappings, parameters: { Empty: { Type: 'String' } } });
      const { rendered, problems } = render(text);
      assert.deepEqual(problems.map((problem) => [problem.code, text.slice(problem.offset, problem.offset + problem.length)]), [[code, at]], JSON.stringify(expression));
      assert.deepEqual(rendered.things, []);
      assert.equal(rendered.policies.length, 1, 'the rest is worked out');
    }
  });

  it('names the missing parameter and takes a given value before the default', () => {
    const missing = render(template({}), {});
    assert.deepEqual(missing.problems.map(({ code, parameter }) => [code, parameter]), [['missingParameter', 'Name']]);
    assert.equal(render(thingName({ Ref: 'Place' }), { Place: 'Oslo' }).rendered.things[0]?.name, 'Oslo');
    assert.equal(render(thingName({ Ref: 'toString' }), {}).problems[0]?.code, 'unknownReference');
    assert.equal(render(template({}), { Name: 'n' }, {}).problems[0]?.code, 'unknownReference', 'no certificate id');
  });

  it('gives attributes, groups and device configuration as flat values', () => {
    const { rendered, problems } = render(
      template({
        thing: { ThingName: 'a', ThingTypeName: 'Type', BillingGroup: { Ref: 'Place' }, AttributePayload: { one: { Ref: 'Place' }, two: 2, three: true }, ThingGroups: ['g', { Ref: 'Place' }, 'g'] },
        device: { url: { 'Fn::Sub': 'https://${Place}' }, retries: 3, on: false },
      }),
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(rendered.things[0], { logicalName: 'T', name: 'a', type: 'Type', attributes: { one: 'Rome', two: '2', three: 'true' }, groups: ['g', 'Rome'], billingGroup: 'Rome', overrideSettings: {} });
    assert.deepEqual(rendered.deviceConfiguration, { url: 'https://Rome', retries: 3, on: false });
    assert.deepEqual(render(template({ thing: { ThingName: 'a', ThingGroups: { 'Fn::Split': [',', 'x,y'] } } })).rendered.things[0]?.groups, ['x', 'y']);
  });

  it('refuses nested values', () => {
    const nested = render(template({ device: { a: { b: 'c' }, l: ['x'], ok: 'yes', n: null } }));
    assert.deepEqual(nested.problems.map(({ code }) => code), ['nestedValue', 'nestedValue', 'nestedValue']);
    assert.deepEqual(nested.rendered.deviceConfiguration, { ok: 'yes' });
    assert.deepEqual(render(template({ thing: { ThingName: 'a', AttributePayload: { Attributes: { a: 'b' } } } })).problems.map(({ code }) => code), ['nestedValue']);
    assert.deepEqual(render(template({ thing: { ThingName: 'a', ThingGroups: [['g']] } })).problems.map(({ code }) => code), ['notText']);
  });

  it('reads the certificate\'s state in any case and its kind of attachment', () => {
    const certificate = { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' }, Status: 'Inactive', ThingPrincipalType: 'EXCLUSIVE_THING' };
    assert.deepEqual(render(template({ certificate })).rendered.certificates[0], { logicalName: 'C', id: certificateId, status: 'INACTIVE', principalType: 'EXCLUSIVE_THING', overrideSettings: {} });
    assert.deepEqual(render(template({ certificate: { ...certificate, Status: 'PENDING' } })).problems.map(({ code }) => code), ['badValue']);
    assert.deepEqual(render(template({ certificate: { CertificateSigningRequest: 'x' } })).problems.map(({ code }) => code), ['missingProperty']);
    const bySigningRequest = render(template({ certificate: { CertificateSigningRequest: { Ref: 'Place' } } }), { Name: 'n' }, { use: 'registration' });
    assert.deepEqual(bySigningRequest.problems, []);
    assert.equal(bySigningRequest.rendered.certificates[0]?.certificateSigningRequest, 'Rome');
  });

  it('takes a policy by name or by document, as object or text', () => {
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: { 'Fn::Join': ['', ['arn:aws:iot:eu-west-1:1:client/', { Ref: 'Name' }]] } }] };
    const made = render(template({ policy: { PolicyDocument: policy } })).rendered.policies[0];
    assert.ok(made !== undefined && 'document' in made);
    assert.equal((JSON.parse(made.document) as typeof policy).Statement[0]?.Resource, 'arn:aws:iot:eu-west-1:1:client/n1');
    const text = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    assert.deepEqual(render(template({ policy: { PolicyDocument: text } })).rendered.policies, [{ logicalName: 'P', document: text }]);
    for (const [bad, code] of [[{}, 'policyNameAndDocument'], [{ PolicyName: 'a', PolicyDocument: text }, 'policyNameAndDocument'], [{ PolicyDocument: 'no' }, 'badValue'], [{ PolicyDocument: [] }, 'badValue']] as const) {
      assert.deepEqual(render(template({ policy: bad })).problems.map((problem) => problem.code), [code]);
    }
  });

  it('counts things and certificates', () => {
    const more = { T2: { Type: 'AWS::IoT::Thing', Properties: { ThingName: 'b' } }, C2: { Type: 'AWS::IoT::Certificate', Properties: { CertificateId: { Ref: 'AWS::IoT::Certificate::Id' } } } };
    assert.deepEqual(render(template({ more })).problems.map(({ code }) => code), ['manyThings', 'manyCertificates']);
    const none = JSON.stringify({ Resources: { P: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: 'p' } } } });
    assert.deepEqual(render(none).problems.map(({ code }) => code), ['noThing', 'noCertificate']);
    assert.deepEqual(render('{}').problems.map(({ code }) => code), ['noResources']);
  });

  it('takes any text without failing', () => {
    for (const text of ['', '[]', 'null', '{', '{"Resources":', '{"a":1,}', '// x\n{}', '\u0000', '['.repeat(100_000), `{"a":"${'x'.repeat(5_000_000)}"}`]) {
      assert.deepEqual(render(text).problems.map(({ code }) => code), ['notATemplate'], text.slice(0, 20));
    }
    const expression = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.string(),
        fc.integer(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('Ref', 'Fn::Join', 'Fn::Select', 'Fn::FindInMap', 'Fn::Split', 'Fn::Sub', 'Fn::If')), tie('value'), { maxKeys: 3 }),
      ),
    })).value;
    fc.assert(
      fc.property(expression, expression, expression, (one, two, three) => {
        const text = JSON.stringify({ Parameters: one, Mappings: two, Resources: { T: { Type: 'AWS::IoT::Thing', Properties: { ThingName: one, AttributePayload: two, ThingGroups: three } }, P: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: three } }, X: one }, DeviceConfiguration: two });
        for (const problem of render(text).problems) assert.ok(problem.offset >= 0 && problem.offset + problem.length <= text.length);
      }),
    );
    const whole = templateDocument({ iotPolicyName: 'Device', thingGroupName: 'Cores' });
    fc.assert(fc.property(fc.nat(whole.length), fc.nat(20), fc.string(), (from, length, insert) => void render(whole.slice(0, from) + insert + whole.slice(from + length))));
  });
});
