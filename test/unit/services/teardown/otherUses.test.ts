import assert from 'node:assert/strict';
import { otherUses, type Own } from '../../../../src/services/teardown/otherUses';
import { FleetWorld, target } from '../../../fakes/fleetWorld';

const alias = 'Alias';
const allows = (name: string): string => JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:AssumeRoleWithCertificate', Resource: `arn:aws:iot:eu-west-1:111122223334:rolealias/${name}` }] });

const nothing: Own = { templates: new Set(), aliases: new Set(), policies: new Set(), given: [] };

describe('what else works with a set-up', () => {
  /** Policies of others, the last of which alone allows the alias. */
  async function look(policies: number, own: Own = { ...nothing, alias }, templateGives?: string) {
    const world = new FleetWorld();
    for (let number = 0; number < policies; number += 1) {
      await world.iot.createPolicy({ name: `P${String(number).padStart(4, '0')}`, document: allows(number === policies - 1 ? alias : 'Else') });
    }
    if (templateGives !== undefined) {
      const body = JSON.stringify({ Resources: { policy: { Type: 'AWS::IoT::Policy', Properties: { PolicyName: templateGives } } } });
      world.roles.add('Provision', 'iot.amazonaws.com', new Date(0));
      await world.iot.createProvisioningTemplate({ name: 'Theirs', templateBody: body, provisioningRoleArn: 'arn:aws:iam::111122223334:role/Provision', enabled: true });
    }
    world.faults.clear();
    const read: number[] = [];
    const iot = world.faults.wrap('iot', world.iot);
    const found = await otherUses({ iot, target }, own, new AbortController().signal, { counted: () => undefined, read: (count) => read.push(count) });
    return { found, read, calls: world.faults.calls.filter((call) => call === 'iot.getPolicy').length };
  }

  it('every policy is read while there are no more than 500, and told in between', async () => {
    const { found, read, calls } = await look(500);
    assert.deepEqual([found.policies, found.onlyPolicies, calls], [['P0499'], undefined, 500]);
    assert.deepEqual([read.length, read.at(-1)], [20, 500]);
  });

  it('beyond that it says how many it knows', async () => {
    const { found, calls } = await look(520);
    assert.deepEqual([found.policies, found.onlyPolicies, calls], [[], 500, 500]);
  });

  it('policies that a template gives to devices are read besides', async () => {
    const last = 'P0519';
    assert.deepEqual((await look(520, { ...nothing, alias }, last)).found, { templates: [{ name: 'Theirs', roleArn: 'arn:aws:iam::111122223334:role/Provision', policies: [last], groups: [] }], aliases: [], policies: [last], principals: new Set(), onlyPolicies: 501 });
    assert.deepEqual((await look(520, { ...nothing, alias, given: [last] })).found.policies, [last]);
  });

  it('without a role alias no policy is read', async () => {
    const { found, calls } = await look(3, nothing);
    assert.deepEqual([found.policies, calls], [[], 0]);
  });
});
