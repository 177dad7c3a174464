import * as l10n from '@vscode/l10n';
import { isCancelled, isFleetError } from '../core/errors';
import type { Fact } from '../core/relations/facts';
import { isNotFound } from './removal';

/** Reads something of the account. The message of a denial names the action that is not allowed. Throws CancelledError only. */
export async function look<T>(read: () => Promise<T | undefined>): Promise<Fact<T>> {
  try {
    const value = await read();
    return value === undefined ? { kind: 'missing' } : { kind: 'found', value };
  } catch (error) {
    if (isCancelled(error)) throw error;
    return { kind: 'unreadable', why: isFleetError(error) ? error.message : l10n.t('It could not be read.') };
  }
}

/** The same where things are about to go: what has gone in the middle of reading is `missing`. */
export async function lookUnlessGone<T>(read: () => Promise<T | undefined>): Promise<Fact<T>> {
  return look(async () => {
    try {
      return await read();
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  });
}
