import * as vscode from 'vscode';
import type { Connection } from '../core/ports/connection';
import { joined, worstStatus, type EdgeStatus, type RelationGraph } from '../core/relations/graph';
import { relationsOf } from '../core/relations/relations';
import { startId, startOf, type RelationStart } from '../core/relations/start';
import { startRelations } from '../core/relations/startRelations';
import type { FleetNames } from '../core/provisioning/steps';
import { countText, relationsReport } from '../core/relations/words';
import { gatherStart } from '../services/preflight/gatherStart';
import { gatherRelations } from '../services/preflight/gatherRelations';
import { operatorFacts } from '../services/preflight/operatorPermissions';
import { preflightFindings } from '../services/preflight/preflightFindings';
import { Commands } from '../ids';
import { targetAt } from '../platform/otherRegion';
import type { Severity } from '../platform/promptWindow';
import { chosenStart } from './chosenStart';
import { fileUri } from './files';
import type { PreflightCommandsDeps } from './preflightCommands';
import type { PreflightProblems } from './preflightProblems';

const severities: Readonly<Record<EdgeStatus, Severity>> = { ok: 'information', unknown: 'information', broken: 'warning' };

/** Judges every relation of the fleet, puts what does not hold into the Problems view, and says how many hold. */
export async function runPreflight(deps: PreflightCommandsDeps, problems: PreflightProblems): Promise<void> {
  const { steps, session, folders, progress } = deps;
  const { facts, graph, findings, files } = await progress.run(vscode.l10n.t('Preflight'), async (report, signal) => {
    const connection = await session.connection(signal);
    // What an earlier run found may be of another account.
    problems.clear();
    report.report(vscode.l10n.t('Looking at roles, policies, template and claim'));
    const looked = await gatherRelations(connection, steps.names(), signal);
    report.report(vscode.l10n.t('Looking at your own permissions'));
    const found = { ...looked, operator: await operatorFacts(connection, looked, signal) };
    const relations = relationsOf(found);
    const folder = folders.current();
    return { facts: found, graph: relations, files: folder, findings: await preflightFindings(relations, found, folder) };
  });
  const { account, region } = facts.target;
  await problems.show({
    graph,
    findings,
    target: facts.target,
    fileUri: (file) => (files === undefined ? undefined : fileUri(files, file)),
    report: relationsReport(graph, `${account}, ${region}`),
  });
  const status = worstStatus(graph);
  const showProblems = vscode.l10n.t('Show Problems');
  const showPage = vscode.l10n.t('Show Relations');
  const showReport = vscode.l10n.t('Show Report');
  deps
    .notify(severities[status], told(graph), [...(findings.length > 0 ? [showProblems] : []), showPage, showReport])
    .then(async (pressed) => {
      if (pressed === showProblems) await vscode.commands.executeCommand('workbench.actions.view.problems');
      if (pressed === showPage) await deps.registry.run(Commands.showRelations, {});
      if (pressed === showReport) await problems.openReport();
    })
    .catch(deps.logError);
}

/**
 * Shows relations as a page: of the fleet of the settings, or of one resource. A resource of the fleet is shown amid it.
 * @param hint a node of a tree or `{ copyText: ARN }`: the resource to begin with; `{}`: the fleet; nothing: it is asked
 */
export async function showRelations(deps: PreflightCommandsDeps, hint: unknown): Promise<void> {
  const { steps, session, progress, registry } = deps;
  const connection = await session.connection();
  if (hint === undefined) {
    const chosen = await chosenStart(deps.ui, progress, connection);
    if (chosen === undefined) return;
    // What is found there has a way here.
    if (chosen === 'found') await registry.run(Commands.findInFleet);
    else await showRelations(deps, chosen === 'fleet' ? {} : { copyText: chosen.arn });
    return;
  }
  const start = startOf(targetAt(connection.target, hint).copyText ?? '');
  const shown = await progress.run(vscode.l10n.t('Relations'), async (_, signal) => gathered(connection, steps.names(), start, signal));
  await deps.showRelations({ ...shown, hint, ...(start === undefined ? {} : { asked: startId(start) }) });
}

/** How many relations hold, and the first one that does not: a count alone helps nobody. */
function told(graph: RelationGraph): string {
  const [first, ...others] = graph.edges.filter(({ status }) => status === 'broken');
  const more = others.length === 0 ? [] : [vscode.l10n.t('And {0} more.', others.length)];
  return [countText(graph), ...(first === undefined ? [] : [first.reason, ...more])].join(' ');
}

async function gathered(connection: Connection, names: FleetNames, asked: RelationStart | undefined, signal: AbortSignal): Promise<Pick<Parameters<PreflightCommandsDeps['showRelations']>[0], 'graph' | 'view'>> {
  const { target } = connection;
  const device = asked?.kind === 'thing' || asked?.kind === 'coreDevice';
  const fleet = device ? undefined : await gatherRelations(connection, names, signal);
  const known = fleet?.names ?? names;
  const fleetGraph = fleet === undefined ? undefined : relationsOf(fleet);
  if (asked === undefined || (fleet !== undefined && asked.kind === 'stack' && asked.name === known.stackName && fleet.stack.kind !== 'found')) {
    return { graph: fleetGraph ?? { nodes: [], edges: [] }, view: { target, names: known, ...(fleet === undefined ? {} : { fleet }) } };
  }
  const start = await gatherStart(connection, known, asked, new Date(), signal);
  const graph = startRelations(start);
  const amid = fleetGraph?.nodes.some(({ id }) => id === startId(asked)) === true;
  if (fleetGraph === undefined || fleet === undefined || !amid) return { graph, view: { target, names: known, start } };
  return { graph: joined(fleetGraph, graph), view: { target, names: known, fleet, start } };
}
