import fs from 'node:fs';
import { getLanguageService, TextDocument, type JSONSchema, type LanguageService } from 'vscode-json-languageservice';
import { analyzePolicy } from '../../src/core/policy/analyze';
import { completePolicy } from '../../src/core/policy/complete';
import { describePolicy } from '../../src/core/policy/describe';
import { PolicyEvaluator } from '../../src/core/policy/evaluate';
import { findPlaceholders } from '../../src/core/policy/placeholders';
import { convertTwin, sortAndMerge, tightenPolicy } from '../../src/core/policy/refactor';
import { longestStall, pair, time, timesFigure, type Figure } from './measure';

const target = { partition: 'aws', region: 'eu-central-1', account: '470123856219' } as const;
const jsonService = "VS Code's JSON service";

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

/** The document after each of some keystrokes in the name of a topic. */
function typing(bytes: number): readonly TextDocument[] {
  const text = policyOf(bytes);
  const at = text.indexOf('plant/') + 'plant/'.length;
  return Array.from({ length: 10 }, (_, index) => TextDocument.create('file:///w/greengrass-v2-iot-policy.json', 'json', index, `${text.slice(0, at)}${'x'.repeat(index)}${text.slice(at)}`));
}

/** The document of one round; there are always some. */
function after(documents: readonly TextDocument[], round: number): TextDocument {
  const document = documents[Math.abs(round) % documents.length];
  if (document === undefined) throw new Error('no documents');
  return document;
}

/** From the text to findings with lines and columns, as they are published. */
function diagnose(document: TextDocument): unknown {
  return analyzePolicy(document.getText(), { target }).map((finding) => [document.positionAt(finding.offset), document.positionAt(finding.offset + finding.length), finding.message]);
}

/**
 * What VS Code's JSON service does at the same keystroke: parses the whole text anew and validates it against the schema
 * that we contribute, to diagnostics with ranges. It does not know IoT; our side parses anew as well and applies every rule.
 */
function validate(json: LanguageService, document: TextDocument): unknown {
  return json.doValidation(document, json.parseJSONDocument(document));
}

async function completionFigure(json: LanguageService): Promise<Figure> {
  const documents = typing(2_000);
  const offset = (document: TextDocument): number => document.getText().lastIndexOf('"iot:Publish') + '"iot:'.length;
  const effect = (document: TextDocument): number => document.getText().lastIndexOf('"Allow') + 1;
  const result = await pair(
    500,
    (round) => completePolicy(after(documents, round).getText(), offset(after(documents, round)), { target }),
    async (round) => {
      const document = after(documents, round);
      return json.doComplete(document, document.positionAt(effect(document)), json.parseJSONDocument(document));
    },
  );
  return timesFigure('policy of 2 KB: list of completions', result, `${jsonService}, completing "Effect"`);
}

/** Decisions of the built evaluator, beside how often the JSON service can check the same policy. */
async function decisionFigure(json: LanguageService): Promise<Figure> {
  const document = after(typing(2_000), 0);
  const evaluator = new PolicyEvaluator([{ name: 'bench', text: document.getText() }]);
  const decisions = 50_000;
  const decide = (count: number): void => {
    for (let index = 0; index < count; index += 1) evaluator.ask({ kind: 'publish', topic: `plant/${index % 9}/state` }, { clientId: 'core-1' }, target);
  };
  decide(5_000);
  const ours = (decisions / (await time(() => decide(decisions)))) * 1000;
  const checks = 5_000;
  const elapsed = await time(async () => {
    for (let index = 0; index < checks; index += 1) await validate(json, document);
  });
  return { what: 'policy of 2 KB: decisions of the evaluator', ours, reference: (checks / elapsed) * 1000, referenceIs: `${jsonService}, validations`, unit: 'per second' };
}

/** The longest that the event loop stands still while everything that we do with a document is done, keystroke by keystroke. */
async function stallFigure(label: string, bytes: number, json: LanguageService): Promise<Figure> {
  const documents = typing(bytes);
  const middle = Math.floor(bytes / 2);
  const text = (round: number): string => after(documents, round).getText();
  const ours = await longestStall(10, [
    (round) => diagnose(after(documents, round)),
    (round) => findPlaceholders(text(round)),
    (round) => completePolicy(text(round), middle, { target }),
    (round) => describePolicy(text(round), middle),
    (round) => tightenPolicy(text(round), target),
    (round) => sortAndMerge(text(round)),
    (round) => convertTwin(text(round), middle),
  ]);
  const reference = await longestStall(10, [(round) => validate(json, after(documents, round))]);
  return { what: `policy of ${label}: longest stall of the host`, ours, reference, referenceIs: `${jsonService}, in a process of its own`, unit: 'ms' };
}

/** One keystroke: the whole analysis of the text, beside VS Code's own JSON language service on the same text and schema. */
export async function policyFigures(): Promise<Figure[]> {
  const schema = JSON.parse(fs.readFileSync(new URL('../../resources/schemas/iot-policy.schema.json', import.meta.url), 'utf8')) as JSONSchema;
  const json = getLanguageService({});
  json.configure({ validate: true, schemas: [{ uri: 'schema://policy', fileMatch: ['*.json'], schema }] });
  const figures: Figure[] = [];
  for (const [label, bytes, rounds] of [['2 KB', 2_000, 2_000], ['60 KB', 60_000, 100], ['1 MB', 1_000_000, 7]] as const) {
    const documents = typing(bytes);
    const result = await pair(rounds, (round) => diagnose(after(documents, round)), (round) => validate(json, after(documents, round)));
    figures.push(timesFigure(`policy of ${label}: keystroke to diagnostics`, result, jsonService));
  }
  figures.push(await completionFigure(json), await decisionFigure(json));
  // 400 KB is the longest document that is read at all; 64 KB the longest that every rule looks at.
  for (const [label, bytes] of [['64 KB', 58_000], ['400 KB', 330_000], ['1 MB', 1_000_000]] as const) figures.push(await stallFigure(label, bytes, json));
  return figures;
}
