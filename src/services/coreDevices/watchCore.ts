import * as l10n from '@vscode/l10n';
import { afterFailure, afterLook, startWatch, watchPauses, type Waiting, type WatchState } from '../../core/coreDevices/watch';
import { ageText, durationText, statusPage } from '../../core/coreDevices/words';
import { FleetError, isCancelled, isFleetError } from '../../core/errors';
import type { Connection } from '../../core/ports/connection';
import type { CoreDevice, InstalledComponent } from '../../core/ports/greengrassApi';
import type { StepRun } from '../../core/ports/services';
import { pauseAfter } from '../../core/util/backoff';
import type { Clock } from '../../core/util/clock';

export type WatchRun = Pick<StepRun, 'connection' | 'ui' | 'progress' | 'signal'>;

/** No more components than this are named as the cause. */
const namedComponents = 3;

/**
 * Looks again and again until the core of this name reports, then says so: HEALTHY or not, after how long, and what is
 * broken. Throws CancelledError when the person stops it, FleetError `coreSilent` when an hour has passed.
 */
export async function watchCore(run: WatchRun, name: string, clock: Clock): Promise<CoreDevice> {
  const end = await follow(run, name, clock);
  switch (end.kind) {
    case 'failed':
      throw end.error;
    case 'silent':
      throw silent(name, end.waited, end.old, clock.now());
    case 'reported':
      await tell(run, end.device, end, clock.now());
      return end.device;
  }
}

async function follow({ connection, progress, signal }: WatchRun, name: string, clock: Clock): Promise<Exclude<WatchState, Waiting>> {
  let waiting = startWatch(clock.now());
  progress.report(l10n.t('looking for {0}…', name));
  for (let tries = 0; ; tries += 1) {
    const next = await look(connection, name, waiting, clock, signal);
    if (next.kind !== 'waiting') return next;
    waiting = next;
    progress.report(waitingText(name, waiting, clock.now()));
    await clock.sleep(pauseAfter(tries, watchPauses), signal);
  }
}

async function look({ greengrass }: Connection, name: string, waiting: Waiting, clock: Clock, signal: AbortSignal): Promise<WatchState> {
  try {
    return afterLook(waiting, await greengrass.getCoreDevice(name, { signal }), clock.now());
  } catch (error) {
    if (isCancelled(error)) throw error;
    return afterFailure(waiting, error, isFleetError(error) && error.retryable);
  }
}

function waitingText(name: string, { startedAt, old, failures }: Waiting, now: Date): string {
  const passed = durationText(now.getTime() - startedAt.getTime());
  if (failures > 0) return l10n.t('AWS does not answer, trying again; {0} so far', passed);
  if (old === undefined) return l10n.t('{0} has not reported yet; {1} so far', name, passed);
  const age = old.reportedAt === undefined ? '' : ageText(old.reportedAt, now);
  return l10n.t('{0} was {1} {2}; waiting for a newer report, {3} so far', name, old.status, age, passed);
}

async function tell(run: WatchRun, device: CoreDevice, { took, before }: { took: number; before: boolean }, now: Date): Promise<void> {
  const { name, status } = device;
  const what = before
    ? l10n.t('Core device {0} is {1}: it reported {2}.', name, status, ageText(device.reportedAt ?? now, now))
    : l10n.t('Core device {0} is {1}: it reported after {2}.', name, status, durationText(took));
  // https://docs.aws.amazon.com/greengrass/v2/developerguide/device-status.html
  const worth = l10n.t('This is what the device said last. It reports when it starts, when something changes, and every 24 hours; a device that has gone says nothing.');
  if (status === 'HEALTHY') {
    run.ui.inform(`${what} ${worth}`);
    return;
  }
  run.ui.warn([what, brokenText(await broken(run, name)), worth].filter((sentence) => sentence !== '').join(' '));
}

/** Undefined when they could not be read: the report itself is what counts. */
async function broken({ connection, signal }: WatchRun, name: string): Promise<readonly InstalledComponent[] | undefined> {
  const found: InstalledComponent[] = [];
  try {
    for await (const component of connection.greengrass.listInstalledComponents(name, { signal })) {
      if (/^(BROKEN|ERRORED)$/.test(component.state)) found.push(component);
    }
  } catch (error) {
    if (isCancelled(error)) throw error;
    return undefined;
  }
  return found;
}

function brokenText(components: readonly InstalledComponent[] | undefined): string {
  if (components === undefined) return '';
  if (components.length === 0) return l10n.t('No component says that it is broken: look at {0} on the device.', '/greengrass/v2/logs/greengrass.log');
  const named = components.slice(0, namedComponents).map(({ name, version, state, details }) => `${name} ${version} ${state}${details === undefined ? '' : ` (${details})`}`);
  const more = components.length - named.length;
  return more > 0 ? l10n.t('Broken: {0} and {1} more.', named.join(', '), more) : l10n.t('Broken: {0}.', named.join(', '));
}

function silent(name: string, waited: number, old: CoreDevice | undefined, now: Date): FleetError {
  const message =
    old?.reportedAt === undefined
      ? l10n.t('Core device {0} has not reported within {1}.', name, durationText(waited))
      : l10n.t('Core device {0} has not reported again within {1}: it was {2} {3}.', name, durationText(waited), old.status, ageText(old.reportedAt, now));
  return new FleetError(message, {
    category: 'notFound',
    code: 'coreSilent',
    advice: l10n.t('Check on the device that the nucleus runs and that its name is the same; its log is {0}.', '/greengrass/v2/logs/greengrass.log'),
    remedies: [{ kind: 'retry' }, { kind: 'openDocumentation', url: statusPage }],
  });
}
