import assert from 'node:assert/strict';
import fc from 'fast-check';
import fs from 'node:fs';
import { createScanner, parseTree, type ParseError } from 'jsonc-parser';
import { analyzePolicy, hasErrors } from '../../../../src/core/policy/analyze';
import { fillPlaceholders, findPlaceholders, placeholdersInTree } from '../../../../src/core/policy/placeholders';
import { completePolicy } from '../../../../src/core/policy/complete';
import { sortAndMerge } from '../../../../src/core/policy/refactor';
import { tokens } from '../../../../src/core/policy/jsonTokens';
import { applyChanges } from '../../../../src/core/policy/textChanges';
import { arn, codes, policy, target } from './helpers';

interface Printed {
  readonly page: string;
  readonly example: number;
  readonly document: unknown;
  readonly mistake?: { readonly code: string; readonly why: string };
}
const printed = JSON.parse(fs.readFileSync(new URL('../../../fixtures/policies/awsDocumentation.json', import.meta.url), 'utf8')) as readonly Printed[];

/** The workshop's file, as the page prints it. */
const workshop = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "iot:Publish",
        "iot:Subscribe",
        "iot:Receive",
        "iot:Connect",
        "greengrass:*"
      ],
      "Resource": [
        "*"
      ]
    },
    {
      "Effect": "Allow",
      "Action": "iot:AssumeRoleWithCertificate",
      "Resource": "[ARN OF IoT Role Alias]"
    }
  ]
}
`;

describe('policies of the AWS documentation', () => {
  for (const { page, example, document, mistake } of printed) {
    it(`${page.slice(page.lastIndexOf('/') + 1)} example ${example}: no error once filled in`, () => {
      const text = fillPlaceholders(JSON.stringify(document, null, 2), { region: target.region, accountId: target.account }).text;
      const errors = analyzePolicy(text).filter((item) => item.severity === 'error' && !(item.code === 'placeholder' && item.data['placeholder'] === 'unknown'));
      assert.deepEqual(errors.map((item) => item.code), mistake === undefined ? [] : [mistake.code], errors.map((item) => item.message).join('\n'));
    });
  }

  it('covers the guide: at least 80 policies', () => assert.ok(printed.length >= 80));
});

describe("the workshop's policy", () => {
  it('is refused only for its placeholder, and free of errors once that is filled in', () => {
    assert.deepEqual(analyzePolicy(workshop, { kind: 'device', target }).filter((item) => item.severity === 'error').map((item) => item.code), ['placeholder']);
    const { text, filled, left } = fillPlaceholders(workshop, { roleAliasArn: arn('rolealias/A') });
    assert.equal(filled, 1);
    assert.deepEqual(left, []);
    assert.equal(text, workshop.replace('[ARN OF IoT Role Alias]', arn('rolealias/A')));
    assert.deepEqual(codes(text, { kind: 'device', target }), ['overlyPermissive']);
    assert.equal(hasErrors(analyzePolicy(text, { target })), false);
  });
});

describe('placeholders', () => {
  const kinds = (value: string): readonly string[] => findPlaceholders(JSON.stringify({ Resource: value })).map((item) => `${item.kind}:${item.text}`);

  it('knows every spelling', () => {
    for (const spelling of ['[ARN OF IoT Role Alias]', '[ARN of IoT Role Alias]', '[arn of iot role alias]', '[ARN  of IoT RoleAlias]', '<role-alias-arn>', '[ARN_OF_IOT_ROLE_ALIAS]', '{{roleAliasArn}}']) {
      assert.deepEqual(kinds(spelling), [`roleAliasArn:${spelling}`], spelling);
    }
    assert.deepEqual(kinds('[ARN of Fleet Provisioning IAM Role]'), ['provisioningRoleArn:[ARN of Fleet Provisioning IAM Role]']);
    assert.deepEqual(kinds('[certificateArn]'), ['certificateArn:[certificateArn]']);
    assert.deepEqual(kinds('arn:aws:iot:<region>:[Account-ID]:topic/a'), ['region:<region>', 'accountId:[Account-ID]']);
    assert.deepEqual(kinds('arn:aws:iot:region:account-id:topic/a'), ['region:region', 'accountId:account-id']);
    assert.deepEqual(kinds('arn:aws:iot:us-east-1:123456789012:topic/a'), ['accountId:123456789012']);
    assert.deepEqual(kinds('[something else]'), ['unknown:[something else]']);
  });

  it('leaves variables, property names, topics and numbers alone', () => {
    assert.deepEqual(kinds('arn:aws:iot:us-east-1:210987654329:topic/${iot:Connection.Thing.Attributes[room]}/*'), []);
    assert.deepEqual(kinds('arn:aws:iot:us-east-1:210987654329:topic/123456789012'), []);
    assert.deepEqual(findPlaceholders('{"[Account-ID]": 1, "a": [1]}'), []);
    assert.deepEqual(findPlaceholders('{"a": "arn:aws:iot:us-east-1:123456789012:topic/a"}', { account: '123456789012' }), []);
  });

  it('takes a placeholder with blanks around it whole, and escapes what it writes', () => {
    assert.equal(fillPlaceholders('{"a": " [Account-ID] "}', { accountId: '1"\\' }).text, '{"a": "1\\"\\\\"}');
  });

  it('does not call an account id left over that it has just written', () => {
    assert.deepEqual(fillPlaceholders(workshop, { roleAliasArn: 'arn:aws:iot:us-east-1:123456789012:rolealias/A' }).left, []);
  });

  it('uses the numbers of the scanner for its tokens', () => {
    const scanner = createScanner('"a":', true);
    assert.deepEqual([scanner.scan(), scanner.scan(), scanner.scan()], [tokens.string, tokens.colon, tokens.endOfFile]);
  });
});

describe('bad input', () => {
  const inputs: Readonly<Record<string, string>> = {
    'nothing': '', 'blanks': ' \n\t', 'no JSON': 'hello', 'byte order mark': '\ufeff', 'byte order mark and text': `\ufeff${workshop}`,
    'comments': `// x\n${workshop}/* y */`, 'array': '[1,2]', 'number': '5', 'null': 'null', 'string': '"x"',
    'NUL': '{"Version":"\u0000","Statement":\u0000}', 'lone surrogates': '{"\ud800":"\udc00"}', 'open string': '{"Version":"2012',
    'deep arrays': '['.repeat(100_000), 'deep objects': '{"a":'.repeat(100_000), 'deep in a policy': `{"Statement":${'['.repeat(60)}${']'.repeat(60)}}`,
    'wrong types': '{"Version":1,"Statement":{"Effect":[],"Action":{"a":1},"Resource":null,"Condition":[1]}}',
    'half a statement': '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:', 'missing values': '{"Version":,"Statement":[{"Effect":,"Action":}]}',
    'prototype names': '{"__proto__":{},"constructor":1,"Statement":[{"toString":1,"Condition":{"__proto__":{"constructor":"x"}}}]}',
  };
  for (const [name, text] of Object.entries(inputs)) {
    it(`${name}: findings inside the text, never an exception`, () => {
      const findings = analyzePolicy(text, { target });
      assert.ok(findings.length > 0);
      for (const finding of findings) assert.ok(finding.offset >= 0 && finding.offset + finding.length <= text.length);
    });
  }

  it('5 MB: one finding, soon', () => {
    const started = performance.now();
    assert.deepEqual(codes(`{"Statement":[${'{"Effect":"Allow"},'.repeat(270_000)}]}`), ['documentTooLarge']);
    assert.ok(performance.now() - started < 1000);
  });

  it('far too long for any account is told in one finding, and no refactoring or completion is looked for in it', () => {
    const statement = { Effect: 'Allow', Action: ['iot:Publish'], Resource: ['arn:aws:iot:us-east-1:210987654329:topic/a'] };
    const text = policy(...Array.from({ length: 1_000 }, () => statement));
    assert.deepEqual(codes(text), ['policyTooLong']);
    assert.deepEqual(analyzePolicy(text).map(({ offset, data }) => [offset, data['limit']]), [[0, 2048]]);
    assert.equal(sortAndMerge(text), undefined);
    assert.deepEqual(completePolicy(text.padEnd(404_601), text.indexOf('iot:Publish') + 4), []);
    // White space is free: the same limits do not apply to a small policy in a large file.
    assert.deepEqual(codes(policy({ ...statement, Action: ['iot:Publish', 'iot:Conect'] }).padEnd(300_000)), ['missingConnect', 'unknownAction']);
  });
});

describe('any document', () => {
  const text = fc.constantFrom(workshop, ...printed.slice(0, 40).map((item) => JSON.stringify(item.document, null, 2)));
  const snippet = fc.oneof(fc.string({ maxLength: 5 }), fc.constantFrom('"', '{', '}', '[', ']', ',', ':', '${', '}', '*', '\\', '\u0000', '\ud800', 'arn:', '[ARN', '<region>', '//', '\ufeff'));
  const mutated = fc.tuple(text, fc.array(fc.tuple(fc.nat(), fc.nat(20), snippet), { maxLength: 5 })).map(([base, edits]) =>
    edits.reduce((current, [at, length, insert]) => {
      const offset = at % (current.length + 1);
      return current.slice(0, offset) + insert + current.slice(offset + length);
    }, base),
  );
  const any = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), mutated);

  it('is analyzed without exception, in order, inside the text, the same each time', () => {
    fc.assert(
      fc.property(any, fc.boolean(), (document, connected) => {
        const options = connected ? { target, facts: { roleAliases: [{ name: 'A', arn: arn('rolealias/A') }], templates: [], templateName: 'T', policyVersions: 5 } } : {};
        const findings = analyzePolicy(document, options);
        let last = 0;
        for (const finding of findings) {
          assert.ok(finding.offset >= last && finding.offset + finding.length <= document.length);
          last = finding.offset;
          for (const fix of finding.fixes) {
            for (const change of fix.changes) assert.ok(change.offset >= 0 && change.offset + change.length <= document.length);
            applyChanges(document, fix.changes);
          }
        }
        assert.deepEqual(analyzePolicy(document, options), findings);
      }),
      { numRuns: 300 },
    );
  });

  it('that is valid JSON stays valid JSON under every fix', () => {
    fc.assert(
      fc.property(mutated, (document) => {
        try {
          JSON.parse(document);
        } catch {
          return;
        }
        for (const finding of analyzePolicy(document, { target })) for (const fix of finding.fixes) JSON.parse(applyChanges(document, fix.changes));
      }),
      { numRuns: 300 },
    );
  });

  it('has the same placeholders by its tree as by its text', () => {
    fc.assert(
      fc.property(any, (document) => {
        const errors: ParseError[] = [];
        const root = parseTree(document, errors, { disallowComments: true });
        if (root === undefined || errors.length > 0) return;
        assert.deepEqual(placeholdersInTree(document, root), findPlaceholders(document));
      }),
      { numRuns: 300 },
    );
  });

  it('loses its placeholders and nothing else when they are filled in', () => {
    fc.assert(
      fc.property(mutated, (document) => {
        const before = findPlaceholders(document).filter((item) => item.kind === 'accountId').length;
        const { filled, text: after } = fillPlaceholders(document, { accountId: target.account });
        assert.equal(filled, before);
        assert.equal(findPlaceholders(after).filter((item) => item.kind === 'accountId').length, 0);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a policy that does what it should', () => {
  it('has no finding: the least a core device needs', () => {
    const text = policy(
      { Action: 'iot:Connect', Resource: arn('client/plant-*') },
      { Action: ['iot:Publish', 'iot:Receive'], Resource: [arn('topic/$aws/things/plant-*/jobs/*'), arn('topic/$aws/things/plant-*/greengrass/health/json')] },
      { Action: 'iot:Subscribe', Resource: arn('topicfilter/$aws/things/plant-*/jobs/*') },
      { Action: 'iot:AssumeRoleWithCertificate', Resource: arn('rolealias/A') },
      { Action: ['greengrass:GetComponentVersionArtifact', 'greengrass:ResolveComponentCandidates', 'greengrass:GetDeploymentConfiguration', 'greengrass:ListThingGroupsForCoreDevice'], Resource: '*' },
    );
    assert.deepEqual(codes(text, { kind: 'device', target, facts: { roleAliases: [{ name: 'A', arn: arn('rolealias/A') }] } }), []);
  });
});
