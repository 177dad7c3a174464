import assert from 'node:assert/strict';
import { parseFromSimulationPage } from '../../../src/webview/simulationProtocol';

describe('simulation page', () => {
  it('takes only messages of the protocol', () => {
    for (const type of ['ready', 'compare', 'again']) assert.deepEqual(parseFromSimulationPage({ type, row: 1 }), { type });
    for (const type of ['show', 'insert']) assert.deepEqual(parseFromSimulationPage({ type, row: 2, text: 'x' }), { type, row: 2 });
    const bad: readonly unknown[] = [null, undefined, 'ready', 1, [], {}, { type: 'run' }, { type: 'show' }, { type: 'insert', row: -1 }, { type: 'insert', row: 1.5 }, { type: 'show', row: '0' }, { type: 'constructor' }];
    for (const message of bad) assert.equal(parseFromSimulationPage(message), undefined, JSON.stringify(message));
  });
});
