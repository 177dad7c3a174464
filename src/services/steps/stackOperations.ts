import * as l10n from '@vscode/l10n';
import { randomUUID } from 'node:crypto';
import { FleetError, isCancelled, isFleetError } from '../../core/errors';
import type { ChangeSet, PreviousTemplate, Stack, StackInput, StackParameter, TemplateSource, TemplateSummary } from '../../core/ports/stackApi';
import type { FleetNames } from '../../core/provisioning/steps';
import { changeCounts, changeTable } from '../../core/stack/changeTable';
import { stackSucceeded } from '../../core/stack/condition';
import { stackFailure } from '../../core/stack/stackFailure';
import { pauseAfter } from '../../core/util/backoff';
import type { Clock } from '../../core/util/clock';
import { confirmCreation, confirmChange, type RunContext } from './stepContext';
import { watchStack, type Settled } from './stackWatch';
import { sourceOf, type LoadedTemplate } from './templateLoader';

/** What an operation on a stack works with. */
export type Operation = Pick<RunContext, 'connection' | 'ui' | 'progress' | 'signal'>;

/** What CloudFormation calls on a stack, each waited for until it has ended. */
export class StackOperations {
  constructor(private readonly clock: Clock) {}

  /** @param checked the template's summary, where it has been asked for already. @returns the stack as it is then */
  async create(context: RunContext, name: string, template: LoadedTemplate, checked?: Promise<TemplateSummary>): Promise<Stack | undefined> {
    const { connection, progress, signal } = context;
    progress.report(l10n.t('Checking the template …'));
    const source = sourceOf(template);
    const summary = await (checked ?? connection.stacks.validateTemplate(source, { signal }));
    const parameters = await askParameters(context, summary, template, []);
    await confirmCreation(context, {
      title: l10n.t('Create the stack {0}?', name),
      detail: [l10n.t('Template: {0}', template.label), ...acknowledgement(summary)].join('\n'),
      action: l10n.t('Create Stack'),
    });
    progress.report(l10n.t('Creating the stack {0} …', name));
    const { stackId } = await connection.stacks.createStack({ template: source, ...input(name, parameters, summary) }, { signal });
    return this.settle(context, name, stackId, 'CREATE');
  }

  /** Shows what would change before it does; "no changes" is a success. Answers the stack as it is then. */
  async update(context: RunContext, stack: Stack, template: LoadedTemplate): Promise<Stack | undefined> {
    const { connection, progress, signal } = context;
    progress.report(l10n.t('Asking CloudFormation what would change …'));
    const source = sourceOf(template);
    const summary = await connection.stacks.validateTemplate(source, { signal });
    return this.change(context, stack, source, summary, await askParameters(context, summary, template, stack.parameters));
  }

  /** Shows what these parameters and this template would change, and changes it once that is agreed to. */
  async change(context: Operation, stack: Stack, template: TemplateSource | PreviousTemplate, summary: TemplateSummary, parameters: readonly StackParameter[], mode: { readonly revertDrift?: true } = {}): Promise<Stack | undefined> {
    const { connection, progress, signal, ui } = context;
    progress.report(l10n.t('Asking CloudFormation what would change …'));
    const request = { template, ...input(stack.name, parameters, summary), changeSetName: `greengrass-fleet-${randomUUID()}`, type: 'UPDATE' as const, ...mode };
    const { id } = await connection.stacks.createChangeSet(request, { signal });
    let executed = false;
    try {
      const changes = await this.changeSet(context, id);
      if (changes === undefined) {
        ui.inform(l10n.t('The stack {0} is as the template says: nothing to change.', stack.name));
        return stack;
      }
      await ui.reviewText({
        title: l10n.t('Update the stack {0}?', stack.name),
        detail: [changeCounts(changes.changes), ...acknowledgement(summary)].join('\n'),
        action: l10n.t('Update Stack'),
        target: connection.target,
        documentTitle: l10n.t('Changes to {0}', stack.name),
        markdown: `# ${l10n.t('Changes to the stack {0}', stack.name)}\n\n${changeCounts(changes.changes)}\n\n${changeTable(changes.changes)}\n`,
      });
      progress.report(l10n.t('Updating the stack {0} …', stack.name));
      executed = true;
      await connection.stacks.executeChangeSet(id, token(), { signal });
    } finally {
      // A change set that is not executed stays at the stack for ever. Executed ones go by themselves.
      if (!executed) await connection.stacks.deleteChangeSet(id).catch(() => undefined);
    }
    return this.settle(context, stack.name, stack.id, 'UPDATE', stack);
  }

  async delete(context: RunContext, stack: Stack): Promise<void> {
    const { connection, progress, signal } = context;
    await confirmChange(context, {
      title: l10n.t('Delete the stack {0} and create it again?', stack.name),
      detail: [l10n.t('Its status is {0}: CloudFormation can only delete it. Everything that is still in it is deleted.', stack.status), ...(stack.terminationProtection === true ? [l10n.t('Its termination protection is turned off first.')] : [])].join(' '),
      action: l10n.t('Delete and Recreate {0}', stack.name),
    });
    progress.report(l10n.t('Deleting the stack {0} …', stack.name));
    if (stack.terminationProtection === true) await connection.stacks.removeTerminationProtection(stack.id, { signal });
    await connection.stacks.deleteStack(stack.id, { signal });
    await this.settle(context, stack.name, stack.id, 'DELETE', stack);
  }

  /** Waits for what runs on the stack, whoever started it; throws the first cause when it fails. */
  async settle(context: Operation, name: string, stackId: string, operation?: 'CREATE' | 'UPDATE' | 'DELETE', before?: Stack): Promise<Stack | undefined> {
    const { connection, progress, signal, ui } = context;
    let settled: Settled;
    try {
      settled = await watchStack({ connection, stackId, clock: this.clock, progress, signal, ...(before === undefined ? {} : { before }) });
    } catch (error) {
      if (isCancelled(error)) ui.inform(l10n.t('CloudFormation goes on with the stack {0}. Run the step again to follow it.', name));
      throw error;
    }
    const { stack, events } = settled;
    if (operation === undefined || stack === undefined || (stackSucceeded(stack.status) && (operation === 'DELETE') === (stack.status === 'DELETE_COMPLETE'))) return stack;
    throw stackFailure(name, stack, events, l10n.t('Correct the cause, then run the step again: it offers to delete the failed stack.'), [{ kind: 'runStep', step: 'rolesStack' }]);
  }

  /** The change set once it is ready; undefined when there is nothing to change. */
  private async changeSet({ connection, signal }: Operation, id: string): Promise<ChangeSet | undefined> {
    for (let look = 0; ; look += 1) {
      const found = await connection.stacks.describeChangeSet(id, { signal });
      if (found?.status === 'CREATE_COMPLETE') return found;
      if (found?.status === 'FAILED') {
        // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-create.html
        if (/didn't contain changes|no updates are to be performed/i.test(found.statusReason ?? '')) return undefined;
        throw new FleetError(l10n.t('CloudFormation cannot work out the changes: {0}', found.statusReason ?? found.status), { category: 'validation', code: 'changeSetFailed' });
      }
      await this.clock.sleep(pauseAfter(look, { first: 250, factor: 1.35, longest: 2000 }), signal);
    }
  }
}

/** True for the answer to a create whose stack came into being meanwhile. */
export function isExisting(error: unknown): boolean {
  return isFleetError(error) && error.category === 'conflict' && /AlreadyExists/i.test(error.code);
}

function token(): string {
  return `greengrass-fleet-${randomUUID()}`;
}

function input(stackName: string, parameters: readonly StackParameter[], summary: TemplateSummary): Omit<StackInput, 'template'> {
  return { stackName, parameters, capabilities: summary.capabilities, clientRequestToken: token() };
}

/** What the person agrees to besides the stack, in words. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html#using-iam-capabilities */
export function acknowledgement(summary: Pick<TemplateSummary, 'capabilities'>): readonly string[] {
  return summary.capabilities.map((capability) => {
    switch (capability) {
      case 'CAPABILITY_IAM':
        return l10n.t('I acknowledge that AWS CloudFormation might create IAM resources, which can give access to this account.');
      case 'CAPABILITY_NAMED_IAM':
        return l10n.t('I acknowledge that AWS CloudFormation might create IAM resources with custom names, which can give access to this account.');
      case 'CAPABILITY_AUTO_EXPAND':
        return l10n.t('I acknowledge that the template may expand macros, which can change it.');
      default:
        return capability;
    }
  });
}

/** Names in our bundled template that the settings decide. */
const settingParameters: Readonly<Record<string, (names: FleetNames) => string>> = {
  RoleAliasName: (names) => names.roleAliasName,
  IoTPolicyName: (names) => names.iotPolicyName,
};

/** True when the settings want a parameter of the bundled template to be another one than the stack was made with. */
export function parametersDiffer(stack: Stack, template: LoadedTemplate, names: FleetNames): boolean {
  return template.bundled && stack.parameters.some(({ key, value }) => {
    const wanted = Object.hasOwn(settingParameters, key) ? settingParameters[key]?.(names) : undefined;
    return wanted !== undefined && wanted !== value;
  });
}

async function askParameters({ ui, look }: RunContext, summary: TemplateSummary, template: LoadedTemplate, existing: readonly StackParameter[]): Promise<readonly StackParameter[]> {
  const values: StackParameter[] = [];
  for (const parameter of summary.parameters) {
    const { key } = parameter;
    const decided = template.bundled && Object.hasOwn(settingParameters, key) ? settingParameters[key]?.(look.base) : undefined;
    if (decided !== undefined) values.push({ key, value: decided });
    else if (existing.some((known) => known.key === key)) values.push({ key, value: '', usePreviousValue: true });
    else if (parameter.defaultValue === undefined) {
      const value = await ui.input({
        title: l10n.t('Stack parameter {0}', key),
        password: parameter.noEcho,
        ...(parameter.description === undefined ? {} : { prompt: parameter.description }),
      });
      values.push({ key, value });
    }
  }
  return values;
}
