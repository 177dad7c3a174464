import assert from 'node:assert/strict';
import fs from 'node:fs';
import { getLanguageService, TextDocument, type JSONSchema, type LanguageService } from 'vscode-json-languageservice';
import manifest from '../../../../../package.json';
import { newPolicyTests } from '../../../../../src/core/policy/tests/coreDeviceQuestions';
import { parsePolicyTests } from '../../../../../src/core/policy/tests/parse';
import { badFiles, fileWith, goodFile } from './samples';

/** VS Code's own JSON service with the schemas that the extension ships. */
function service(): LanguageService {
  const json = getLanguageService({});
  const schemas = manifest.contributes.jsonValidation.filter(({ url }) => url.startsWith('./')).map(({ url, fileMatch }) => ({
    uri: `schema://${url}`, fileMatch: [...fileMatch], schema: JSON.parse(fs.readFileSync(new URL(`../../../../../${url}`, import.meta.url), 'utf8')) as JSONSchema,
  }));
  json.configure({ validate: true, schemas });
  return json;
}
const document = (text: string): TextDocument => TextDocument.create('file:///w/greengrass-v2-iot-policy.policy-tests.json', 'json', 1, text);

async function marks(text: string): Promise<readonly string[]> {
  const json = service();
  const one = document(text);
  return (await json.doValidation(one, json.parseJSONDocument(one))).map(({ message }) => (typeof message === 'string' ? message : message.value));
}

describe('The schema of policy tests', () => {
  it('accepts good files', async () => {
    // The service of this test loads no other schema.
    assert.deepEqual(await marks(goodFile.replace('"$schema": "./schema.json",', '')), []);
    assert.deepEqual(await marks(fileWith('{ "name": "a", "connect": {}, "expect": "deny" }')), []);
    assert.deepEqual(await marks(newPolicyTests('p.json', '{}', { thingName: 'T', roleAlias: 'A' })), []);
  });

  for (const { title, text, schema } of badFiles) {
    it(`${schema ? 'refuses' : 'leaves to the extension'}: ${title}`, async () => {
      const said = await marks(text);
      assert.equal(said.length > 0, schema, said.join('; '));
      const file = parsePolicyTests(text);
      const problems = [...file.problems, ...file.cases.flatMap((one) => one.problems)];
      assert.ok(problems.some((problem) => problem.reportedByJsonService === schema), 'both agree on who says it');
    });
  }

  it('completes tests and explains words', async () => {
    const json = service();
    const text = fileWith('');
    const one = document(text);
    const inList = await json.doComplete(one, one.positionAt(text.indexOf('[]') + 1), json.parseJSONDocument(one));
    for (const label of ['connect', 'publish', 'subscribe', 'receive', 'assumeRoleAlias', 'call']) assert.ok(inList?.items.some((item) => item.label === label), label);
    for (const item of inList?.items.filter(({ label }) => label === 'publish') ?? []) assert.match(item.insertText ?? item.textEdit?.newText ?? '', /\\\$aws\/things/);
    const withTest = fileWith('{ "name": "a", "connect": "x", "expect": "allow" }');
    const two = document(withTest);
    const hover = await json.doHover(two, two.positionAt(withTest.indexOf('"expect"') + 2), json.parseJSONDocument(two));
    assert.match(JSON.stringify(hover?.contents), /should decide/);
  });
});
