import type { Clock } from '../../core/util/clock';
import { deployedTemplate } from './deployedTemplate';
import { StackOperations, type Operation } from './stackOperations';

/**
 * Has CloudFormation put back what was changed by hand in a stack, and make anew what was deleted, by the stack's own template
 * and parameters. What would change is shown first. Only what the template sets is put back:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/drift-aware-change-sets.html
 * Throws FleetError without a healthy stack, CancelledError when the question is closed.
 */
export async function revertDrift(work: Operation & { readonly clock: Clock; readonly stackName: string }): Promise<void> {
  const operations = new StackOperations(work.clock);
  const { stack, template, summary } = await deployedTemplate(work, operations);
  const known = new Set(stack.parameters.map(({ key }) => key));
  const parameters = summary.parameters.flatMap(({ key }) => (known.has(key) ? [{ key, value: '', usePreviousValue: true }] : []));
  await operations.change(work, stack, template, summary, parameters, { revertDrift: true });
}
