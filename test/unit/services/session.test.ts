import assert from 'node:assert/strict';
import { CancelledError, FleetError } from '../../../src/core/errors';
import type { AwsGateway, ConnectOptions, Connection } from '../../../src/core/ports/connection';
import type { ConnectionChoice } from '../../../src/core/ports/identity';
import { isRememberedChoice, type RememberedChoice } from '../../../src/services/rememberedChoice';
import { Session } from '../../../src/services/session';

const sandboxChoice = { kind: 'sandbox', endpoint: 'http://127.0.0.1:1', region: 'us-east-1', accessKeyId: 'AK', secretAccessKey: 'SECRET' } as const;
const a: ConnectionChoice = { kind: 'profile', profile: 'a' };
const b: ConnectionChoice = { kind: 'profile', profile: 'b' };

/** Answers each connect when the test says so. */
class Gateway implements AwsGateway {
  readonly asked: { choice: ConnectionChoice; options: ConnectOptions; resolve: (connection: Connection) => void; reject: (error: Error) => void }[] = [];
  suggestion: ConnectionChoice | undefined;
  onAsk: (() => void) | undefined;
  readonly listProfiles = () => Promise.resolve([]);
  readonly knownRegions = (partition: string) => [`${partition}-region`];
  readonly connectBeside = () => Promise.reject(new Error('not of this test'));
  readonly suggestedChoice = () => Promise.resolve(this.suggestion);

  connect(choice: ConnectionChoice, options: ConnectOptions): Promise<Connection> {
    return new Promise((resolve, reject) => {
      this.asked.push({ choice, options, resolve, reject });
      this.onAsk?.();
    });
  }

  async next(count: number): Promise<void> {
    while (this.asked.length < count) await new Promise<void>((resolve) => (this.onAsk = resolve));
  }
}

function connectionTo(choice: ConnectionChoice): Connection {
  const label = choice.kind === 'profile' ? choice.profile : choice.kind;
  return { target: { label, account: '1', region: 'eu-west-1', partition: 'aws', callerArn: 'arn', isSandbox: false } } as unknown as Connection;
}

function setUp() {
  const gateway = new Gateway();
  const memory: { value: RememberedChoice | undefined } = { value: undefined };
  const started: number[] = [];
  const session = new Session({
    gateway,
    sandbox: { start: () => Promise.resolve(sandboxChoice).finally(() => started.push(1)) },
    memory: { get: () => memory.value, set: (choice) => (memory.value = choice) },
    mfaCode: () => Promise.resolve('123456'),
    defaults: () => ({ profile: '', region: '' }),
  });
  const states: string[] = [];
  session.onDidChange((state) => states.push(state.kind));
  const finish = async (index: number): Promise<Connection> => {
    await gateway.next(index + 1);
    const { choice, resolve } = gateway.asked[index]!;
    const connection = connectionTo(choice);
    resolve(connection);
    return connection;
  };
  return { gateway, memory, session, states, started, finish };
}

describe('the session', () => {
  it('connects, tells each step and remembers the choice', async () => {
    const { session, states, memory, finish } = setUp();
    const used = session.use(a);
    assert.equal(session.state.kind, 'connecting');
    assert.equal(session.current, undefined);
    const connection = await finish(0);
    assert.equal(await used, connection);
    assert.equal(session.current, connection);
    assert.deepEqual(states, ['connecting', 'connected']);
    assert.deepEqual(memory.value, a);
  });

  it('lets the latest choice win, even when the earlier one answers last', async () => {
    const { session, gateway, memory, finish } = setUp();
    const first = session.use(a);
    const firstFails = assert.rejects(first, CancelledError);
    await gateway.next(1);
    const second = session.use(b);
    assert.ok(gateway.asked[0]!.options.signal?.aborted);
    const connection = await finish(1);
    await finish(0);
    assert.equal(await second, connection);
    await firstFails;
    assert.equal(session.current, connection);
    assert.deepEqual(memory.value, b);
  });

  it('goes back to where it was when the person gives up', async () => {
    const { session, gateway, finish } = setUp();
    void session.use(a);
    const connection = await finish(0);
    await session.connection();
    const abort = new AbortController();
    const second = session.use(b, abort.signal);
    await gateway.next(2);
    abort.abort();
    await assert.rejects(second, CancelledError);
    assert.equal(session.current, connection);
  });

  it('keeps the failure as its state and remembers nothing', async () => {
    const { session, gateway, memory } = setUp();
    const used = session.use(a);
    await gateway.next(1);
    const error = new FleetError('no', { category: 'credentials', code: 'x' });
    gateway.asked[0]!.reject(error);
    await assert.rejects(used, error);
    assert.deepEqual(session.state, { kind: 'failed', choice: a, error });
    assert.equal(session.current, undefined);
    assert.equal(memory.value, undefined);
  });

  it('shares one attempt between all who want the connection', async () => {
    const { session, gateway, finish } = setUp();
    gateway.suggestion = a;
    void session.use(a);
    const both = Promise.all([session.connection(), session.connection()]);
    const connection = await finish(0);
    assert.deepEqual(await both, [connection, connection]);
    assert.equal(gateway.asked.length, 1);
  });

  it('says what helps when nothing is chosen', async () => {
    const { session } = setUp();
    await assert.rejects(session.connection(), (error: FleetError) => error.category === 'credentials' && error.remedies.some((remedy) => remedy.kind === 'startSandbox'));
  });

  it('restores silently: a failure only shows as state, and nobody is asked for a code', async () => {
    const { session, gateway, memory } = setUp();
    memory.value = { kind: 'profile', profile: 'a', region: 'eu-west-1' };
    const restored = session.restore();
    await gateway.next(1);
    const { choice, options, reject } = gateway.asked[0]!;
    assert.deepEqual(choice, memory.value);
    const refusal = await options.mfaCode('serial').catch((error: unknown) => error);
    assert.ok(refusal instanceof FleetError && refusal.code === 'mfaNeeded');
    reject(refusal);
    await restored;
    assert.equal(session.state.kind, 'failed');
  });

  it('remembers of the sandbox that it was the sandbox, and the region, and finds it again', async () => {
    const { session, gateway, memory, started, finish } = setUp();
    const used = session.use({ ...sandboxChoice, region: 'eu-north-1' });
    await finish(0);
    await used;
    assert.deepEqual(memory.value, { kind: 'sandbox', region: 'eu-north-1' });
    assert.ok(!JSON.stringify(memory.value).includes('SECRET'));

    const again = setUp();
    again.memory.value = memory.value;
    const restored = again.session.restore();
    await again.finish(0);
    await restored;
    assert.equal(again.started.length, 1);
    assert.deepEqual(again.gateway.asked[0]!.choice, { ...sandboxChoice, region: 'eu-north-1' });
    assert.ok(again.session.state.kind === 'connected' && again.session.state.choice.kind === 'sandbox');
    assert.equal(again.session.state.choice.endpoint, sandboxChoice.endpoint);
    assert.equal(gateway.asked.length, 1);
    assert.equal(started.length, 0);
  });

  it('takes its credentials along to another region of the same choice, and nowhere else', async () => {
    const { session, gateway, finish } = setUp();
    const use = async (choice: ConnectionChoice): Promise<boolean> => {
      const { current } = session;
      const used = session.use(choice);
      await finish(gateway.asked.length === 0 ? 0 : gateway.asked.length);
      await used;
      const { sameAs } = gateway.asked.at(-1)!.options;
      assert.ok(sameAs === undefined || sameAs === current);
      return sameAs !== undefined;
    };
    assert.equal(await use(a), false);
    assert.equal(await use({ ...a, region: 'us-east-1' }), true);
    assert.equal(await use({ ...a, region: 'us-east-1' }), false, 'the same again signs in anew');
    assert.equal(await use(a), false, 'a profile that is chosen signs in anew');
    assert.equal(await use({ ...b, region: 'us-east-2' }), false);
    assert.equal(await use({ kind: 'environment', region: 'us-east-1' }), false);
    assert.equal(await use({ kind: 'environment', region: 'us-west-2' }), true);
    assert.equal(await use({ ...sandboxChoice, region: 'us-west-1' }), false);
  });

  it('forgets on disconnect, also while connecting', async () => {
    const { session, gateway, memory } = setUp();
    const used = session.use(a);
    const fails = assert.rejects(used, CancelledError);
    await gateway.next(1);
    session.disconnect();
    await fails;
    assert.equal(session.state.kind, 'none');
    assert.equal(memory.value, undefined);
  });

  it('accepts as remembered only what it could have written', () => {
    for (const good of [a, { kind: 'environment', region: 'x' }, { kind: 'sandbox' }]) assert.ok(isRememberedChoice(good));
    for (const bad of [undefined, 'a', {}, { kind: 'profile' }, { kind: 'profile', profile: '' }, { kind: 'environment', region: 1 }, { kind: 'sandbox', region: 1 }]) assert.ok(!isRememberedChoice(bad));
  });
});
