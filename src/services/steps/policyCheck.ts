import * as l10n from '@vscode/l10n';
import { FleetError } from '../../core/errors';
import type { AwsTarget } from '../../core/ports/identity';
import type * as placeholders from '../../core/policy/placeholders';

export interface PolicyFault {
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** UTF-16 offset in the text. */
  readonly offset: number;
}

/** Finds what is wrong with a policy document for a target account. The container gives the policy language's analysis. */
export type PolicyCheck = (text: string, target: AwsTarget) => readonly PolicyFault[] | Promise<readonly PolicyFault[]>;

/** The reading of placeholders; loaded with the policy language, on first use. */
export async function placeholderText(): Promise<typeof placeholders> {
  return import(/* webpackChunkName: "policy" */ '../../core/policy/placeholders');
}

/** Refuses a file that AWS would refuse or that would not do what it says. `text` is what would be published. */
export function refuseFaults(file: string, text: string, left: readonly placeholders.Placeholder[], faults: readonly PolicyFault[]): void {
  const [placeholder] = left;
  if (placeholder !== undefined) {
    throw new FleetError(l10n.t('{0} still has the placeholder {1} in line {2}.', file, placeholder.text, lineOf(text, placeholder.offset)), {
      category: 'validation',
      code: 'placeholderLeft',
      advice: l10n.t('Replace it by the value it stands for, then publish again.'),
      remedies: [{ kind: 'openFile', file, offset: placeholder.offset }],
    });
  }
  const errors = faults.filter((fault) => fault.severity === 'error');
  const [first] = errors;
  if (first === undefined) return;
  const message =
    errors.length === 1
      ? l10n.t('{0} has an error in line {1}: {2}', file, lineOf(text, first.offset), first.message)
      : l10n.t('{0} has {1} errors. The first, in line {2}: {3}', file, errors.length, lineOf(text, first.offset), first.message);
  throw new FleetError(message, {
    category: 'validation',
    code: 'fileHasErrors',
    advice: l10n.t('Nothing was published. Correct the file, then publish again.'),
    remedies: [{ kind: 'openFile', file, offset: first.offset }],
  });
}

export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
