import assert from 'node:assert/strict';
import { placeIn, rangeIn } from '../../../../src/core/relations/places';
import { prettyJson } from '../../../../src/core/util/json';

const deployed = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:*","Resource":["a","arn:x/*"]}]}';
const at = { offset: deployed.indexOf('arn:x/*'), length: 'arn:x/*'.length };

describe('where a place of the deployed text is in what one reads', () => {
  it('is found in the indented text, on its own line', () => {
    const shown = prettyJson(deployed);
    const place = placeIn(deployed, at, shown);
    assert.ok(place);
    assert.equal(shown.slice(place.offset, place.offset + place.length), 'arn:x/*');
    const { start, end } = rangeIn(shown, place);
    assert.equal(shown.split('\n')[start.line]?.slice(start.character, end.character), 'arn:x/*');
  });

  it('is found by its path in a file that means the same, whatever the order of members, and behind a byte order mark', () => {
    const shown = '\uFEFF{"Statement":[{"Resource":["a","arn:x/\\u002a"],"Action":"iot:*","Effect":"Allow"}],"Version":"2012-10-17"}';
    const place = placeIn(deployed, at, shown);
    assert.equal(place && shown.slice(place.offset, place.offset + place.length), 'arn:x/\\u002a');
  });

  it('is found by its string in a file that differs, and else not at all', () => {
    const shown = '{\r\n  "Statement": [],\r\n  "Other": "arn:x/*"\r\n}';
    const place = placeIn(deployed, at, shown);
    assert.ok(place);
    assert.deepEqual(rangeIn(shown, place), { start: { line: 2, character: 12 }, end: { line: 2, character: 19 } });
    assert.equal(placeIn(deployed, at, '{"Statement":[]}'), undefined);
    assert.equal(placeIn(deployed, { offset: 0, length: 1 }, '{"Statement":[]}'), undefined);
    assert.deepEqual(placeIn(deployed, { offset: 0, length: 1 }, deployed), { offset: 0, length: 0 });
    assert.equal(placeIn(deployed, at, '{'), undefined);
  });
});
