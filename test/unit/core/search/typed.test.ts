import assert from 'node:assert/strict';
import { completions, wantedValues } from '../../../../src/core/search/completions';
import type { Indexing } from '../../../../src/core/ports/searchApi';
import { holdsPart, planSearch, type Lookup } from '../../../../src/core/search/plan';
import { readTyped, type Typed } from '../../../../src/core/search/typed';

const id = 'ab'.repeat(32);
const arn = (rest: string): string => `arn:aws:iot:eu-west-1:111122223333:${rest}`;
const query = (text: string, simple?: object): object => ({ kind: 'query', text, ...(simple === undefined ? {} : { simple }) });

describe('what somebody typed to find something', () => {
  const table: readonly (readonly [text: string, typed: object])[] = [
    ['', { kind: 'nothing' }],
    ['   ', { kind: 'nothing' }],
    ['Pump-1', { kind: 'name', text: 'Pump-1' }],
    [' pump* ', { kind: 'name', text: 'pump*' }],
    ['ns:pump', { kind: 'name', text: 'ns:pump' }],
    ['-pump', { kind: 'name', text: '-pump' }],
    [id, { kind: 'exact', resource: 'certificate', name: id }],
    [id.toUpperCase(), { kind: 'exact', resource: 'certificate', name: id }],
    [id.slice(1), { kind: 'name', text: id.slice(1) }],
    [arn('thing/ns:Pump'), { kind: 'exact', resource: 'thing', name: 'ns:Pump' }],
    [arn(`cert/${id}`), { kind: 'exact', resource: 'certificate', name: id }],
    [arn('policy/P+1'), { kind: 'exact', resource: 'policy', name: 'P+1' }],
    [arn('thinggroup/Pumps'), { kind: 'members', group: 'Pumps' }],
    ['arn:aws-cn:greengrass:cn-north-1:111122223333:coreDevices:Core-1', { kind: 'exact', resource: 'coreDevice', name: 'Core-1' }],
    ['attr:site=Berlin', { kind: 'attribute', name: 'site', value: 'Berlin', prefix: false }],
    ['attr:site=Ber*', { kind: 'attribute', name: 'site', value: 'Ber', prefix: true }],
    ['attr:', { kind: 'unfinished' }],
    ['attr:site', { kind: 'unfinished' }],
    ['attr:site=', { kind: 'unfinished' }],
    ['attr:site=*', { kind: 'unfinished' }],
    ['thingName:', { kind: 'unfinished' }],
    ['thingName:a AND', { kind: 'unfinished' }],
    ['thingName:a AND thingTypeName:', { kind: 'unfinished' }],
    ['thingName:(a OR', { kind: 'unfinished' }],
    ['attributes.a:"b', { kind: 'unfinished' }],
    ['attributes.a>', { kind: 'unfinished' }],
    ['thingName:a\\', { kind: 'unfinished' }],
    ['thingName:Pump', query('thingName:Pump', { kind: 'exact', resource: 'thing', name: 'Pump' })],
    ['thingName:pump*', query('thingName:pump*', { kind: 'name', text: 'pump*' })],
    ['thingName:ns\\:a', query('thingName:ns\\:a', { kind: 'exact', resource: 'thing', name: 'ns:a' })],
    ['thingGroupNames:Pumps', query('thingGroupNames:Pumps', { kind: 'members', group: 'Pumps' })],
    ['thingGroupNames:Pump*', query('thingGroupNames:Pump*')],
    ['attributes.site:Berlin', query('attributes.site:Berlin', { kind: 'attribute', name: 'site', value: 'Berlin', prefix: false })],
    ['attributes.site:Ber*', query('attributes.site:Ber*', { kind: 'attribute', name: 'site', value: 'Ber', prefix: true })],
    ['attributes.site:B*n', query('attributes.site:B*n')],
    ['attributes.site:Ber?', query('attributes.site:Ber?')],
    ['attributes.site:a\\*', query('attributes.site:a\\*', { kind: 'attribute', name: 'site', value: 'a*', prefix: false })],
    ['attributes.floor>7', query('attributes.floor>7')],
    ['thingTypeName:Pump', query('thingTypeName:Pump', { kind: 'type', typeName: 'Pump' })],
    ['thingTypeName:Pu*', query('thingTypeName:Pu*')],
    [arn('rolealias/Alias'), { kind: 'elsewhere' }],
    ['arn:aws:cloudformation:eu-west-1:111122223333:stack/a/b', { kind: 'elsewhere' }],
    ['connectivity.connected:false', query('connectivity.connected:false')],
    ['NOT thingName:a', query('NOT thingName:a')],
    ['a OR b', query('a OR b')],
    ['"pump 1"', query('"pump 1"')],
    ['pump berlin', query('thingName:pump* AND berlin')],
    ['ns:pump -7', query('thingName:ns\\:pump* AND \\-7')],
  ];
  for (const [text, typed] of table) it(`"${text}"`, () => assert.deepEqual(readTyped(text), typed));

  it('is understood whatever it is', () => {
    for (const text of ['(((', '\\', '"', 'attr:=', '*', '???', 'arn:aws:iot:x', '[a TO', '\u{1F600} AND']) assert.ok(readTyped(text).kind.length > 0, text);
  });
});

describe('what is asked for it', () => {
  const on = { things: 'REGISTRY', connectivity: true } as const;
  const off = { things: 'OFF', connectivity: false } as const;
  const short = (lookup: Lookup): string => {
    switch (lookup.kind) {
      case 'index':
        return `index ${lookup.query}${lookup.otherwise === undefined ? '' : ` else ${lookup.otherwise}`}`;
      case 'exact':
        return `${lookup.resource} ${lookup.name}`;
      case 'attribute':
        return `attribute ${lookup.name}=${lookup.value}${lookup.prefix ? '*' : ''}`;
      case 'members':
        return `members ${lookup.group}`;
      case 'type':
        return `type ${lookup.typeName}`;
      case 'list':
        return `list ${lookup.resource} ${lookup.part}`;
    }
  };
  const table: readonly (readonly [text: string, on: readonly string[], off: readonly string[] | 'needsIndexing', offNeedsIndexing?: true])[] = [
    ['', [], []],
    ['thingName:', [], []],
    ['pump', ['index thingName:pump* else thingName:*pump*', 'thing pump', 'coreDevice pump', 'policy pump', 'list coreDevice pump', 'list policy pump'], ['thing pump', 'coreDevice pump', 'policy pump', 'list coreDevice pump', 'list policy pump'], true],
    ['pump*', ['index thingName:pump* else thingName:*pump*', 'thing pump', 'coreDevice pump', 'policy pump', 'list coreDevice pump', 'list policy pump'], ['thing pump', 'coreDevice pump', 'policy pump', 'list coreDevice pump', 'list policy pump'], true],
    ['ns:pump', ['index thingName:ns\\:pump* else thingName:*ns\\:pump*', 'thing ns:pump', 'list policy ns:pump'], ['thing ns:pump', 'list policy ns:pump'], true],
    ['p*1', ['index thingName:p*1*', 'list coreDevice p*1', 'list policy p*1'], ['list coreDevice p*1', 'list policy p*1'], true],
    ['?ump', ['list coreDevice ?ump', 'list policy ?ump'], ['list coreDevice ?ump', 'list policy ?ump'], true],
    ['a.b', ['policy a.b', 'list policy a.b'], ['policy a.b', 'list policy a.b']],
    ['*', ['index thingName:*'], []],
    ['x'.repeat(100), [`index thingName:${'x'.repeat(100)}*`, `thing ${'x'.repeat(100)}`, `coreDevice ${'x'.repeat(100)}`, `policy ${'x'.repeat(100)}`, `list coreDevice ${'x'.repeat(100)}`, `list policy ${'x'.repeat(100)}`], [`thing ${'x'.repeat(100)}`, `coreDevice ${'x'.repeat(100)}`, `policy ${'x'.repeat(100)}`, `list coreDevice ${'x'.repeat(100)}`, `list policy ${'x'.repeat(100)}`], true],
    ['ABC123', ['index thingName:ABC123* else thingName:*ABC123*', 'thing ABC123', 'coreDevice ABC123', 'policy ABC123', 'list coreDevice ABC123', 'list policy ABC123', 'list certificate ABC123'], ['thing ABC123', 'coreDevice ABC123', 'policy ABC123', 'list coreDevice ABC123', 'list policy ABC123', 'list certificate ABC123'], true],
    [id, [`certificate ${id}`], [`certificate ${id}`]],
    [arn('thing/Pump'), ['thing Pump', 'coreDevice Pump'], ['thing Pump', 'coreDevice Pump']],
    ['attr:site=Ber*', ['attribute site=Ber*'], ['attribute site=Ber*']],
    ['attributes.site:Berlin', ['index attributes.site:Berlin'], ['attribute site=Berlin']],
    ['thingGroupNames:Pumps', ['index thingGroupNames:Pumps'], ['members Pumps']],
    ['thingTypeName:Pump', ['index thingTypeName:Pump'], ['type Pump']],
    ['thingTypeName:Pu*', ['index thingTypeName:Pu*'], 'needsIndexing'],
    ['arn:aws:iam::111122223333:role/R', [], []],
    ['pump berlin', ['index thingName:pump* AND berlin'], 'needsIndexing'],
  ];
  for (const [text, whenOn, whenOff, needs] of table) {
    it(`"${text.slice(0, 40)}"`, () => {
      assert.deepEqual(planSearch(readTyped(text), on).lookups.map(short), whenOn);
      assert.equal(planSearch(readTyped(text), on).needsIndexing, false);
      for (const indexing of [off, undefined]) {
        const plan = planSearch(readTyped(text), indexing);
        assert.deepEqual(plan.lookups.map(short), whenOff === 'needsIndexing' ? [] : whenOff);
        assert.equal(plan.needsIndexing, whenOff === 'needsIndexing' || needs === true);
      }
    });
  }

  it('never asks more than a handful of questions', () => {
    const all: readonly Typed[] = table.map(([text]) => readTyped(text));
    for (const typed of all) for (const indexing of [on, off]) assert.ok(planSearch(typed, indexing).lookups.length <= 7);
  });

  it('holds names of policies against a part', () => {
    assert.ok(holdsPart('GGv2WSIoTThingPolicy', 'thingpol'));
    assert.ok(holdsPart('GGv2WSIoTThingPolicy', 'gg*policy'));
    assert.ok(holdsPart('a+b', 'A+'));
    assert.ok(holdsPart('pump-17', 'pump-1?'));
    assert.ok(!holdsPart('pump-1', 'pump-1?'));
    assert.ok(!holdsPart('GGv2', 'wsiot'));
    assert.ok(holdsPart('aXbXc', 'a*b*c') && holdsPart('abcabd', '*abd') && holdsPart('ab', 'ab*') && holdsPart('abz', 'a?'));
    assert.ok(!holdsPart('abc', '*d') && !holdsPart('a', 'a?') && !holdsPart('', '?'));
    // Each of these would take a backtracking pattern longer than anybody lives.
    for (const part of ['*'.repeat(50), 'a*'.repeat(40)]) assert.ok(!holdsPart('a'.repeat(2_000), `${part}b`));
  });
});

describe('completions of a query', () => {
  const on = { things: 'REGISTRY', connectivity: true } as const;
  const off = { things: 'OFF', connectivity: false } as const;
  const attributes = new Map([['site', ['Berlin', 'Bern "Süd"', 'a:b*']], ['floor', ['1']]]);
  const words = (text: string, indexing: Indexing | undefined = on, values: readonly string[] = []): readonly string[] => completions(text, { indexing, attributes, values }).map(({ word }) => word);
  const texts = (text: string, values: readonly string[] = []): readonly string[] => completions(text, { indexing: on, attributes: new Map(), values }).map((one) => one.text);
  const names = ['thingName:', 'thingGroupNames:', 'thingTypeName:', 'attributes.floor:', 'attributes.site:'];

  it('fields: all at first, those that the account can answer', () => {
    assert.deepEqual(words(''), [...names, 'connectivity.connected:', 'connectivity.timestamp>', 'connectivity.disconnectReason:']);
    assert.deepEqual(words('', { things: 'REGISTRY', connectivity: false }), names);
    assert.deepEqual(words('', { things: 'REGISTRY_AND_SHADOW', connectivity: false }).slice(names.length), ['shadow.reported.', 'shadow.desired.', 'shadow.hasDelta:']);
    assert.deepEqual(words('', off), [...names, 'attr:']);
  });

  it('fields: from the last word, whatever its case; after an operator all of them', () => {
    assert.deepEqual(texts('thingName:a AND -(CONNECTIVITY.CONN'), ['thingName:a AND -(connectivity.connected:']);
    assert.deepEqual(words('attributes.s'), ['attributes.site:']);
    assert.deepEqual([words('thingName:'), words('t'), words('pump'), words('pump ')], [[], [], [], []]);
    assert.deepEqual(texts('thingName:a AND ')[0], 'thingName:a AND thingName:');
    assert.deepEqual(texts('(')[0], '(thingName:');
  });

  it('operators: between two terms, where there is an index', () => {
    assert.deepEqual(texts('thingName:a '), ['thingName:a AND ', 'thingName:a OR ', 'thingName:a AND NOT ']);
    assert.deepEqual(texts('(thingName:a) A'), ['(thingName:a) AND ', '(thingName:a) AND NOT ']);
    assert.deepEqual(texts('connectivity.timestamp>1 O'), ['connectivity.timestamp>1 OR ']);
    assert.deepEqual([words('thingName:a ', off), words('pump A')], [[], []]);
  });

  it('values: of groups and types as the account told them, of attributes as things had them, of a few fields always', () => {
    assert.deepEqual(texts('thingName:a AND thingGroupNames:pu', ['Pumps', 'Pu:x']), ['thingName:a AND thingGroupNames:Pumps', 'thingName:a AND thingGroupNames:Pu\\:x']);
    assert.deepEqual(words('thingTypeName:', off, ['Pump', 'Valve']), ['thingTypeName:Pump', 'thingTypeName:Valve']);
    assert.deepEqual(words('attributes.site:'), ['attributes.site:Berlin', 'attributes.site:"Bern \\"Süd\\""', 'attributes.site:a\\:b\\*']);
    assert.deepEqual([words('attributes.site:berlin'), words('attributes.never:')], [[], []]);
    assert.deepEqual(words('connectivity.connected:'), ['connectivity.connected:true', 'connectivity.connected:false']);
    assert.deepEqual(words('connectivity.disconnectReason:MQTT'), ['connectivity.disconnectReason:MQTT_KEEP_ALIVE_TIMEOUT']);
  });

  it('values: what the account is to be asked for', () => {
    assert.deepEqual(wantedValues('a OR thingGroupNames:Pu\\:'), { field: 'thingGroupNames', start: 'Pu:' });
    assert.deepEqual(wantedValues('thingTypeName:'), { field: 'thingTypeName', start: '' });
    for (const text of ['', 'thingGroupNames', 'thingGroupNames:a*', 'thingName:a', 'thingGroupNames:a ']) assert.equal(wantedValues(text), undefined, text);
  });

  it('every completion that ends a term is a query that can be asked', () => {
    for (const { text } of completions('attributes.site:', { indexing: on, attributes, values: [] })) assert.equal(readTyped(text).kind, 'query', text);
  });
});
