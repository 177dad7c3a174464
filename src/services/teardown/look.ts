import * as l10n from '@vscode/l10n';
import { isCancelled, isFleetError } from '../../core/errors';
import type { Fact } from '../../core/relations/facts';
import { isNotFound } from '../removal';

/** Reads something of the account. Gone, also in the middle of reading, is `missing`. Throws CancelledError only. */
export async function look<T>(read: () => Promise<T | undefined>): Promise<Fact<T>> {
  try {
    const value = await read();
    return value === undefined ? { kind: 'missing' } : { kind: 'found', value };
  } catch (error) {
    if (isCancelled(error)) throw error;
    if (isNotFound(error)) return { kind: 'missing' };
    return { kind: 'unreadable', why: isFleetError(error) ? error.message : l10n.t('It could not be read.') };
  }
}
