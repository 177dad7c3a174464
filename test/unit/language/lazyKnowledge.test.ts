import assert from 'node:assert/strict';
import type { SessionService, SessionState } from '../../../src/core/ports/services';
import { Emitter } from '../../../src/core/util/emitter';
import { LazyKnowledge } from '../../../src/language/lazyKnowledge';
import { FleetWorld } from '../../fakes/fleetWorld';

describe('what the languages know of the account', () => {
  it('is one for all of them: what one has asked, the other does not ask again', async () => {
    const world = new FleetWorld();
    const changed = new Emitter<SessionState>();
    const session = { current: world.connection, onDidChange: changed.event } as unknown as SessionService;
    const knowledge = new LazyKnowledge({ session });
    const [policies, templates] = await Promise.all([knowledge.get(), knowledge.get()]);
    assert.equal(policies, templates);
    policies.names();
    templates.templateFacts();
    await policies.thingGroupNames(world.connection);
    assert.equal(world.faults.calls.filter((call) => call === 'iot.listThingGroups').length, 1);
    knowledge.dispose();
    await new Promise((resolve) => setImmediate(resolve));
    let told = 0;
    policies.onDidChange(() => (told += 1));
    changed.fire({ kind: 'none' });
    assert.equal(told, 0, 'it listens no more');
  });
});
