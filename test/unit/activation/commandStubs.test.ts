import assert from 'node:assert/strict';
import { CommandStubs, type RegisterCommand } from '../../../src/activation/commandStubs';

/** Commands as VS Code keeps them: each id once. */
class Registered {
  readonly handlers = new Map<string, (...args: unknown[]) => unknown>();
  readonly register: RegisterCommand = (id, handler) => {
    assert.ok(!this.handlers.has(id), `${id} is registered twice`);
    this.handlers.set(id, handler);
    return { dispose: () => this.handlers.delete(id) };
  };

  async run(id: string, ...args: unknown[]): Promise<unknown> {
    const handler = this.handlers.get(id);
    assert.ok(handler, `${id} is not registered`);
    return handler(...args);
  }
}

describe('commands that stand in', () => {
  it('load on first use, then run what was registered, with arguments, answer and error', async () => {
    const registered = new Registered();
    let loads = 0;
    const stubs: CommandStubs = new CommandStubs(['a', 'b'], registered.register, async () => {
      loads += 1;
      stubs.register('a', (...args) => ['a', ...args]);
      stubs.register('b', () => {
        throw new Error('refused');
      });
    });
    assert.deepEqual([...registered.handlers.keys()], ['a', 'b']);
    assert.deepEqual(await registered.run('a', 1, 'two'), ['a', 1, 'two']);
    await assert.rejects(registered.run('b'), /refused/);
    assert.deepEqual(await registered.run('a'), ['a']);
    assert.equal(loads, 1);
  });

  it('do nothing when loading brings no handler, and load again the next time', async () => {
    const registered = new Registered();
    let loads = 0;
    const stubs: CommandStubs = new CommandStubs(['a'], registered.register, async () => {
      loads += 1;
      if (loads === 2) stubs.register('a', () => 'there');
    });
    assert.equal(await registered.run('a'), undefined);
    assert.equal(await registered.run('a'), 'there');
  });

  it('never miss a command: a handler that goes leaves its stub, which loads the next one', async () => {
    const registered = new Registered();
    let loads = 0;
    const stubs: CommandStubs = new CommandStubs(['a'], registered.register, async () => {
      loads += 1;
      handle = stubs.register('a', () => loads);
    });
    let handle: { dispose(): unknown } | undefined;
    assert.equal(await registered.run('a'), 1);
    handle?.dispose();
    assert.ok(registered.handlers.has('a'));
    assert.equal(await registered.run('a'), 2);
  });

  it('refuse a second handler, and pass on ids that nothing stands in for', () => {
    const registered = new Registered();
    const stubs = new CommandStubs(['a'], registered.register, async () => undefined);
    stubs.register('a', () => 1);
    assert.throws(() => stubs.register('a', () => 2), /registered already/);
    const other = stubs.register('other', () => 3);
    assert.ok(registered.handlers.has('other'));
    other.dispose();
    assert.ok(!registered.handlers.has('other'));
  });

  it('go with the window', () => {
    const registered = new Registered();
    const stubs = new CommandStubs(['a', 'b'], registered.register, async () => undefined);
    stubs.dispose();
    assert.equal(registered.handlers.size, 0);
  });
});
