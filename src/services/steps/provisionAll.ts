import * as l10n from '@vscode/l10n';
import type { Interaction } from '../../core/ports/interaction';
import type { StepRun } from '../../core/ports/services';
import { stepIds, type FleetNames, type StepId, type StepState } from '../../core/provisioning/steps';
import type { AccountLook } from './accountLook';
import { queuedInteraction } from './queuedInteraction';
import type { RunContext, Step } from './stepContext';

export interface ProvisionAll {
  readonly run: StepRun;
  readonly steps: ReadonlyMap<StepId, Step>;
  /** How the steps stand now. */
  readonly states: () => Promise<readonly StepState[]>;
  /** A context in which what is missing is agreed to; with a look of its own unless one is given. */
  readonly context: (ui: Interaction, look?: AccountLook) => RunContext;
  readonly runOne: (id: StepId, context: RunContext) => Promise<void>;
  readonly names: () => FleetNames;
}

/**
 * Each line waits for the one above. The policy names the alias, whose ARN is known before it exists. The claim needs
 * only the template's name; it comes after all that may fail for want of a right or a good file, so that such a failure
 * leaves no live certificate behind.
 */
const order: readonly (readonly StepId[])[] = [['rolesStack'], ['roleAlias', 'iotPolicy'], ['provisioningTemplate', 'claimCertificate']];

/** Runs all steps that are not done, after one question; the first failure stops it, and what was made stays. */
export async function provisionAll(all: ProvisionAll): Promise<void> {
  const { run } = all;
  run.progress.report(l10n.t('Looking at what is there …'));
  const states = await all.states();
  const open = new Set(states.filter((state) => state.status !== 'done').map((state) => state.id));
  if (open.size === 0) {
    run.ui.inform(l10n.t('Everything is provisioned: there is nothing to do.'));
    return;
  }
  await agree(all, states, open);
  for (const state of states) if (state.status === 'notStarted') all.steps.get(state.id)?.prepare?.();

  // The other one of a pair is let finish when one fails: stopping it halfway would keep less, not more.
  const ui = queuedInteraction(run.ui, run.signal);
  let ran = 0;
  // The stack is read once: its own step leaves in the look what it has made.
  let look: AccountLook | undefined;
  for (const line of order) {
    const { look: shared } = all.context(ui, look?.base.stackName === all.names().stackName ? look : undefined);
    look = shared;
    const results = await Promise.allSettled(
      line.map(async (id) => {
        // A step that was done may differ now that an earlier one has run: the alias of a stack that was just made.
        if (!open.has(id) && !(await hasFallenBehind(all, id, shared))) return;
        ran += 1;
        const prefix = l10n.t('Step {0} of {1}', stepIds.indexOf(id) + 1, stepIds.length);
        const context = all.context(ui, shared);
        await all.runOne(id, { ...context, progress: { report: (message) => run.progress.report(`${prefix}: ${message}`) } });
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
  if (ran > 0) run.ui.inform(l10n.t('Everything is provisioned in account {0}, {1}.', run.connection.target.account, run.connection.target.region));
}

async function agree({ run, steps, names }: ProvisionAll, states: readonly StepState[], open: ReadonlySet<StepId>): Promise<void> {
  const lines = states.filter((state) => open.has(state.id)).map((state) => {
    const plan = steps.get(state.id)?.plan(names()) ?? state.id;
    return state.status === 'notStarted' ? `• ${plan}` : `• ${plan} (${state.summary})`;
  });
  if (open.has('rolesStack')) {
    lines.push('', l10n.t('I acknowledge that AWS CloudFormation might create IAM resources with custom names, which can give access to this account.'));
  }
  lines.push('', l10n.t('Whatever would be replaced or removed is asked about separately.'));
  await run.ui.confirm({
    title: l10n.t('Provision everything that is missing?'),
    detail: lines.join('\n'),
    action: l10n.t('Provision Everything'),
    target: run.connection.target,
  });
}

async function hasFallenBehind({ context, run, steps }: ProvisionAll, id: StepId, look: AccountLook): Promise<boolean> {
  const state = await steps.get(id)?.inspect(context(run.ui, look));
  return state !== undefined && state.status !== 'done';
}
