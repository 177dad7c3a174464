import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { Stack, TemplateSummary } from '../../core/ports/stackApi';
import type { FleetNames, StepState } from '../../core/provisioning/steps';
import { stackCondition } from '../../core/stack/condition';
import type { StackMeaning } from '../../core/stack/outputs';
import { sameJson } from '../../core/util/json';
import { nameProblem } from '../../core/util/names';
import { AccountLook, stackMeaning } from './accountLook';
import { isExisting, parametersDiffer, type StackOperations } from './stackOperations';
import type { RunContext, Step, StepContext } from './stepContext';
import { loadTemplate, type LoadedTemplate, type TemplateReaders } from './templateLoader';

export interface RolesStackOptions {
  readonly operations: StackOperations;
  readonly readers: TemplateReaders;
  /** The setting: empty, a path, a URL, a quick-create link. */
  readonly template: () => string;
  /** Keeps another stack name that the person chose, so that the next look finds it. */
  readonly saveStackName: (name: string) => Promise<void>;
}

/** The CloudFormation stack with the two roles. */
export class RolesStackStep implements Step {
  readonly id = 'rolesStack';

  constructor(private readonly options: RolesStackOptions) {}

  plan(names: FleetNames): string {
    return l10n.t('Stack {0} with the token exchange role and the provisioning role', names.stackName);
  }

  async inspect({ look }: StepContext): Promise<StepState> {
    const { stackName: name } = look.base;
    const stack = await look.stack();
    const condition = stackCondition(stack?.status);
    if (stack === undefined || condition === 'none') return { id: this.id, status: 'notStarted', summary: l10n.t('No stack {0} yet', name), resources: [] };
    const base = { id: this.id, resources: [{ kind: l10n.t('stack'), name, arn: stack.id }] } as const;
    const detail = [stack.status, stack.statusReason].filter((part) => part !== undefined).join(': ');
    if (condition === 'working') return { ...base, status: 'running', summary: l10n.t('{0} is busy: {1}', name, stack.status), detail };
    if (condition === 'broken') return { ...base, status: 'failed', summary: l10n.t('{0} failed: {1}', name, stack.status), detail };
    const meaning = await look.meaning();
    const missing = missingRoles(meaning);
    if (missing.length > 0) return { ...base, status: 'differs', summary: l10n.t('{0} has no {1}', name, missing.join(', ')), detail };
    const roles = [meaning?.tokenExchangeRole, meaning?.provisioningRole].flatMap((role) => (role === undefined ? [] : [{ kind: l10n.t('IAM role'), name: role.name, arn: role.arn }]));
    return { ...base, status: 'done', summary: name, detail, resources: [...base.resources, ...roles] };
  }

  async run(context: RunContext): Promise<void> {
    const { connection, progress, signal } = context;
    progress.report(l10n.t('Reading the stack template …'));
    const template = await loadTemplate(this.options.template(), this.options.readers, signal);
    // Beside the look at the stack, where it is known that one has to be made.
    const checked = context.approved && template.source !== undefined ? connection.stacks.validateTemplate(template.source, { signal }) : undefined;
    checked?.catch(() => undefined); // Told when it is needed.
    let name = context.look.base.stackName;
    for (;;) {
      const problem = nameProblem('stack', name);
      if (problem !== undefined) throw new FleetError(problem, { category: 'validation', code: 'invalidName' });
      const stack = await connection.stacks.describeStack(name, { signal });
      const look = name === context.look.base.stackName ? context.look : new AccountLook(connection, { ...context.look.base, stackName: name }, signal);
      const next = await this.act({ ...context, look }, name, stack, template, checked);
      if (next === 'finished') return;
      if (next.name !== name) await this.options.saveStackName(next.name);
      name = next.name;
    }
  }

  /** One move towards the goal; then the caller looks again. */
  private async act(context: RunContext, name: string, stack: Stack | undefined, template: LoadedTemplate, checked: Promise<TemplateSummary> | undefined): Promise<'finished' | { readonly name: string }> {
    const { operations } = this.options;
    const again = { name };
    switch (stackCondition(stack?.status)) {
      case 'none':
        try {
          await this.requireRoles(context, await operations.create(context, name, template, checked));
        } catch (error) {
          // Somebody, or an earlier try whose answer was lost, made it meanwhile: look again.
          if (!isExisting(error)) throw error;
          return again;
        }
        return 'finished';
      case 'working':
        if (stack !== undefined) await operations.settle(context, name, stack.id);
        return again;
      case 'broken':
        return stack === undefined ? again : this.mend(context, stack);
      case 'healthy':
        return stack === undefined ? again : this.reuse(context, stack, template);
    }
  }

  private async mend(context: RunContext, stack: Stack): Promise<{ readonly name: string }> {
    const choice = await context.ui.choose({
      title: l10n.t('The stack {0} is in {1} and cannot be updated', stack.name, stack.status),
      choices: [
        { label: l10n.t('Delete and recreate {0}', stack.name), value: 'delete' as const, ...(stack.statusReason === undefined ? {} : { detail: stack.statusReason }) },
        { label: l10n.t('Use another stack name …'), value: 'rename' as const },
      ],
    });
    if (choice === 'rename') return { name: await this.askName(context, stack.name) };
    await this.options.operations.delete(context, stack);
    return { name: stack.name };
  }

  private async reuse(context: RunContext, stack: Stack, template: LoadedTemplate): Promise<'finished' | { readonly name: string }> {
    const { connection, signal, ui, progress } = context;
    progress.report(l10n.t('Looking at the stack {0} …', stack.name));
    const meaning = await stackMeaning(connection, stack, signal);
    const missing = missingRoles(meaning);
    const deployed = template.body === undefined ? undefined : await connection.stacks.getTemplate(stack.id, { signal });
    const same = deployed !== undefined && template.body !== undefined && sameJson(deployed, template.body) && !parametersDiffer(stack, template, context.look.base);
    if (same && missing.length === 0) return 'finished';
    const lacking = missing.length === 0 ? undefined : l10n.t('It has no {0}.', missing.join(', '));
    const choice = await ui.choose({
      title: same ? l10n.t('The stack {0} does not give both roles', stack.name) : l10n.t('A stack {0} exists with another template or other parameters', stack.name),
      ...(lacking === undefined ? {} : { placeholder: lacking }),
      choices: [
        ...(missing.length === 0 ? [{ label: l10n.t('Adopt it as it is'), detail: l10n.t('Both roles were recognised in its outputs; nothing is changed.'), value: 'adopt' as const }] : []),
        ...(same ? [] : [{ label: l10n.t('Update it …'), detail: l10n.t('The changes are shown before anything happens.'), value: 'update' as const }]),
        { label: l10n.t('Use another stack name …'), detail: l10n.t('{0} stays as it is.', stack.name), value: 'rename' as const },
      ],
    });
    if (choice === 'rename') return { name: await this.askName(context, stack.name) };
    if (choice === 'update') {
      await this.requireRoles(context, await this.options.operations.update(context, stack, template));
    }
    return 'finished';
  }

  /** A template of the person's own may deploy well and still not give what the next steps need. */
  private async requireRoles({ look }: RunContext, stack: Stack | undefined): Promise<void> {
    if (stack === undefined) return;
    look.adopt(stack);
    const missing = missingRoles(await look.meaning());
    if (missing.length === 0) return;
    throw new FleetError(l10n.t('The stack {0} is deployed, but it has no {1}.', stack.name, missing.join(', ')), {
      category: 'validation',
      code: 'rolesMissing',
      advice: l10n.t('Add the role to the template and name it in an output, or use the bundled template.'),
      remedies: [{ kind: 'showStackOutputs' }],
    });
  }

  private askName({ ui }: RunContext, taken: string): Promise<string> {
    return ui.input({
      title: l10n.t('Another stack name'),
      value: `${taken}-2`,
      validate: (value) => (value === taken ? l10n.t('This is the name that is taken.') : nameProblem('stack', value)),
    });
  }
}

function missingRoles(meaning: StackMeaning | undefined): readonly string[] {
  return [
    ...(meaning?.tokenExchangeRole === undefined ? [l10n.t('role that trusts credentials.iot.amazonaws.com')] : []),
    ...(meaning?.provisioningRole === undefined ? [l10n.t('role that trusts iot.amazonaws.com')] : []),
  ];
}
