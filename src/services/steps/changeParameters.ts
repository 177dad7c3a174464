import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { Choice } from '../../core/ports/interaction';
import type { Stack, StackParameter, TemplateParameterInfo } from '../../core/ports/stackApi';
import { inlineTemplateBytes } from '../../core/stack/templateSource';
import type { Clock } from '../../core/util/clock';
import { deployedTemplate } from './deployedTemplate';
import { StackOperations, type Operation } from './stackOperations';

/**
 * Updates a stack by its own template with other values of its parameters: asks which, shows what would change, then changes it.
 * Throws FleetError without a healthy stack or without parameters, CancelledError when a question is closed.
 */
export async function changeParameters(work: Operation & { readonly clock: Clock; readonly stackName: string }): Promise<void> {
  const { stackName, clock } = work;
  const operations = new StackOperations(clock);
  const { stack, template, body, summary } = await deployedTemplate(work, operations);
  if (summary.parameters.length === 0) throw new FleetError(l10n.t('The template of the stack {0} has no parameters.', stackName), { category: 'validation', code: 'noParameters', advice: l10n.t('Change the template, then run the step of the roles stack.'), remedies: [{ kind: 'runStep', step: 'rolesStack' }] });
  // "Provide the template instead of using UsePreviousTemplate to ensure new parameter values … are applied correctly":
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateChangeSet.html
  if ('previous' in template && body.includes('AWS::LanguageExtensions')) {
    throw new FleetError(l10n.t('The template of the stack {0} is longer than {1} bytes and uses AWS::LanguageExtensions: CloudFormation would not apply new values to it.', stackName, inlineTemplateBytes), {
      category: 'limit',
      code: 'templateTooLong',
      advice: l10n.t('Put it into an S3 bucket, give its URL in the setting for the stack template, and run the step of the roles stack.'),
      remedies: [{ kind: 'runStep', step: 'rolesStack' }],
    });
  }
  const changed = await askValues(work, stack, summary.parameters);
  const known = new Set(stack.parameters.map(({ key }) => key));
  const parameters = summary.parameters.flatMap(({ key }): StackParameter[] => {
    const value = changed.get(key);
    if (value !== undefined) return [{ key, value }];
    return known.has(key) ? [{ key, value: '', usePreviousValue: true }] : [];
  });
  await operations.change(work, stack, template, summary, parameters);
}

/** One parameter after another, until there are enough. */
async function askValues({ ui }: Operation, stack: Stack, parameters: readonly TemplateParameterInfo[]): Promise<ReadonlyMap<string, string>> {
  const changed = new Map<string, string>();
  for (;;) {
    const choices = parameters.map((parameter): Choice<TemplateParameterInfo | undefined> => {
      const { key, noEcho, description } = parameter;
      const value = changed.get(key) ?? valueOf(stack, parameter);
      const shown = noEcho ? '••••' : value === '' ? l10n.t('empty') : value;
      return { label: key, description: changed.has(key) ? l10n.t('new: {0}', shown) : shown, ...(description === undefined ? {} : { detail: description }), value: parameter };
    });
    const ready: Choice<TemplateParameterInfo | undefined> = { label: l10n.t('Show what would change'), description: [...changed.keys()].join(', '), value: undefined };
    const wanted = await ui.choose<TemplateParameterInfo | undefined>({
      title: l10n.t('Which parameter of {0} gets another value?', stack.name),
      choices: changed.size === 0 ? choices : [ready, ...choices],
    });
    if (wanted === undefined) return changed;
    const { key, noEcho, description } = wanted;
    const value = await ui.input({
      title: l10n.t('Stack parameter {0}', key),
      password: noEcho,
      ...(noEcho ? {} : { value: changed.get(key) ?? valueOf(stack, wanted) }),
      ...(description === undefined ? {} : { prompt: description }),
    });
    changed.set(key, value);
  }
}

const valueOf = (stack: Stack, { key, defaultValue }: TemplateParameterInfo): string => stack.parameters.find((each) => each.key === key)?.value ?? defaultValue ?? '';
