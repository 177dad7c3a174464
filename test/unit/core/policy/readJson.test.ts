import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseTree, type Node, type ParseError } from 'jsonc-parser';
import { maxNesting, maxReadCharacters } from '../../../../src/core/policy/limits';
import { readJson } from '../../../../src/core/policy/readJson';
import { findPlaceholders, placeholdersInTree } from '../../../../src/core/policy/placeholders';
import { survey } from '../../../../src/core/policy/survey';

/** A tree without the links that make it a graph; the place of a colon is told by properties only. */
function plain(node: Node): unknown {
  const { type, offset, length, children } = node;
  return { type, offset, length, ...(children === undefined ? { value: node.value as unknown } : { children: children.map(plain) }), ...(type === 'property' ? { colon: node.colonOffset } : {}) };
}

/** The fast reader either gives up or says what the general parser and the survey say. */
function agrees(text: string): boolean {
  const read = readJson(text);
  const errors: ParseError[] = [];
  const facts = survey(text);
  const readable = text.charCodeAt(0) !== 0xfeff && facts.nonBlank <= maxReadCharacters && facts.depth <= maxNesting;
  if (read === undefined) {
    let json = true;
    try {
      JSON.parse(text);
    } catch {
      json = false;
    }
    assert.ok(!json || !readable, `gave up on ${JSON.stringify(text)}`);
    return false;
  }
  const root = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  assert.deepEqual(errors, []);
  assert.ok(root !== undefined);
  assert.deepEqual(plain(read.root), plain(root));
  assert.deepEqual({ ...read.survey, mayMark: true }, facts);
  assert.deepEqual(placeholdersInTree(text, read.root, {}, read.survey.mayMark), findPlaceholders(text), 'marks that were not looked for');
  const linked = (node: Node): void => {
    for (const child of node.children ?? []) {
      assert.equal(child.parent, node);
      linked(child);
    }
  };
  linked(read.root);
  return true;
}

describe('reading JSON in one pass', () => {
  for (const text of ['{}', '[]', ' [ 1 , -0.5e+3, true,false , null, "a\\u0041\\n" ]\r\n\t', '{"a":{"b":["${iot:ClientId}", ""]}, "a":2}', '"\\ud800"', '"\ud800 \u00a0\ud83d\ude00"', '"\\\\"', `${'['.repeat(maxNesting)}${']'.repeat(maxNesting)}`]) {
    it(`reads ${text.slice(0, 30)}`, () => assert.ok(agrees(text)));
  }
  for (const text of ['', ' ', '{', '[1,]', '{"a":1,}', '{a:1}', '// x\n{}', '{}/**/', '\ufeff{}', '01', '1.', '-', '+1', 'nul', 'truer', '{} {}', '"a', '"a\\"', '"\u0000"', '"\n"', '"\\x"', "{'a':1}", '{"a" 1}', '[1 2]', '\u00a0{}', `${'['.repeat(maxNesting + 1)}${']'.repeat(maxNesting + 1)}`, '['.repeat(5_000_000), `["${'x'.repeat(maxReadCharacters)}"]`]) {
    it(`leaves to others: ${JSON.stringify(text.slice(0, 20))}`, () => assert.ok(!agrees(text)));
  }
  it('agrees with the general parser on any JSON', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 6 }), fc.constantFrom(0, 1, 4), (json, indent) => {
      assert.ok(agrees(JSON.stringify(JSON.parse(json), undefined, indent)));
    }), { numRuns: 400 });
  });
  it('agrees or gives up on mutated JSON', () => {
    fc.assert(fc.property(fc.json({ maxDepth: 4 }), fc.nat(), fc.nat(4), fc.string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '\\', '/', '*', '0', '1', '-', '.', 'e', ' ', '\n', '\u0000', '\ud800', '\u00a0', 't'), maxLength: 3 }), (json, at, cut, put) => {
      const from = at % (json.length + 1);
      agrees(json.slice(0, from) + put + json.slice(from + cut));
    }), { numRuns: 3000 });
  });
});
