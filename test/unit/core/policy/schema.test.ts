import assert from 'node:assert/strict';
import fs from 'node:fs';
import { getLanguageService, TextDocument, type JSONSchema } from 'vscode-json-languageservice';
import manifest from '../../../../package.json';
import { analyzePolicy } from '../../../../src/core/policy/analyze';
import { fillPlaceholders } from '../../../../src/core/policy/placeholders';
import { arn, policy, target } from './helpers';

const read = (path: string): unknown => JSON.parse(fs.readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8'));
const schema = read('resources/schemas/iot-policy.schema.json') as JSONSchema;

/** VS Code's own JSON service, with our schema for the file. */
function service(name: string): { readonly document: (text: string) => TextDocument; readonly json: ReturnType<typeof getLanguageService> } {
  const json = getLanguageService({});
  const entry = manifest.contributes.jsonValidation.find((item) => item.url.includes('iot-policy.schema'));
  assert.ok(entry);
  // What VS Code does with fileMatch patterns that have no slash.
  json.configure({ validate: true, schemas: [{ uri: 'schema://policy', fileMatch: [...entry.fileMatch], schema }] });
  return { json, document: (text) => TextDocument.create(`file:///w/${name}`, 'json', 1, text) };
}

async function marks(text: string, name = 'greengrass-v2-iot-policy.json'): Promise<readonly unknown[]> {
  const { json, document } = service(name);
  const one = document(text);
  return (await json.doValidation(one, json.parseJSONDocument(one))).map((item) => item.message);
}

describe('policy schema beside the policy rules', () => {
  const wrong: readonly string[] = [
    '{}', '{"Version":1,"Statement":5}', policy({ Effect: 'allow', Action: [], Resource: 7 }), policy({ Principal: '*', Nonsense: 1 }),
    '{"Version":"2011-01-01","Statement":{"Effect":"no"}}', policy({ Condition: [1] }), '{"Version":"2012-10-17","Statement":[1,"x",[]]}',
  ];
  for (const text of wrong) {
    it(`refuses nothing that the rules report: ${text.replaceAll(/\s+/g, '').slice(0, 60)}`, async () => {
      assert.deepEqual(await marks(text), []);
      assert.ok(analyzePolicy(text).length > 0);
    });
  }

  const syntax: readonly string[] = ['{"Version":"2012-10-17",}', '{"a":1,"a":2}', '// x\n{}', '{"Version":"2012', '{"Version" "x"}'];
  for (const text of syntax) {
    it(`leaves syntax to the JSON service: ${text.slice(0, 40)}`, async () => {
      assert.ok((await marks(text)).length > 0, 'the JSON service says nothing, so the rules must not be silent');
      const ours = analyzePolicy(text).filter((item) => item.code === 'invalidJson' || item.code === 'duplicateKey');
      assert.ok(ours.length > 0 && ours.every((item) => item.reportedByJsonService));
    });
  }

  it('says what the JSON service says nothing about: an empty file', async () => {
    assert.deepEqual(await marks(''), []);
    assert.deepEqual(analyzePolicy('').map((item) => [item.code, item.reportedByJsonService]), [['emptyDocument', false]]);
  });

  it('completes structure and explains keys', async () => {
    const { json, document } = service('a.iot-policy.json');
    const text = '{"Version":"2012-10-17","Statement":[{"Effect":}]}';
    const one = document(text);
    const tree = json.parseJSONDocument(one);
    const values = await json.doComplete(one, one.positionAt(text.indexOf('"Effect":') + 9), tree);
    const labels = values?.items.map((item) => item.label) ?? [];
    assert.ok(labels.includes('"Allow"') && labels.includes('"Deny"'));
    const names = await json.doComplete(document('{}'), { line: 0, character: 1 }, json.parseJSONDocument(document('{}')));
    assert.deepEqual(names?.items.map((item) => item.label).filter((label) => ['Version', 'Statement'].includes(label)).sort(), ['Statement', 'Version']);
    const whole = document(policy({ Action: 'iot:Connect', Resource: '*' }));
    const hover = await json.doHover(whole, whole.positionAt(whole.getText().indexOf('Effect') + 1), json.parseJSONDocument(whole));
    assert.match(JSON.stringify(hover), /capital letter/);
  });

  it('applies to policy files by name, and not to policy tests', async () => {
    for (const name of ['greengrass-v2-iot-policy.json', 'greengrass-provisioning-claim-iot-policy.json', 'x.iot-policy.json']) {
      const { json, document } = service(name);
      assert.equal((await json.getMatchingSchemas(document('{}'), json.parseJSONDocument(document('{}')))).length > 0, true, name);
    }
  });
});

describe('policy snippets', () => {
  const snippets = read('resources/snippets/iot-policy.code-snippets') as Readonly<Record<string, { readonly prefix: string; readonly body: readonly string[] }>>;
  /** What the editor inserts when each tab stop gets a value. */
  const expand = (body: string): string => {
    const values: Readonly<Record<string, string>> = { '1': 'aws', '2': target.region, '3': target.account, '4': 'plant', '5': 'A' };
    return body
      .replaceAll(/(?<!\\)\$\{(\d)(?:[:|][^}]*)\}/g, (_, index: string) => values[index] ?? '')
      .replaceAll(/(?<!\\)\$(\d)/g, (_, index: string) => values[index] ?? '')
      .replaceAll('\\$', '$');
  };
  for (const [name, snippet] of Object.entries(snippets)) {
    it(`${name}: a policy without errors`, () => {
      const { text } = fillPlaceholders(expand(snippet.body.join('\n')), { roleAliasArn: arn('rolealias/A') });
      const findings = analyzePolicy(text, { target, kind: snippet.prefix.includes('claim') ? 'claim' : 'device' });
      const allowed = snippet.prefix.endsWith('development') ? ['overlyPermissive'] : snippet.prefix.endsWith('lite') ? ['missingGreengrassAction'] : snippet.prefix.endsWith('keys') ? ['claimWithoutCsr'] : [];
      assert.deepEqual([...new Set(findings.map((item) => item.code))], allowed, text);
    });
  }
});
