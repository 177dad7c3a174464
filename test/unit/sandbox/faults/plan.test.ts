import assert from 'node:assert/strict';
import { FaultPlanError, PlannedFaults, readFaultPlan, type FaultRule } from '../../../../src/sandbox/faults/plan';
import { readModels } from '../../../../src/sandbox/wire/models';

const models = readModels();
const read = (plan: unknown): readonly FaultRule[] => readFaultPlan(typeof plan === 'string' ? plan : JSON.stringify(plan), 'plan.json', models);

describe('sandbox: a plan of faults', () => {
  it('is read as it is written', () => {
    const rules: readonly FaultRule[] = [
      { service: 'iot', operation: 'CreatePolicy', occurrence: 2, fault: 'answerLost' },
      { operation: 'DescribeStacks', every: 3, fault: 'throttled' },
      { service: 'sts', from: 4, fault: 'denied', latencyMs: 10 },
      { latencyMs: 200 },
    ];
    assert.deepEqual(read({ $schema: 'https://example.com', rules }), rules);
    assert.deepEqual(read({ rules: [] }), []);
  });

  const wrong: readonly (readonly [plan: unknown, message: RegExp])[] = [
    ['{"rules": [', /^plan\.json is not JSON: /],
    [[], /^plan\.json must be an object with a list of rules/],
    [{ rules: {} }, /must be an object with a list of rules/],
    [{ rules: [], seed: 1 }, /unknown key 'seed'/],
    [{ rules: [{ fault: 'throttled' }, 'x'] }, /^plan\.json, rule 2 must be an object\.$/],
    [{ rules: [{ fault: 'throttled', occurence: 1 }] }, /rule 1: unknown key 'occurence'\. Did you mean 'occurrence'\?$/],
    [{ rules: [{ fault: 'slow' }] }, /rule 1: 'fault' must be one of throttled, serverError, denied, connectionCut, answerLost, hangsBefore, hangsAfter, not 'slow'\.$/],
    [{ rules: [{ service: 's3', fault: 'denied' }] }, /'service' must be one of iot, .*, not 's3'\.$/],
    [{ rules: [{ operation: 'CreatePolcy', fault: 'denied' }] }, /no service here has an operation 'CreatePolcy'\. Did you mean 'CreatePolicy'\?$/],
    [{ rules: [{ service: 'sts', operation: 'CreatePolicy', fault: 'denied' }] }, /rule 1: sts has no operation 'CreatePolicy'\.$/],
    [{ rules: [{ operation: 7, fault: 'denied' }] }, /operation 7/],
    [{ rules: [{ operation: 'CreatePolicy' }] }, /rule 1 needs 'fault' or 'latencyMs'\.$/],
    [{ rules: [{ fault: 'denied', occurrence: 0 }] }, /'occurrence' must be a whole number from 1, not 0\.$/],
    [{ rules: [{ fault: 'denied', every: 1.5 }] }, /'every' must be a whole number/],
    [{ rules: [{ fault: 'denied', every: 2, from: 3 }] }, /rule 1 has 'from' and 'every': one of them at most\.$/],
    [{ rules: [{ latencyMs: '5' }] }, /'latencyMs' must be a whole number from 0 to 60000, not '5'\.$/],
    [{ rules: [{ latencyMs: 60_001 }] }, /not 60001\.$/],
  ];
  for (const [plan, message] of wrong) {
    it(`is refused in one line: ${String(message)}`, () => {
      assert.throws(() => read(plan), (error: Error) => error instanceof FaultPlanError && message.test(error.message) && !error.message.includes('\n'));
    });
  }

  it('counts the calls of each rule for itself; the first that applies decides', () => {
    const faults = new PlannedFaults([
      { service: 'iot', operation: 'GetPolicy', occurrence: 2, fault: 'denied' },
      { operation: 'GetPolicy', every: 2, fault: 'throttled' },
      { from: 5, latencyMs: 1 },
    ]);
    const next = (service: 'iot' | 'iam', operation = 'GetPolicy'): string => {
      const trouble = faults.next({ service, operation });
      return trouble?.fault ?? (trouble === undefined ? '-' : 'slow');
    };
    const calls = (): string[] => [next('iot'), next('iam'), next('iot'), next('iot'), next('iot'), next('iot', 'ListPolicies')];
    assert.deepEqual(calls(), ['-', 'throttled', 'denied', 'throttled', 'slow', 'slow']);
    assert.deepEqual([next('iot'), next('iam', 'GetRole')], ['throttled', 'slow']);
    faults.reset();
    assert.deepEqual(calls(), ['-', 'throttled', 'denied', 'throttled', 'slow', 'slow']);
  });
});
