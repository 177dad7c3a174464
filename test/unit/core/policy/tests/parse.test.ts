import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parsePolicyTests } from '../../../../../src/core/policy/tests/parse';
import { PolicyTestRunner } from '../../../../../src/core/policy/tests/run';
import { testFileNameFor } from '../../../../../src/core/policy/tests/format';
import { badFiles, fileWith, goodFile } from './samples';

describe('Policy test files are read', () => {
  it('with exact places of each case and of what it expects', () => {
    const file = parsePolicyTests(goodFile);
    assert.deepEqual(file.problems, []);
    assert.deepEqual(file.policies.map(({ path }) => path), ['greengrass-v2-iot-policy.json', '../shared/extra.json']);
    assert.deepEqual(file.target, { partition: 'aws', region: 'eu-central-1', account: '210987654329' });
    for (const one of file.cases) {
      assert.deepEqual(one.problems, [], one.name);
      const source = goodFile.slice(one.at.offset, one.at.offset + one.at.length);
      assert.equal((JSON.parse(source) as { name: string }).name, one.name);
      assert.match(goodFile.slice(one.expectAt.offset, one.expectAt.offset + one.expectAt.length), /^"(allow|deny|explicitDeny|implicitDeny)"$/);
    }
    assert.deepEqual(file.cases.map(({ asks }) => asks?.question), [
      { kind: 'connect', clientId: 'pump-1' },
      { kind: 'connect', clientId: 'pump-1', persistent: true, lastWillTopic: 'bye' },
      { kind: 'publish', topic: 'a/b' },
      { kind: 'publish', topic: 'a/b', retain: true },
      { kind: 'subscribe', topicFilter: 'a/#' },
      { kind: 'receive', topic: 'a/b' },
      { kind: 'assumeRole', roleAlias: 'Alias' },
      { kind: 'call', action: 'greengrass:ResolveComponentCandidates', resource: '*' },
      { kind: 'call', action: 'iot:GetThingShadow', resource: 'arn:aws:iot:eu-central-1:210987654329:thing/pump-1' },
    ]);
    assert.deepEqual(file.cases[0]?.asks?.caller, {
      clientId: 'pump-1', thing: { name: 'pump-1', type: 'pump', attributes: { room: 'west' }, attached: true, exclusive: true },
      certificateId: 'c'.repeat(64), sourceIp: '10.0.0.1', values: { 'iot:Certificate.Subject.CommonName': ['x'], 'iot:DomainName': ['a', 'b'] },
    });
    assert.deepEqual(file.cases[4]?.asks?.caller, { clientId: 'guest' });
    assert.equal(file.cases[6]?.asks?.because?.statement, 1);
  });

  it('takes the only device when a test names none', () => {
    const file = parsePolicyTests(fileWith('{ "name": "a", "connect": {}, "expect": "allow" }'));
    assert.deepEqual(file.cases[0]?.asks?.question, { kind: 'connect', clientId: 'pump-1' });
  });

  it('gives tests of one name ids of their own, which stay when others come before', () => {
    const one = '{ "name": "a", "connect": "x", "expect": "allow" }';
    const ids = (tests: string): readonly string[] => parsePolicyTests(fileWith(tests)).cases.map(({ id }) => id);
    assert.deepEqual(ids(`${one}, ${one}`), ['0/a', '1/a']);
    assert.deepEqual(ids(`{ "name": "b", "connect": "x", "expect": "allow" }, ${one}`), ['0/b', '0/a']);
  });

  for (const { title, text, marked, message } of badFiles) {
    it(`says where and what is wrong: ${title}`, () => {
      const file = parsePolicyTests(text);
      const problems = [...file.problems, ...file.cases.flatMap((one) => one.problems)];
      const found = problems.find((problem) => message.test(problem.message));
      assert.ok(found, JSON.stringify(problems));
      if (marked !== undefined) assert.equal(text.slice(found.offset, found.offset + found.length), marked);
    });
  }

  it('runs the good tests beside a bad one', () => {
    const file = parsePolicyTests(fileWith('{ "name": "bad", "device": "nobody", "connect": "x", "expect": "allow" }, { "name": "good", "connect": "x", "expect": "deny" }'));
    const runner = new PolicyTestRunner(file, new Map([['p.json', '{"Version":"2012-10-17","Statement":[]}']]));
    assert.deepEqual(file.cases.map((one) => runner.run(one).kind), ['errored', 'passed']);
  });

  it('ends at two thousand tests, and says so', () => {
    const file = parsePolicyTests(fileWith(Array.from({ length: 2001 }, () => '{"name":"a","connect":"x","expect":"allow"}').join(',')));
    assert.equal(file.cases.length, 2000);
    assert.match(file.problems[0]?.message ?? '', /first 2000 tests/);
  });

  const check = (text: string): void => {
    const file = parsePolicyTests(text);
    const runner = new PolicyTestRunner(file, new Map(file.policies.map(({ path }) => [path, text])));
    for (const one of file.cases) runner.run(one);
    for (const at of [...file.problems, ...file.policies, ...file.cases.flatMap((one) => [one.at, one.expectAt, ...one.problems])]) {
      assert.ok(at.offset >= 0 && at.length >= 0 && at.offset + at.length <= text.length, JSON.stringify({ at, size: text.length }));
    }
  };
  it('never throws and never points outside of the text: any text', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), check), { numRuns: 500 });
  });
  it('never throws and never points outside of the text: a good file with pieces changed', () => {
    const piece = fc.tuple(fc.nat(goodFile.length), fc.nat(40), fc.constantFrom('', '{', '}', '[', ']', '"', ',', ':', 'null', '1', '\0', '\ud800', '//', '\\', '{}', '"__proto__":1', 'true'));
    fc.assert(fc.property(fc.array(piece, { minLength: 1, maxLength: 5 }), (pieces) => {
      check(pieces.reduce((text, [at, length, by]) => text.slice(0, at) + by + text.slice(at + length), goodFile));
    }), { numRuns: 1000 });
  });
  it('reads what is very long, very deep or begins with a byte order mark', () => {
    check(' '.repeat(500_000));
    check('['.repeat(100_000));
    check('\ufeff');
    assert.deepEqual(parsePolicyTests(`\ufeff${goodFile}`).problems, []);
  });

  it('stand beside their policy', () => {
    assert.equal(testFileNameFor('greengrass-v2-iot-policy.json'), 'greengrass-v2-iot-policy.policy-tests.json');
    assert.equal(testFileNameFor('a.iot-policy.JSON'), 'a.iot-policy.policy-tests.json');
  });
});
