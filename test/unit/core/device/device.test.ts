import assert from 'node:assert/strict';
import fc from 'fast-check';
import { deviceStepIds, type DeviceRunView, type DeviceStepId } from '../../../../src/core/device/trace';
import { TraceRecorder } from '../../../../src/core/device/traceRecorder';
import { maskedPayload } from '../../../../src/core/device/masking';
import { parametersFor, proposedParameters, tellsDevicesApart } from '../../../../src/core/device/deviceParameters';
import { FleetTally, quantile } from '../../../../src/core/device/fleetTally';
import { diagnose } from '../../../../src/core/device/diagnosis/diagnose';
import type { DiagnosisFacts } from '../../../../src/core/device/diagnosis/facts';
import type { DeviceFaultFacts } from '../../../../src/core/device/deviceFault';
import { workshopNames as names } from '../../../helpers/workshop';

const titles = Object.fromEntries(deviceStepIds.map((id) => [id, id])) as Record<DeviceStepId, string>;

describe('what a test device tells', () => {
  it('masks keys, tokens and credentials wherever they stand, and shows nothing that is no JSON', () => {
    const secret = 'S3CRET';
    const text = maskedPayload(
      JSON.stringify({ certificateId: 'id', privateKey: secret, nested: [{ certificateOwnershipToken: secret, credentials: { secretAccessKey: secret, sessionToken: secret, accessKeyId: secret } }], other: `-----BEGIN PRIVATE KEY-----${secret}` }),
    );
    assert.match(text, /"certificateId": "id"/);
    assert.ok(!text.includes(secret), text);
    assert.ok(!maskedPayload(`{"privateKey": "${secret}`).includes(secret));
    assert.equal(maskedPayload(''), '');
    fc.assert(fc.property(fc.string(), (payload) => typeof maskedPayload(payload) === 'string'));
  });

  it('keeps what happened, as views that do not change', () => {
    let now = 1_000;
    const views: DeviceRunView[] = [];
    const recorder = new TraceRecorder({ title: 't', facts: [], stepTitles: titles }, () => now, (view) => views.push(view));
    recorder.begin('prepare');
    now += 30;
    recorder.note('prepare', 'found');
    recorder.end('prepare', 'done');
    recorder.begin('claimConnect');
    now += 70;
    recorder.end('claimConnect', 'failed');
    recorder.decide({ outcome: 'cancelled', text: '' });
    const view = recorder.view();
    assert.deepEqual(view.steps.map(({ id, state, startedAt, duration }) => [id, state, startedAt, duration]).slice(0, 3), [
      ['prepare', 'done', 0, 30],
      ['claimConnect', 'failed', 30, 70],
      ['certificate', 'skipped', undefined, undefined],
    ]);
    assert.equal(view.total, 100);
    assert.equal(view.steps.at(-1)?.state, 'waiting', 'the clean-up is still to come');
    assert.deepEqual(views[0]?.steps[0]?.notes, [], 'an earlier view stays as it was');
  });

  it('proposes a name that says it is a test, and gives each device its own', () => {
    const proposed = proposedParameters([{ name: 'ThingName' }, { name: 'Group', defaultValue: 'Cores' }, { name: 'Site' }]);
    assert.deepEqual(proposed, { ThingName: 'test-{id}', Group: 'Cores', Site: '' });
    assert.equal(tellsDevicesApart(proposed), true);
    assert.deepEqual(parametersFor(proposed, 'ab'), { ThingName: 'test-ab', Group: 'Cores', Site: '' });
    assert.equal(tellsDevicesApart({ ThingName: 'same' }), false);
  });

  it('adds up a fleet', () => {
    const tally = new FleetTally();
    for (let value = 1; value <= 100; value += 1) tally.prove(value);
    const cause = { code: 'c', text: '', mends: [] };
    for (const [code, count] of [['a', 1], ['b', 3]] as const) for (let times = 0; times < count; times += 1) tally.refuse('register', { ...cause, code });
    const view = tally.view(titles);
    assert.deepEqual(view.times, { median: 50, p95: 95, slowest: 100 });
    assert.deepEqual(view.causes.map(({ cause: { code }, count }) => [code, count]), [['b', 3], ['a', 1]]);
    assert.equal(quantile([], 0.5), 0);
  });
});

describe('why a device was refused', () => {
  const facts: DiagnosisFacts = {
    step: 'claimConnect',
    target: { partition: 'aws', region: 'us-east-1', account: '470123856219' },
    names,
    now: new Date('2026-01-01T00:00:00Z'),
    port: 8883,
    clientId: 'random',
    parameters: {},
    claim: { id: 'a'.repeat(64), temporary: false },
    template: { name: names.templateName, absent: [] },
    policyFiles: new Map(),
  };
  const faults: readonly DeviceFaultFacts[] = [
    { kind: 'unreachable', code: 'ENOTFOUND', address: 'x' },
    { kind: 'timeout', waitedFor: 'connection', milliseconds: 1 },
    { kind: 'timeout', waitedFor: 'connack', milliseconds: 1 },
    { kind: 'serverNotTrusted', code: 'X' },
    { kind: 'clock', code: 'CERT_HAS_EXPIRED' },
    { kind: 'certificateRefused', code: 'X' },
    { kind: 'connectRefused' },
    { kind: 'cutOff', reasonCode: 0x8e },
    { kind: 'cutOff' },
    { kind: 'subscribeRefused', filter: 'x', reasonCode: 135 },
    { kind: 'noAnswer', topic: 'x', milliseconds: 1 },
    { kind: 'rejected', topic: 'x', statusCode: 400, errorCode: 'E', errorMessage: 'm' },
    { kind: 'http', status: 500, type: 'T', message: 'm' },
    { kind: 'unreadable', topic: 'x' },
  ];

  it('always has a cause with words and a mend, even where nothing could be looked at', () => {
    for (const step of deviceStepIds) {
      for (const fault of faults) {
        const cause = diagnose(fault, { ...facts, step });
        assert.ok(cause.code !== '' && cause.text.length > 10, JSON.stringify(fault));
        assert.ok(cause.mends.length > 0, `${step} ${JSON.stringify(fault)}`);
      }
    }
  });

  it('offers the other port only where there are two', () => {
    const labels = (port: number): readonly string[] => diagnose({ kind: 'timeout', waitedFor: 'connection', milliseconds: 1 }, { ...facts, port }).mends.map(({ label }) => label);
    assert.ok(labels(8883).includes('Try Port 443') && labels(443).includes('Try Port 8883'));
    assert.deepEqual(labels(40_123), ['Try Again']);
  });

  it('tells variables that have no value from a missing statement', () => {
    const text = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 'iot:Connect', Resource: 'arn:aws:iot:us-east-1:470123856219:client/${iot:Connection.Thing.ThingName}' }] });
    const cause = diagnose({ kind: 'connectRefused', reasonCode: 135 }, { ...facts, claim: { ...facts.claim, status: 'ACTIVE', policies: [{ name: 'P', text }] } });
    assert.equal(cause.code, 'policyGap');
    assert.match(cause.text, /iot:Connection\.Thing\.ThingName/);
  });
});
