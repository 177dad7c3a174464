import assert from 'node:assert/strict';
import { CancelledError, FleetError } from '../../../../src/core/errors';
import type { Connection } from '../../../../src/core/ports/connection';
import type { ResourceDrift } from '../../../../src/core/ports/stackApi';
import { driftReport } from '../../../../src/core/stack/driftReport';
import { detectDrift } from '../../../../src/services/drift/detectDrift';
import { FakeClock } from '../../../fakes/fakeClock';
import { FakeRoles } from '../../../fakes/fakeRoles';
import { FakeStacks } from '../../../fakes/fakeStacks';

const target = { label: 't', account: '123456789012', region: 'eu-west-1', partition: 'aws', callerArn: '', isSandbox: false };
const changed: ResourceDrift = {
  logicalId: 'TokenExchangeRole', physicalId: 'Fleet-Token', resourceType: 'AWS::IAM::Role', status: 'MODIFIED',
  differences: [{ path: '/MaxSessionDuration', expected: '3600', actual: '7200', type: 'NOT_EQUAL' }, { path: '/Policies/1', expected: 'null', actual: `{"x|y":"<b>*\n${'z'.repeat(2000)}"}`, type: 'ADD' }],
};
const gone: ResourceDrift = { logicalId: 'FleetProvisioningRole', resourceType: 'AWS::IAM::Role', status: 'DELETED', differences: [] };
const fine: ResourceDrift = { logicalId: 'Other', physicalId: 'o', resourceType: 'AWS::IAM::Role', status: 'IN_SYNC', differences: [] };

describe('drift detection', () => {
  let stacks: FakeStacks;
  let clock: FakeClock;
  const detect = async (signal = new AbortController().signal) => detectDrift({ connection: { stacks, target } as unknown as Connection, stackName: 'Fleet', clock, progress: { report: () => undefined }, signal });
  const failure = async (): Promise<FleetError> => {
    const error: unknown = await detect().catch((thrown: unknown) => thrown);
    assert.ok(error instanceof FleetError, String(error));
    return error;
  };
  beforeEach(() => {
    clock = new FakeClock();
    stacks = new FakeStacks(clock, new FakeRoles());
  });

  it('waits for CloudFormation and brings what it found', async () => {
    stacks.put('Fleet', 'CREATE_COMPLETE', '{}');
    stacks.detections = [...Array<{ status: string }>(5).fill({ status: 'DETECTION_IN_PROGRESS' }), { status: 'DETECTION_COMPLETE' }];
    stacks.drifts = [fine, changed];
    const findings = await detect();
    assert.equal(findings.detection.status, 'DETECTION_COMPLETE');
    assert.deepEqual(findings.drifts, [fine, changed]);
  });

  it('says what it needs: a stack, at rest', async () => {
    assert.deepEqual((await failure()).remedies, [{ kind: 'runStep', step: 'rolesStack' }]);
    stacks.put('Fleet', 'UPDATE_IN_PROGRESS', '{}');
    assert.equal((await failure()).code, 'stackBusy');
  });

  it('a detection that failed: an error without results, results with its reason otherwise', async () => {
    stacks.put('Fleet', 'CREATE_COMPLETE', '{}');
    stacks.detections = [{ status: 'DETECTION_FAILED', statusReason: 'not authorized to perform: iam:GetRole' }];
    assert.match((await failure()).message, /not authorized to perform: iam:GetRole/);
    stacks.drifts = [changed];
    assert.match(driftReport(await detect()), /could not check every resource: not authorized to perform: iam:GetRole/);
  });

  it('can be given up while CloudFormation works', async () => {
    stacks.put('Fleet', 'CREATE_COMPLETE', '{}');
    stacks.detections = [{ status: 'DETECTION_IN_PROGRESS' }];
    const abort = new AbortController();
    const running = detect(abort.signal);
    abort.abort(new CancelledError());
    await assert.rejects(running, CancelledError);
  });

  it('reports each property in a row of its own, drifted resources first, safe against any value', () => {
    const report = driftReport({ stackName: 'Fleet', target, detection: { status: 'DETECTION_COMPLETE' }, drifts: [fine, changed, gone] });
    assert.match(report, /2 of 3 checked resources differ/);
    const rows = report.split('\n').filter((line) => line.startsWith('| ')).slice(2);
    assert.deepEqual(rows.map((row) => row.split(' | ')[0]), ['| TokenExchangeRole \\(Fleet-Token\\)', '| TokenExchangeRole \\(Fleet-Token\\)', '| FleetProvisioningRole', '| Other \\(o\\)']);
    assert.match(rows[0] ?? '', /\| MaxSessionDuration \| 3600 \| 7200 \|$/);
    assert.ok(!rows[1]?.includes('<b>') && !/[^\\]\*/.test(rows[1] ?? ''), rows[1]);
    assert.ok((rows[1]?.length ?? 0) < 1000);
    assert.match(rows[2] ?? '', /deleted/);
    assert.ok(rows.every((row) => row.replaceAll('\\|', '').split('|').length === 8), rows.join('\n'));
  });
});
