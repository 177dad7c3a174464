import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { SandboxKernel, rootScope } from '../../../src/sandbox/kernel/kernel';
import { Fault, type CallContext } from '../../../src/sandbox/kernel/types';
import { openLevelStore } from '../../../src/sandbox/store/levelStore';
import { Overlay, compareUtf8 } from '../../../src/sandbox/store/overlay';
import type { Store } from '../../../src/sandbox/store/store';
import { createSandbox } from '../../../src/sandbox/sandbox';

const SCOPE = rootScope('470123856219', 'us-east-1');

describe('sandbox: store and kernel', () => {
  let folder: string;
  let store: Store;
  let kernel: SandboxKernel;
  const errors: unknown[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-kernel-'));
    store = await openLevelStore(folder, false);
    kernel = new SandboxKernel({ store, ca: {} as never, validate: () => undefined, now: () => new Date(), resourceDelay: 0, logError: (error) => errors.push(error) });
    await kernel.start([
      {
        service: 'iot',
        handlers: {
          CreateThing: (input: { name: string }, call: CallContext) => call.tx.put('iot.thing', input.name, { name: input.name }),
          UpdateThing: (input: { name: string }, call: CallContext) => {
            call.tx.put('iot.thing', input.name, { half: true });
            call.afterCommit(() => assert.fail('must not run'));
            throw new Fault('InvalidRequestException', 'no');
          },
          DescribeThing: async (input: { name: string }, call: CallContext) => {
            if ((await call.tx.get('iot.thing', input.name)) === undefined) call.tx.put('iot.thing', input.name, { first: true });
            return call.tx.get('iot.thing', input.name);
          },
        },
      },
    ]);
  });
  afterEach(async () => {
    await kernel.close();
    await store.close();
    await rm(folder, { recursive: true });
    assert.deepEqual(errors.splice(0), []);
  });

  const call = (operation: string, name: string) => kernel.handle({ service: 'iot', operation, input: { name }, scope: SCOPE, requestId: 'r' });
  const keys = (table = 'iot.thing', scope = SCOPE) =>
    kernel.run(scope, async ({ tx }) => {
      const found: string[] = [];
      for await (const [key] of tx.list(table)) found.push(key);
      return found;
    });

  it('prepares slow work beside running writers, and not for a call that is refused', async () => {
    let prepared = (): void => undefined;
    let calls = 0;
    const slow = new SandboxKernel({
      store, ca: {} as never, now: () => new Date(), resourceDelay: 0, logError: (error) => errors.push(error),
      validate: (_service, operation, input) => {
        if (operation === 'CreateKeysAndCertificate' && 'wrong' in input) throw new Fault('InvalidRequestException', 'no');
      },
    });
    const put = (input: { name: string }, context: CallContext): void => context.tx.put('iot.thing', input.name, {});
    const prepare = (): Promise<void> => {
      calls++;
      return new Promise((resolve) => (prepared = resolve));
    };
    await slow.start([{ service: 'iot', handlers: { CreateThing: put, CreateKeysAndCertificate: put }, prepare: { CreateKeysAndCertificate: prepare } }]);
    const request = (operation: string, input: object) => slow.handle({ service: 'iot', operation, input, scope: SCOPE, requestId: 'r' });
    await assert.rejects(request('CreateKeysAndCertificate', { wrong: true }), Fault);
    assert.equal(calls, 0);
    const waiting = request('CreateKeysAndCertificate', { name: 'slow' });
    await request('CreateThing', { name: 'quick' });
    assert.deepEqual(await keys(), ['quick']);
    prepared();
    await waiting;
    assert.deepEqual(await keys(), ['quick', 'slow']);
    await slow.close();
  });

  it('writes nothing of a call that fails', async () => {
    await assert.rejects(call('UpdateThing', 'x'), Fault);
    assert.deepEqual(await keys(), []);
  });

  it('takes back a failed nested call only', async () => {
    const ran: string[] = [];
    await kernel.run(SCOPE, async (context) => {
      await context.invoke('iot', 'CreateThing', { name: 'a' });
      await assert.rejects(context.invoke('iot', 'UpdateThing', { name: 'a' }), Fault);
      assert.deepEqual(await context.tx.get('iot.thing', 'a'), { name: 'a' });
      context.afterCommit(() => ran.push('after'));
    });
    assert.deepEqual(await keys(), ['a']);
    assert.deepEqual(ran, ['after']);
  });

  it('loses no update of concurrent writers', async () => {
    await Promise.all(
      Array.from({ length: 50 }, () =>
        kernel.run(SCOPE, async ({ tx }) => {
          const count = (await tx.get<number>('iot.count', 'n')) ?? 0;
          await new Promise(setImmediate);
          tx.put('iot.count', 'n', count + 1);
        }),
      ),
    );
    assert.equal(await kernel.run(SCOPE, async ({ tx }) => tx.get('iot.count', 'n')), 50);
  });

  it('runs a reading operation that writes again as a writer', async () => {
    assert.deepEqual(await call('DescribeThing', 'x'), { first: true });
    assert.deepEqual(await keys(), ['x']);
  });

  it('does not wait for itself', async () => {
    await assert.rejects(kernel.run(SCOPE, async () => kernel.run(SCOPE, async () => 1)), /would wait for itself/);
  });

  it('keeps regions apart, IAM not', async () => {
    const other = rootScope(SCOPE.account, 'eu-west-1');
    await kernel.run(SCOPE, async ({ tx }) => {
      tx.put('iot.thing', 'a', 1);
      tx.put('iam.role', 'r', 1);
    });
    assert.deepEqual(await keys('iot.thing', other), []);
    assert.deepEqual(await keys('iam.role', other), ['r']);
    await kernel.run(other, async ({ tx }) => tx.put('iot.thing', 'b', 1));
    assert.deepEqual((await kernel.scopesWith('iot.thing')).map((scope) => scope.region), ['eu-west-1', 'us-east-1']);
    assert.deepEqual(await kernel.scopesWith('iot.thin'), []);
  });

  it('ends background work when it stops', async () => {
    await kernel.close();
    assert.ok(kernel.stopping.aborted);
    await assert.rejects(kernel.run(SCOPE, async () => 1), { name: 'AbortError' });
  });

  it('lists by prefix, after a key, backwards, up to a limit, with own writes', async () => {
    await kernel.run(SCOPE, async ({ tx }) => ['a1', 'a2', 'a4', 'b1'].forEach((key) => tx.put('iot.x', key, key)));
    await kernel.run(SCOPE, async ({ tx }) => {
      tx.put('iot.x', 'a3', 'own');
      tx.delete('iot.x', 'a2');
      const list = async (options: object) => {
        const found: string[] = [];
        for await (const [key] of tx.list('iot.x', options)) found.push(key);
        return found.join();
      };
      assert.equal(await list({}), 'a1,a3,a4,b1');
      assert.equal(await list({ prefix: 'a', after: 'a1' }), 'a3,a4');
      assert.equal(await list({ reverse: true, limit: 2 }), 'b1,a4');
      assert.equal(await list({ prefix: 'a', after: 'a4', reverse: true }), 'a3,a1');
      assert.equal(await list({ limit: 0 }), '');
    });
  });

  it('shows an overlay as if its writes were in the store', async () => {
    const key = fc.string({ unit: 'binary', minLength: 1, maxLength: 3 });
    const write = fc.tuple(key, fc.option(fc.string(), { nil: undefined }));
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(write), fc.array(write), fc.boolean(), async (stored, own, reverse) => {
        const prefix = `p${round++}/`;
        const model = new Map<string, string>();
        const apply = ([name, value]: readonly [string, string | undefined]): void => {
          if (value === undefined) model.delete(prefix + name);
          else model.set(prefix + name, value);
        };
        stored.forEach(apply);
        await store.write([...model].map(([name, value]) => ({ type: 'put', key: name, value })));
        const overlay = new Overlay(store);
        for (const [name, value] of own) {
          apply([name, value]);
          if (value === undefined) overlay.delete(prefix + name);
          else overlay.put(prefix + name, value);
        }
        const found: (readonly [string, string])[] = [];
        for await (const [name, value] of overlay.entries({ from: prefix, to: `${prefix}\u{10FFFF}\u{10FFFF}\u{10FFFF}\u{10FFFF}`, reverse })) found.push([name, value]);
        const expected = [...model].sort(([a], [b]) => compareUtf8(a, b));
        assert.deepEqual(found, reverse ? expected.reverse() : expected);
      }),
      { numRuns: 60 },
    );
  });

  it('lets one sandbox use a folder, and says so to the second', async () => {
    const state = path.join(folder, 'state');
    const first = await createSandbox({ services: [], state });
    await assert.rejects(createSandbox({ services: [], state }), { name: 'StoreError', message: `Another sandbox is using the state folder ${state}. Stop it or choose another folder.` });
    const { credentials } = first;
    await first.close();
    const again = await createSandbox({ services: [], state });
    assert.deepEqual(again.credentials, credentials);
    await again.close();
  });
});
