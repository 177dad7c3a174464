import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { PreviousTemplate, Stack, TemplateSource, TemplateSummary } from '../../core/ports/stackApi';
import { stackCondition } from '../../core/stack/condition';
import { inlineTemplateBytes, utf8Bytes } from '../../core/stack/templateSource';
import type { StackOperations, Operation } from './stackOperations';
import { missingStep } from './stepContext';

/** A stack that can be updated, with the template that it was made of. */
export interface DeployedTemplate {
  readonly stack: Stack;
  /** The text where it can be sent; else the stack's own, which CloudFormation has. */
  readonly template: TemplateSource | PreviousTemplate;
  readonly body: string;
  readonly summary: TemplateSummary;
}

/** Waits for what is under way on the stack first. Throws FleetError without a healthy stack. */
export async function deployedTemplate(work: Operation & { readonly stackName: string }, operations: StackOperations): Promise<DeployedTemplate> {
  const { connection, progress, signal, stackName } = work;
  const { stacks, target } = connection;
  progress.report(l10n.t('Looking at the stack {0} …', stackName));
  const found = await stacks.describeStack(stackName, { signal });
  // Such as an update that an earlier try began: what it leaves is what is worked on.
  const stack = found !== undefined && stackCondition(found.status) === 'working' ? await operations.settle(work, stackName, found.id) : found;
  const condition = stackCondition(stack?.status);
  if (stack === undefined || condition === 'none') throw missingStep(l10n.t('There is no stack {0} in account {1}, {2}.', stackName, target.account, target.region), 'rolesStack', 'noStack');
  if (condition !== 'healthy') {
    throw new FleetError(l10n.t('The stack {0} cannot be updated now: its status is {1}.', stackName, stack.status), { category: 'conflict', code: 'stackNotHealthy', advice: l10n.t('Run the step of the roles stack: it follows or mends it.'), remedies: [{ kind: 'runStep', step: 'rolesStack' }] });
  }
  const body = await stacks.getTemplate(stack.id, { signal });
  // A longer one came from S3, from where we cannot tell.
  if (utf8Bytes(body) > inlineTemplateBytes) return { stack, body, template: { previous: true }, summary: await stacks.deployedSummary(stack.id, { signal }) };
  return { stack, body, template: { body }, summary: await stacks.validateTemplate({ body }, { signal }) };
}
