import assert from 'node:assert/strict';
import { relationsOf } from '../../../src/core/relations/relations';
import { relationsReport } from '../../../src/core/relations/words';
import { WorkspaceFileNames } from '../../../src/ids';
import { gatherRelations } from '../../../src/services/preflight/gatherRelations';
import { preflightFindings } from '../../../src/services/preflight/preflightFindings';
import { FleetWorld } from '../../fakes/fleetWorld';

async function look(world: FleetWorld, withFiles = true) {
  const facts = await gatherRelations(world.connection, world.settings.names, world.run.signal);
  const graph = relationsOf(facts);
  return { graph, findings: await preflightFindings(graph, facts, withFiles ? world.run.files : undefined) };
}

describe('where the findings of a preflight lead', () => {
  it('to the report when there is neither file nor document; each to its own line', async () => {
    const { graph, findings } = await look(new FleetWorld());
    assert.ok(findings.length >= 5);
    assert.deepEqual(new Set(findings.map(({ place }) => place.kind)), new Set(['report']));
    const { text, lines } = relationsReport(graph, 'here');
    const rows = text.split('\n');
    for (const { edge, index } of findings) assert.ok(rows[lines[index] ?? -1]?.includes(edge.reason), edge.reason);
  });

  it('to the file of the step, and without the folder to the deployed document', async () => {
    const world = new FleetWorld();
    await world.steps.provisionEverything(world.run);
    const aliasArn = /arn:[^"]*:rolealias\/[^"]*/.exec((await world.run.files.read(WorkspaceFileNames.iotPolicy)) ?? '')?.[0] ?? '';
    assert.notEqual(aliasArn, '');
    const facts = await gatherRelations(world.connection, world.settings.names, world.run.signal);
    assert.ok(facts.devicePolicy.kind === 'found');
    const { document } = facts.devicePolicy.value;
    const edge = { code: 'devicePolicyAlias', from: 'a', to: 'b', status: 'broken', reason: 'r', remedy: 'iotPolicy', at: { kind: 'policy', name: facts.devicePolicy.value.name, offset: document.indexOf(aliasArn), length: aliasArn.length } } as const;
    const [inFile] = await preflightFindings({ nodes: [], edges: [edge] }, facts, world.run.files);
    assert.ok(inFile?.place.kind === 'file');
    assert.equal(inFile.place.file, WorkspaceFileNames.iotPolicy);
    const row = ((await world.run.files.read(WorkspaceFileNames.iotPolicy)) ?? '').split('\n')[inFile.place.range.start.line] ?? '';
    assert.equal(row.slice(inFile.place.range.start.character, inFile.place.range.end.character), aliasArn);
    const [shown] = await preflightFindings({ nodes: [], edges: [edge] }, facts, undefined);
    assert.ok(shown?.place.kind === 'deployed' && shown.place.range.start.line > 0);
  });
});
