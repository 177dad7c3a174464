import * as vscode from 'vscode';
import { counted } from '../core/util/counted';
import { Commands } from '../ids';
import type { Clock } from '../core/util/clock';
import type { StepCommandsDeps } from './connectedRun';

export interface DriftCommandsDeps extends StepCommandsDeps {
  readonly clock: Clock;
  /** A message with one button, which may stay for as long as a person likes; true when it was pressed. */
  readonly offer: (message: string, button: string) => Promise<boolean>;
  readonly logError: (error: unknown) => void;
}

/** Loaded when somebody asks for drift, which is rare. */
const drift = async () => {
  const [detection, report] = await Promise.all([import(/* webpackChunkName: "drift" */ '../services/drift/detectDrift'), import(/* webpackChunkName: "drift" */ '../core/stack/driftReport')]);
  return { ...detection, ...report };
};

/** Whether the roles are still as the stack's template says. */
export function registerDriftCommands(deps: DriftCommandsDeps): void {
  deps.registry.register(Commands.detectStackDrift, async () => showDrift(deps), { needsTrust: true });
}

async function showDrift({ progress, session, steps, ui, clock, offer, registry, logError }: DriftCommandsDeps): Promise<void> {
  const { detectDrift, driftedResources, driftReport } = await drift();
  const findings = await progress.run(vscode.l10n.t('Drift of the roles stack'), async (report, signal) => {
    const connection = await session.connection(signal);
    return detectDrift({ connection, stackName: steps.names().stackName, clock, progress: report, signal });
  });
  const drifted = driftedResources(findings.drifts).length;
  const complete = findings.detection.status === 'DETECTION_COMPLETE';
  if (drifted === 0 && complete) {
    ui.inform(vscode.l10n.t('The stack {0} is as its template says. Resources that were checked: {1}.', findings.stackName, findings.drifts.length));
    return;
  }
  await ui.showText({ documentTitle: vscode.l10n.t('Drift of {0}', findings.stackName), markdown: driftReport(findings) });
  if (drifted === 0) return;
  offer(counted(drifted, vscode.l10n.t('A resource of {0} is not as the template says.', findings.stackName), vscode.l10n.t('{0} resources of {1} are not as the template says.', drifted, findings.stackName)), vscode.l10n.t('Revert Drift…'))
    .then(async (pressed) => (pressed ? registry.run(Commands.revertStackDrift) : undefined))
    .catch(logError);
}
