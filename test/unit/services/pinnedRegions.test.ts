import assert from 'node:assert/strict';
import { FleetError } from '../../../src/core/errors';
import type { Connection, ConnectionBeside } from '../../../src/core/ports/connection';
import type { AwsTarget } from '../../../src/core/ports/identity';
import type { SessionState } from '../../../src/core/ports/services';
import { Emitter } from '../../../src/core/util/emitter';
import { arePinnedRegions, PinnedRegions } from '../../../src/services/pinnedRegions';

const connectionTo = (region: string, other: Partial<AwsTarget> = {}): Connection =>
  ({ target: { account: '111122223333', region, partition: 'aws', callerArn: 'arn:aws:sts::111122223333:assumed-role/Operator/one', isSandbox: false, ...other } }) as unknown as Connection;

function setUp(...remembered: readonly string[]) {
  const changed = new Emitter<SessionState>();
  const memory: { value: readonly string[] | undefined } = { value: remembered.length === 0 ? undefined : remembered };
  const session = {
    current: connectionTo('eu-west-1') as Connection | undefined,
    onDidChange: changed.event,
    async connection(): Promise<Connection> {
      return session.current ?? Promise.reject(new FleetError('none', { category: 'credentials', code: 'notConnected' }));
    },
    become(connection: Connection | undefined): void {
      session.current = connection;
      changed.fire({ kind: 'none' });
    },
  };
  const opened: string[] = [];
  const closed: string[] = [];
  const failing = new Set<string>();
  /** Who answers there. */
  const answers = new Map<string, Partial<AwsTarget>>();
  const gateway = {
    async connectBeside(of: Connection, region: string): Promise<ConnectionBeside> {
      opened.push(`${of.target.region} > ${region}`);
      await soon();
      if (failing.has(region)) throw new FleetError(`${region} is not enabled`, { category: 'region', code: 'notEnabled' });
      return { connection: connectionTo(region, answers.get(region)), close: () => void closed.push(region) };
    },
  };
  const regions = new PinnedRegions({ session, gateway, memory: { get: () => memory.value, set: (value) => (memory.value = value) } });
  const told: string[] = [];
  regions.onDidChange(() => told.push(regions.pinned.join()));
  return { session, regions, memory, opened, closed, failing, answers, told };
}

const soon = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('pinned regions', () => {
  it('are kept sorted, once each, and told of', async () => {
    const { regions, memory, told } = setUp();
    for (const region of ['us-east-1', 'ap-south-1', 'us-east-1']) await regions.pin(region);
    assert.deepEqual(memory.value, ['ap-south-1', 'us-east-1']);
    await regions.unpin('us-east-1');
    await regions.unpin('us-east-1');
    await regions.unpin('ap-south-1');
    assert.equal(memory.value, undefined);
    assert.deepEqual(told, ['us-east-1', 'ap-south-1,us-east-1', 'ap-south-1', '']);
  });

  it('are names of regions, nothing else: they become part of host names', async () => {
    const { regions } = setUp();
    for (const text of ['', 'x', 'eu-west-1.evil.example', 'EU-WEST-1', 'eu-west-1/', `${'a'.repeat(80)}-b-1`]) {
      await assert.rejects(regions.pin(text), { code: 'badRegion' }, text);
      assert.ok(!arePinnedRegions([text]), text);
    }
    assert.ok(arePinnedRegions(['eu-west-1', 'us-gov-east-1']) && !arePinnedRegions('eu-west-1') && !arePinnedRegions([7]));
  });

  it('nothing is connected to before it is asked for; then once, by the connection that is there', async () => {
    const { regions, opened } = setUp('us-east-1');
    assert.deepEqual([regions.pinned, opened], [['us-east-1'], []]);
    const [one, two] = await Promise.all([regions.connection('us-east-1'), regions.connection('us-east-1')]);
    assert.equal(one, two);
    assert.equal(one.target.region, 'us-east-1');
    assert.deepEqual(opened, ['eu-west-1 > us-east-1']);
  });

  it('the connected region is the connection itself; one that is not pinned is refused', async () => {
    const { regions, session, opened } = setUp('eu-west-1');
    assert.equal(await regions.connection('eu-west-1'), session.current);
    await assert.rejects(regions.connection('us-east-1'), (error: FleetError) => error.code === 'notPinned' && error.remedies[0]?.kind === 'switchRegion');
    assert.deepEqual(opened, []);
  });

  it('what answers as another account, another role or from another region is not shown; a renewed session of the role is', async () => {
    const others: readonly Partial<AwsTarget>[] = [{ account: '999988887777' }, { callerArn: 'arn:aws:sts::111122223333:assumed-role/Admin/one' }, { region: 'eu-west-1' }];
    for (const other of others) {
      const { regions, answers, closed } = setUp('us-east-1');
      answers.set('us-east-1', other);
      await assert.rejects(regions.connection('us-east-1'), { code: 'otherIdentity' });
      assert.deepEqual([closed, regions.isOpen('us-east-1')], [['us-east-1'], false]);
    }
    const { regions, answers } = setUp('us-east-1');
    answers.set('us-east-1', { callerArn: 'arn:aws:sts::111122223333:assumed-role/Operator/two' });
    assert.equal(regions.isOpen('us-east-1'), false);
    assert.equal((await regions.connection('us-east-1')).target.region, 'us-east-1');
    assert.ok(regions.isOpen('us-east-1'));
  });

  it('a region of another partition is not asked: the credentials do not hold there; the sandbox has all of them', async () => {
    const { regions, session, opened } = setUp('cn-north-1');
    await assert.rejects(regions.connection('cn-north-1'), { code: 'otherPartition' });
    assert.deepEqual(opened, []);
    session.become(connectionTo('eu-west-1', { isSandbox: true }));
    assert.equal((await regions.connection('cn-north-1')).target.region, 'cn-north-1');
  });

  it('a failure is not kept: the next look tries again', async () => {
    const { regions, failing, opened } = setUp('ap-east-1');
    failing.add('ap-east-1');
    await assert.rejects(regions.connection('ap-east-1'), { code: 'notEnabled' });
    failing.clear();
    assert.equal((await regions.connection('ap-east-1')).target.region, 'ap-east-1');
    assert.equal(opened.length, 2);
  });

  it('a connection is freed when its region is unpinned, when another is connected, and at the end; also one that is being made', async () => {
    const { regions, session, closed, opened } = setUp('us-east-1', 'us-west-2');
    await regions.connection('us-east-1');
    const coming = regions.connection('us-west-2');
    while (opened.length < 2) await Promise.resolve();
    await regions.unpin('us-west-2');
    assert.deepEqual(closed, []);
    await coming;
    await soon();
    assert.deepEqual(closed, ['us-west-2']);
    session.become(undefined);
    await soon();
    assert.deepEqual(closed, ['us-west-2', 'us-east-1']);
    session.become(connectionTo('eu-north-1'));
    await regions.connection('us-east-1');
    assert.deepEqual(opened.at(-1), 'eu-north-1 > us-east-1');
    regions.dispose();
    await soon();
    assert.deepEqual(closed, ['us-west-2', 'us-east-1', 'us-east-1']);
  });
});
