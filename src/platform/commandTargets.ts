import { stepIds, type StepId } from '../core/provisioning/steps';

/** What a tree node tells the commands that are called on it. Commands work without it, by asking. */
export interface CommandTarget {
  /** The step that the node stands for or belongs to. */
  readonly step?: StepId;
  /** What "copy" copies: an ARN where there is one, else a name. */
  readonly copyText?: string;
  /** Its name, also where an ARN is what is copied. */
  readonly name?: string;
  /** Of the policy or provisioning template whose ARN `copyText` is. */
  readonly version?: string;
  /** What the page in the AWS console is found by, where it is not what is copied. */
  readonly consoleArn?: string;
  /** Region of the node, where that is not the connected one. */
  readonly inRegion?: string;
  /** Workspace file of the node, relative to the folder. */
  readonly file?: string;
}

/** The target in a command's first argument, which may come from anywhere: a tree node, a key binding, nothing. */
export function targetOf(argument: unknown): CommandTarget {
  if (typeof argument !== 'object' || argument === null) return {};
  const step = 'step' in argument && isStepId(argument.step) ? { step: argument.step } : {};
  const texts = textMembers.flatMap((key) => {
    const value = (argument as Readonly<Record<string, unknown>>)[key];
    return typeof value === 'string' ? [[key, value] as const] : [];
  });
  return { ...step, ...Object.fromEntries(texts) };
}

const textMembers = ['copyText', 'name', 'version', 'consoleArn', 'inRegion', 'file'] as const;

function isStepId(value: unknown): value is StepId {
  return stepIds.some((id) => id === value);
}
