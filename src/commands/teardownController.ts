import * as vscode from 'vscode';
import { FleetError } from '../core/errors';
import type { Connection } from '../core/ports/connection';
import type { Certificate } from '../core/ports/iotApi';
import type { WorkspaceFiles } from '../core/ports/workspaceFiles';
import type { TeardownPlan } from '../core/teardown/actions';
import type { TeardownScope } from '../core/teardown/facts';
import { blockersOf, planTeardown } from '../core/teardown/plan';
import { kindText, teardownPage } from '../core/teardown/planPage';
import { remedyLabel } from '../core/remedyLabel';
import { counted } from '../core/util/counted';
import { Commands } from '../ids';
import { targetAt } from '../platform/otherRegion';
import { claimsOffered, mostClaims } from '../services/lifecycle/claimLife';
import { gatherTeardown, type GatherWork } from '../services/teardown/gatherTeardown';
import { checkAgreement, runTeardown, type Agreement } from '../services/teardown/runTeardown';
import { deleteStuck, isStuckOrder, type StuckOrder } from './stuckStack';
import type { TeardownCommandsDeps } from './teardownCommands';

/** What a plan hands to the command that runs it. */
interface TeardownOrder extends Agreement {
  readonly order: TeardownScope;
  readonly account: string;
  readonly region: string;
  /** What goes, for the question. */
  readonly lines: readonly string[];
}

/** Takes the termination protection from a stack, so that a plan can be run. */
interface Unlock {
  readonly unlock: string;
  readonly name: string;
}

/** Lines of a question that a dialog has room for. */
const mostLines = 12;

/** @param argument `{ scope: 'everything' | 'testDevices' }`, a node of the tree (a stack: everything), or nothing to be asked */
export async function showPlan(deps: TeardownCommandsDeps, argument: unknown): Promise<void> {
  const files = await deps.folders.forCommand();
  const connection = await deps.session.connection();
  const scope = scopeOf(connection, argument) ?? (await chooseScope(deps, connection));
  if (scope !== undefined) await showPlanOf(deps, files, connection, scope);
}

/** @param argument a claim certificate of the tree, or nothing to be asked */
export async function showPlanOfClaim(deps: TeardownCommandsDeps, argument: unknown): Promise<void> {
  const files = await deps.folders.forCommand();
  const connection = await deps.session.connection();
  const scope = claimOf(connection, argument) ?? (await chooseClaim(deps, connection));
  if (scope !== undefined) await showPlanOf(deps, files, connection, scope);
}

/** @param argument a TeardownOrder, an Unlock, or a StuckOrder */
export async function runPlan(deps: TeardownCommandsDeps, argument: unknown): Promise<void> {
  if (isUnlock(argument)) return unlock(deps, argument);
  if (isStuckOrder(argument)) return deleteStuck(deps, argument);
  if (!isOrder(argument)) {
    throw new FleetError(vscode.l10n.t('There is no plan to run.'), { category: 'validation', code: 'noPlan', advice: vscode.l10n.t('Run “Tear Down…” first: its plan has the button.') });
  }
  const { session, ui, progress, folders } = deps;
  const files = await folders.forCommand();
  const connection = await session.connection();
  const { target } = connection;
  if (target.account !== argument.account || target.region !== argument.region) {
    throw new FleetError(vscode.l10n.t('The plan is for account {0}, {1}; the connection is to account {2}, {3}.', argument.account, argument.region, target.account, target.region), {
      category: 'conflict',
      code: 'otherAccount',
      advice: vscode.l10n.t('Run “Tear Down…” again to see what is there.'),
    });
  }
  const { fieldDevices, lines } = argument;
  const total = argument.actions.length;
  await ui.confirm({
    title: counted(total, vscode.l10n.t('Tear down 1 resource?'), vscode.l10n.t('Tear down {0} resources?', total)),
    detail: [...lines.map((line) => `• ${line}`), ...(total > lines.length ? [vscode.l10n.t('and {0} more', total - lines.length)] : []), '', vscode.l10n.t('This cannot be undone.')].join('\n'),
    action: vscode.l10n.t('Tear Down'),
    target,
  });
  if (fieldDevices > 0) {
    await ui.input({
      title: counted(fieldDevices, vscode.l10n.t('1 device in the field loses something'), vscode.l10n.t('{0} devices in the field lose something', fieldDevices)),
      prompt: vscode.l10n.t('Type their number to go on.'),
      validate: (text) => (text.trim() === String(fieldDevices) ? undefined : vscode.l10n.t('This is not the number of devices that the plan shows.')),
    });
  }
  try {
    await progress.run(vscode.l10n.t('Teardown'), async (report, signal) => {
      const work = { connection, files, ledger: deps.ledger, clock: deps.clock, names: deps.steps.names(), progress: report, signal };
      // Looked at again now, however long ago the plan was made.
      const plan = planTeardown(await gatherTeardown(work, argument.order));
      checkAgreement(plan, argument);
      const notes = await runTeardown(work, plan);
      const done = vscode.l10n.t('The teardown is done. Resources that are gone: {0}.', plan.actions.length - notes.length);
      if (notes.length === 0) ui.inform(done);
      else ui.warn([done, ...notes].join(' '));
    });
  } finally {
    await deps.refreshViews();
  }
}

/** Shows the plan and offers to run it; nothing has happened by then, and nobody waits for the answer. */
async function showPlanOf(deps: TeardownCommandsDeps, files: WorkspaceFiles, connection: Connection, scope: TeardownScope): Promise<void> {
  const { ui, progress, registry, steps, ledger } = deps;
  const plan = await progress.run(vscode.l10n.t('Plan of a teardown'), async (report, signal) => {
    const work: GatherWork = { connection, names: steps.names(), files, ledger, progress: report, signal };
    return planTeardown(await gatherTeardown(work, scope));
  });
  const { actions, stays, fieldDevices } = plan;
  const blockers = blockersOf(plan);
  if (actions.length === 0 && stays.length === 0 && blockers.length === 0) {
    ui.inform(vscode.l10n.t('There is nothing to tear down in account {0}, {1}.', plan.target.account, plan.target.region));
    return;
  }
  await ui.showText({ documentTitle: vscode.l10n.t('Teardown of {0}', plan.target.account), markdown: teardownPage(plan) });
  const ways = waysOn(deps, plan, scope);
  if (blockers.length > 0) {
    const message = vscode.l10n.t('This cannot be torn down now: {0}', blockers.join(' '));
    if (ways.length === 0) ui.warn(message);
    else offer(deps, message, ways);
    return;
  }
  if (actions.length === 0) {
    ui.inform(vscode.l10n.t('Nothing is left to tear down; the plan says what stays and why.'));
    return;
  }
  const message = fieldDevices === 0 ? vscode.l10n.t('The plan is shown; nothing has been changed.') : counted(fieldDevices, vscode.l10n.t('The plan is shown; nothing has been changed. 1 device in the field would lose something.'), vscode.l10n.t('The plan is shown; nothing has been changed. {0} devices in the field would lose something.', fieldDevices));
  const label = counted(actions.length, vscode.l10n.t('Tear Down 1 Resource…'), vscode.l10n.t('Tear Down {0} Resources…', actions.length));
  offer(deps, message, [{ label, act: async () => registry.run(Commands.runTearDown, orderOf(plan, scope)) }, ...ways]);
}

interface Way {
  readonly label: string;
  readonly act: () => Promise<unknown>;
}

/** Buttons besides the plan's own: what a stack needs that CloudFormation does not let go. The plan is shown again afterwards. */
function waysOn({ registry }: TeardownCommandsDeps, { actions }: TeardownPlan, scope: TeardownScope): readonly Way[] {
  const then = (label: string, order: Unlock | StuckOrder): Way => ({
    label,
    act: async () => ((await registry.run(Commands.runTearDown, order)) === 'done' ? registry.run(Commands.tearDown, { scope: scope.kind }) : undefined),
  });
  return actions.flatMap(({ key, name, isProtected, isStuck }) => [
    ...(isProtected === true ? [then(vscode.l10n.t('Turn Off Termination Protection…'), { unlock: key, name })] : []),
    ...(isStuck === true ? [then(remedyLabel({ kind: 'deleteStuckStack', stackId: key, name }), { stuck: key, name })] : []),
  ]);
}

function offer(deps: TeardownCommandsDeps, message: string, ways: readonly Way[]): void {
  deps
    .offer(message, ways.map(({ label }) => label))
    .then(async (pressed) => ways.find(({ label }) => label === pressed)?.act())
    .catch(deps.logError);
}

async function unlock({ session, ui, progress }: TeardownCommandsDeps, { unlock: id, name }: Unlock): Promise<void> {
  const connection = await session.connection();
  await ui.confirm({
    title: vscode.l10n.t('Turn off the termination protection of {0}?', name),
    detail: vscode.l10n.t('Somebody turned it on so that the stack is not deleted by mistake. Nothing is deleted by this alone; the plan is shown again afterwards.'),
    action: vscode.l10n.t('Turn Off'),
    target: connection.target,
  });
  await progress.run(vscode.l10n.t('Termination protection'), async (_, signal) => connection.stacks.removeTerminationProtection(id, { signal }));
}

function isUnlock(value: unknown): value is Unlock {
  return typeof value === 'object' && value !== null && 'unlock' in value && typeof value.unlock === 'string' && 'name' in value && typeof value.name === 'string';
}

function orderOf({ target, actions, fieldDevices }: TeardownPlan, order: TeardownScope): TeardownOrder {
  const { account, region } = target;
  return { order, account, region, actions: actions.map(({ id }) => id), fieldDevices, lines: actions.slice(0, mostLines).map(({ kind, name }) => `${kindText(kind)} ${name}`) };
}

async function chooseScope(deps: TeardownCommandsDeps, connection: Connection): Promise<TeardownScope | undefined> {
  const kind = await deps.ui.choose<TeardownScope['kind']>({
    title: vscode.l10n.t('Tear down what?'),
    placeholder: vscode.l10n.t('A plan is shown first; nothing is changed by it.'),
    choices: [
      { label: vscode.l10n.t('Test devices only'), detail: vscode.l10n.t('Those that this computer made in this account and region.'), value: 'testDevices' },
      { label: vscode.l10n.t('One claim certificate'), detail: vscode.l10n.t('Devices that carry it can no longer register.'), value: 'oneClaim' },
      { label: vscode.l10n.t('Everything of this set-up'), detail: vscode.l10n.t('Test devices, claim certificates, policies, template, role alias, thing group and stack.'), value: 'everything' },
    ],
  });
  return kind === 'oneClaim' ? chooseClaim(deps, connection) : { kind };
}

/** Undefined when there is none, which is said. */
async function chooseClaim({ steps, ui, progress }: TeardownCommandsDeps, connection: Connection): Promise<TeardownScope | undefined> {
  const policy = steps.names().claimPolicyName;
  const { claims: found, more } = await progress.run(vscode.l10n.t('Claim certificates'), async (_, signal) => claimsOffered({ connection, signal }, policy));
  if (found.length === 0) {
    ui.inform(vscode.l10n.t('No certificate carries the claim policy {0}.', policy));
    return undefined;
  }
  const { id } = await ui.choose<Certificate>({
    title: vscode.l10n.t('Tear down which claim certificate?'),
    ...(more ? { placeholder: vscode.l10n.t('The first {0}; the others stand in the tree, each with the same command', mostClaims) } : {}),
    choices: found.map((each) => ({ label: `${each.id.slice(0, 12)}…`, description: each.status, ...(each.createdAt === undefined ? {} : { detail: each.createdAt.toLocaleString() }), value: each })),
  });
  return { kind: 'oneClaim', certificateId: id };
}

function scopeOf({ target }: Connection, argument: unknown): TeardownScope | undefined {
  if (typeof argument === 'object' && argument !== null && 'scope' in argument && (argument.scope === 'everything' || argument.scope === 'testDevices')) return { kind: argument.scope };
  return /:cloudformation:[^:]*:\d+:stack\//.test(targetAt(target, argument).copyText ?? '') ? { kind: 'everything' } : undefined;
}

function claimOf({ target }: Connection, argument: unknown): TeardownScope | undefined {
  const certificateId = /:cert\/([0-9a-f]{64})$/.exec(targetAt(target, argument).copyText ?? '')?.[1];
  return certificateId === undefined ? undefined : { kind: 'oneClaim', certificateId };
}

function isOrder(value: unknown): value is TeardownOrder {
  if (typeof value !== 'object' || value === null || !('order' in value)) return false;
  const { order, account, region, actions, fieldDevices, lines } = value as Partial<Record<keyof TeardownOrder, unknown>>;
  const isTexts = (list: unknown): boolean => Array.isArray(list) && list.every((item) => typeof item === 'string');
  return typeof order === 'object' && order !== null && 'kind' in order && typeof account === 'string' && typeof region === 'string' && isTexts(actions) && isTexts(lines) && typeof fieldDevices === 'number';
}
