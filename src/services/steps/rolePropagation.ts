import * as l10n from '@vscode/l10n';
import { isFleetError } from '../../core/errors';
import type { Progress } from '../../core/ports/interaction';
import type { FoundRole } from '../../core/stack/outputs';
import { retry } from '../../core/util/backoff';
import type { Clock } from '../../core/util/clock';

const minute = 60_000;

/**
 * Calls an IoT operation that takes a role. IAM spreads a new role within seconds, rarely a minute, and until then
 * AWS IoT refuses it as an invalid request, the same answer that a wrong document gets: so it is tried again only
 * when the answer speaks of the role or the role is new.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
export async function withNewRole<T>(
  work: () => Promise<T>,
  { role, clock, progress, signal }: { readonly role: FoundRole; readonly clock: Clock; readonly progress: Progress; readonly signal: AbortSignal },
): Promise<T> {
  const age = role.createdAt === undefined ? undefined : clock.now().getTime() - role.createdAt.getTime();
  return retry(work, {
    clock,
    signal,
    first: 500,
    factor: 1.6,
    longest: 8000,
    total: 1.5 * minute,
    again: (error) => {
      if (!isFleetError(error) || error.category !== 'validation') return false;
      if (age !== undefined && age < 2 * minute) return true;
      // An old role is known everywhere: what is refused now will be refused in a minute.
      return (age === undefined || age < 5 * minute) && /assum|pass ?role|\brole\b/i.test(wordsOfAws(error));
    },
    onPause: (seconds) => progress.report(l10n.t('Waiting until AWS IoT knows the new role {0} ({1} s) …', role.name, seconds)),
  });
}

function wordsOfAws(error: Error): string {
  return error.cause instanceof Error ? error.cause.message : error.message;
}
