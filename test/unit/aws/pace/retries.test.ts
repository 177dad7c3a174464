import assert from 'node:assert/strict';
import { GetRoleCommand } from '@aws-sdk/client-iam';
import { CreateCertificateFromCsrCommand, DescribeThingCommand } from '@aws-sdk/client-iot';
import type { RetryToken, StandardRetryToken } from '@smithy/types';
import { AwsClients } from '../../../../src/aws/clients';
import { AdaptiveRate, unlimitedRate } from '../../../../src/aws/pace/adaptiveRate';
import { CallScopes } from '../../../../src/aws/pace/callScope';
import { PatientRetry } from '../../../../src/aws/pace/patientRetry';
import { awsRates } from '../../../../src/aws/pace/rates';
import { isFleetError } from '../../../../src/core/errors';
import type { Waiting } from '../../../../src/core/ports/waiting';
import { SystemClock } from '../../../../src/services/systemClock';
import { WaitingBoard } from '../../../../src/services/waitingBoard';
import { ManualClock, settled } from '../../../fakes/manualClock';
import { eventually } from '../../../helpers/eventually';
import { ok, ThrottlingAws, throttled, type Verdict } from '../../../helpers/throttlingAws';

const throttling = { errorType: 'THROTTLING' } as const;

describe('the SDK, when AWS asks to slow down', function () {
  // Real pauses of the real SDK.
  let aws: ThrottlingAws;
  let clients: AwsClients;
  let board: WaitingBoard;
  let seen: (Waiting | undefined)[];
  const random = Math.random;

  const start = async (verdict: (request: number, path: string) => Verdict): Promise<void> => {
    aws = await ThrottlingAws.start(verdict);
    const clock = new SystemClock();
    board = new WaitingBoard(clock);
    // What the board of an earlier test still has to say is not of this one.
    const told: (Waiting | undefined)[] = [];
    seen = told;
    board.onDidChange((waiting) => told.push(waiting));
    clients = new AwsClients({
      region: 'us-east-1',
      credentials: async () => ({ accessKeyId: 'a', secretAccessKey: 'b' }),
      endpoint: () => aws.endpoint,
      userAgent: 'test/1',
      caller: { signsIn: false, isSandbox: false },
      clock,
      rates: awsRates,
      waiting: board,
    });
  };
  const describeThing = (thingName: string, signal?: AbortSignal): Promise<unknown> =>
    clients.call({ action: 'iot:DescribeThing' }, signal && { signal }, async (http) => clients.iot.send(new DescribeThingCommand({ thingName }), http));
  const createOnce = (): Promise<unknown> =>
    clients.call({ action: 'iot:CreateCertificateFromCsr' }, undefined, async (http) => clients.iotOnce.send(new CreateCertificateFromCsrCommand({ certificateSigningRequest: 'x' }), http));
  const failure = async (call: Promise<unknown>): Promise<string> => {
    const error: unknown = await call.then(() => undefined, (thrown: unknown) => thrown);
    assert.ok(isFleetError(error), String(error));
    return error.category;
  };

  afterEach(async () => {
    Math.random = random;
    clients.close();
    await aws.close();
  });

  it('goes on by itself; the wait is told while it lasts, and no longer', async () => {
    await start((request) => (request < 2 ? throttled : ok));
    await describeThing('t');
    assert.equal(aws.requests.length, 3);
    assert.deepEqual([seen[0]?.reason, seen[0]?.action], ['throttled', 'iot:DescribeThing']);
    await eventually(() => assert.equal(board.current, undefined));
    assert.equal(seen.filter((waiting) => waiting === undefined).length, 1, 'it does not flicker between the two waits');
    const seconds = seen.flatMap((waiting) => waiting?.seconds ?? []);
    assert.deepEqual(seconds, [...seconds].sort((a, b) => a - b));
  });

  it('finds the rate that AWS takes: all calls succeed, and few are turned away once it is found', async () => {
    let allowance = 5;
    let filled = Date.now();
    await start(() => {
      allowance = Math.min(5, allowance + ((Date.now() - filled) / 1000) * 20);
      filled = Date.now();
      if (allowance < 1) return throttled;
      allowance--;
      return ok;
    });
    await Promise.all(Array.from({ length: 70 }, async (_, thing) => describeThing(`t${thing}`)));
    const refused = aws.requests.filter(({ verdict }) => verdict === throttled).length;
    assert.ok(refused > 0);
    // The SDK's standard retries have 30 and more of these turned away.
    assert.ok(refused < 20, `${refused} of ${aws.requests.length} were turned away`);
  });

  it('cancelling ends the wait at once, and what was cancelled takes no turn from who still waits', async () => {
    await start((request) => (request === 0 ? throttled : ok));
    Math.random = () => 0.001;
    await describeThing('first');
    const abort = new AbortController();
    // The SDK's lowest rate is one call in two seconds: five dead ones would cost ten.
    const cancelled = Array.from({ length: 5 }, async (_, thing) => assert.rejects(describeThing(`dead${thing}`, abort.signal), { name: 'CancelledError' }));
    await settled();
    const began = Date.now();
    abort.abort();
    await Promise.all(cancelled);
    assert.ok(Date.now() - began < 300);
    await describeThing('alive');
    assert.ok(Date.now() - began < 3000, `${Date.now() - began} ms`);
    assert.ok(aws.requests.every(({ path }) => !path.includes('dead')));
  });

  it('what was cancelled is not told of, though the SDK still sleeps for it', async () => {
    await start(() => throttled);
    Math.random = () => 0.999;
    const abort = new AbortController();
    const cancelled = assert.rejects(describeThing('t', abort.signal), { name: 'CancelledError' });
    // The third try is four seconds after the second.
    await eventually(() => assert.equal(aws.requests.length, 2));
    await eventually(() => assert.ok(board.current));
    const began = Date.now();
    abort.abort();
    await cancelled;
    await eventually(() => assert.equal(board.current, undefined));
    // It stays to be read, and no longer.
    assert.ok(Date.now() - began < 2500, `${Date.now() - began} ms`);
  });

  it('slows down the service that asked for it, and no other', async () => {
    await start((request) => (request === 0 ? throttled : ok));
    Math.random = () => 0.001;
    await describeThing('first');
    const slow = describeThing('second');
    const began = Date.now();
    // An answer that IAM would not give: it counts when the request went out.
    await clients.call({ action: 'iam:GetRole' }, undefined, async (http) => clients.iam.send(new GetRoleCommand({ RoleName: 'R' }), http)).catch(() => undefined);
    const asked = aws.requests.find(({ path }) => path === '/')?.at ?? Infinity;
    assert.ok(asked - began < 300, `${asked - began} ms`);
    await slow;
    assert.ok(Date.now() - began > 300);
  });

  it('repeats a creation only when it was turned away unread', async () => {
    let verdict: Verdict = 'cut';
    await start(() => verdict);
    assert.equal(await failure(createOnce()), 'network');
    assert.equal(aws.requests.length, 1, 'no answer: it may have been made');
    verdict = { status: 503, error: 'ServiceUnavailableException' };
    assert.equal(await failure(createOnce()), 'service');
    assert.equal(aws.requests.length, 2);
    verdict = throttled;
    Math.random = () => 0.001;
    assert.equal(await failure(createOnce()), 'throttling');
    assert.equal(aws.requests.length, 6);
    // What the client for creations was told counts for the one for everything else, which is as slow now.
    verdict = ok;
    const began = Date.now();
    await Promise.all([describeThing('a'), describeThing('b')]);
    assert.ok(Date.now() - began > 500);
  });

  it('a cut connection is repeated for a read', async () => {
    await start((request) => (request === 0 ? 'cut' : ok));
    await describeThing('t');
    assert.equal(aws.requests.length, 2);
    assert.deepEqual(seen, [], 'nobody asked to slow down');
  });

  it('takes a full quota for what it is: no waiting makes it larger', async () => {
    await start(() => ({ status: 410, error: 'LimitExceededException', message: 'The maximum number of policies was reached' }));
    assert.equal(await failure(describeThing('t')), 'limit');
    assert.equal(await failure(createOnce()), 'limit');
    assert.equal(aws.requests.length, 2);
    await describeThing('u').catch(() => undefined);
    assert.deepEqual(seen, []);
  });
});

describe('adaptive retries', () => {
  const random = Math.random;
  afterEach(() => (Math.random = random));

  it('wait for a random part of a time that doubles', async () => {
    // Only the pauses are looked at here, not the rate.
    const retry = new PatientRetry({ attempts: 4, onlyUnread: false }, unlimitedRate, new CallScopes());
    const next = async (token: RetryToken): Promise<StandardRetryToken & { $retryLog: { acquisitionDelay: number } }> =>
      (await retry.refreshRetryTokenForRetry(token as StandardRetryToken, throttling)) as StandardRetryToken & { $retryLog: { acquisitionDelay: number } };
    const pauses: number[] = [];
    for (const part of [0.01, 0.02]) {
      Math.random = () => part;
      let token = await retry.acquireInitialRetryToken('');
      for (let attempt = 1; attempt < 4; attempt++) {
        const after = await next(token);
        pauses.push(after.$retryLog.acquisitionDelay);
        token = after;
      }
      await assert.rejects(next(token));
    }
    assert.deepEqual(pauses, [10, 20, 40, 20, 40, 80]);
  });

  it('are forgotten a minute after AWS last asked to slow down', async () => {
    const clock = new ManualClock();
    const rate = new AdaptiveRate(new CallScopes(), clock);
    const free = async (): Promise<boolean> => Promise.race([rate.getSendToken().then(() => true), settled().then(() => false)]);
    assert.equal(await free(), true);
    rate.updateClientSendingRate({ errorType: 'TRANSIENT' });
    assert.equal(rate.slowed, false);
    rate.updateClientSendingRate(throttling);
    assert.equal(rate.slowed, true);
    assert.equal(await free(), false);
    await clock.advance(59_999);
    rate.updateClientSendingRate({});
    assert.equal(rate.slowed, true);
    await clock.advance(1);
    assert.equal(rate.slowed, false);
    const later = new AdaptiveRate(new CallScopes(), clock);
    assert.equal(later.slowed, false, 'each service by itself');
  });
});
