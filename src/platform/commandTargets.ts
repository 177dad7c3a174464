import { stepIds, type StepId } from '../core/provisioning/steps';

/** What a tree node tells the commands that are called on it. Commands work without it, by asking. */
export interface CommandTarget {
  /** The step that the node stands for or belongs to. */
  readonly step?: StepId;
  /** What "copy" copies: an ARN where there is one, else a name. */
  readonly copyText?: string;
  /** Workspace file of the node, relative to the folder. */
  readonly file?: string;
}

/** The target in a command's first argument, which may come from anywhere: a tree node, a key binding, nothing. */
export function targetOf(argument: unknown): CommandTarget {
  if (typeof argument !== 'object' || argument === null) return {};
  const step = 'step' in argument && isStepId(argument.step) ? argument.step : undefined;
  const copyText = 'copyText' in argument && typeof argument.copyText === 'string' ? argument.copyText : undefined;
  const file = 'file' in argument && typeof argument.file === 'string' ? argument.file : undefined;
  return {
    ...(step === undefined ? {} : { step }),
    ...(copyText === undefined ? {} : { copyText }),
    ...(file === undefined ? {} : { file }),
  };
}

function isStepId(value: unknown): value is StepId {
  return stepIds.some((id) => id === value);
}
