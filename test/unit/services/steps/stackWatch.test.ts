import assert from 'node:assert/strict';
import { FleetError } from '../../../../src/core/errors';
import { watchStack } from '../../../../src/services/steps/stackWatch';
import { bundledTemplate, FleetWorld } from '../../../fakes/fleetWorld';

const throttled = (): FleetError => new FleetError('Rate exceeded', { category: 'throttling', code: 'Throttling', retryable: true });

describe('the watch over a stack', () => {
  /** A stack that is done this many milliseconds from now, each look and each reading of its events taking `trip`. */
  function working(world: FleetWorld, { takes, trip, ends = 'CREATE_COMPLETE' }: { takes: number; trip: number; ends?: string }): { id: string; doneAt: number; looks: number[]; readings: number[] } {
    const held = world.stacks.put('Fleet', 'CREATE_IN_PROGRESS', bundledTemplate);
    const doneAt = world.clock.now().getTime() + takes;
    const looks: number[] = [];
    const readings: number[] = [];
    world.stacks.describeStack = async () => {
      looks.push(world.clock.now().getTime());
      world.clock.advance(trip);
      return { ...held.stack, status: world.clock.now().getTime() < doneAt ? 'CREATE_IN_PROGRESS' : ends };
    };
    const events = world.stacks.stackEvents.bind(world.stacks);
    world.stacks.stackEvents = (name) => {
      readings.push(world.clock.now().getTime());
      return events(name);
    };
    return { id: held.stack.id, doneAt, looks, readings };
  }

  const watch = async (world: FleetWorld, stackId: string): Promise<{ at: number; events: readonly unknown[] }> => {
    const { events } = await watchStack({ connection: world.connection, stackId, clock: world.clock, progress: { report: () => undefined }, signal: world.faults.signal });
    return { at: world.clock.now().getTime(), events };
  };

  it('knows the end no later than 300 ms after it, whatever the time it takes and the way is', async () => {
    for (const takes of [10, 333, 1_999, 61_234]) {
      for (const trip of [0, 40, 240]) {
        const world = new FleetWorld();
        const stack = working(world, { takes, trip });
        const { at } = await watch(world, stack.id);
        assert.ok(at - stack.doneAt <= 300, `${String(at - stack.doneAt)} ms lost with a stack of ${String(takes)} ms and a way of ${String(trip)} ms`);
      }
    }
  });

  it('reads the events about once a second, and after a success not again', async () => {
    const world = new FleetWorld();
    const stack = working(world, { takes: 10_000, trip: 20 });
    const { events } = await watch(world, stack.id);
    assert.deepEqual(events, []);
    assert.ok(stack.readings.length >= 9 && stack.readings.length <= 11, String(stack.readings.length));
    // The last may have begun beside the look that saw the end, not after it.
    assert.ok(stack.readings.every((time) => time <= (stack.looks.at(-1) ?? 0) + 20));
  });

  it('brings the events of a failure, read after it', async () => {
    const world = new FleetWorld();
    const stack = working(world, { takes: 400, trip: 20, ends: 'ROLLBACK_COMPLETE' });
    const { events } = await watch(world, stack.id);
    assert.ok(events.length > 0);
    assert.ok((stack.readings.at(-1) ?? 0) >= stack.doneAt);
  });

  it('looks seldom after three minutes, and ever more seldom while AWS is throttling', async () => {
    const world = new FleetWorld();
    const stack = working(world, { takes: 240_000, trip: 0 });
    await watch(world, stack.id);
    assert.equal(world.clock.pauses.at(0), 50);
    assert.ok(world.clock.pauses.filter((pause) => pause === 250).length > 600);
    assert.equal(world.clock.pauses.at(-1), 2_000);
    const other = new FleetWorld();
    const id = working(other, { takes: 0, trip: 0 }).id;
    const answer = other.stacks.describeStack.bind(other.stacks);
    let failing = 4;
    other.stacks.describeStack = async (name) => {
      if ((failing -= 1) >= 0) throw throttled();
      return answer(name);
    };
    await watch(other, id);
    assert.deepEqual(other.clock.pauses, [500, 1_000, 2_000, 4_000]);
  });
});
