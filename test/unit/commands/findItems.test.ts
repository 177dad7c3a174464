import '../../helpers/vscodeStub';
import assert from 'node:assert/strict';
import { findItems, makeButtons, type FindItem } from '../../../src/commands/find/findItems';
import type { FleetHit } from '../../../src/core/search/hits';
import type { Findings } from '../../../src/services/search/fleetSearch';
import type { RegionFindings } from '../../../src/services/search/regionsSearch';

const here = { region: 'eu-west-1', isSandbox: false };
const policy = (name: string): FleetHit => ({ kind: 'policy', name, arn: name });
const found = (hits: readonly FleetHit[], more: Partial<Findings> = {}): Findings => ({ hits, indexing: undefined, needsIndexing: false, more: false, partly: new Map(), problems: [], idle: false, values: [], attributes: new Map(), ...more });

describe('the list of what was found', () => {
  const items = (regions: readonly RegionFindings[], text = 'pump'): readonly FindItem[] => findItems(text, regions, makeButtons(), here);
  /** Separators are marked. */
  const rows = (regions: readonly RegionFindings[]): readonly string[] => items(regions).map(({ label, kind }) => (kind === undefined ? label : `-- ${label}`));

  it('of one region says nothing of regions', () => {
    assert.deepEqual(rows([{ region: 'eu-west-1', findings: found([policy('P')]) }]), ['-- policies', '$(shield) P']);
    assert.deepEqual(rows([{ region: 'eu-west-1', findings: found([]) }]), ['$(info) Nothing found.']);
  });

  it('of several has each under its name, and tells of each that is asked still, was cut or has refused', () => {
    const regions = [
      { region: 'eu-west-1', findings: found([policy('P')], { needsIndexing: true }) },
      { region: 'ap-south-1', findings: found([policy('P')], { needsIndexing: true, partly: new Map([['policy', 2_000]]) }) },
      { region: 'us-east-1' },
      { region: 'us-east-2', problem: 'It is not enabled.' },
    ];
    assert.deepEqual(rows(regions), [
      '-- eu-west-1 · policies', '$(shield) P', '-- ap-south-1 · policies', '$(shield) P', '-- ',
      '$(info) Without fleet indexing, things are found by these:', '$(search) Turn on fleet indexing (costs money)…',
      '$(info) ap-south-1: Only the first 2000 policies were looked through; a whole name finds the others.',
      '$(info) ap-south-1: without fleet indexing, things are found by their whole name, attribute, type or group',
      '$(loading~spin) us-east-1', '$(warning) us-east-2: It is not enabled.',
    ]);
    assert.deepEqual(items(regions).filter(({ value }) => value?.kind === 'hit').map(({ description }) => description), ['IoT policy · eu-west-1', 'IoT policy · ap-south-1']);
  });

  it('nothing is found only when every region has answered', () => {
    const empty = { region: 'eu-west-1', findings: found([]) };
    assert.deepEqual(rows([empty, { region: 'us-east-1' }]), ['$(loading~spin) us-east-1']);
    assert.deepEqual(rows([empty, { region: 'us-east-1', findings: found([]) }]), ['$(info) Nothing found.']);
    assert.deepEqual(rows([empty, { region: 'us-east-1', problem: 'No.' }]), ['$(info) Nothing found.', '$(warning) us-east-1: No.']);
  });

  it('fleet indexing is turned on where the connection is, nowhere else', () => {
    assert.deepEqual(rows([{ region: 'us-east-1', findings: found([], { needsIndexing: true }) }]), ['$(info) Nothing found.', '$(info) us-east-1: without fleet indexing, things are found by their whole name, attribute, type or group']);
  });
});
