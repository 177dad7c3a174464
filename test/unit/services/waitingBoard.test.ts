import assert from 'node:assert/strict';
import type { Waiting } from '../../../src/core/ports/waiting';
import { WaitingBoard } from '../../../src/services/waitingBoard';
import { ManualClock, settled } from '../../fakes/manualClock';

describe('what is told of calls that wait', () => {
  let clock: ManualClock;
  let board: WaitingBoard;
  let told: (Waiting | undefined)[];

  beforeEach(() => {
    clock = new ManualClock();
    board = new WaitingBoard(clock);
    told = [];
    board.onDidChange((waiting) => told.push(waiting));
  });

  const step = async (milliseconds: number): Promise<Waiting | undefined> => {
    await clock.advance(milliseconds);
    return board.current;
  };

  it('nothing, as long as turns come within a second', async () => {
    for (let call = 0; call < 20; call++) {
      const over = board.waits('iot:ListThings', 'turn');
      await clock.advance(900);
      over();
    }
    await clock.advance(5000);
    assert.deepEqual(told, []);
  });

  it('a turn that takes longer, with the seconds; then it goes away by itself', async () => {
    const over = board.waits('iot:ListThings', 'turn');
    assert.equal(await step(750), undefined);
    assert.deepEqual(await step(500), { reason: 'turn', action: 'iot:ListThings', seconds: 1 });
    assert.equal((await step(2000))?.seconds, 3);
    over();
    await clock.advance(5000);
    assert.equal(board.current, undefined);
    assert.equal(told.at(-1), undefined);
    // Once a second, not each time it looks.
    assert.ok(told.length <= 6, String(told.length));
    const before = told.length;
    await clock.advance(60_000);
    assert.equal(told.length, before, 'it rests');
  });

  it('throttling almost at once, before all else, as one wait over all repetitions', async () => {
    board.waits('iot:ListThings', 'turn');
    await clock.advance(2000);
    assert.equal(board.current?.reason, 'turn');
    for (let repetition = 0; repetition < 3; repetition++) {
      const over = board.waits('iot:CreatePolicy', 'throttled');
      await clock.advance(1000);
      over();
      await clock.advance(400);
    }
    const throttled = told.filter((waiting) => waiting?.reason === 'throttled');
    assert.equal(throttled[0]?.action, 'iot:CreatePolicy');
    assert.ok(!told.includes(undefined));
    assert.equal(told.at(-1)?.seconds, 6);
  });

  it('ends twice without harm, and begins anew after a rest', async () => {
    const over = board.waits('iot:GetPolicy', 'throttled');
    await clock.advance(1000);
    over();
    over();
    await clock.advance(10_000);
    board.waits('iot:GetPolicy', 'throttled');
    await settled();
    assert.deepEqual(await step(500), { reason: 'throttled', action: 'iot:GetPolicy', seconds: 1 });
  });
});
