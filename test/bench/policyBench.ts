import fs from 'node:fs';
import { getLanguageService, TextDocument, type JSONSchema } from 'vscode-json-languageservice';
import { analyzePolicy } from '../../src/core/policy/analyze';
import { pair, type Figure } from './measure';

const statement = (index: number): object => ({
  Effect: 'Allow',
  Action: ['iot:Publish', 'iot:Receive'],
  Resource: [`arn:aws:iot:eu-central-1:470123856219:topic/$aws/things/core-${index}/shadow/*`, `arn:aws:iot:eu-central-1:470123856219:topic/plant/${index}/*`],
});

function policyOf(bytes: number): string {
  const statements: object[] = [];
  for (let size = 0, index = 0; size < bytes; index += 1) {
    const next = statement(index);
    statements.push(next);
    size += JSON.stringify(next, undefined, 2).length;
  }
  return JSON.stringify({ Version: '2012-10-17', Statement: statements }, undefined, 2);
}

/** One keystroke: the whole analysis of the text, beside VS Code's own JSON language service on the same text and schema. */
export async function policyFigures(): Promise<Figure[]> {
  const schema = JSON.parse(fs.readFileSync(new URL('../../resources/schemas/iot-policy.schema.json', import.meta.url), 'utf8')) as JSONSchema;
  const json = getLanguageService({});
  json.configure({ validate: true, schemas: [{ uri: 'schema://policy', fileMatch: ['*.json'], schema }] });
  const figures: Figure[] = [];
  for (const [label, bytes, rounds] of [['2 KB', 2_000, 200], ['60 KB', 60_000, 40], ['1 MB', 1_000_000, 7]] as const) {
    const text = policyOf(bytes);
    const document = TextDocument.create('file:///w/greengrass-v2-iot-policy.json', 'json', 1, text);
    const result = await pair(
      rounds,
      () => analyzePolicy(text),
      async () => json.doValidation(document, json.parseJSONDocument(document)),
    );
    figures.push({ what: `policy of ${label}: keystroke to findings`, ...result, referenceIs: "VS Code's JSON service", unit: 'ms' });
  }
  return figures;
}
