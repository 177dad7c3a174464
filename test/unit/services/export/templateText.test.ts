import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parse } from 'yaml';
import { FleetError } from '../../../../src/core/errors';
import type { JsonObject } from '../../../../src/core/export/rewrite';
import { templateText } from '../../../../src/services/export/templateText';

const withText = (length: number): JsonObject => ({ Resources: { A: { Type: 'AWS::IoT::Policy', Properties: { PolicyDocument: 'x'.repeat(length) } } } });

describe('the text of an exported template', () => {
  it('reads back as it was, in both formats, by the YAML that CloudFormation reads', () => {
    const value = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('2012-10-17', 'on', 'No', '0123', '1e3', '~', 'null', '!Sub x', '&a', '*a', '- x', 'a: b', '# c', '|', '>-', '%TAG', '\u2028', 'a\n  b\n', ' x ', '<<', '=', '0x1F', '1:30', "'", '"'),
      fc.integer(), fc.boolean(),
    );
    // `<<` as a key is left out: nothing in AWS IoT or IAM can be named so.
    fc.assert(
      fc.property(fc.dictionary(fc.string().filter((key) => key !== '__proto__' && key !== '<<'), fc.oneof(value, fc.array(value), fc.dictionary(fc.constantFrom('y', 'n', 'on', '2012-10-17', '', 'a b'), value, { noNullPrototype: true })), { noNullPrototype: true }), (template) => {
        assert.deepEqual(JSON.parse(templateText(template, 'json').text), template);
        assert.deepEqual(parse(templateText(template, 'yaml').text, { version: '1.1', merge: false }), template);
      }),
      { numRuns: 300 },
    );
  });

  it('says when it is too long for a request, and refuses what CloudFormation takes from nowhere', () => {
    assert.equal(templateText(withText(10), 'yaml').note, undefined);
    assert.match(templateText(withText(60_000), 'json').note ?? '', /more than 51200, so CloudFormation takes it from an S3 bucket only/);
    assert.throws(() => templateText(withText(1_100_000), 'json'), (error) => error instanceof FleetError && error.category === 'limit');
  });
});
