import * as vscode from 'vscode';
import { worstStatus, type EdgeStatus } from '../core/relations/graph';
import { relationsOf } from '../core/relations/relations';
import { countText, relationsReport } from '../core/relations/words';
import { gatherRelations } from '../services/preflight/gatherRelations';
import { operatorFacts } from '../services/preflight/operatorPermissions';
import { preflightFindings } from '../services/preflight/preflightFindings';
import { Commands } from '../ids';
import { targetOf } from '../platform/commandTargets';
import type { Severity } from '../platform/promptWindow';
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
  problems.show({
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
    .notify(severities[status], countText(graph), [...(findings.length > 0 ? [showProblems] : []), showPage, showReport])
    .then(async (pressed) => {
      if (pressed === showProblems) await vscode.commands.executeCommand('workbench.actions.view.problems');
      if (pressed === showPage) await deps.registry.run(Commands.showRelations);
      if (pressed === showReport) await problems.openReport();
    })
    .catch(deps.logError);
}

/** Shows the relations as a page. @param hint a node of the tree: the resource to begin with */
export async function showRelations({ steps, session, progress, showRelations: show }: PreflightCommandsDeps, hint: unknown): Promise<void> {
  const { copyText } = targetOf(hint);
  // Of an ARN of a stack the name is the last but one: arn:…:stack/Name/id
  const name = copyText === undefined ? undefined : (/:stack\/([^/]+)\//.exec(copyText)?.[1] ?? copyText.slice(copyText.lastIndexOf('/') + 1));
  const facts = await progress.run(vscode.l10n.t('Relations'), async (_, signal) => gatherRelations(await session.connection(signal), steps.names(), signal));
  await show({ graph: relationsOf(facts), facts, hint, ...(name === undefined ? {} : { name }) });
}
