import assert from 'node:assert/strict';
import { analyzeTemplate } from '../../../src/core/provisioning/template/analyzeTemplate';
import type { SessionService } from '../../../src/core/ports/services';
import { Emitter } from '../../../src/core/util/emitter';
import { AccountKnowledge } from '../../../src/language/accountKnowledge';
import { FleetWorld } from '../../fakes/fleetWorld';

describe('thing types of a template, as the account has them', () => {
  const template = (type: unknown): string => JSON.stringify({ Parameters: { Type: { Type: 'String', Default: 'Old' }, Told: { Type: 'String' } }, Resources: { Thing: { Type: 'AWS::IoT::Thing', Properties: { ThingTypeName: type } } } });
  const told = (text: string, account: AccountKnowledge): readonly string[] =>
    analyzeTemplate(text, { lookups: account.templateFacts(text) }).map(({ code }) => code).filter((code) => code.startsWith('thingType'));

  it('are asked for by name, once, and only what the template itself says', async () => {
    const world = new FleetWorld();
    world.iot.thingTypes.set('Old', { name: 'Old', arn: 'arn', deprecated: true });
    world.iot.thingTypes.set('Core', { name: 'Core', arn: 'arn', deprecated: false });
    const asked: string[] = [];
    const describeThingType = async (name: string) => {
      asked.push(name);
      return world.iot.describeThingType(name);
    };
    const iot = new Proxy(world.iot, { get: (iotApi, name) => (name === 'describeThingType' ? describeThingType : Reflect.get(iotApi, name) as unknown) });
    const session = { current: { ...world.connection, iot }, onDidChange: new Emitter<never>().event } as unknown as SessionService;
    const account = new AccountKnowledge(session, undefined);
    const expected: readonly (readonly [type: unknown, codes: readonly string[]])[] = [
      ['Core', []],
      ['Missing', ['thingTypeNotFound']],
      [{ Ref: 'Type' }, ['thingTypeDeprecated']],
      [{ Ref: 'Told' }, []],
      ['no name!', []],
    ];
    for (const [type, codes] of expected) {
      const text = template(type);
      assert.deepEqual(told(text, account), [], 'silent until the account has answered');
      await new Promise((resolve) => setImmediate(resolve));
      assert.deepEqual(told(text, account), codes, JSON.stringify(type));
      told(text, account);
    }
    assert.deepEqual(asked, ['Core', 'Missing', 'Old']);
    account.dispose();
  });
});
